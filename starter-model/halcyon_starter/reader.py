"""The reading expert: a small network that turns what is written in a picture into the spelling of a word.

The image side predicts a vector; the text side sums learned vectors of the letter n-grams of a prompt's words. They
are trained against each other over a vocabulary, so that a word never seen is read through its n-grams.
"""

import random
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import lexicon, pack, scenes, sources, teach, vision


INPUT = 96
NOTHING = len(lexicon.LETTERS)
GRID = INPUT // 4
FLOOR = 0.35  # less than this is taken for nothing
SURE, ENOUGH = 2.0, 2.0  # a picture has a word when about this many letters are seen


def _conv(cin, cout, stride=1, kernel=3):
    return nn.Sequential(nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(cout), nn.ReLU())


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = _conv(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)))


class Reader(nn.Module):
    """normalised pixels [b, 3, 192, 192] -> (spelling [b, SPELL] of unit length, probability that there is a word [b])."""

    def __init__(self, spelling=None):
        super().__init__()
        self.fine = nn.Sequential(_conv(3, 32, 2, 5), _conv(32, 32), _conv(32, 64, 2), Residual(64), Residual(64))
        self.letter = nn.Conv2d(64, NOTHING + 1, 1)  # which letter has its middle here
        spelling = spelling or lexicon.Spelling()
        letters = lambda t: t[:NOTHING].clone()
        self.register_buffer("one", letters(spelling.one))
        for name, parts in (("two", spelling.two), ("three", spelling.three)):
            for i, t in enumerate(parts):
                self.register_buffer(f"{name}_{i}", t.clone())
        before = torch.triu(torch.ones(GRID, GRID), 1)
        self.register_buffer("before", before)

    def look(self, x):
        """Logits of the letters [b, 27, GRID, GRID] from pixels [b, 3, INPUT, INPUT]."""
        return self.letter(self.fine(x))

    def columns(self, logits):
        """[b, GRID, 26]: probability that a letter stands in a column, from the sharpest cell of each."""
        p = torch.softmax(logits.float(), 1)[:, :NOTHING]
        p = p * (p >= F.max_pool2d(p, 3, 1, 1)).to(p.dtype)
        q = p.amax(2).transpose(1, 2)
        q = F.relu(q - FLOOR) / (1 - FLOOR)
        return q / q.sum(2, keepdim=True).clamp(min=1.0)

    def spell(self, q):
        """Expected sketch of the n-grams of columns q [b, GRID, 26]: neighbours are letters with nothing between."""
        nothing = torch.log((1 - q.sum(2)).clamp(min=1e-3))  # [b, GRID]
        ahead = torch.cumsum(nothing, 1)
        # next_[x, y]: probability that between columns x and y there is no letter
        gap = ((ahead - nothing)[:, None, :] - ahead[:, :, None]) * self.before
        next_ = torch.exp(gap.clamp(max=0.0)) * self.before
        first = torch.exp(ahead - nothing)[:, :, None]  # no letter before this column
        last = torch.exp(ahead[:, -1:] - ahead)[:, :, None]  # none after it
        back = lambda t: next_.transpose(1, 2) @ (q @ t[:NOTHING]) + first * t[NOTHING]
        on = lambda t: next_ @ (q @ t[:NOTHING]) + last * t[NOTHING + 1]
        one = (q @ self.one).sum(1)
        pairs = (back(self.two_0) * (q @ self.two_1[:NOTHING])).sum(1)
        pairs = pairs + (last * (q @ self.two_0[:NOTHING]) * self.two_1[NOTHING + 1]).sum(1)
        triples = (back(self.three_0) * (q @ self.three_1[:NOTHING]) * on(self.three_2)).sum(1)
        a, b, c = lexicon.WEIGHTS
        out = a * one + b * pairs + c * triples
        return out / (out.square().sum(1, keepdim=True) + 1e-4).sqrt()

    def forward(self, x):
        q = self.columns(self.look(F.avg_pool2d(x, vision.SIDE // INPUT)))
        return self.spell(q), torch.sigmoid(SURE * (q.sum((1, 2)) - ENOUGH))


def letter_loss(map_, where, letters):
    """Cross-entropy of the cells under the letters' middles, and of as many others, where nothing is.

    map_ [n, 27, GRID, GRID], where [n, letters, 2] in [-1, 1], letters [n, letters] or -1.
    """
    cell = ((where + 1) / 2 * GRID).floor().long()
    inside = ((cell >= 0) & (cell < GRID)).all(2) & (letters >= 0)
    row = torch.arange(len(letters))[:, None].expand_as(letters)[inside]
    x, y, letter = cell[..., 0][inside], cell[..., 1][inside], letters[inside]
    target = torch.full((len(map_), GRID, GRID), NOTHING)
    near = torch.zeros(len(map_), 1, GRID, GRID)
    near[row, 0, y, x] = 1
    near = F.max_pool2d(near, (3, 1), 1, (1, 0))[:, 0] > 0  # above and below a letter's middle either answer will do
    target[row, y, x] = letter
    hit = torch.zeros_like(near)
    hit[row, y, x] = True
    logits = map_.float().permute(0, 2, 3, 1)
    on = F.cross_entropy(logits[hit], target[hit])
    off = F.cross_entropy(logits[~near], target[~near])
    right = (logits[hit][:, :NOTHING].argmax(1) == target[hit]).float().mean()
    return on + 2 * off, right


class Pictures:
    """Endless training pictures: words on drawings, photographs and colours; and pictures with nothing to read."""

    def __init__(self, folder, words, fonts, times):
        device = torch.get_default_device()
        bank = lexicon.mask_bank(words, fonts, 3, times)
        self.masks, self.shares, self.word, self.centres, self.letters = (t.to(device) for t in bank)
        self.photos = pack.read_photos(folder).to(device)
        drawings, style, _ = pack.read_drawings(folder)
        self.bank = drawings[style < len(sources.TRAINING_STYLES)].to(device)

    def _drawings(self, n):
        return scenes.drawings(self.bank[torch.randint(len(self.bank), (n,))], INPUT, self.photos)

    def batch(self, n, hard):
        """(pictures, letters' places and letters of those with a word, which come first)."""
        n_words, n_blank = int(n * 0.75), int(n * 0.08)
        n_photo = max(1, int(n_words * 0.3 * hard))
        n_draw = max(1, int(n_words * 0.35 * hard))
        under = torch.cat([scenes.photo_crops(self.photos, n_photo, INPUT), self._drawings(n_draw),
                           scenes.backgrounds(n_words - n_photo - n_draw, INPUT)])
        pick = torch.randint(len(self.masks), (n_words,))
        x, where = scenes.paste_words(under, self.masks[pick], self.shares[pick], self.centres[pick], hard)
        rest = n - n_words - n_blank
        blank = scenes.paste_blank(torch.cat([self._drawings(n_blank // 2), scenes.photo_crops(self.photos, n_blank - n_blank // 2, INPUT)]))
        none = torch.cat([self._drawings(rest // 2), scenes.photo_crops(self.photos, rest - rest // 2, INPUT)])
        return scenes.worn(torch.cat([x, blank, none])), where, self.letters[pick]


def _validation(pictures, words, fonts):
    """Words never trained on, in fonts never trained on, half bare and half on notes over photographs."""
    device = torch.get_default_device()
    bank, shares, which, centres, _ = (t.to(device) for t in lexicon.mask_bank(words, fonts, 8, 1))
    plain = torch.ones(len(bank), 3, INPUT, INPUT)
    half = torch.arange(len(bank)) % 2 == 0
    plain[half] = scenes.photo_crops(pictures.photos, int(half.sum()), INPUT)
    return scenes.paste_words(plain, bank, shares, centres)[0], which


def train(folder, out, seconds, batch=512, peak=3e-3, times=4, words=None, say=print):
    """Trains for a time on the default device; the schedule runs over it. Writes OUT/reader.pt at least once a minute."""
    began = time.time()
    torch.manual_seed(7), random.seed(7)
    device = torch.get_default_device()
    train_words, validation, fonts, unseen = pack.read_words(folder)
    pictures = Pictures(folder, train_words[:words], fonts, times)
    vx, vy = _validation(pictures, validation, unseen)
    net = Reader().to(device, memory_format=torch.channels_last)
    spelled = torch.stack([net_word(w) for w in validation]).to(device)
    opt = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=0.01, betas=(0.9, 0.98))
    say(f"reader: {len(pictures.masks)} pictures of words, ready after {time.time() - began:.0f} s on {device}", flush=True)
    step, saved, average = 0, time.time(), None
    while (part := (time.time() - began) / seconds) < 1:
        for g in opt.param_groups:
            g["lr"] = peak * min(1, (step + 1) / 100) * max(0.01, min(1.0, 1.5 * (1 - part)))
        x, places, letters = pictures.batch(batch, min(1.0, 1.5 * part))
        with teach.quick(device):
            logits = net.look(vision.normalise(x).contiguous(memory_format=torch.channels_last))
        loss, right = letter_loss(logits, places, letters)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        opt.step()
        step += 1
        now = torch.stack([loss.detach(), right])
        average = now if average is None else average.lerp(now, 0.05)
        if step % 100 == 0:
            say(f"reader step {step} {time.time() - began:.0f}s loss {average[0]:.3f} letters {average[1]:.3f}", flush=True)
        if time.time() - saved > 45:
            saved = time.time()
            _save(out, net, step, time.time() - began)
            say("reader validation top-1, top-5 of 200:", *validate(net, spelled, vx, vy), flush=True)
    _save(out, net, step, time.time() - began)
    say("reader validation top-1, top-5 of 200:", *validate(net, spelled, vx, vy), flush=True)


def net_word(word):
    v = lexicon.Spelling().word(word)
    return v / v.norm()


def _save(out, net, step, spent):
    torch.save({"net": {k: v.cpu() for k, v in net.state_dict().items()}, "step": step, "seconds": spent}, out / "reader.part")
    (out / "reader.part").rename(out / "reader.pt")


@torch.no_grad()
def validate(net, spelled, x, y):
    net.eval()
    with teach.quick(x.device):
        logits = torch.cat([net.look(vision.normalise(p).contiguous(memory_format=torch.channels_last)) for p in x.split(64)])
    q = net.columns(logits)
    s = net.spell(q) @ spelled.t()
    net.train()
    rank = (s >= s.gather(1, y[:, None])).sum(1) - 1  # who reads nothing says the same of all words
    return round((rank < 1).float().mean().item(), 3), round((rank < 5).float().mean().item(), 3)
