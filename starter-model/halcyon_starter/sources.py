"""Where the training pictures come from, and how they are kept in the work folder."""

import json
import subprocess
from pathlib import Path

import numpy as np
import torch
from PIL import Image

SIDE = 160
TRAINING_STYLES = ["noto", "noto-v1", "twemoji", "fxemoji", "fluent-emoji-flat", "fluent-emoji", "fluent-3d"]
VALIDATION_STYLE = "emojione"
TEST_STYLE = "openmoji"
ICONIFY = ["noto", "noto-v1", "twemoji", "fxemoji", "fluent-emoji-flat", "fluent-emoji", "emojione", "openmoji"]
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
    _rasterise_3d(modules, folder)


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
