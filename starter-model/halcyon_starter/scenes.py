"""Pictures for training: drawings and words placed on backgrounds, with the variety of the real world.

All of it runs on PyTorch's default device, a batch at a time.
"""

import math
import random

import torch
import torch.nn.functional as F



def grey():
    return torch.tensor([0.3, 0.59, 0.11])


def rand(n, low=0.0, high=1.0):
    return low + (high - low) * torch.rand(n)


def hsv(n, s=(0.0, 1.0), v=(0.0, 1.0)):
    h, s, v = torch.rand(n) * 6, rand(n, *s), rand(n, *v)
    k = torch.stack([(5 + h) % 6, (3 + h) % 6, (1 + h) % 6], 1)
    return v[:, None] - (v * s)[:, None] * torch.min(k, 4 - k).clamp(0, 1)


def place(x, sx, sy, tx, ty, turn=None, shear=None, side=192):
    """Draws x scaled by (sx, sy) of the canvas half-width at (tx, ty) in [-1, 1], turned by radians."""
    n = len(sx)
    m = _onto(sx, sy, tx, ty, turn, shear)
    grid = F.affine_grid(m, (n, x.shape[1], side, side), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _onto(sx, sy, tx, ty, turn=None, shear=None):
    """[n, 2, 3]: from canvas coordinates to those of what is drawn, both in [-1, 1]."""
    n = len(sx)
    turn = torch.zeros(n) if turn is None else turn
    c, s = torch.cos(turn), torch.sin(turn)
    m = torch.zeros(n, 2, 3)
    m[:, 0, 0], m[:, 0, 1], m[:, 1, 0], m[:, 1, 1] = c / sx, s / sx, -s / sy, c / sy
    if shear is not None:
        m[:, 0, 1] += shear / sx
    m[:, 0, 2] = -(m[:, 0, 0] * tx + m[:, 0, 1] * ty)
    m[:, 1, 2] = -(m[:, 1, 0] * tx + m[:, 1, 1] * ty)
    return m


def backgrounds(n, side, photos=None):
    """A third plain white or near it, a third coloured, and the rest gradients, blobs and photographs."""
    kind = torch.rand(n)
    a, b = hsv(n, (0, 0.9), (0.05, 1)), hsv(n, (0, 0.9), (0.05, 1))
    a[kind < 0.3] = 1 - 0.08 * torch.rand(int((kind < 0.3).sum()), 1)
    b[kind < 0.55] = a[kind < 0.55]
    angle = torch.rand(n, 1, 1) * 2 * math.pi
    line = torch.linspace(-0.5, 0.5, side)
    g = (torch.cos(angle) * line[None, None, :] + torch.sin(angle) * line[None, :, None]).clamp(-0.5, 0.5)[:, None] + 0.5
    out = a[:, :, None, None] * (1 - g) + b[:, :, None, None] * g
    blob = ((kind > 0.66) & (kind < 0.78)).nonzero()[:, 0]
    if len(blob):
        noise = torch.randn(len(blob), 3, 6, 6)
        out[blob] = (out[blob] + 0.4 * F.interpolate(noise, (side, side), mode="bilinear")).clamp(0, 1)
    photo = (kind > 0.78).nonzero()[:, 0]
    if photos is not None and len(photo):
        out[photo] = photo_crops(photos, len(photo), side)
    return out


def photo_crops(photos, n, side):
    """photos uint8 [m, 3, h, w] -> float crops at random scales, mirrored half of the time."""
    x = photos[torch.randint(len(photos), (n,))].float() / 255
    size = rand(n, 0.25, 1.0)
    flip = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    m = torch.zeros(n, 2, 3)
    m[:, 0, 0], m[:, 1, 1] = size * flip, size
    m[:, 0, 2], m[:, 1, 2] = (1 - size) * rand(n, -1, 1), (1 - size) * rand(n, -1, 1)
    grid = F.affine_grid(m, (n, 3, 2 * side, 2 * side), align_corners=False)
    return F.avg_pool2d(F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False), 2)


