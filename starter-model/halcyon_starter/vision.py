"""What every expert of the image side sees: the picture without black bars, at the expert's own size."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import lite

SIDE = 192
BLACK = 0.1  # a row or column whose brightest value is below this is a bar
LONGEST = 4 / 3  # a content rectangle longer than this is cropped at its ends, a shorter one is stretched


def normalise(x):
    return (x - lite.MEAN) / lite.STD


class WithoutBars(nn.Module):
    """Pixels [b, 3, SIDE, SIDE] -> for each size asked for, the picture that black bars leave, stretched to fill it.

    Letterboxed uploads are common and bars look like a frame. Resampling is bilinear, widened where a side shrinks. A
    line of the result lies between two or three lines of the picture, so these are gathered and weighted, down and then
    across; products with whole matrices of weights would take a tenth of the model's time.
    """

    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes

    def forward(self, x):
        light = x.amax(1)
        place = torch.arange(SIDE, device=x.device, dtype=x.dtype)

        def extent(line):  # [b, SIDE] -> first and last lit index + 1
            lit = (line > normalise(BLACK)).to(x.dtype)
            first = (place * lit + SIDE * (1 - lit)).amin(1)
            last = ((place + 1) * lit).amax(1)
            seen = (last - first > SIDE / 8).to(x.dtype)
            return first * seen, last * seen + SIDE * (1 - seen)

        left, right = extent(light.amax(1))
        top, bottom = extent(light.amax(2))
        w, h = right - left, bottom - top
        w, h, cx, cy = torch.minimum(w, h * LONGEST), torch.minimum(h, w * LONGEST), (left + right) / 2, (top + bottom) / 2
        down = [_lines(x, cy - h / 2, h, s).transpose(2, 3) for s in self.sizes]
        return [_lines(d, cx - w / 2, w, s).transpose(2, 3) for d, s in zip(down, self.sizes)]


def _lines(x, start, length, size):
    """Rows start to start + length (each [b]) of x [b, c, SIDE, n] as size rows. Without bars, SIDE rows stay what they are, exactly."""
    b, c, _, n = x.shape
    step = (length / size)[:, None]
    at = start[:, None] + (torch.arange(size, device=x.device, dtype=x.dtype) + 0.5) * step - 0.5  # [b, size]
    wide = step.clamp(min=1.0)
    places = [torch.ceil(at - wide) + i for i in range(math.ceil(2 * max(1, SIDE / size)))]
    inside = [p.clamp(0, SIDE - 1) for p in places]
    weights = [F.relu(1 - (at - p).abs() / wide) * (p == q).to(x.dtype) for p, q in zip(places, inside)]
    whole = sum(weights).clamp(min=1e-6)
    above = SIDE * torch.arange(b * c, device=x.device).view(b, c, 1)
    rows = x.reshape(-1, n)
    return sum((w / whole)[:, None, :, None] * F.embedding(above + q.long()[:, None], rows) for q, w in zip(inside, weights))
