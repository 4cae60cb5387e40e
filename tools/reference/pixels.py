"""Writes what Pillow and the models' reference processors make of the pictures of pictures.py.

    python3 -m venv venv && venv/bin/pip install -r tools/reference/requirements.txt
    venv/bin/python tools/reference/pixels.py clip/src/test/resources/reference/pixels

The Java tests hold the decoder and the preprocessing to these files. Arrays are stored one after the
other, in the order of manifest.json, gzipped:

    decoded.rgb.gz     every picture upright, uint8, rows from the top, red green blue
    frames.rgb.gz      every frame of every animation, the same
    SPEC/preprocessor_config.json or preprocess_cfg.json    as the reference writes or reads it
    SPEC/resized.rgb.gz    resized and cropped, uint8, before normalisation
    SPEC/floats.gz         every 61st value of the model's input, float32 little-endian
"""

import gzip
import io
import json
import math
import pathlib
import platform
import sys

import numpy as np
import PIL
import transformers
from PIL import Image, ImageOps, features
from transformers import CLIPImageProcessor, SiglipImageProcessor

import pictures

STRIDE = 61
LARGE = ("jpeg-large.jpg", "webp-lossy.webp")


def to_rgb(image):
    """As the processors do, but for one mode: Pillow clips 16-bit grey to white, here it is scaled."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def decoded(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    if image.mode.startswith("I;16"):
        return to_rgb(image)
    return to_rgb(ImageOps.exif_transpose(image))


def frames(data):
    image = Image.open(io.BytesIO(data))
    for i in range(image.n_frames):
        image.seek(i)
        yield to_rgb(image)


class Transformers:
    def __init__(self, processor, file="preprocessor_config.json"):
        self.processor = processor
        self.file = file

    def config(self):
        return self.processor.to_json_string()

    def resized(self, image):
        return self._run(image, do_rescale=False, do_normalize=False).astype(np.uint8)

    def floats(self, image):
        return self._run(image).astype(np.float32)

    def _run(self, image, **options):
        # Arrays, with their layout named: a picture three pixels high is taken for channels else.
        array = np.asarray(image)
        out = self.processor(array, input_data_format="channels_last", data_format="channels_last", **options)
        return np.asarray(out["pixel_values"][0])


class OpenClip:
    """open_clip's evaluation transform, whose steps on pictures are Pillow's.

    open_clip.transform.image_transform chains torchvision's Resize, CenterCrop (or open_clip's own
    ResizeKeepRatio and CenterCropOrPad), ToTensor and Normalize. Their geometry is restated here, so that
    this needs no torch: resize cuts the longer side, the crop rounds half to even.
    """

    file = "preprocess_cfg.json"

    def __init__(self, size, resize_mode, interpolation, mean, std):
        self.cfg = dict(
            size=[size, size], mode="RGB", mean=mean, std=std, interpolation=interpolation,
            resize_mode=resize_mode, fill_color=0,
        )

    def config(self):
        return json.dumps(self.cfg, indent=2)

    def resized(self, image):
        size = self.cfg["size"][0]
        filter = {"bicubic": Image.BICUBIC, "bilinear": Image.BILINEAR}[self.cfg["interpolation"]]
        w, h = image.size
        mode = self.cfg["resize_mode"]
        if mode == "squash":
            target = (size, size)
        elif mode == "shortest":
            target = (size, int(size * h / w)) if w <= h else (int(size * w / h), size)
        else:
            ratio = max(w / size, h / size)
            target = (max(1, round(w / ratio)), max(1, round(h / ratio)))
        image = image.resize(target, filter)
        w, h = image.size
        if w < size or h < size:
            left, top = max(0, (size - w) // 2), max(0, (size - h) // 2)
            padded = Image.new("RGB", (max(size, w), max(size, h)))
            padded.paste(image, (left, top))
            image = padded
            w, h = image.size
        left, top = int(round((w - size) / 2.0)), int(round((h - size) / 2.0))
        return np.asarray(image.crop((left, top, left + size, top + size)))

    def floats(self, image):
        scaled = self.resized(image).astype(np.float32) / np.float32(255)
        return (scaled - np.float32(self.cfg["mean"])) / np.float32(self.cfg["std"])


def specs():
    shortest = dict(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    clip_mean, clip_std = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    return {
        "clip": Transformers(CLIPImageProcessor(**shortest)),
        "clip-crop": Transformers(
            CLIPImageProcessor(size={"shortest_edge": 37}, crop_size={"height": 30, "width": 32})
        ),
        "clip-pad": Transformers(CLIPImageProcessor(size={"shortest_edge": 24}, crop_size={"height": 33, "width": 32})),
        "mobileclip": Transformers(CLIPImageProcessor(**shortest, resample=2, do_normalize=False)),
        "siglip": Transformers(SiglipImageProcessor(size={"height": 32, "width": 32})),
        "siglip-oblong": Transformers(SiglipImageProcessor(size={"height": 28, "width": 36}, resample=2)),
        "open-clip": OpenClip(31, "shortest", "bicubic", clip_mean, clip_std),
        "open-clip-longest": OpenClip(32, "longest", "bicubic", clip_mean, clip_std),
        "open-clip-squash": OpenClip(32, "squash", "bilinear", [0.5] * 3, [0.5] * 3),
        "clip-224": Transformers(CLIPImageProcessor()),
        "siglip-224": Transformers(SiglipImageProcessor()),
    }


def write(path, arrays):
    # No time stamp, so that the same run gives the same bytes.
    data = b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def main(target):
    target = pathlib.Path(target)
    (target / "pictures").mkdir(parents=True, exist_ok=True)
    files = pictures.pictures()
    upright = {name: decoded(data) for name, data in files.items()}
    for name, data in files.items():
        (target / "pictures" / name).write_bytes(data)
    write(target / "decoded.rgb.gz", [np.asarray(image) for image in upright.values()])

    animations = {name: list(frames(data)) for name, data in files.items() if "animated" in name and "png" not in name}
    write(target / "frames.rgb.gz", [np.asarray(f) for fs in animations.values() for f in fs])

    manifest = {
        "made_with": {
            "python": platform.python_version(),
            "pillow": PIL.__version__,
            "libjpeg-turbo": features.version("libjpeg_turbo"),
            "libwebp": features.version("webp"),
            "transformers": transformers.__version__,
            "numpy": np.__version__,
        },
        "stride": STRIDE,
        "pictures": [
            {"file": name, "width": image.width, "height": image.height} for name, image in upright.items()
        ],
        "animations": [{"file": name, "frames": len(fs)} for name, fs in animations.items()],
        "specs": [],
    }
    for name, spec in specs().items():
        folder = target / name
        folder.mkdir(exist_ok=True)
        (folder / spec.file).write_text(spec.config().rstrip() + "\n")
        shown = [n for n in upright if not name.endswith("224") or n in LARGE]
        resized = [spec.resized(upright[n]) for n in shown]
        write(folder / "resized.rgb.gz", resized)
        floats = [spec.floats(upright[n]).transpose(2, 0, 1).ravel()[::STRIDE].astype("<f4") for n in shown]
        write(folder / "floats.gz", floats)
        height, width, _ = resized[0].shape
        manifest["specs"].append(
            {"name": name, "file": spec.file, "height": height, "width": width, "pictures": shown}
        )
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    size = sum(f.stat().st_size for f in target.rglob("*") if f.is_file())
    print(f"{len(files)} pictures, {len(manifest['specs'])} specs, {size / 1e6:.2f} MB in {target}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
