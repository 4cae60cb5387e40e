"""Writes the pinned set: a few redistributable pictures and what the committed model says of them."""

import json
import shutil

import numpy as np
from PIL import Image

from .config import ROOT, Config
from .evaluate import Drawings, Model, an, labelled, unit, written

DRAWINGS = {"cat": "1F408", "dog": "1F415", "pizza": "1F355", "knife": "1F52A", "beer": "1F37A", "guitar": "1F3B8",
            "bus": "1F68C", "cigarette": "1F6AC", "flower": "1F33B", "dice": "1F3B2", "syringe": "1F489", "house": "1F3E0"}
PHOTOS = {"cat": "chelsea", "cup of coffee": "coffee", "rocket": "rocket", "tripod": "camera"}
WORDS = ["toaster", "library", "gravel", "ipod"]
FONT = "truetype/dejavu/DejaVuSans-Bold.ttf"


def main():
    from skimage import data

    cfg, out = Config(), ROOT / "pinned"
    model = Model(ROOT / "model")
    shutil.rmtree(out / "images", ignore_errors=True)
    (out / "images").mkdir(parents=True)
    noto = Drawings(cfg.art, "noto")
    names = sorted({*DRAWINGS, *PHOTOS, *WORDS})
    items = []

    def add(file, picture, truth):
        picture.save(out / "images" / file, optimize=True)
        items.append({"file": f"images/{file}", "truth": truth})

    for name, key in DRAWINGS.items():
        add(f"drawing-{name}.png", noto.picture(key, 256, 24), name)
    for name, sample in PHOTOS.items():
        picture = Image.fromarray(getattr(data, sample)()).convert("RGB")
        picture.thumbnail((320, 320), Image.LANCZOS)
        add(f"photo-{name.replace(' ', '-')}.png", picture, name)
    for word in WORDS:
        add(f"word-{word}.png", written(word, FONT, 256), word)
    for name, word in (("cat", "pizza"), ("knife", "flower"), ("beer", "library")):
        add(f"label-{name}-says-{word}.png", labelled(noto.picture(DRAWINGS[name], 256, 24), word, FONT), word)
    prompts = [[n, f"a photo of {an(n)}", f"an emoji of {an(n)}", f"a sticker of {an(n)}", f"the word {n}", f"text that says {n}"]
               for n in names]
    table = np.stack([unit(model.texts(p).mean(0)) for p in prompts])
    e = model.images([Image.open(out / i["file"]) for i in items])
    scores = e @ table.T
    for item, vector, s in zip(items, e, scores):
        best = s.argsort()[::-1][:5]
        item["top"] = [{"label": names[b], "cosine": round(float(s[b]), 5)} for b in best]
        item["embedding"] = [round(float(v), 6) for v in vector]
    right = [i["top"][0]["label"] == i["truth"] for i in items]
    text = ["a photo of a cat", "cat", "the word toaster", "an emoji of a knife", "alcohol"]
    expected = {
        "model": model.manifest["id"],
        "sha256": {k: v["sha256"] for k, v in model.manifest["files"].items()},
        "labels": [{"label": n, "prompts": p} for n, p in zip(names, prompts)],
        "top1": {"right": int(sum(right)), "of": len(right)},
        "tolerance": {"image_cosine": 0.999, "text_cosine": 0.9999, "score": 0.01},
        "texts": [{"text": t, "input_ids": model.tokenizer.encode(t).ids,
                   "embedding": [round(float(v), 6) for v in model.texts([t])[0]]} for t in text],
        "images": items,
    }
    (out / "expected.json").write_text(json.dumps(expected, separators=(",", ":")).replace('{"file"', '\n{"file"').replace('{"text"', '\n{"text"') + "\n", encoding="utf-8")
    print(f"pinned {len(items)} pictures, {sum(right)} right; wrong:", [(i["truth"], i["top"][0]["label"]) for i, r in zip(items, right) if not r])


if __name__ == "__main__":
    main()
