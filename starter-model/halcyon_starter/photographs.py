"""The photograph expert: ConSE over the ImageNet classes, made sharper, in two ways that add up.

ConSE (Norouzi et al. 2014) sums the text embeddings of the classes, weighted by probability. Here the weight of a
class is how far its logit stands out (standardised over the classes, less a threshold, never negative), which keeps the
runners-up that a softmax drowns. Then

  straight  the class embeddings enter through the ridge pseudo-inverse, which takes out what many class names have in
            common: LINEAR dimensions, in which a prompt is its own embedding;
  nearest   a prompt is its softmax over the classes' embeddings, which only the classes nearest to it share in; both
            sides are projected on the directions in which such mixtures differ most: NEAREST dimensions.

All constants were chosen on photographs that are not in the table of the card.
"""

from importlib.util import find_spec
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import minilm

LINEAR, NEAREST = minilm.WIDTH, 256
DIMENSIONS = LINEAR + NEAREST
THRESHOLD, RIDGE = 2.0, 3.0
NEAREST_THRESHOLD, SHARPNESS, NEAREST_WEIGHT = 1.5, 8.0, 0.5
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


def centred(classes):
    centre = classes.mean(0)
    return centre, F.normalize(classes - centre, dim=1)


def nearest_axes(classes):
    """(mean mixture [1000], axes [1000, NEAREST]) of the classes' own mixtures."""
    _, t = centred(classes)
    own = F.normalize(torch.softmax(SHARPNESS * t @ t.t(), 1), dim=1)
    mean = own.mean(0)
    away = (own - mean).double()
    _, vectors = torch.linalg.eigh(away.t() @ away)
    return mean, vectors[:, -NEAREST:].flip(1).float().contiguous()


class Photographs(nn.Module):
    """ImageNet logits [b, 1000] -> unit direction [b, DIMENSIONS]."""

    def __init__(self, classes):
        super().__init__()
        _, t = centred(classes)
        self.register_buffer("back", torch.linalg.solve(t.t() @ t + RIDGE * torch.eye(t.shape[1]), t.t()).t().contiguous())
        self.register_buffer("axes", nearest_axes(classes)[1])

    def forward(self, logits):
        away = logits - logits.mean(1, keepdim=True)
        away = away / away.square().mean(1, keepdim=True).sqrt()
        straight = F.normalize(F.relu(away - THRESHOLD) @ self.back, dim=1)
        nearest = F.normalize(F.relu(away - NEAREST_THRESHOLD) @ self.axes, dim=1)
        return join(straight, nearest)


class PhotographText(nn.Module):
    """Centred MiniLM embedding [b, 384] of unit length -> unit direction [b, DIMENSIONS]."""

    def __init__(self, classes):
        super().__init__()
        mean, axes = nearest_axes(classes)
        self.register_buffer("classes", centred(classes)[1])
        self.register_buffer("mean", mean)
        self.register_buffer("axes", axes)

    def forward(self, t):
        mixture = F.normalize(torch.softmax(SHARPNESS * t @ self.classes.t(), 1), dim=1)
        return join(t, F.normalize((mixture - self.mean) @ self.axes, dim=1))


def join(straight, nearest):
    """One unit vector of two, in which the nearest classes weigh NEAREST_WEIGHT beside 1."""
    w = NEAREST_WEIGHT
    return torch.cat([straight, w**0.5 * nearest], 1) / (1 + w) ** 0.5
