"""What every expert of the image side sees: the picture without black bars, at the expert's own size."""

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

    Letterboxed uploads are common and bars look like a frame. Resampling is two products with matrices of bilinear
    weights, widened where a side shrinks, which any runtime computes fast.
    """

    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes

    def forward(self, x):
        light = (x * lite.STD + lite.MEAN).amax(1)
        place = torch.arange(SIDE, device=x.device, dtype=x.dtype)

        def extent(line):  # [b, SIDE] -> first and last lit index + 1
            lit = (line > BLACK).to(x.dtype)
            first = (place * lit + SIDE * (1 - lit)).amin(1)
            last = ((place + 1) * lit).amax(1)
            seen = (last - first > SIDE / 8).to(x.dtype)
            return first * seen, last * seen + SIDE * (1 - seen)

        left, right = extent(light.amax(1))
        top, bottom = extent(light.amax(2))
        w, h = right - left, bottom - top
        w, h, cx, cy = torch.minimum(w, h * LONGEST), torch.minimum(h, w * LONGEST), (left + right) / 2, (top + bottom) / 2

        def weights(centre, length, size):  # [b, size, SIDE]
            step = (torch.arange(size, device=x.device, dtype=x.dtype) + 0.5) / size - 0.5
            at = centre[:, None] + step[None, :] * length[:, None] - 0.5
            wide = (length / size).clamp(min=1.0)[:, None, None]
            m = F.relu(1 - (at[:, :, None] - place[None, None, :]).abs() / wide)
            return m / m.sum(2, keepdim=True).clamp(min=1e-6)

        return [weights(cy, h, s)[:, None] @ x @ weights(cx, w, s).transpose(1, 2)[:, None] for s in self.sizes]
