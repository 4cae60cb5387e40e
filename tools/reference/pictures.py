"""The pictures the decoder and the preprocessing are compared on: small, made here, free of rights.

Every function returns the bytes of one encoded file. What an encoder of Pillow does not write
(16-bit colour, interlaced PNG, YCCK, run-length BMP, ...) is put together by hand.
"""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw


def scene(width, height, seed=0):
    """A picture with slopes, edges, fine lines and grain, as RGB array."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    slopes = np.stack(
        [
            128 + 110 * np.sin(2 * np.pi * (x * 1.3 + y * 0.4 + seed * 0.17)),
            128 + 110 * np.cos(2 * np.pi * (x * 0.5 - y * 1.1)),
            128 + 110 * np.sin(2 * np.pi * (y * 1.7 + x * 0.2) + seed),
        ],
        axis=2,
    )
    image = Image.fromarray(slopes.clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        a = rng.uniform(0, 1, 4) * [width, height, width, height]
        box = [min(a[0], a[2]), min(a[1], a[3]), max(a[0], a[2]), max(a[1], a[3])]
        colour = tuple(int(c) for c in rng.integers(0, 256, 3))
        if rng.random() < 0.5:
            draw.ellipse(box, fill=colour)
        else:
            draw.line([a[0], a[1], a[2], a[3]], fill=colour, width=1 + int(rng.integers(0, 3)))
    # The letter tells every orientation from every other.
    s = max(3, min(width, height) // 3)
    draw.line([2, 2, 2, 2 + s], fill=(255, 255, 255), width=2)
    draw.line([2, 2, 2 + s * 2 // 3, 2], fill=(255, 0, 0), width=2)
    draw.line([2, 2 + s // 2, 2 + s // 2, 2 + s // 2], fill=(0, 0, 255), width=2)
    grain = rng.normal(0, 6, (height, width, 3))
    return (np.asarray(image) + grain).clip(0, 255).astype(np.uint8)


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def rgb(width, height, seed=0):
    return Image.fromarray(scene(width, height, seed))


def exif(orientation, big_endian=False):
    order = ">" if big_endian else "<"
    head = b"MM\0*" if big_endian else b"II*\0"
    entries = [
        struct.pack(order + "HHI4s", 0x010F, 2, 4, b"cam\0"),
        struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0),
    ]
    body = struct.pack(order + "H", len(entries)) + b"".join(entries) + struct.pack(order + "I", 0)
    return b"Exif\0\0" + head + struct.pack(order + "I", 8) + body


# ---- PNG by hand


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def packed(samples, bits):
    """Rows of samples (height, width * channels) as PNG packs them, filter type 0 before each."""
    out = bytearray()
    for row in samples:
        out.append(0)
        if bits == 16:
            out += row.astype(">u2").tobytes()
        elif bits == 8:
            out += row.astype(np.uint8).tobytes()
        else:
            values = row.astype(np.uint8)
            planes = ((values[:, None] >> np.arange(bits)[::-1]) & 1).astype(np.uint8).ravel()
            out += np.packbits(planes).tobytes()
    return bytes(out)


def png(samples, bits, colour_type, interlaced=False, extra=()):
    """samples: (height, width, channels), of the given bit depth."""
    height, width, channels = samples.shape
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        data = b""
        for x, y, dx, dy in passes:
            part = samples[y::dy, x::dx]
            if part.size:
                data += packed(part.reshape(part.shape[0], -1), bits)
    else:
        data = packed(samples.reshape(height, -1), bits)
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(chunk(k, b) for k, b in extra)
        + chunk(b"IDAT", zlib.compress(data, 9))
        + chunk(b"IEND", b"")
    )


def deep(width, height, seed, channels):
    """16-bit samples whose low bytes matter to whoever rounds."""
    rng = np.random.default_rng(seed)
    high = scene(width, height, seed).astype(np.uint16)
    alpha = np.tile(np.linspace(0, 255, width).astype(np.uint16), (height, 1))[:, :, None]
    base = {1: high[:, :, :1], 2: np.concatenate([high[:, :, :1], alpha], 2), 3: high}.get(channels)
    if base is None:
        base = np.concatenate([high, alpha], 2)
    return base * 256 + rng.integers(0, 256, base.shape).astype(np.uint16)


def alpha_ramp(width, height):
    return np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))


# ---- BMP by hand


def bmp(width, height, bits, compression, pixels, palette=b"", masks=b"", top_down=False):
    header = struct.pack(
        "<IiiHHIIiiII", 40, width, -height if top_down else height, 1, bits, compression, len(pixels), 0, 0, len(palette) // 4, 0
    )
    offset = 14 + len(header) + len(masks) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + header + masks + palette + pixels


def rows16(values):
    height, width = values.shape
    pad = b"\0" * ((4 - width * 2 % 4) % 4)
    return b"".join(values[y].astype("<u2").tobytes() + pad for y in reversed(range(height)))


def bmp_555(width, height):
    p = scene(width, height, 40).astype(np.uint16) >> 3
    return bmp(width, height, 16, 0, rows16(p[:, :, 0] << 10 | p[:, :, 1] << 5 | p[:, :, 2]))


def bmp_565(width, height):
    p = scene(width, height, 41).astype(np.uint16)
    values = (p[:, :, 0] >> 3) << 11 | (p[:, :, 1] >> 2) << 5 | p[:, :, 2] >> 3
    return bmp(width, height, 16, 3, rows16(values), masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))


def bmp_rle8():
    """17x9: runs, literal runs of odd length, a jump, and the end of a row before its edge."""
    width, height = 17, 9
    palette = b"".join(bytes([(i * 37) & 255, (i * 91) & 255, (i * 53) & 255, 0]) for i in range(256))
    out = bytearray()
    for y in range(height):
        if y == 4:
            out += bytes([0, 2, 5, 0])  # five pixels right
            out += bytes([6, 77])
        elif y % 2:
            out += bytes([9, 10 + y, 8, 200 - y])
        else:
            literal = [(y * 20 + i) & 255 for i in range(5)]
            out += bytes([4, 3]) + bytes([0, 5]) + bytes(literal) + b"\0" + bytes([6, 90])
        out += bytes([0, 0])
    out += bytes([0, 1])
    return bmp(width, height, 8, 1, bytes(out), palette)


def bmp_rle4():
    width, height = 15, 6
    palette = b"".join(bytes([i * 16, 255 - i * 16, (i * 77) & 255, 0]) for i in range(16))
    out = bytearray()
    for y in range(height):
        out += bytes([7, (y << 4) | 9]) + bytes([0, 6, 0x12, 0x34, 0x56, 0]) + bytes([2, 0xAB]) + bytes([0, 0])
    out += bytes([0, 1])
    return bmp(width, height, 4, 2, bytes(out), palette)


def bmp_top_down(width, height):
    p = scene(width, height, 42)
    pad = b"\0" * ((4 - width * 3 % 4) % 4)
    rows = b"".join(p[y, :, ::-1].tobytes() + pad for y in range(height))
    return bmp(width, height, 24, 0, rows, top_down=True)


# ---- GIF by hand


def gif_lzw(indices, code_size):
    """LZW that clears before the table grows: every code has code_size + 1 bits."""
    clear, end = 1 << code_size, (1 << code_size) + 1
    codes = []
    for i, value in enumerate(indices):
        if i % ((1 << code_size) - 2) == 0:
            codes.append(clear)
        codes.append(int(value))
    codes.append(end)
    bits, count, out = 0, 0, bytearray()
    for code in codes:
        bits |= code << count
        count += code_size + 1
        while count >= 8:
            out.append(bits & 255)
            bits >>= 8
            count -= 8
    if count:
        out.append(bits & 255)
    data = bytes([code_size])
    for i in range(0, len(out), 255):
        block = out[i : i + 255]
        data += bytes([len(block)]) + bytes(block)
    return data + b"\0"


def gif_frame(x, y, indices, palette=None, transparent=None, disposal=0, interlaced=False):
    height, width = indices.shape
    control = b"!\xf9\x04" + struct.pack("<BHBB", disposal << 2 | (transparent is not None), 10, transparent or 0, 0)
    flags = (0x40 if interlaced else 0) | (0x80 | 3 if palette else 0)
    rows = indices
    if interlaced:
        order = [*range(0, height, 8), *range(4, height, 8), *range(2, height, 4), *range(1, height, 2)]
        rows = indices[order]
    return control + b"," + struct.pack("<HHHHB", x, y, width, height, flags) + (palette or b"") + gif_lzw(rows.ravel(), 4)


def palette16(seed):
    return bytes(np.random.default_rng(seed).integers(0, 256, 48).astype(np.uint8))


def gif(width, height, frames, background=0):
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80 | 3, background, 0)
    return head + palette16(1) + b"".join(frames) + b";"


def pattern(width, height, seed):
    y, x = np.mgrid[0:height, 0:width]
    return ((x * (seed + 1) + y * 3 + (x * y) // 7) % 16).astype(np.uint8)


def gif_partial():
    """A first frame smaller than the canvas, with a transparent index."""
    return gif(23, 17, [gif_frame(4, 3, pattern(13, 9, 2), transparent=5)], background=2)


def gif_interlaced():
    return gif(21, 19, [gif_frame(0, 0, pattern(21, 19, 3), interlaced=True)])


def gif_animated():
    """Every disposal, local palettes, transparency, frames of part of the canvas."""
    return gif(
        24,
        18,
        [
            gif_frame(0, 0, pattern(24, 18, 1), disposal=1),
            gif_frame(2, 2, pattern(12, 9, 4), palette=palette16(7), transparent=3, disposal=2),
            gif_frame(8, 5, pattern(14, 11, 5), transparent=6, disposal=3),
            gif_frame(1, 1, pattern(20, 15, 6), palette=palette16(9), disposal=1),
            gif_frame(5, 0, pattern(9, 18, 7), transparent=0, disposal=1),
        ],
        background=4,
    )


# ---- JPEG by hand


def ycck(width, height):
    """Four channels with the Adobe marker's transform set to YCCK."""
    p = scene(width, height, 50)
    k = (scene(width, height, 51)[:, :, 0] // 2).astype(np.uint8)
    ycc = np.asarray(Image.fromarray(p).convert("YCbCr"))
    # Pillow inverts what it writes; invert it first, so that the file holds Y, Cb, Cr, K.
    stored = np.concatenate([ycc, (255 - k)[:, :, None]], 2)
    data = bytearray(saved(Image.frombytes("CMYK", (width, height), (255 - stored).tobytes()), "JPEG", quality=92))
    at = data.index(b"Adobe")
    data[at + 11] = 2
    return bytes(data)


def cmyk(width, height):
    p = scene(width, height, 52)
    k = scene(width, height, 53)[:, :, :1] // 2
    inks = np.concatenate([255 - p, k], 2)
    return saved(Image.frombytes("CMYK", (width, height), inks.tobytes()), "JPEG", quality=92)


# ---- all of them


def pictures():
    """Name (with the format's ending) to bytes."""
    files = {}
    for code in range(1, 9):
        files[f"jpeg-orientation-{code}.jpg"] = saved(rgb(93, 67, 1), "JPEG", quality=90, exif=exif(code))
    files["jpeg-orientation-big-endian.jpg"] = saved(rgb(61, 83, 2), "JPEG", exif=exif(6, True))
    files["jpeg-orientation-unknown.jpg"] = saved(rgb(40, 30, 2), "JPEG", exif=exif(9))
    files["jpeg-444.jpg"] = saved(rgb(101, 75, 3), "JPEG", quality=95, subsampling=0)
    files["jpeg-422.jpg"] = saved(rgb(101, 75, 4), "JPEG", quality=85, subsampling=1)
    files["jpeg-420-low-quality.jpg"] = saved(rgb(101, 75, 5), "JPEG", quality=25)
    files["jpeg-progressive.jpg"] = saved(rgb(99, 131, 6), "JPEG", quality=88, progressive=True)
    files["jpeg-restarts.jpg"] = saved(rgb(120, 90, 7), "JPEG", quality=88, restart_marker_blocks=3)
    files["jpeg-rgb.jpg"] = saved(rgb(70, 50, 8), "JPEG", quality=90, keep_rgb=True)
    files["jpeg-grey.jpg"] = saved(rgb(90, 60, 9).convert("L"), "JPEG", quality=90)
    files["jpeg-cmyk.jpg"] = cmyk(77, 58)
    files["jpeg-ycck.jpg"] = ycck(77, 58)
    files["jpeg-1x1.jpg"] = saved(rgb(1, 1, 10), "JPEG")
    files["jpeg-wide.jpg"] = saved(rgb(640, 21, 11), "JPEG", quality=90)
    files["jpeg-tall.jpg"] = saved(rgb(13, 400, 12), "JPEG", quality=90)
    files["jpeg-large.jpg"] = saved(rgb(419, 311, 13), "JPEG", quality=80)

    p = scene(67, 53, 20)
    files["png-rgb.png"] = saved(Image.fromarray(p), "PNG")
    rgba = np.dstack([p, alpha_ramp(67, 53)])
    files["png-rgba.png"] = saved(Image.fromarray(rgba, "RGBA"), "PNG")
    files["png-grey.png"] = saved(rgb(50, 41, 21).convert("L"), "PNG")
    grey_alpha = np.dstack([scene(45, 37, 22)[:, :, 0], alpha_ramp(45, 37)])
    files["png-grey-alpha.png"] = saved(Image.fromarray(grey_alpha, "LA"), "PNG")
    files["png-palette.png"] = saved(rgb(64, 48, 23).quantize(200), "PNG")
    files["png-palette-transparent.png"] = saved(rgb(64, 48, 24).quantize(64), "PNG", transparency=bytes(range(0, 256, 4)))
    files["png-palette-4-bit.png"] = saved(rgb(63, 47, 25).quantize(13), "PNG", bits=4)
    files["png-1-bit.png"] = saved(rgb(61, 43, 26).convert("1"), "PNG")
    files["png-grey-2-bit.png"] = png(scene(35, 29, 27)[:, :, :1] >> 6, 2, 0)
    files["png-grey-transparent.png"] = saved(rgb(30, 30, 28).convert("L"), "PNG", transparency=128)
    files["png-16-bit-grey.png"] = png(deep(49, 33, 29, 1), 16, 0)
    files["png-16-bit-grey-alpha.png"] = png(deep(49, 33, 30, 2), 16, 4)
    files["png-16-bit-rgb.png"] = png(deep(49, 33, 31, 3), 16, 2)
    files["png-16-bit-rgba.png"] = png(deep(49, 33, 32, 4), 16, 6)
    files["png-interlaced.png"] = png(scene(37, 31, 33), 8, 2, interlaced=True)
    gamma = [(b"gAMA", struct.pack(">I", 100000)), (b"pHYs", struct.pack(">IIB", 3, 5, 0))]
    files["png-gamma.png"] = png(scene(37, 31, 34), 8, 2, extra=gamma)
    files["png-orientation-6.png"] = png(scene(43, 29, 35), 8, 2, extra=[(b"eXIf", exif(6)[6:])])
    files["png-animated.png"] = saved(rgb(40, 30, 36), "PNG", save_all=True, append_images=[rgb(40, 30, 37)])
    files["png-1x1.png"] = saved(rgb(1, 1, 38), "PNG")
    files["png-exact-size.png"] = saved(rgb(32, 32, 39), "PNG")
    files["png-wide.png"] = saved(rgb(333, 2, 39), "PNG")

    files["webp-lossy.webp"] = saved(rgb(81, 59, 60), "WEBP", quality=85)
    files["webp-lossless.webp"] = saved(rgb(58, 47, 61), "WEBP", lossless=True)
    soft = Image.fromarray(np.dstack([scene(58, 46, 62), alpha_ramp(58, 46)]), "RGBA")
    files["webp-lossy-alpha.webp"] = saved(soft, "WEBP", quality=85, exact=True)
    files["webp-lossless-alpha.webp"] = saved(soft, "WEBP", lossless=True, exact=True)
    files["webp-orientation-8.webp"] = saved(rgb(62, 44, 63), "WEBP", quality=90, exif=exif(8)[6:])
    frames = []
    for i in range(4):
        layer = np.dstack([scene(48, 36, 64 + i), np.zeros((36, 48), np.uint8)])
        layer[4 + 5 * i : 18 + 5 * i, 3 + 8 * i : 21 + 8 * i, 3] = 255 if i != 2 else 140
        frames.append(Image.fromarray(layer, "RGBA"))
    files["webp-animated.webp"] = saved(
        frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, duration=50, allow_mixed=False
    )

    files["gif-still.gif"] = saved(rgb(57, 43, 70).quantize(256), "GIF")
    files["gif-partial.gif"] = gif_partial()
    files["gif-interlaced.gif"] = gif_interlaced()
    files["gif-animated.gif"] = gif_animated()

    files["bmp-24.bmp"] = saved(rgb(55, 41, 80), "BMP")
    files["bmp-palette.bmp"] = saved(rgb(54, 40, 81).quantize(99), "BMP")
    files["bmp-1-bit.bmp"] = saved(rgb(53, 39, 82).convert("1"), "BMP")
    files["bmp-32.bmp"] = saved(soft, "BMP")
    files["bmp-555.bmp"] = bmp_555(39, 28)
    files["bmp-565.bmp"] = bmp_565(39, 28)
    files["bmp-rle8.bmp"] = bmp_rle8()
    files["bmp-rle4.bmp"] = bmp_rle4()
    files["bmp-top-down.bmp"] = bmp_top_down(39, 28)
    return files
