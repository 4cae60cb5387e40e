"""The inputs of the training in one small folder, so that a machine without registries can train from it.

  drawings.bin, drawings.npz   every drawing, in sheets of a hundred as WebP; its style and its kind (-1: nothing
                               is said of it); photographs cut out are a style of their own
  captions.npz                 int8 MiniLM embeddings of all captions less their mean, and each kind's names and keywords
  kinds.json.gz                the texts and which kind they fit; tones, groups and genders of the concepts
  photos.npz                   photographs as JPEG
  words.json, fonts/           words to read and the fonts, cut down to the letters
  trunk.pt                     the pretrained trunk in float16
"""

import gzip
import io
import json
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
import torch
from PIL import Image

from . import concepts, kinds, lexicon, lite, minilm, photographs, sources

SIDE = 112  # of a drawing in the pack: whole blocks of the codec
ACROSS = 10  # drawings in a row of a sheet
TONED_SHARE = 1 / 2  # of the skin-tone variants of a drawing that are kept
CUTOUT = "cutout"
FRAMES = ["a photo of {}", "an emoji of {}", "a sticker of {}"]
FOLDER = "pack"


def _straight(rgba):
    """Premultiplied uint8 RGBA -> picture with straight alpha, SIDE wide."""
    return Image.fromarray(rgba, "RGBa").resize((SIDE, SIDE), Image.BICUBIC).convert("RGBA")


