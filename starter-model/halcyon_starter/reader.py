"""The reading expert: a small network that turns what is written in a picture into the spelling of a word.

The image side predicts a vector; the text side sums learned vectors of the letter n-grams of a prompt's words. They
are trained against each other over a vocabulary, so that a word never seen is read through its n-grams.
"""

import collections
import random
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from . import lexicon, minilm, scenes, sources, vision


INPUT = 96
LETTER_PAIRS = 320
LETTERS = "abcdefghijklmnopqrstuvwxyz"


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
    """normalised pixels [b, 3, 192, 192] -> (spelling direction [b, SPELL] of unit length, logit that there is text [b])."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            _conv(3, 32, 2, 5), _conv(32, 32), _conv(32, 64, 2), Residual(64),
            _conv(64, 128, 2), Residual(128), Residual(128))
        self.grams = nn.Conv2d(128, 512, 1)
        self.mix = nn.Linear(512, 512)
        self.out = nn.Linear(512, lexicon.SPELL)
        self.present = nn.Linear(512, 1)

    def forward(self, x):
        direction, present, _ = self.look(F.avg_pool2d(x, vision.SIDE // INPUT))
        return direction, present

    def look(self, x):
        """The same at 96 pixels a side, and what the letter detectors saw [b, 512]."""
        h = self.grams(self.body(x)).amax((2, 3))
        g = h
        h = h + F.relu(self.mix(F.relu(h)))
        return F.normalize(self.out(h).float(), dim=1), self.present(h).float()[:, 0], g


class Spelling(nn.Module):
    """n-gram bags -> unit vectors."""

    def __init__(self):
        super().__init__()
        self.table = nn.EmbeddingBag(lexicon.GRAMS, lexicon.SPELL, mode="sum")
        nn.init.normal_(self.table.weight, std=0.1)

    def forward(self, flat, offsets, weights):
        return F.normalize(self.table(flat, offsets, per_sample_weights=weights), dim=1)


def letter_targets(words):
    """[n, 26 + LETTER_PAIRS] 0/1: which letters and which of the commonest letter pairs a word has; and those pairs."""
    count = collections.Counter(w[i : i + 2] for w in words for i in range(len(w) - 1))
    place = {c: i for i, c in enumerate(LETTERS)}
    place |= {p: 26 + i for i, (p, _) in enumerate(count.most_common(LETTER_PAIRS))}
    out = torch.zeros(len(words), 26 + LETTER_PAIRS)
    for row, w in enumerate(words):
        for gram in list(w) + [w[i : i + 2] for i in range(len(w) - 1)]:
            if gram in place:
                out[row, place[gram]] = 1
    return out


class Pictures:
    """Endless training pictures: words on drawings, photographs and colours; and pictures with nothing to read."""

    def __init__(self, cfg, words):
        store = cfg.work / "words.pt"
        if not store.exists():
            torch.save(lexicon.mask_bank(words, lexicon.training_fonts(), 3, times=3), store)
        self.masks, self.shares, self.word = torch.load(store)
        self.photos = sources.photos(cfg.work)
        self.banks = [sources.drawings(cfg.art, s)[1] for s in sources.TRAINING_STYLES]

    def _drawings(self, n):
        rows = []
        for _ in range(n):
            bank = random.choice(self.banks)
            rows.append(bank[random.randrange(len(bank))])
        rgba = torch.from_numpy(np.stack(rows)).permute(0, 3, 1, 2)
        return scenes.drawings(rgba, INPUT, self.photos)

    def batch(self, n, hard):
        """(pictures, word index or -1); hard grows from 0 to 1 over the training."""
        n_words, n_blank = int(n * 0.75), int(n * 0.08)
        n_photo = int(n_words * 0.3 * hard)
        n_draw = int(n_words * 0.35 * hard)
        under = torch.cat([scenes.photo_crops(self.photos, n_photo, INPUT), self._drawings(n_draw),
                           scenes.backgrounds(n_words - n_photo - n_draw, INPUT)])
        pick = torch.randint(len(self.masks), (n_words,))
        x = scenes.paste_words(under, self.masks[pick], self.shares[pick], hard)
        rest = n - n_words - n_blank
        blank = scenes.paste_blank(torch.cat([self._drawings(n_blank // 2), scenes.photo_crops(self.photos, n_blank - n_blank // 2, INPUT)]))
        none = torch.cat([self._drawings(rest // 2), scenes.photo_crops(self.photos, rest - rest // 2, INPUT)])
        y = torch.cat([self.word[pick], torch.full((n - n_words,), -1)])
        return scenes.worn(torch.cat([x, blank, none])), y


def _validation(cfg, words):
    """Words never trained on, in fonts never trained on, half bare and half on notes over photographs."""
    state = torch.get_rng_state()
    torch.manual_seed(5)
    bank, shares, which = lexicon.mask_bank(words, lexicon._matching(lexicon.VALIDATION_FONTS), 8, times=1)
    photos = sources.photos(cfg.work)
    plain = torch.ones(len(bank), 3, INPUT, INPUT)
    half = torch.arange(len(bank)) % 2 == 0
    plain[half] = scenes.photo_crops(photos, int(half.sum()), INPUT)
    x = scenes.paste_words(plain, bank, shares)
    torch.set_rng_state(state)
    return x, which


def train(cfg, minutes, batch=96, peak=2e-3, say=print):
    """Trains for a time, going on from the last checkpoint; the schedule runs over the whole time asked for."""
    where = cfg.work / "reader.pt"
    torch.manual_seed(7)
    random.seed(7)
    speller = lexicon.Speller(minilm.load_tokenizer())
    words, held_out = lexicon.vocabulary(cfg.concepts)
    # A tenth of the held-out test's size, other words: the test words never steer.
    validation = words[-200:]
    words = words[:-200]
    pictures = Pictures(cfg, words)
    letters = letter_targets(words)
    pool = speller.bags(words)
    ends = torch.cat([pool[1][1:], torch.tensor([len(pool[0])])])
    vx, vy = _validation(cfg, validation)
    vbag = speller.bags(validation)
    net, spelling = Reader().to(memory_format=torch.channels_last), Spelling()
    hint = nn.Linear(512, letters.shape[1])  # steers the detectors while training, then dropped
    scale = nn.Parameter(torch.tensor(2.3))
    opt = torch.optim.AdamW([
        {"params": [p for p in net.parameters() if p.ndim > 1], "weight_decay": 0.02},
        {"params": [p for p in net.parameters() if p.ndim < 2] + [scale], "weight_decay": 0.0},
        {"params": hint.parameters(), "weight_decay": 0.0},
        {"params": spelling.parameters(), "weight_decay": 0.0}], lr=peak, betas=(0.9, 0.98))
    spent, step = 0.0, 0
    if where.exists():
        c = torch.load(where)
        net.load_state_dict(c["net"]), spelling.load_state_dict(c["spelling"]), hint.load_state_dict(c["hint"]), opt.load_state_dict(c["opt"])
        scale.data.copy_(c["scale"])
        spent, step = c["spent"], c["step"]
        torch.manual_seed(7 + step), random.seed(7 + step)
    began, saved, average = time.time() - spent, time.time(), None
    while True:
        part = (time.time() - began) / (60 * minutes)
        if part >= 1:
            break
        rate = peak * min(1, (step + 1) / 100) * max(0.01, min(1.0, 1.25 * (1 - part)))
        for g in opt.param_groups:
            g["lr"] = rate
        x, y = pictures.batch(batch, min(1.0, 2.5 * part))
        there = y >= 0
        # the batch's own words and a random few thousand others
        others = torch.randperm(len(words))[:3000]
        chosen, target = torch.cat([y[there], others]).unique(return_inverse=True)
        target = target[: int(there.sum())]
        spans = [torch.arange(pool[1][i], ends[i]) for i in chosen.tolist()]
        flat = torch.cat(spans)
        offsets = torch.tensor([0] + [len(s) for s in spans[:-1]]).cumsum(0)
        with torch.autocast("cpu", torch.bfloat16):
            direction, present, grams = net.look(vision.normalise(x).contiguous(memory_format=torch.channels_last))
        table = spelling(pool[0][flat], offsets, pool[2][flat])
        logits = scale.exp().clamp(max=60) * direction[there] @ table.t()
        read = F.cross_entropy(logits, target)
        want = letters[y[there]]
        help_ = F.binary_cross_entropy_with_logits(hint(grams[there].float()), want, pos_weight=torch.tensor(5.0))
        seen = F.binary_cross_entropy_with_logits(present, there.float())
        opt.zero_grad(set_to_none=True)
        (read + 0.5 * seen + 8 * help_).backward()
        nn.utils.clip_grad_norm_([p for g in opt.param_groups for p in g["params"]], 5.0)
        opt.step()
        step += 1
        now = torch.tensor([read.item(), seen.item(), help_.item(), (logits.argmax(1) == target).float().mean().item()])
        average = now if average is None else 0.97 * average + 0.03 * now
        if step % 50 == 0:
            say(f"reader step {step} {time.time() - began:.0f}s read {average[0]:.2f} present {average[1]:.3f} "
                f"letters {average[2]:.3f} top1 {average[3]:.3f} scale {scale.exp().item():.1f} {step * batch / (time.time() - began):.0f}/s", flush=True)
        if time.time() - saved > 150:
            saved = time.time()
            _save(where, net, spelling, hint, opt, scale, time.time() - began, step)
            say("reader validation top-1, top-5 of 200:", *validate(net, spelling, vx, vy, vbag), flush=True)
    _save(where, net, spelling, hint, opt, scale, time.time() - began, step)
    say("reader validation top-1, top-5 of 200:", *validate(net, spelling, vx, vy, vbag), flush=True)


def _save(where, net, spelling, hint, opt, scale, spent, step):
    torch.save({"net": net.state_dict(), "spelling": spelling.state_dict(),
                "hint": hint.state_dict(), "opt": opt.state_dict(),
                "scale": scale.data, "spent": spent, "step": step}, str(where) + ".part")
    (where.parent / (where.name + ".part")).rename(where)


@torch.no_grad()
def validate(net, spelling, x, y, bag):
    net.eval()
    with torch.autocast("cpu", torch.bfloat16):
        d = torch.cat([net.look(vision.normalise(p).contiguous(memory_format=torch.channels_last))[0] for p in x.split(64)])
    net.train()
    s = d @ spelling(*bag).t()
    rank = (s > s.gather(1, y[:, None])).sum(1)
    return round((rank < 1).float().mean().item(), 3), round((rank < 5).float().mean().item(), 3)
