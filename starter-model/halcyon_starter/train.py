"""All stages of the training, each skipped where the work folder already holds its result."""

import sys

import torch

from . import art, art_features, photographs, publish, reader, sources
from .config import Config

PASSES = range(2)  # varied views of every drawing
FOCUS_PASS = 100  # and one of what those have little of
READER_MINUTES = 60
# (passes, epochs, peak rate, weight of the skin-tone loss), one after another
ART_STAGES = [
    (list(PASSES), 12, 1.5e-3, 0.0),
    ([1, FOCUS_PASS], 3, 6e-4, 0.5),
    ([*PASSES, FOCUS_PASS], 5, 1e-3, 0.7),
]


def prepare(cfg):
    sources.rasterise(cfg.modules, cfg.art)


def train(cfg):
    prepare(cfg)
    centre = photographs.class_vectors(cfg.work).mean(0)
    for n in PASSES:
        art_features.one_pass(cfg, n)
    art_features.one_pass(cfg, FOCUS_PASS, focus=True)
    before = None
    for i, (passes, epochs, peak, tones) in enumerate(ART_STAGES):
        done = cfg.work / ("art.pt" if i == len(ART_STAGES) - 1 else f"art-{i}.pt")
        if not done.exists():
            image, text = art.train(cfg, centre, passes, epochs, peak=peak, seed=11 + i, start=before, tones=tones)
            part = done.with_suffix(".part")
            torch.save({"image": image.state_dict(), "text": text.state_dict()}, part)
            part.rename(done)
        before = torch.load(done)
    reader.train(cfg, READER_MINUTES)


def main():
    stage = sys.argv[1] if len(sys.argv) > 1 else "all"
    cfg = Config()
    if stage not in ("all", "prepare", "publish"):
        print(f"train: unknown stage {stage}; there are all, prepare and publish", file=sys.stderr)
        return 2
    if stage == "prepare":
        prepare(cfg)
    if stage == "all":
        train(cfg)
    if stage in ("all", "publish"):
        sys.argv = sys.argv[:1]
        publish.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
