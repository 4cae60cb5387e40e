"""Measures choices of the fusion on validation material: the validation style's drawings and photographs of a folder.

  python -m halcyon_starter.tune [FOLDER]

FOLDER holds photographs called label=OBJECT_text=WORD.jpg, none of them in the table of the card. Prints the figures
for the weights of joint.py and for others around them, and the gate that logistic regression gives.
"""

import itertools
import json
import re
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image

from . import evaluate, export, joint, sources
from .config import ROOT, Config


class Experts(torch.nn.Module):
    def __init__(self, seeing):
        super().__init__()
        self.seeing = seeing

    def forward(self, x):
        large, small = self.seeing.without_bars(x)
        drawing, gate = self.seeing.image(small)
        spelling, present = self.seeing.read(x)
        photo = self.seeing.photos(self.seeing.trunk.classifier(self.seeing.trunk(large)))
        likeness = (drawing @ self.seeing.known.t()).amax(1)
        return torch.cat([photo, drawing, spelling, likeness[:, None], gate[:, None], present[:, None]], 1)


class Tuned(evaluate.Model):
    """evaluate.Model whose pictures are seen once and fused anew for every choice."""

    def __init__(self, folder, experts):
        super().__init__(folder)
        self.experts, self.seen, self.turn = experts, [], 0

    def images(self, pictures, batch=16):
        if self.turn == len(self.seen):
            x = [np.stack([self.pixels(p) for p in pictures[i : i + batch]]) for i in range(0, len(pictures), batch)]
            self.seen.append(torch.from_numpy(np.concatenate([self.experts.run(None, {"x": b})[0] for b in x])))
        self.turn += 1
        return fused(self.seen[self.turn - 1]).numpy()


def parts(e):
    d, a = joint.photographs.DIMENSIONS, joint.art.ART
    return e[:, :d], e[:, d : d + a], e[:, -3], e[:, -2], e[:, -1], e[:, d + a : -3]


def fused(e):
    photo, drawing, likeness, gate, present, spelling = parts(e)
    drawn = torch.sigmoid(joint.DRAWN[0] * likeness + joint.DRAWN[1] * gate.clamp(-15, 15) + joint.DRAWN[2])
    return joint.fuse(photo, drawing, drawn, spelling, present)


def see_photographs(model, folder):
    files = sorted(folder.glob("label=*_text=*.jpg"))
    truth = [tuple(w.replace("_", " ") for w in re.match(r"label=(.*)_text=(.*)", f.stem).groups()) for f in files]
    model.turn = 0
    model.images([Image.open(f) for f in files])
    return truth


def photographs(model, truth):
    """2-way, top-1 and top-5, with nothing read: what is written there names something else."""
    model.turn = 0
    weight, joint.READ_WEIGHT = joint.READ_WEIGHT, 0.0
    e = model.images(None)
    joint.READ_WEIGHT = weight
    objects, words = sorted({a for a, _ in truth}), sorted({w for t in truth for w in t})
    t = dict(zip(words, model.ensemble(words, evaluate.THING[:2])))
    two = np.mean([e[i] @ t[a] > e[i] @ t[b] for i, (a, b) in enumerate(truth)])
    r = evaluate.ranks(e @ np.stack([t[o] for o in objects]).T, np.array([objects.index(a) for a, _ in truth]))
    return {"2way": two, "p1": (r < 1).mean(), "p5": (r < 5).mean()}


def drawings(model, art, cases):
    rows = {}
    model.turn = 1
    evaluate.drawn(model, art, cases, rows)
    short = {"objects.top1": "o1", "objects.top5": "o5", "moderation.macro": "macro", "moderation.worst_risk_auc": "auc", "attack.to_word": "attack",
             "attack.blank_control": "blank", "attack.wrong_word_control": "wrong", "attack.blank_keeps_object": "keeps",
             "people.tone": "tone", "people.gender": "gender"}
    return {v: rows[k]["value"] for k, v in short.items()}


def gate(model):
    """Logistic regression of drawing against photograph on likeness and the learned gate."""
    rows = [parts(e) for e in model.seen]
    photo, drawn = rows[0], rows[2]
    x = torch.cat([torch.stack([p[2], p[3].clamp(-15, 15), torch.ones(len(p[2]))], 1) for p in (photo, drawn)])
    y = torch.cat([torch.zeros(len(photo[2])), torch.ones(len(drawn[2]))])
    w = torch.where(y > 0, 0.5 / y.sum(), 0.5 / (1 - y).sum())
    c = torch.zeros(3, requires_grad=True)
    opt = torch.optim.LBFGS([c], max_iter=300)

    def loss():
        opt.zero_grad()
        out = (w * torch.nn.functional.binary_cross_entropy_with_logits(x @ c, y, reduction="none")).sum() + 1e-5 * (c[:2] ** 2).sum()
        out.backward()
        return out

    opt.step(loss)
    said = (x @ c > 0).float()
    return c.detach().tolist(), [(said[y == v] == v).float().mean().item() for v in (0, 1)]


def main():
    cfg = Config()
    folder = Path(sys.argv[1])
    seeing, _ = joint.build(cfg)
    scratch = cfg.work / "experts.onnx"
    export.to_onnx(Experts(seeing), (torch.rand(2, 3, 192, 192),), scratch, ["x"], "e", {"x": {0: "b"}, "e": {0: "b"}})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = Tuned(Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "model", onnxruntime.InferenceSession(str(scratch), options))
    art, cases = evaluate.Drawings(cfg.art, sources.VALIDATION_STYLE), json.loads((ROOT / "evaluation/cases.json").read_text())
    truth = see_photographs(model, folder)
    drawings(model, art, cases)
    torch.save((model.seen, truth), cfg.work / "tune.pt")
    found, right = gate(model)
    print("gate", [round(v, 3) for v in found], "right of photographs, drawings", right)
    show = lambda tag: print(tag, " ".join(f"{k} {100 * v:.1f}" for k, v in (photographs(model, truth) | drawings(model, art, cases)).items()), flush=True)
    show("as it is:")
    joint.DRAWN = tuple(found)
    show("new gate:")
    for share, weight, read in itertools.product((0.1, 0.2, 0.4), (0.9, 1.2, 1.6), (0.6,)):
        joint.PHOTO_SHARE_OF_DRAWINGS, joint.ART_WEIGHT, joint.READ_WEIGHT = share, weight, read
        show(f"share {share} art {weight} read {read}:")


if __name__ == "__main__":
    main()