def _restyle(x):
    """Other hands' ways to draw the same thing: outlines, flat fills, line art, grey. x: premultiplied RGBA."""
    n = len(x)
    # fewer colours
    pick = (torch.rand(n) < 0.2).nonzero()[:, 0]
    if len(pick):
        levels = torch.randint(3, 7, (len(pick), 1, 1, 1)).float()
        y = x[pick]
        x = x.index_copy(0, pick, torch.cat([(y[:, :3] * levels).round() / levels, y[:, 3:]], 1))
    # dark lines where colours meet, with or without the fill
    pick = (torch.rand(n) < 0.4).nonzero()[:, 0]
    if len(pick):
        y = x[pick]
        edge = (F.max_pool2d(y, 3, 1, 1) + F.max_pool2d(-y, 3, 1, 1)).amax(1, keepdim=True)
        edge = ((edge - 0.15) * 4).clamp(0, 1)
        if random.random() < 0.35:
            edge = F.max_pool2d(edge, 3, 1, 1)
        bare = (torch.rand(len(pick)) < 0.25).float()[:, None, None, None]
        fill = y[:, :3] * (1 - bare) + y[:, 3:] * bare
        alpha = torch.maximum(y[:, 3:], edge)
        x = x.index_copy(0, pick, torch.cat([fill * (1 - edge), alpha], 1))
    # a border, as stickers have
    pick = (torch.rand(n) < 0.2).nonzero()[:, 0]
    if len(pick):
        y = x[pick]
        k = random.randrange(1, 4) * 2 + 1
        wide = F.max_pool2d(y[:, 3:], k, 1, k // 2)
        colour = torch.where(torch.rand(len(pick), 1) < 0.6, torch.ones(len(pick), 3), torch.rand(len(pick), 3))
        x = x.index_copy(0, pick, torch.cat([y[:, :3] + (wide - y[:, 3:]) * colour[:, :, None, None], wide], 1))
    return x


def _recolour(x, hue, strength=1.0):
    """Saturation, contrast and brightness, and a turn of the hues by about hue."""
    n = len(x)
    sat, con = 1 + strength * rand(n, -0.5, 0.5), 1 + strength * rand(n, -0.3, 0.3)
    if strength == 1:
        sat[torch.rand(n) < 0.08] = 0.0
    m = con[:, None, None] * (sat[:, None, None] * torch.eye(3) + (1 - sat)[:, None, None] * grey()[None, None, :])
    m = m + hue * torch.randn(n, 3, 3)
    shift = ((0.5 - 0.5 * con) + rand(n, -0.1, 0.1) * strength)[:, None]
    rgb = torch.bmm(m, x[:, :3].flatten(2)).view_as(x[:, :3]) + (shift[:, :, None, None] * x[:, 3:])
    alpha = x[:, 3:]
    return torch.cat([torch.minimum(rgb.clamp(min=0), alpha), alpha], 1)


def _tinted(x):
    """Black shapes in any colour, some of them on a disc or a square of another."""
    n, side = len(x), x.shape[-1]
    ink, paper = contrasting(n)
    ink[torch.rand(n) < 0.4] = 0.05
    alpha = x[:, 3:]
    line = torch.linspace(-1, 1, side)
    r = torch.maximum(line[None, :].abs(), line[:, None].abs()), (line[None, :] ** 2 + line[:, None] ** 2).sqrt()
    disc = (torch.where((torch.rand(n) < 0.5)[:, None, None], r[0], r[1]) < rand(n, 0.9, 1.0)[:, None, None]).float()[:, None]
    disc = disc * (torch.rand(n) < 0.3)[:, None, None, None]
    rgb = alpha * ink[:, :, None, None] + (1 - alpha) * disc * paper[:, :, None, None]
    return torch.cat([rgb, alpha + (1 - alpha) * disc], 1)


def drawings(rgba, side, photos=None, keep_colour=None, black=None, photograph=None):
    """uint8 premultiplied RGBA [n, 4, s, s] -> varied pictures [n, 3, side, side] in [0, 1].

    keep_colour: bool [n], True where colour carries meaning (skin tones) and must stay. black: True where the drawing is
    a black shape. photograph: True where it is cut out of a photograph and no other hand may redraw it.
    """
    n = len(rgba)
    x = rgba.float() / 255
    if black is not None and black.any():
        i = black.nonzero()[:, 0]
        x = x.index_copy(0, i, _tinted(x[i]))
    scale, aspect = rand(n, 0.5, 1.0), 1 + rand(n, -0.1, 0.1)
    turn = 0.2 * torch.randn(n).clamp(-2, 2) * (torch.rand(n) < 0.5)
    room = (1.05 - scale).clamp(min=0.05)
    tx, ty = room * rand(n, -1, 1), room * rand(n, -1, 1)
    shear = 0.15 * torch.randn(n) * (torch.rand(n) < 0.3)
    x = place(x, scale * aspect, scale / aspect, tx, ty, turn, shear, side)
    keep = torch.zeros(n, dtype=torch.bool) if keep_colour is None else keep_colour
    for part, hue, strength in ((~keep, 0.1, 1.0), (keep, 0.015, 0.3)):
        i = part.nonzero()[:, 0]
        if len(i):
            x = x.index_copy(0, i, _recolour(x[i], hue, strength))
    if photograph is None:
        x = _restyle(x)
    else:
        i = (~photograph).nonzero()[:, 0]
        x = x.index_copy(0, i, _restyle(x[i]))
    return x[:, :3] + (1 - x[:, 3:]) * backgrounds(n, side, photos)


def worn(x):
    """Scaling, blur, noise, letterbox bars: what uploads go through."""
    n, side = len(x), x.shape[-1]
    pick = (torch.rand(n) < 0.15).nonzero()[:, 0]
    if len(pick):
        k = int(side * (0.35 + 0.4 * random.random()))
        small = F.interpolate(x[pick], (k, k), mode="area")
        x = x.index_copy(0, pick, F.interpolate(small, (side, side), mode="bilinear"))
    noisy = (torch.rand(n, 1, 1, 1) < 0.4) * rand(n, 0, 0.06)[:, None, None, None]
    x = (x + torch.randn_like(x) * noisy).clamp(0, 1)
    away = (torch.linspace(-1, 1, side).abs() > rand(n, 0.6, 0.9)[:, None]) & (torch.rand(n) < 0.08)[:, None]
    across = (torch.rand(n) < 0.5)[:, None, None]
    bars = torch.where(across, away[:, :, None], away[:, None, :])[:, None]
    return torch.where(bars, (torch.rand(n) < 0.3).float()[:, None, None, None], x)


def contrasting(n, low=0.35):
    """Two colours [n, 3] whose luminance differs by at least low."""
    a, b = hsv(n), hsv(n)
    dark = a @ grey()
    bad = (dark - b @ grey()).abs() < low
    b[bad] = torch.where((dark[bad] > 0.5)[:, None], 0.15 * torch.rand(int(bad.sum()), 3), 1 - 0.1 * torch.rand(int(bad.sum()), 3))
    return a, b


def paste_words(x, masks, widths, centres, hard=1.0):
    """Pastes each word of masks uint8 [n, 1, h, w] on x as a note, a sign or bare letters.

    widths: how much of each mask's width is ink, in (0, 1]. centres: each letter's place across the mask, [n, letters].
    hard: 0 for large level words, 1 for everything. Returns the pictures and the letters' (x, y) on them, in [-1, 1].
    """
    n, side = len(x), x.shape[-1]
    share = rand(n, 0.7 - 0.4 * hard, 0.98)
    h, w = masks.shape[2:]
    share = torch.minimum(share, 0.95 * widths * w / h)  # a short word must not outgrow the picture's height
    sx = share / widths  # the mask is wider than its ink
    sy = sx * (h / w) * rand(n, 1 - 0.2 * hard, 1 + 0.3 * hard)
    turn = hard * 0.12 * torch.randn(n).clamp(-2, 2) * (torch.rand(n) < 0.7)
    tx, ty = (1 - share).clamp(min=0) * rand(n, -1, 1), (1 - sy * 0.9).clamp(min=0) * rand(n, -1, 1)
    shear = hard * 0.1 * torch.randn(n) * (torch.rand(n) < 0.3)
    masks = masks.float() / 255
    ink = torch.empty(n, 1, side, side)
    small = sx * side / w < 0.8  # shrinking by more would skip ink: start from masks of half the size
    for part, source in ((small, F.avg_pool2d(masks, 2)), (~small, masks)):
        i = part.nonzero()[:, 0]
        if len(i):
            ink[i] = place(source[i], sx[i], sy[i], tx[i], ty[i], turn[i], shear[i], side)
    paper, pen = contrasting(n)
    light = torch.rand(n) < 0.5
    paper[light] = 1 - 0.25 * torch.rand(int(light.sum()), 3)
    pen[light] = hsv(int(light.sum()), (0, 1), (0, 0.5))
    bare = torch.rand(n) < 0.25
    card = place(torch.ones(n, 1, 8, 8), share * rand(n, 1.02, 1.25), sy * rand(n, 0.9, 2.2), tx, ty, turn, None, side)
    card[bare] = 0
    local = (x * ink).sum((2, 3)) / ink.sum((2, 3)).clamp(min=1)
    clash = bare & (((local - pen) @ grey()).abs() < 0.35)
    bright = (local[clash] @ grey() > 0.5)[:, None]
    m = int(clash.sum())
    pen[clash] = torch.where(bright, 0.1 * torch.rand(m, 3), 1 - 0.1 * torch.rand(m, 3))
    y = x * (1 - card) + card * paper[:, :, None, None]
    m = _onto(sx, sy, tx, ty, turn, shear)
    there = torch.stack([centres, torch.zeros_like(centres)], 1) - m[:, :, 2:]
    where = torch.linalg.solve(m[:, :, :2], there).transpose(1, 2)
    return y * (1 - ink) + ink * pen[:, :, None, None], where


def paste_blank(x):
    """A note with nothing on it."""
    n, side = len(x), x.shape[-1]
    sx, sy = rand(n, 0.25, 0.7), rand(n, 0.12, 0.4)
    card = place(torch.ones(n, 1, 8, 8), sx, sy, (1 - sx) * rand(n, -1, 1), (1 - sy) * rand(n, -1, 1),
                 0.15 * torch.randn(n), None, side)
    return x * (1 - card) + card * hsv(n, (0, 0.6), (0.4, 1))[:, :, None, None]
