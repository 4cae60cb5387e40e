"""All stages of the training, each skipped where the work folder already holds its result."""

import os
import sys

from . import pack, publish, sources
from .config import Config


def prepare(cfg):
    sources.rasterise(cfg.modules, cfg.art)


def train(cfg):
    from . import teach

    prepare(cfg)
    folder = pack.build(cfg)
    minutes = float(os.environ.get("TRAIN_MINUTES", 7 if teach.gpu() else 180))
    for part, share in (("art", 1.0), ("reader", teach.READER_SHARE)):
        if not (cfg.work / f"{part}.done").exists():
            teach.apart(folder, cfg.work, 60 * minutes * share, part)
            (cfg.work / f"{part}.done").touch()


def main():
    stage = sys.argv[1] if len(sys.argv) > 1 else "all"
    cfg = Config()
    if stage not in ("all", "prepare", "pack", "publish"):
        print(f"train: unknown stage {stage}; there are all, prepare, pack and publish", file=sys.stderr)
        return 2
    if stage == "prepare":
        prepare(cfg)
    if stage == "pack":
        prepare(cfg)
        pack.build(cfg)
    if stage == "all":
        train(cfg)
    if stage in ("all", "publish"):
        sys.argv = sys.argv[:1]
        publish.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
