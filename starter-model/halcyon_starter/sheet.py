"""A sheet of sixty random held-out pictures with the model's three best names, right and wrong alike."""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .evaluate import FONTS, THING, WORD, Drawings, Model, labelled, written
from .config import ROOT, Config

CELL, TEXT, COLUMNS = 132, 46, 10


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "model"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "sheet.png"
    cfg = Config()
    cases = json.loads((ROOT / "evaluation/cases.json").read_text("utf-8"))
    model, art = Model(folder), Drawings(cfg.art, "openmoji")
    rng = np.random.default_rng(60)
    objects = [o for o in cases["objects"] if o["emoji"] in art]
    names = [o["name"] for o in objects]
    things = model.ensemble(names, THING)
    words = cases["words"]
    spelled = model.ensemble(words, WORD, article=False)
    jobs = []
    for i in rng.permutation(len(objects))[:40]:
        jobs.append((art.picture(objects[i]["emoji"]), names[i], names, things))
    for i in rng.permutation(len(objects))[:10]:
        j = int(rng.integers(len(objects)))
        jobs.append((labelled(art.picture(objects[i]["emoji"]), names[j], FONTS[0]), f"{names[i]} labelled {names[j]}", names, things))
    for k, i in enumerate(rng.permutation(len(words))[:10]):
        jobs.append((written(words[i], FONTS[k % len(FONTS)]), words[i], words, spelled))
    rows = -(-len(jobs) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * CELL, rows * (CELL + TEXT)), "white")
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(11)
    scores = model.images([j[0] for j in jobs])
    for k, (picture, truth, pool, table) in enumerate(jobs):
        x, y = k % COLUMNS * CELL, k // COLUMNS * (CELL + TEXT)
        sheet.paste(picture.resize((CELL - 12,) * 2, Image.BICUBIC), (x + 6, y))
        s = scores[k] @ table.T
        best = s.argsort()[::-1][:3]
        pen.text((x + 4, y + CELL - 14), truth[:24], fill="black", font=font)
        for r, b in enumerate(best):
            colour = (0, 120, 40) if pool[b] in truth.split(" labelled ") else (170, 30, 30)
            pen.text((x + 4, y + CELL - 1 + 12 * r), f"{pool[b][:15]} {s[b]:.2f}", fill=colour, font=font)
    sheet.save(out, optimize=True)


if __name__ == "__main__":
    main()