def _sheet(pictures, quality=52):
    sheet = Image.new("RGBA", (ACROSS * SIDE, -(-len(pictures) // ACROSS) * SIDE))
    for i, p in enumerate(pictures):
        sheet.paste(p, (i % ACROSS * SIDE, i // ACROSS * SIDE))
    out = io.BytesIO()
    sheet.save(out, "WEBP", quality=quality, alpha_quality=40, method=4)
    return out.getvalue()


def _square(picture):
    w = max(picture.size)
    out = Image.new("RGBA", (w, w))
    out.paste(picture, ((w - picture.width) // 2, (w - picture.height) // 2))
    return out.resize((SIDE, SIDE), Image.LANCZOS)


def _drawings(cfg, names, rng):
    """(picture, style, kind) of every drawing kept; validation drawings carry the style's index too."""
    styles = [*sources.TRAINING_STYLES, sources.VALIDATION_STYLE]
    for s, style in enumerate(styles):
        keys, bank = sources.drawings(cfg.art, style)
        which = kinds.of_style(cfg, names, style, keys)
        for row, k in enumerate(which):
            if k < 0 or not bank[row, ..., 3].any():
                continue
            toned = k < len(cfg.concepts) and cfg.concepts[k].tone > 0
            if toned and style != sources.VALIDATION_STYLE and rng.random() > TONED_SHARE:
                continue
            yield _straight(bank[row]), s, k
    for name, picture in sources.cutouts():
        kind = names.icon(name)
        yield _square(picture), len(styles), -1 if kind is None else kind


def _captions(cfg, all_kinds):
    """Texts and, for each kind, which of them are its name (one a frame) and its keywords."""
    texts, place = [], {}

    def at(text):
        if text not in place:
            place[text] = len(texts)
            texts.append(text)
        return place[text]

    named, keyed = [], []
    for i, k in enumerate(all_kinds):
        frames = FRAMES if i < len(cfg.concepts) and cfg.concepts[i].tone == 0 and cfg.concepts[i].group != concepts.FLAGS else []
        named.append([at(k.name)] + [at(f.format(lexicon.an(k.name))) for f in frames] if k.name else [])
        keyed.append([at(w) for w in k.keywords])
    extra = {w: [at(w)] + [at(f.format(lexicon.an(w))) for f in FRAMES] for w in ("man", "woman")}
    tones = [at(t + " skin tone") for t in concepts.TONES]
    return texts, named, keyed, extra, tones


def build(cfg, say=print):
    out = cfg.work / FOLDER
    if (out / "done").exists():
        return out
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(4)
    names = kinds.Names(cfg)
    sizes, style, kind = [], [], []
    with open(out / "drawings.bin", "wb") as f:
        every = _drawings(cfg, names, rng)
        while part := list(islice(every, ACROSS * ACROSS)):
            sizes.append(f.write(_sheet([p for p, _, _ in part])))
            style += [s for _, s, _ in part]
            kind += [k for _, _, k in part]
            if len(sizes) % 20 == 0:
                say(f"pack: {len(kind)} drawings, {sum(sizes) / 1e6:.1f} MB", flush=True)
    used = {k for k in kind if k >= 0} | set(range(len(cfg.concepts)))
    place = {k: i for i, k in enumerate(sorted(used))}
    kept = [names.kinds[k] for k in sorted(used)]
    np.savez(out / "drawings.npz", size=np.array(sizes, np.uint32), style=np.array(style, np.uint8),
             kind=np.array([place.get(k, -1) for k in kind], np.int32))
    texts, named, keyed, extra, tones = _captions(cfg, kept)
    say(f"pack: {len(kept)} kinds, {len(texts)} captions", flush=True)
    net, tokenizer = minilm.load_pretrained(), minilm.load_tokenizer()
    centre = photographs.class_vectors(cfg.work).mean(0)
    t = torch.nn.functional.normalize(minilm.embed(net, tokenizer, texts) - centre, dim=1).numpy()
    scale = np.abs(t).max(1, keepdims=True) / 127
    np.savez(out / "captions.npz", vectors=np.rint(t / scale).astype(np.int8), scale=scale.astype(np.float16))
    people = [c.group == concepts.PEOPLE for c in cfg.concepts]
    gender = [next((i for i, g in enumerate(("man", "woman")) if cfg.concepts[c.base].names[0].startswith(g + " ")), -1)
              if c.group == concepts.PEOPLE else -1 for c in cfg.concepts]
    risky = [c.hex.split("-FE0F")[0] in concepts.MODERATION_WORDS for c in cfg.concepts]
    (out / "kinds.json.gz").write_bytes(gzip.compress(json.dumps({
        "styles": [*sources.TRAINING_STYLES, sources.VALIDATION_STYLE, CUTOUT], "texts": texts, "names": named, "keywords": keyed,
        "gender_words": extra, "tone_words": tones, "concepts": len(cfg.concepts),
        "tone": [c.tone for c in cfg.concepts], "base": [c.base for c in cfg.concepts], "people": [int(p) for p in people],
        "toned_base": [int(c.base in cfg.toned) for c in cfg.concepts], "gender": gender, "risky": [int(r) for r in risky],
        "group": [c.group for c in cfg.concepts]}, separators=(",", ":")).encode(), mtime=0))
    _words(cfg, out)
    photos = {}
    for i, p in enumerate(sources.photos(cfg.work)):
        b = io.BytesIO()
        Image.fromarray(p.numpy().transpose(1, 2, 0)).save(b, "JPEG", quality=88)
        photos[f"p{i:03d}"] = np.frombuffer(b.getvalue(), np.uint8)
    np.savez(out / "photos.npz", **photos)
    torch.save({k: v.half() for k, v in lite.load_pretrained(norm=True).state_dict().items() if "classifier" not in k}, out / "trunk.pt")
    (out / "done").touch()
    return out


def _words(cfg, out):
    from fontTools import subset

    train, held_out = lexicon.vocabulary(cfg.concepts)
    (out / "words.json").write_text(json.dumps({"train": train[:-200], "validation": train[-200:]}))
    for part, files in (("train", lexicon.training_fonts()), ("validation", lexicon.validation_fonts())):
        folder = out / "fonts" / part
        folder.mkdir(parents=True, exist_ok=True)
        for i, file in enumerate(files):
            options = subset.Options(hinting=False, desubroutinize=True, ignore_missing_glyphs=True)
            options.drop_tables += ["GPOS", "GSUB", "GDEF", "kern"]
            font = subset.load_font(file, options)
            cutter = subset.Subsetter(options)
            cutter.populate(text="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
            cutter.subset(font)
            subset.save_font(font, str(folder / f"{i:03d}.ttf"), options)


def _arrays(file):
    with np.load(file) as f:  # reads on demand, which threads must not do at the same time
        return dict(f)


def read_drawings(folder, workers=16):
    """uint8 premultiplied [n, 4, SIDE, SIDE], style [n], kind [n]."""
    d = _arrays(folder / "drawings.npz")
    data, ends = (folder / "drawings.bin").read_bytes(), np.cumsum(d["size"].astype(np.int64))
    out = np.empty((len(d["kind"]), 4, SIDE, SIDE), np.uint8)
    each = ACROSS * ACROSS

    def one(i):
        sheet = Image.open(io.BytesIO(data[ends[i] - d["size"][i] : ends[i]])).convert("RGBA").convert("RGBa")
        tiles = np.asarray(sheet).reshape(-1, SIDE, ACROSS, SIDE, 4).transpose(0, 2, 4, 1, 3).reshape(-1, 4, SIDE, SIDE)
        here = out[i * each : (i + 1) * each]
        here[:] = tiles[: len(here)]

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, range(len(ends))))
    return torch.from_numpy(out), torch.from_numpy(d["style"].astype(np.int64)), torch.from_numpy(d["kind"].astype(np.int64))


def read_captions(folder):
    """(what is known of the kinds, float32 unit vectors [texts, 384], less the mean class)."""
    d = _arrays(folder / "captions.npz")
    v = torch.from_numpy(d["vectors"].astype(np.float32) * d["scale"].astype(np.float32))
    return json.loads(gzip.decompress((folder / "kinds.json.gz").read_bytes())), torch.nn.functional.normalize(v, dim=1)


def read_photos(folder):
    d = _arrays(folder / "photos.npz")
    return torch.from_numpy(np.stack([np.asarray(Image.open(io.BytesIO(d[k].tobytes()))).transpose(2, 0, 1) for k in sorted(d)]))


def read_words(folder):
    w = json.loads((folder / "words.json").read_text())
    fonts = {p: sorted(str(f) for f in (folder / "fonts" / p).iterdir()) for p in ("train", "validation")}
    return w["train"], w["validation"], fonts["train"], fonts["validation"]
