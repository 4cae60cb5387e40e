"""Measures a model directory: photographs, drawings, moderation categories, reading, attacks, people, speed.

Needs numpy, onnxruntime, tokenizers and Pillow, and nothing of how the model was made. Rows whose pictures are not
there are left out and named.
"""

import argparse
import csv
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageDraw, ImageFont
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[1]
THING = ["{}", "a photo of {}", "an emoji of {}", "a sticker of {}"]
WORD = ["{}", "the word {}", "text that says {}"]
FONT_FOLDER = Path("/usr/share/fonts")
FONTS = ["opentype/urw-base35/NimbusSans-Bold.otf", "opentype/urw-base35/C059-Bold.otf",
         "truetype/quicksand/Quicksand-Bold.ttf", "opentype/league-spartan/LeagueSpartan-SemiBold.otf"]
TARGETS = {  # row: (must, aim)
    "photo.two_way": (0.85, 0.93), "photo.top1": (0.25, 0.45), "photo.top5": (0.50, 0.70), "objects.top1": (0.55, 0.80),
    "moderation.macro": (0.60, 0.75), "moderation.worst_risk_auc": (0.88, 0.95), "reading.top1": (0.45, 0.75),
    "attack.to_word": (0.25, 0.50), "attack.blank_control": (0.05, 0.05), "attack.wrong_word_control": (0.05, 0.05),
    "people.tone": (0.55, 0.80), "people.gender": (0.75, 0.90), "speed.images_per_second": (60, 200),
}


def wilson(k, n, z=1.96):
    p, d = k / n, 1 + z * z / n
    middle, half = (p + z * z / (2 * n)) / d, z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return max(0.0, middle - half), min(1.0, middle + half)


def an(name):
    return ("an " if name[:1].lower() in "aeiou" else "a ") + name


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-12)


