"""The image side: one pretrained trunk, three small experts on top of it, one embedding.

  photographs  ConSE over the ImageNet classes                      -> first 384 dimensions
  art          a learned projection of features of several depths  -> next ART dimensions
  reading      a small network that spells what is written         -> next SPELL dimensions

The text side has the same three parts, so a cosine is a weighted sum of three.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import lite0

SIDE = 192
COLOURS = 64


class ColourShare(nn.Module):
    """Share of the picture near each of 64 colours: skin tones are told by it, not by shape."""

    def __init__(self, sharpness=40.0):
        super().__init__()
        level = torch.tensor([0.08, 0.36, 0.64, 0.92])
        grid = torch.stack(torch.meshgrid(level, level, level, indexing="ij"), -1).reshape(-1, 3)
        self.register_buffer("grid", grid)
        self.sharpness = sharpness

    def forward(self, x):
        rgb = F.avg_pool2d(x * lite0.STD + lite0.MEAN, 8).flatten(2).transpose(1, 2)
        d = (rgb * rgb).sum(2, keepdim=True) - 2 * rgb @ self.grid.t() + (self.grid * self.grid).sum(1)
        return torch.softmax(-self.sharpness * d, 2).mean(1).clamp(min=1e-6).sqrt()


class Observer(nn.Module):
    """pixels [b, 3, 192, 192] -> (pooled trunk features [b, 1280], features of several depths [b, OBSERVED])."""

    def __init__(self):
        super().__init__()
        self.net = lite0.Lite0()
        self.colour = ColourShare()

    def forward(self, x):
        low = self.net.trunk(x, 0, 5)  # 40 channels, stride 8
        mid = self.net.blocks[10](_run(self.net.blocks, low, 5, 10))  # 112 channels, stride 16
        high = _run(self.net.blocks, mid, 11, 16)  # 320 channels, stride 32
        top = F.relu6(self.net.head(high))
        pooled = top.mean((2, 3))
        return pooled, torch.cat(
            [pooled, top.amax((2, 3)), high.mean((2, 3)), mid.mean((2, 3)), mid.amax((2, 3)),
             low.mean((2, 3)), low.amax((2, 3)), self.colour(x)], 1)


OBSERVED = 2 * 1280 + 320 + 2 * 112 + 2 * 40 + COLOURS


def _run(blocks, x, first, last):
    for block in blocks[first:last]:
        x = block(x)
    return x


def observer():
    o = Observer()
    o.net = lite0.load_pretrained()
    return o.eval().requires_grad_(False)


def normalise(x):
    return (x - lite0.MEAN) / lite0.STD


BLACK = 0.1  # a row or column whose brightest value is below this is a bar
LONGEST = 4 / 3  # a content rectangle longer than this is cropped at its ends, a shorter one is stretched


def without_bars(x):
    """Fills the picture with what black bars leave of it: letterboxed uploads are common and bars look like a frame."""
    side = x.shape[-1]
    light = (x * lite0.STD + lite0.MEAN).amax(1)
    place = torch.arange(side, device=x.device, dtype=x.dtype)

    def extent(line):  # [b, side] -> first and last lit index + 1
        lit = (line > BLACK).to(x.dtype)
        first = (place * lit + side * (1 - lit)).amin(1)
        last = ((place + 1) * lit).amax(1)
        seen = (last - first > side / 8).to(x.dtype)
        return first * seen, last * seen + side * (1 - seen)

    left, right = extent(light.amax(1))
    top, bottom = extent(light.amax(2))
    w, h = right - left, bottom - top
    w, h, cx, cy = torch.minimum(w, h * LONGEST), torch.minimum(h, w * LONGEST), left + right, top + bottom
    step = (2 * place + 1) / side - 1
    gx = step[None, :] * (w / side)[:, None] + (cx / side - 1)[:, None]
    gy = step[None, :] * (h / side)[:, None] + (cy / side - 1)[:, None]
    grid = torch.stack([gx[:, None, :].expand(-1, side, -1), gy[:, :, None].expand(-1, -1, side)], 3)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
