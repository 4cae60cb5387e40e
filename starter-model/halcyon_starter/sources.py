"""Where the training pictures come from, and how they are kept in the work folder."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import torch
from PIL import Image

SIDE = 160
EMOJI_STYLES = ["noto", "noto-v1", "twemoji", "fxemoji", "fluent-emoji-flat", "fluent-emoji", "fluent-3d"]
NAMED_STYLES = ["streamline-emojis", "fluent-emoji-high-contrast", "flat-color-icons", "game-icons"]
CLIP_ART = "openclipart"
TRAINING_STYLES = EMOJI_STYLES + NAMED_STYLES + [CLIP_ART]
MONOCHROME = {"fluent-emoji-high-contrast", "game-icons"}
VALIDATION_STYLE = "emojione"
TEST_STYLE = "openmoji"
ICONIFY = ["noto", "noto-v1", "twemoji", "fxemoji", "fluent-emoji-flat", "fluent-emoji", "emojione", "openmoji"]
CLIP_ART_FOLDER = Path("/usr/share/openclipart/svg")  # Debian openclipart-svg
CLIP_ART_SHELVES = ("animals food people tools transportation/vehicles recreation buildings plants office science household "
                    "electronics containers education geography/astronomy signs_and_symbols/weather computer/hardware").split()
CLIP_ART_LEFT_OUT = ("stickmen", "simple", "ornamental", "bordered", "roadsigns")
CUTOUTS = Path("/usr/share/tuxpaint/stamps")  # Debian tuxpaint-stamps-default: photographs of single things, cut out
_NOT_PHOTOGRAPHS = ("cartoon", "symbols", "town", "seasonal", "toys", "hats", "naturalforces", "body_parts")
_DRAWN_STAMPS = ("t_", "button", "hedgehog", "pizza", "Lightbulb", "tooth", "white-sage", "chuvanna", "0_sun", "sedan_police", "747")
PHOTO_SAMPLES = ["astronaut", "camera", "chelsea", "coffee", "rocket", "brick", "grass", "gravel"]
PHOTO_FOLDER = Path("/usr/share/backgrounds/mate/nature")  # Debian mate-backgrounds


def rasterise(modules, folder):
    folder.mkdir(parents=True, exist_ok=True)
    script = Path(__file__).with_name("rasterise.mjs")
    for style in ICONIFY:
        out, start = folder / style, 0
        if out.with_suffix(".done").exists():
            continue
        while True:
            run = subprocess.run(["node", str(script), str(modules), style, str(SIDE), str(out), str(start)],
                                 stderr=subprocess.DEVNULL)
            if run.returncode == 0:
                break
            start = int(Path(f"{out}.at").read_text()) + 1  # that drawing aborts the renderer: go on after it
        out.with_suffix(".done").touch()
    for style in [*NAMED_STYLES, CLIP_ART]:
        _rasterise_named(modules, folder, style)
    _rasterise_3d(modules, folder)


def _rasterise_named(modules, folder, style):
    out, start = folder / style, 0
    if out.with_suffix(".done").exists():
        return
    script = Path(__file__).with_name("rasterise_named.mjs")
    source = str(CLIP_ART_FOLDER) if style == CLIP_ART else style
    only = [",".join(CLIP_ART_SHELVES), ",".join(CLIP_ART_LEFT_OUT)] if style == CLIP_ART else []
    while True:
        run = subprocess.run(["node", str(script), str(modules), source, str(SIDE), str(out), str(start), *only],
                             stderr=subprocess.DEVNULL)
        if run.returncode == 0:
            break
        start = int(Path(f"{out}.at").read_text()) + 1
    out.with_suffix(".done").touch()


def cutouts():
    """(name, picture with transparency) of the stamps that are photographs."""
    out = []
    for file in sorted(CUTOUTS.rglob("*.png")):
        text = file.with_suffix(".txt")
        if set(file.parts) & set(_NOT_PHOTOGRAPHS) or file.stem.startswith(_DRAWN_STAMPS) or not text.exists():
            continue
        name = re.split(r"[.!(,;]", text.read_text("utf-8", "ignore").splitlines()[0])[0].strip()
        out.append((re.sub(r"^(An?|The|Some|One)\s+", "", name, flags=re.I).lower(), Image.open(file).convert("RGBA")))
    return out


def _rasterise_3d(modules, folder):
    out = folder / "fluent-3d"
    if out.with_suffix(".done").exists():
        return
    known = {}
    for e in json.loads((modules / "emojibase-data/en/data.json").read_text("utf-8")):
        for s in [e] + e.get("skins", []):
            known[s["hexcode"].lower().replace("-fe0f", "")] = s["hexcode"]
    keys = []
    with open(f"{out}.rgba", "wb") as pixels:
        for file in sorted((modules / "@lobehub/fluent-emoji-3d/assets").iterdir()):
            hexcode = known.get(file.stem.lower().replace("-fe0f", ""))
            if hexcode is None or hexcode in keys:
                continue
            picture = Image.open(file).convert("RGBa").resize((SIDE, SIDE), Image.BOX)
            pixels.write(picture.tobytes())
            keys.append(hexcode)
    Path(f"{out}.keys").write_text("\n".join(keys) + "\n")
    out.with_suffix(".done").touch()


def drawings(folder, style):
    """(hex codes, premultiplied uint8 RGBA [n, side, side, 4]) of one style, read from disk as needed."""
    keys = (folder / f"{style}.keys").read_text().split()
    return keys, np.memmap(folder / f"{style}.rgba", np.uint8, "r", shape=(len(keys), SIDE, SIDE, 4))


def photos(folder, side=420):
    """uint8 [m, 3, side, side]: the photographs used as backgrounds and as pictures that are no drawing."""
    store = folder / "photos.npy"
    if not store.exists():
        from skimage import data

        pictures = [Image.fromarray(getattr(data, name)()).convert("RGB") for name in PHOTO_SAMPLES]
        pictures += [Image.open(f).convert("RGB") for f in sorted(PHOTO_FOLDER.glob("*.jpg"))]
        out = []
        for p in pictures:
            for _ in range(1 if p.width < 1.4 * p.height else 2):
                w = min(p.size)
                left = 0 if _ == 0 else p.width - w
                out.append(np.asarray(p.crop((left, 0, left + w, w)).resize((side, side), Image.LANCZOS)))
        np.save(store, np.stack(out).transpose(0, 3, 1, 2))
    return torch.from_numpy(np.load(store))