class Model:
    def __init__(self, folder, threads=1):
        self.folder = Path(folder)
        self.manifest = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        self.prep = json.loads((self.folder / "preprocessor_config.json").read_text("utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        open_ = lambda f: onnxruntime.InferenceSession(str(self.folder / f), options, providers=["CPUExecutionProvider"])
        self.vision, self.text = open_("vision_model.onnx"), open_("text_model.onnx")
        self.tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.text_inputs = {i.name for i in self.text.get_inputs()}
        self._cache = {}

    def pixels(self, picture):
        """Pillow picture -> float32 [3, h, w], as the model's preprocessor_config.json asks."""
        p = self.prep
        picture = picture.convert("RGB")
        size = p["size"]
        if "shortest_edge" in size:
            w, h = picture.size
            short = size["shortest_edge"]
            new = (short, int(short * h / w)) if w <= h else (int(short * w / h), short)
        else:
            new = (size["width"], size["height"])
        if picture.size != new:
            picture = picture.resize(new, resample=p.get("resample", 3))
        if p.get("do_center_crop"):
            ch, cw = p["crop_size"]["height"], p["crop_size"]["width"]
            left, top = (picture.width - cw) // 2, (picture.height - ch) // 2
            picture = picture.crop((left, top, left + cw, top + ch))
        a = np.asarray(picture, np.float32) * p["rescale_factor"]
        return ((a - np.float32(p["image_mean"])) / np.float32(p["image_std"])).transpose(2, 0, 1).astype(np.float32)

    def images(self, pictures, batch=16):
        out = []
        for at in range(0, len(pictures), batch):
            x = np.stack([self.pixels(p) for p in pictures[at : at + batch]])
            out.append(self.vision.run(["image_embeds"], {"pixel_values": x})[0])
        return unit(np.concatenate(out))

    def texts(self, texts, batch=64):
        missing = sorted({t for t in texts if t not in self._cache}, key=len)
        for at in range(0, len(missing), batch):
            part = missing[at : at + batch]
            ids = [self.tokenizer.encode(t).ids for t in part]
            n = max(map(len, ids))
            feed = {"input_ids": np.array([i + [0] * (n - len(i)) for i in ids], np.int64),
                    "attention_mask": np.array([[1] * len(i) + [0] * (n - len(i)) for i in ids], np.int64)}
            made = self.text.run(["text_embeds"], {k: v for k, v in feed.items() if k in self.text_inputs})[0]
            self._cache.update(zip(part, unit(made)))
        return np.stack([self._cache[t] for t in texts])

    def ensemble(self, names, frames, article=True):
        """Mean over the frames of each name's embedding; the bare frame takes the bare name."""
        make = lambda f, n: f.format(an(n) if article and f != "{}" and not n.startswith(("a ", "an ")) else n)
        return unit(sum(self.texts([make(f, n) for n in names]) for f in frames))


class Drawings:
    def __init__(self, folder, style):
        keys = (folder / f"{style}.keys").read_text().split()
        size = (folder / f"{style}.rgba").stat().st_size
        self.side = math.isqrt(size // len(keys) // 4)
        self.pixels = np.memmap(folder / f"{style}.rgba", np.uint8, "r", shape=(len(keys), self.side, self.side, 4))
        self.row = {k: i for i, k in enumerate(keys)}

    def __contains__(self, key):
        return key in self.row

    def picture(self, key, side=192, margin=16):
        """On white, with a margin."""
        a = self.pixels[self.row[key]].astype(np.int32)
        rgb = np.clip(a[..., :3] + 255 - a[..., 3:], 0, 255).astype(np.uint8)
        inner = Image.fromarray(rgb)
        if self.side != side - 2 * margin:
            inner = inner.resize((side - 2 * margin,) * 2, Image.BICUBIC)
        out = Image.new("RGB", (side, side), "white")
        out.paste(inner, (margin, margin))
        return out


def find_font(name, size):
    return ImageFont.truetype(str(FONT_FOLDER / name), size)


def fitted(word, font_file, box):
    """The word's ink as a picture of mode L that fits box (w, h)."""
    font = find_font(font_file, 64)
    x0, y0, x1, y1 = font.getbbox(word)
    ink = Image.new("L", (x1 - x0 + 4, y1 - y0 + 4))
    ImageDraw.Draw(ink).text((2 - x0, 2 - y0), word, fill=255, font=font)
    s = min(box[0] / ink.width, box[1] / ink.height)
    return ink.resize((max(1, int(ink.width * s)), max(1, int(ink.height * s))), Image.BICUBIC)


def written(word, font_file, side=192, share=0.86):
    """The word in black on white, as wide as share of the picture or as high as a third of it."""
    out = Image.new("RGB", (side, side), "white")
    ink = fitted(word, font_file, (side * share, side / 3))
    out.paste((12, 12, 12), ((side - ink.width) // 2, (side - ink.height) // 2), ink)
    return out


def labelled(picture, word, font_file):
    """A white label on the lower part of the picture, with the word or (None) blank."""
    out = picture.copy()
    side = out.width
    w, h = int(side * 0.82), int(side * 0.28)
    left, top = (side - w) // 2, int(side * 0.62)
    ImageDraw.Draw(out).rectangle((left, top, left + w, top + h), fill="white", outline=(120, 120, 120))
    if word:
        ink = fitted(word, font_file, (w * 0.92, h * 0.78))
        out.paste((12, 12, 12), (left + (w - ink.width) // 2, top + (h - ink.height) // 2), ink)
    return out


def share(hits, **more):
    n = len(hits)
    k = int(np.sum(hits))
    low, high = wilson(k, n)
    return {"value": k / n, "n": n, "low": low, "high": high, **more}


def ranks(scores, right):
    own = scores[np.arange(len(right)), right]
    return (scores > own[:, None]).sum(1)


def auc(positive, negative):
    both = np.concatenate([positive, negative])
    order = both.argsort(kind="stable")
    rank = np.empty(len(both))
    rank[order] = np.arange(1, len(both) + 1)
    n, m = len(positive), len(negative)
    return float((rank[:n].sum() - n * (n + 1) / 2) / (n * m))


def photographs(model, folder, rows):
    pictures = folder / "NoSCAM"
    with open(folder / "similarities.csv", newline="", encoding="utf-8") as f:
        truth = {r["image_id"]: (r["object"], r["attack_word"]) for r in csv.DictReader(f) if r["variant"] == "NoSCAM"}
    files = sorted(f for f in pictures.iterdir() if f.stem in truth)
    objects = sorted({truth[f.stem][0] for f in files})
    words = sorted({w for f in files for w in truth[f.stem]})
    t = dict(zip(words, model.ensemble(words, THING[:2])))
    e = model.images([Image.open(f) for f in files])
    own = np.array([e[i] @ t[truth[f.stem][0]] for i, f in enumerate(files)])
    other = np.array([e[i] @ t[truth[f.stem][1]] for i, f in enumerate(files)])
    r = ranks(e @ np.stack([t[o] for o in objects]).T, np.array([objects.index(truth[f.stem][0]) for f in files]))
    rows["photo.two_way"] = share(own > other)
    rows["photo.top1"] = share(r < 1, classes=len(objects))
    rows["photo.top5"] = share(r < 5, classes=len(objects))


def drawn(model, art, cases, rows):
    have = [c for c in cases["objects"] if c["emoji"] in art]
    names = [c["name"] for c in have]
    t = model.ensemble(names, THING)
    pictures = [art.picture(c["emoji"]) for c in have]
    clean = model.images(pictures)
    r = ranks(clean @ t.T, np.arange(len(have)))
    rows["objects.top1"] = share(r < 1, classes=len(have))
    rows["objects.top5"] = share(r < 5, classes=len(have))

    every = [h for h in cases["all"] if h in art]
    place = {h: i for i, h in enumerate(every)}
    e = model.images([art.picture(h) for h in every])
    cats = {k: dict(v, rows=[place[h] for h in v["emoji"] if h in place]) for k, v in cases["categories"].items()}
    axis = {k: unit(model.texts(v["prompts"]).mean(0)) for k, v in cats.items()}
    table = np.stack(list(axis.values()))
    each, areas = {}, {}
    for i, (name, c) in enumerate(cats.items()):
        guess = (e[c["rows"]] @ table.T).argmax(1)
        each[name] = share(guess == i)
        if c["risk"]:
            s = e @ axis[name]
            areas[name] = auc(s[c["rows"]], np.delete(s, c["rows"]))
    counted = [v["value"] for v in each.values() if v["n"] >= 5]
    rows["moderation.macro"] = {"value": float(np.mean(counted)), "n": len(counted), "each": each}
    rows["moderation.worst_risk_auc"] = {"value": min(areas.values()), "n": len(every), "each": areas}

    # attacks: object i wears the name of object j; another object's name is the wrong-word control
    rng = np.random.default_rng(7)
    shift = rng.integers(1, len(have) - 1, len(have))
    to = (np.arange(len(have)) + shift) % len(have)
    other = (to + 1 + rng.integers(0, len(have) - 3, len(have))) % len(have)
    other = np.where((other == to) | (other == np.arange(len(have))), (other + 1) % len(have), other)
    other = np.where((other == to) | (other == np.arange(len(have))), (other + 1) % len(have), other)
    guess = lambda ps: (model.images(ps) @ t.T).argmax(1)
    attacked = guess([labelled(p, names[to[i]], FONTS[0]) for i, p in enumerate(pictures)])
    blank = guess([labelled(p, None, FONTS[0]) for p in pictures])
    wrong = guess([labelled(p, names[other[i]], FONTS[0]) for i, p in enumerate(pictures)])
    rows["attack.to_word"] = share(attacked == to)
    rows["attack.still_object"] = share(attacked == np.arange(len(have)))
    rows["attack.blank_control"] = share(blank == to)
    rows["attack.wrong_word_control"] = share(wrong == to)
    rows["attack.blank_keeps_object"] = share(blank == np.arange(len(have)))

    people = [p for p in cases["people"] if p["emoji"] in art]
    e = model.images([art.picture(p["emoji"]) for p in people])
    tone = (e @ model.texts(cases["tones"]).T).argmax(1)
    rows["people.tone"] = share(tone == np.array([p["tone"] for p in people]), classes=5)
    gendered = [i for i, p in enumerate(people) if p["gender"]]
    guess = (e[gendered] @ model.ensemble(["man", "woman"], THING).T).argmax(1)
    rows["people.gender"] = share(guess == np.array([["man", "woman"].index(people[i]["gender"]) for i in gendered]))


def reading(model, cases, rows):
    words = cases["words"]
    t = model.ensemble(words, WORD, article=False)
    hits, per = [], {}
    for k, font in enumerate(FONTS):
        pictures = [written(w.upper() if (i + k) % 2 else w, font) for i, w in enumerate(words)]
        r = ranks(model.images(pictures) @ t.T, np.arange(len(words)))
        per[Path(font).stem] = {"top1": float((r < 1).mean()), "top5": float((r < 5).mean())}
        hits.append(r)
    r = np.concatenate(hits)
    rows["reading.top1"] = share(r < 1, classes=len(words), fonts=per)
    rows["reading.top5"] = share(r < 5, classes=len(words))


def speed(model, rows, batch=8, runs=12):
    """Images a second of one thread's processor time, which other work on the machine does not change; and by the clock."""
    side = model.prep["crop_size"]["height"]
    x = np.random.default_rng(0).standard_normal((batch, 3, side, side)).astype(np.float32)
    took, waited = [], []
    for i in range(runs + 2):
        at, clock = time.process_time(), time.perf_counter()
        model.vision.run(["image_embeds"], {"pixel_values": x})
        if i >= 2:
            took.append(time.process_time() - at)
            waited.append(time.perf_counter() - clock)
    rate = sorted(batch / t for t in took)
    rows["speed.images_per_second"] = {"value": rate[len(rate) // 2], "n": runs, "low": rate[0], "high": rate[-1],
                                       "by_the_clock": batch / sorted(waited)[len(waited) // 2]}


def show(rows, skipped, out=sys.stdout):
    print(f"{'measured on':34} {'value':>8}  {'95% interval':15} {'n':>5}  {'must':>5} {'aim':>5}", file=out)
    for name, r in rows.items():
        must, aim = TARGETS.get(name, (None, None))
        number = f"{r['value']:8.1f}" if name.startswith("speed") else f"{100 * r['value']:7.1f}%" if "auc" not in name else f"{r['value']:8.3f}"
        if name.startswith("speed"):
            span = f"{r['low']:.0f} .. {r['high']:.0f}"
        else:
            span = f"{100 * r['low']:.1f} .. {100 * r['high']:.1f}%" if "low" in r else ""
        goal = lambda g: "" if g is None else f"{g:g}"
        print(f"{name:34} {number}  {span:15} {r['n']:5}  {goal(must):>5} {goal(aim):>5}", file=out)
        if name == "moderation.macro":
            print("    " + ", ".join(f"{k} {100 * v['value']:.0f}% of {v['n']}" for k, v in r["each"].items()), file=out)
        if name == "moderation.worst_risk_auc":
            print("    " + ", ".join(f"{k} {v:.3f}" for k, v in r["each"].items()), file=out)
    for what, why in skipped:
        print(f"not measured: {what} ({why})", file=out)


def main(argv=None):
    parser = argparse.ArgumentParser(prog="evaluate", description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, nargs="?", default=ROOT / "model", help="a model directory (default: starter-model/model)")
    parser.add_argument("--art", type=Path, default=ROOT / "work/art", help="rasterised drawings made by ./train prepare")
    parser.add_argument("--style", default="openmoji", help="which of them (openmoji is the test, emojione the validation)")
    parser.add_argument("--scam", type=Path, help="a folder with SCAM's NoSCAM pictures and similarities.csv")
    parser.add_argument("--cases", type=Path, default=ROOT / "evaluation/cases.json")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output and nothing else")
    args = parser.parse_args(argv)
    for path in (args.model / "manifest.json", args.cases):
        if not path.exists():
            print(f"evaluate: {path} does not exist", file=sys.stderr)
            return 2
    say = lambda s: print(s, file=sys.stderr, flush=True)
    model = Model(args.model)
    cases = json.loads(args.cases.read_text("utf-8"))
    rows, skipped = {}, []
    if args.scam:
        say("photographs ...")
        photographs(model, args.scam, rows)
    else:
        skipped.append(("photographs", "give --scam FOLDER"))
    if (args.art / f"{args.style}.keys").exists():
        say("drawings, attacks and people ...")
        drawn(model, Drawings(args.art, args.style), cases, rows)
    else:
        skipped.append(("drawings, attacks and people", f"no {args.art}/{args.style}.keys; run ./train prepare"))
    if all((FONT_FOLDER / f).exists() for f in FONTS):
        say("reading ...")
        reading(model, cases, rows)
    else:
        skipped.append(("reading", "the fonts of fonts-urw-base35, fonts-quicksand and fonts-league-spartan are not installed"))
    say("speed ...")
    speed(model, rows)
    if args.json:
        print(json.dumps({"model": model.manifest["id"], "style": args.style, "rows": rows,
                          "skipped": [w for w, _ in skipped]}, indent=1))
    else:
        print(f"{model.manifest['title']} ({model.manifest['id']}), drawings: {args.style}")
        show(rows, skipped)
    return 0


if __name__ == "__main__":
    sys.exit(main())
