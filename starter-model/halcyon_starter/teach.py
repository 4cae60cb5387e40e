"""Trains the drawing expert or the reader from a pack, on a GPU where there is one.

  python -m halcyon_starter.teach PACK OUT SECONDS art|reader
"""

import subprocess
import sys
from pathlib import Path

import torch

READER_SHARE = 0.45  # of the drawings' time: it converges sooner
ON_CPU = {"art": {"batch": 96, "photographs": 8, "pool": 1024, "peak": 4e-4}, "reader": {"batch": 64, "peak": 2e-3, "times": 3}}


def gpu():
    return torch.cuda.is_available()


def quick(device):
    """bfloat16 where it is fast: processors without instructions for it take seven times as long as with float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")


def apart(folder, out, seconds, part):
    """In a process of its own, whose default device is no one else's."""
    subprocess.run([sys.executable, "-m", "halcyon_starter.teach", str(folder), str(out), str(seconds), part], check=True)


def teach(folder, out, seconds, part, **more):
    from . import art, reader

    out.mkdir(parents=True, exist_ok=True)
    if gpu():
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    torch.set_default_device("cuda" if gpu() else "cpu")
    more = ({} if gpu() else ON_CPU[part]) | more
    {"art": art.train, "reader": reader.train}[part](folder, out, seconds, **more)


if __name__ == "__main__":
    teach(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
