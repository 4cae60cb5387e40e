"""Exports the towers of the work folder to a model directory and checks them against PyTorch."""

import sys
from pathlib import Path

import numpy as np
import torch

from . import export, joint, lite, minilm, vision
from .config import ROOT, Config

ID = "halcyon-starter-1"
# Least cross-entropy on validation drawings at 30 to 35, on validation photographs at 20.
LOGIT_SCALE = 30.0


def write(cfg, folder):
    folder.mkdir(parents=True, exist_ok=True)
    seeing, knowing = joint.build(cfg)
    scratch = cfg.work / "export.onnx"
    batch = {0: "batch"}
    v = export.to_onnx(seeing, (torch.rand(2, 3, vision.SIDE, vision.SIDE),), scratch, ["pixel_values"], "image_embeds",
                       {"pixel_values": batch, "image_embeds": batch})
    export.save(export.store_int8(v, joint.SMALLEST_INT8), folder / "vision_model.onnx")
    both = {0: "batch", 1: "sequence"}
    example = (torch.tensor([[101, 4937, 102], [101, 3899, 102]]), torch.ones(2, 3, dtype=torch.long))
    t = export.to_onnx(knowing, example, scratch, ["input_ids", "attention_mask"], "text_embeds",
                       {"input_ids": both, "attention_mask": both, "text_embeds": batch})
    export.save(export.store_int8(t), folder / "text_model.onnx")
    scratch.unlink()
    minilm.load_tokenizer().save(str(folder / "tokenizer.json"), pretty=False)
    export.write_json(folder / "preprocessor_config.json", export.preprocessor(vision.SIDE, lite.MEAN, lite.STD))
    export.write_manifest(
        folder, id=ID, title="Halcyon starter model", architecture="clip", embeddingDimensions=joint.DIMENSIONS,
        contextLength=joint.CONTEXT, logitScale=LOGIT_SCALE, logitBias=None,
        licence="Apache-2.0", card="CARD.md")
    return seeing, knowing


def parity(folder, seeing, knowing, pictures, texts):
    """Smallest cosine of ONNX Runtime's embedding with PyTorch's, over the pictures and over the texts."""
    from .evaluate import Model

    model = Model(folder)
    x = torch.from_numpy(np.stack([model.pixels(p) for p in pictures]))
    with torch.no_grad():
        ours = torch.cat([seeing(p) for p in x.split(16)]).numpy()
        ids = [torch.tensor([model.tokenizer.encode(t).ids]) for t in texts]
        words = torch.cat([knowing(i, torch.ones_like(i)) for i in ids]).numpy()
    unit = lambda a: a / np.linalg.norm(a, axis=1, keepdims=True)
    return (float((unit(ours) * model.images(pictures)).sum(1).min()),
            float((unit(words) * model.texts(texts)).sum(1).min()))


def main():
    from .evaluate import Drawings

    cfg = Config()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "model"
    seeing, knowing = write(cfg, folder)
    art = Drawings(cfg.art, "emojione")
    keys = list(art.row)[:: max(1, len(art.row) // 200)]
    texts = [f"a photo of a {c.names[0]}" for c in cfg.concepts[::18]]
    image, text = parity(folder, seeing, knowing, [art.picture(k) for k in keys], texts)
    size = sum(f.stat().st_size for f in folder.iterdir())
    print(f"{folder}: {size / 1e6:.1f} MB; smallest cosine with PyTorch: images {image:.5f} of {len(keys)}, texts {text:.5f} of {len(texts)}")
    if image < 0.999 or text < 0.99:
        sys.exit("publish: the exported model differs from PyTorch's")


if __name__ == "__main__":
    main()
