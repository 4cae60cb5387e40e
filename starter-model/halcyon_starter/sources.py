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
CLIP_ART_SHELVES = ("animals food people tools transportation/vehicles recreation buildings plants office science "
                    "electronics containers education geography/astronomy signs_and_symbols/weather computer/hardware").split()
CLIP_ART_LEFT_OUT = ("stickmen", "simple", "ornamental", "bordered", "roadsigns")
CUTOUTS = Path("/usr/share/tuxpaint/stamps")  # Debian tuxpaint-stamps-default: photographs of single things, cut out
_NOT_PHOTOGRAPHS = ("cartoon", "symbols", "town", "seasonal", "toys", "hats", "naturalforces", "body_parts")
_DRAWN_STAMPS = ("t_", "button", "hedgehog", "pizza", "Lightbulb", "tooth", "white-sage", "chuvanna", "0_sun", "sedan_police", "747")
PHOTO_SAMPLES = ["astronaut", "camera", "chelsea", "coffee", "rocket", "brick", "grass", "gravel"]
PHOTO_FOLDER = Path("/usr/share/backgrounds/mate/nature")  # Debian mate-backgrounds


def rasterise(modules, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for style in ICONIFY:
        _render("rasterise.mjs", modules, style, folder / style)
    for style in NAMED_STYLES:
        _render("rasterise_named.mjs", modules, style, folder / style)
    _render("rasterise_named.mjs", modules, CLIP_ART_FOLDER, folder / CLIP_ART, ",".join(CLIP_ART_SHELVES), ",".join(CLIP_ART_LEFT_OUT))
    _rasterise_3d(modules, folder)


def _render(script, modules, source, out, *only):
    """Runs a script until it has been through all drawings, since some of them abort the renderer."""
    if out.with_suffix(".done").exists():
        return
    under_way, start = out.with_suffix(".at"), 0
    under_way.unlink(missing_ok=True)
    command = ["node", str(Path(__file__).with_name(script)), str(modules), str(source), str(SIDE), str(out)]
    while (run := subprocess.run([*command, str(start), *only], stderr=subprocess.PIPE)).returncode:
        at = int(under_way.read_text()) if under_way.exists() else -1
        if at < start:  # it failed before any drawing
            raise RuntimeError(f"{script} cannot rasterise {source}: {run.stderr.decode('utf-8', 'replace').strip()[-800:]}")
        start = at + 1
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
