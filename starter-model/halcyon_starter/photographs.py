"""The photograph expert: ConSE over the ImageNet classes, made sharper.

ConSE (Norouzi et al. 2014) sums the text embeddings of the classes, weighted by probability. Here the weight of a
class is how far its logit stands out (standardised over the classes, less THRESHOLD, never negative), which keeps the
runners-up that a softmax drowns, and the class embeddings enter through the ridge pseudo-inverse, which takes out what
many class names have in common. Both were chosen on photographs that are not in the table of the card.
"""

from importlib.util import find_spec
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import minilm

THRESHOLD = 2.0
RIDGE = 3.0
FRAMES = ["a photo of {}.", "a picture of {}.", "{}", "a close-up photo of {}."]


def _article(name):
    return ("an " if name[0].lower() in "aeiou" else "a ") + name


def class_names():
    """(lemmas, definition) of each ImageNet-1k class in the classifier's order; WordNet's, as timm carries them."""
    info = Path(find_spec("timm").origin).parent / "data" / "_info"  # read without importing it
    rows = lambda f: dict(line.split("\t", 1) for line in (info / f).read_text("utf-8").splitlines())
    lemma, definition = rows("imagenet_synset_to_lemma.txt"), rows("imagenet_synset_to_definition.txt")
    order = (info / "imagenet_synsets.txt").read_text().split()
    return [([w.strip() for w in lemma[s].split(",")], definition[s]) for s in order]


def class_vectors(work):
    """Unit embedding of every class: its name in four frames, all its names, and its definition."""
    store = work / "classes.pt"
    if not store.exists():
        net, tokenizer = minilm.load_pretrained(), minilm.load_tokenizer()
        names = class_names()
        ensemble = lambda words, frames: F.normalize(
            sum(minilm.embed(net, tokenizer, [f.format(w) for w in words]) for f in frames), dim=1)
        first = ensemble([_article(n[0]) for n, _ in names], FRAMES)
        every = ensemble([", ".join(n) for n, _ in names], ["{}", "a photo of {}."])
        meaning = minilm.embed(net, tokenizer, [f"{n[0]}: {d}" for n, d in names])
        torch.save(F.normalize(first + every + meaning, dim=1), store)
    return torch.load(store)


class Photographs(nn.Module):
    """ImageNet logits [b, 1000] -> unit direction [b, 384] in the centred MiniLM space."""

    def __init__(self, classes):
        super().__init__()
        centre = classes.mean(0)
        t = F.normalize(classes - centre, dim=1)
        self.register_buffer("centre", centre)
        self.register_buffer("back", torch.linalg.solve(t.t() @ t + RIDGE * torch.eye(t.shape[1]), t.t()).t().contiguous())

    def forward(self, logits):
        mean = logits.mean(1, keepdim=True)
        away = logits - mean
        spread = away.square().mean(1, keepdim=True).sqrt()
        return F.normalize(F.relu(away / spread - THRESHOLD) @ self.back, dim=1)
