"""The one place that knows the folders."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch

from . import concepts as _concepts

torch.set_num_threads(1)  # threads that wait for each other are slower than one wherever the machine is shared
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Config:
    work: Path = ROOT / "work"

    @property
    def modules(self):
        return self.work / "node_modules"

    @property
    def art(self):
        return self.work / "art"

    @cached_property
    def concepts(self):
        return _concepts.load(self.modules)

    @cached_property
    def toned(self):
        """Bases that come in skin tones."""
        return {c.base for c in self.concepts if c.tone}
