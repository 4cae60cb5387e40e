#!/usr/bin/env python3
"""Makes the derived samples from the pictures beside this file.

    pip install pillow
    python3 samples/make.py --hand Caveat-Bold.woff --sans DejaVuSans-Bold.ttf

--hand is the handwriting on the notes (Caveat, OFL-1.1, npm @fontsource/caveat, file
caveat-latin-700-normal.woff), --sans the type of the poster (DejaVu Sans Bold). Another Pillow or
another JPEG encoder may give other bytes for the same picture.
"""

import argparse
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).resolve().parent
JPEG = {"quality": 88, "optimize": True}
APPLE_NOTE = (280, 420, 270, 150)


def with_note(picture, text, box, hand, degrees=4):
    """A copy of `picture` with a white paper note of `box` (x, y, width, height) pixels on it."""
    x, y, width, height = box
    margin = height // 3
    note = Image.new("RGBA", (width + 2 * margin, height + 2 * margin))
    paper = (margin, margin, margin + width, margin + height)
    shadow = Image.new("RGBA", note.size)
    ImageDraw.Draw(shadow).rectangle([v + height // 24 for v in paper], fill=(0, 0, 0, 120))
    note.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(height / 18)))
    pen = ImageDraw.Draw(note)
    pen.rectangle(paper, fill=(252, 252, 248, 255))
    if text:
        size = height
        left, top, right, bottom = pen.textbbox((0, 0), text, font=ImageFont.truetype(hand, size))
        size = int(size * min(0.76 * width / (right - left), 0.76 * height / (bottom - top)))
        font = ImageFont.truetype(hand, size)
        left, top, right, bottom = pen.textbbox((0, 0), text, font=font)
        start = (note.width / 2 - (left + right) / 2, note.height / 2 - (top + bottom) / 2)
        pen.text(start, text, font=font, fill=(24, 24, 32, 255))
    note = note.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    result = picture.convert("RGBA")
    result.alpha_composite(
        note, (x + width // 2 - note.width // 2, y + height // 2 - note.height // 2)
    )
    return result.convert("RGB")


def poster(sans):
    """A picture that is almost nothing but text, of the kind that spreads as an unwanted advert."""
    picture = Image.new("RGB", (800, 1000), (255, 214, 10))
    pen = ImageDraw.Draw(picture)
    lines = [
        (80, 96, "CONGRATULATIONS!", (190, 0, 20)),
        (205, 60, "You have been chosen", (20, 20, 20)),
        (285, 60, "to win a FREE PHONE", (20, 20, 20)),
        (400, 36, "1. Send this picture to ten friends", (20, 20, 20)),
        (460, 36, "2. Reply with your full name", (20, 20, 20)),
        (520, 36, "3. Pay only 4.99 for the delivery", (20, 20, 20)),
        (640, 88, "ONLY TODAY!!!", (190, 0, 20)),
        (760, 44, "Call now: 0000 000 000", (20, 20, 20)),
        (880, 22, "This offer is not real. No phone can be won. Terms do not apply.", (90, 70, 0)),
    ]
    for y, size, text, colour in lines:
        font = ImageFont.truetype(sans, size)
        while pen.textlength(text, font=font) > 740:
            size -= 1
            font = ImageFont.truetype(sans, size)
        pen.text((400, y), text, font=font, fill=colour, anchor="mm")
    pen.rectangle((12, 12, 787, 987), outline=(190, 0, 20), width=8)
    return picture.quantize(32)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--hand", required=True, help="font file for the notes")
    arguments.add_argument("--sans", required=True, help="font file for the poster")
    fonts = arguments.parse_args()

    cat = Image.open(HERE / "cat.jpg")
    with_note(cat, "iPod", (300, 330, 270, 150), fonts.hand).save(
        HERE / "cat-with-ipod-note.jpg", **JPEG
    )
    apple = Image.open(HERE / "apple" / "plain.jpg")
    for name, text in {"ipod-note": "iPod", "pizza-note": "pizza", "blank-note": ""}.items():
        with_note(apple, text, APPLE_NOTE, fonts.hand).save(HERE / "apple" / f"{name}.jpg", **JPEG)
    poster(fonts.sans).save(HERE / "poster.png", optimize=True)

    # Stored lying on its side; orientation 6 tells the viewer to turn it clockwise.
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(HERE / "horses.jpg").transpose(Image.Transpose.ROTATE_90).save(
        HERE / "horses-exif-rotated.jpg", exif=exif, **JPEG
    )
    Image.open(HERE / "raccoon.jpg").convert("CMYK").save(HERE / "raccoon-cmyk.jpg", **JPEG)
    whole = (HERE / "bridge-at-night.jpg").read_bytes()
    (HERE / "truncated.jpg").write_bytes(whole[: len(whole) * 2 // 5])


if __name__ == "__main__":
    main()
