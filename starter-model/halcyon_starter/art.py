"""The drawing expert: a trunk of its own, trained end to end, and a projected caption meet in ART dimensions."""

import math
import random
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import lite, minilm, pack, scenes, teach

ART = 160
SIDE = 128
THINGS = (3, 4, 5, 6, 7)  # emojibase's groups of animals, food, places, activities and objects


class ArtImage(nn.Module):
    """Normalised pixels [b, 3, SIDE, SIDE] -> (unit direction [b, ART], logit that the picture is a drawing [b])."""

    def __init__(self, trunk, width=512):
        super().__init__()
        self.trunk = trunk
        self.drop = nn.Dropout(0.25)
        self.first = nn.Linear(lite.FEATURES, width)
        self.second = nn.Linear(width, ART)
        self.straight = nn.Linear(lite.FEATURES, ART)
        self.drawn = nn.Linear(width, 1)

    def forward(self, x):
        f = self.drop(self.trunk(x))
        h = F.relu(self.first(f))
        return F.normalize((self.second(h) + self.straight(f)).float(), dim=1), self.drawn(h).float()[:, 0]


class ArtText(nn.Module):
    """Centred MiniLM embedding [b, 384] -> unit direction [b, ART]."""

    def __init__(self, width=640):
        super().__init__()
        self.straight = nn.Linear(minilm.WIDTH, ART, bias=False)
        self.first = nn.Linear(minilm.WIDTH, width)
        self.second = nn.Linear(width, ART)
        nn.init.zeros_(self.second.weight)

    def forward(self, t):
        return F.normalize((self.straight(t) + self.second(F.relu(self.first(t)))).float(), dim=1)


class Lesson:
    """Drawings, their kinds and captions of a pack, on the default device, and how a batch of them is drawn."""

    def __init__(self, folder):
        device = torch.get_default_device()
        facts, vectors = pack.read_captions(folder)
        bank, style, kind = pack.read_drawings(folder)
        self.facts = facts
        self.texts = vectors.to(device)
        self.photos = pack.read_photos(folder).to(device)
        styles = facts["styles"]
        validation, cutout = len(styles) - 2, len(styles) - 1
        self.validation = (bank[style == validation].to(device), kind[style == validation].to(device))
        self.cutouts, self.cutout_kind = bank[style == cutout].to(device), kind[style == cutout].to(device)
        ours = style < validation
        self.bank, self.kind, style = bank[ours].to(device), kind[ours].to(device), style[ours].to(device)
        black = torch.tensor([s in ("fluent-emoji-high-contrast", "game-icons") for s in styles])
        self.black = black[style]
        n, c = len(facts["names"]), facts["concepts"]

        def of_kinds(values, rest=0):
            out = torch.full((n,), rest)
            out[:c] = torch.tensor(values)
            return out

        self.tone, self.gender = of_kinds(facts["tone"]), of_kinds(facts["gender"], -1)
        self.coloured = of_kinds(facts["toned_base"]).bool()
        self.named = torch.tensor([len(x) > 0 for x in facts["names"]])
        frames = max(map(len, facts["names"]))
        self.names = torch.tensor([(x + [x[0]] * frames)[:frames] if x else [0] * frames for x in facts["names"]]).t()
        for f in range(1, frames):  # one frame a column: a kind that lacks it keeps the bare name
            short = torch.tensor([len(x) <= f for x in facts["names"]])
            self.names[f] = torch.where(short, self.names[0], self.names[f])
        self.keyed = torch.tensor([max(1, len(x)) for x in facts["keywords"]])
        most = int(self.keyed.max())
        self.keywords = torch.tensor([((x or y or [0]) + [0] * most)[:most] for x, y in zip(facts["keywords"], facts["names"])])
        self.fits = torch.zeros(n, len(facts["texts"]), dtype=torch.bool)
        for i, (x, y) in enumerate(zip(facts["names"], facts["keywords"])):
            self.fits[i, torch.tensor(x + y, dtype=torch.long)] = True
        self.genders = torch.tensor([facts["gender_words"][g] for g in ("man", "woman")])
        self.tones = torch.tensor(facts["tone_words"])
        weight = torch.ones(len(self.kind))
        weight = weight * torch.where(of_kinds(facts["risky"]).bool()[self.kind], 3.0, 1.0)
        weight = weight * torch.where(self.tone[self.kind] > 0, 0.7, 1.0)
        weight = weight * torch.where(of_kinds(facts["group"])[self.kind] == 9, 0.5, 1.0)  # flags
        weight = weight * torch.where(self.kind >= c, 0.6, 1.0)
        self.weight = weight

    def batch(self, n, photographs):
        """(pictures [n + 2 photographs], kinds [n + photographs]): drawings, then photographs of things and of anything.

        A kind is -1 where a photograph has no caption.
        """
        rows = torch.multinomial(self.weight, n, replacement=True)
        kind = self.kind[rows]
        cut = torch.randint(len(self.cutouts), (photographs,))
        rgba = torch.cat([self.bank[rows], self.cutouts[cut]])
        of = torch.cat([torch.zeros(n, dtype=torch.bool), torch.ones(photographs, dtype=torch.bool)])
        keep = torch.cat([self.coloured[kind], torch.ones(photographs, dtype=torch.bool)])
        black = torch.cat([self.black[rows], torch.zeros(photographs, dtype=torch.bool)])
        x = scenes.drawings(rgba, SIDE, self.photos, keep, black, of)
        i = (torch.rand(len(x)) < 0.18).nonzero()[:, 0]
        x = x.index_copy(0, i, scenes.paste_blank(x[i]))
        x = torch.cat([x, scenes.photo_crops(self.photos, photographs, SIDE)])
        return scenes.worn(x), torch.cat([kind, self.cutout_kind[cut]])


def losses(lesson, image, text, scales, x, y, drawings, pool_size):
    """Weighted sum and its parts: name, keyword, its reverse, gate, tone, gender. The first pictures are drawings."""
    with teach.quick(x.device):
        z, d = image(x)
    drawn = torch.arange(len(z)) < drawings
    known = (y >= 0).nonzero()[:, 0]
    z, y = z[known], y[known]
    noisy = lambda which: text(lesson.texts[which] + 0.02 * torch.randn(*which.shape, minilm.WIDTH))
    ce = F.cross_entropy
    # each drawing's own name among those of all kinds, but what else is true of it
    names = lesson.names[random.randrange(len(lesson.names))]
    s = scales[0].exp().clamp(max=60) * z @ noisy(names).t()
    also = lesson.fits[y][:, names] | ~lesson.named
    also[torch.arange(len(y)), y] = False
    named = lesson.named[y]
    name = ce(s.masked_fill(also, -1e4)[named], y[named])
    # one of its keywords among many captions, and the drawings that a keyword fits among the batch
    key = lesson.keywords[y, (torch.rand(len(y)) * lesson.keyed[y]).long()]
    pool = torch.cat([key, torch.randint(len(lesson.texts), (pool_size,))])
    s = scales[1].exp().clamp(max=60) * z @ noisy(pool).t()
    also = lesson.fits[y][:, pool]
    square = also[:, : len(y)].clone()
    also[torch.arange(len(y)), torch.arange(len(y))] = False
    keyword = ce(s.masked_fill(also, -1e4), torch.arange(len(y)))
    square[torch.arange(len(y)), torch.arange(len(y))] = True
    p = F.log_softmax(s[:, : len(y)], 0)
    back = -(p * square).sum(0) / square.sum(0)
    gate = F.binary_cross_entropy_with_logits(d, drawn.float(), weight=torch.where(drawn, 1.0, drawings / (len(d) - drawings)))
    toned, gendered = lesson.tone[y] > 0, lesson.gender[y] >= 0
    frame = random.randrange(lesson.genders.shape[1])
    some = lambda s, right, m: (ce(s, right, reduction="none") * m).sum() / m.sum().clamp(min=1)
    tone = some(20 * z @ noisy(lesson.tones).t(), (lesson.tone[y] - 1).clamp(min=0), toned)
    gender = some(20 * z @ noisy(lesson.genders[:, frame]).t(), lesson.gender[y].clamp(min=0), gendered)
    parts = torch.stack([name, keyword, back.mean(), gate, tone, gender])
    return (parts * torch.tensor([1.0, 0.6, 0.2, 0.3, 0.5, 0.4])).sum(), parts.detach()


class Average:
    """Exponential moving average of modules' parameters and statistics."""

    def __init__(self, modules):
        self.modules = modules
        self.kept = [[t.detach().clone() for t in m.state_dict().values()] for m in modules]

    def update(self, keep):
        for m, kept in zip(self.modules, self.kept):
            now = list(m.state_dict().values())
            moving = [i for i, t in enumerate(now) if t.is_floating_point()]
            torch._foreach_lerp_([kept[i] for i in moving], [now[i] for i in moving], 1 - keep)

    def states(self):
        return [dict(zip(m.state_dict(), kept)) for m, kept in zip(self.modules, self.kept)]


def train(folder, out, seconds, batch=512, photographs=24, pool=4096, peak=8e-4, seed=11, say=print):
    """Trains for a time on the default device; the schedule runs over it. Writes OUT/art.pt at least once a minute."""
    began = time.time()
    torch.manual_seed(seed), random.seed(seed)
    device = torch.get_default_device()
    lesson = Lesson(folder)
    trunk = lite.Lite(norm=True, classes=0)
    trunk.load_state_dict({k: v.float() for k, v in torch.load(folder / "trunk.pt", map_location=device).items()})
    image, text = ArtImage(trunk).to(memory_format=torch.channels_last), ArtText()
    average = Average([image, text])
    scales = nn.Parameter(torch.tensor([3.0, 2.5]))
    groups = []
    for params, rate in ((list(trunk.parameters()), 1.0), ([p for n, p in image.named_parameters() if not n.startswith("trunk.")], 2.5),
                         (list(text.parameters()), 2.0), ([scales], 1.0)):
        groups += [{"params": [p for p in params if p.ndim > 1], "weight_decay": 0.05, "share": rate},
                   {"params": [p for p in params if p.ndim < 2], "weight_decay": 0.0, "share": rate}]
    opt = torch.optim.AdamW(groups, lr=peak, betas=(0.9, 0.98))
    say(f"art: {len(lesson.bank)} drawings, {len(lesson.names[0])} kinds, {len(lesson.texts)} captions, "
        f"ready after {time.time() - began:.0f} s on {device}", flush=True)
    step, saved, parts = 0, time.time(), None
    image.train(), text.train()
    while (part := (time.time() - began) / seconds) < 1:
        for g in opt.param_groups:
            g["lr"] = peak * g["share"] * min(1.0, (step + 1) / 150) * max(0.005, 0.5 + 0.5 * math.cos(math.pi * part))
        with torch.no_grad():
            x, y = lesson.batch(batch, photographs)
            x = ((x - lite.MEAN) / lite.STD).contiguous(memory_format=torch.channels_last)
        loss, now = losses(lesson, image, text, scales, x, y, batch, pool)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_([p for g in opt.param_groups for p in g["params"]], 5.0)
        opt.step()
        step += 1
        average.update(min(0.9995, 1 - 1 / (1 + step / 4)))
        parts = now if parts is None else parts.lerp(now, 0.05)
        if step % 100 == 0 or step < 4:
            took = time.time() - began
            say(f"art step {step} {took:.0f}s {' '.join(f'{v:.3f}' for v in parts.tolist())} scales {scales.exp().tolist()}", flush=True)
        if time.time() - saved > 45:
            saved = time.time()
            save(out, average, step, time.time() - began)
            say(f"art validation style after {step} steps: {validate(lesson, average)}", flush=True)
    save(out, average, step, time.time() - began)
    say(f"art validation style after {step} steps: {validate(lesson, average)}", flush=True)


def save(out, average, step, spent):
    image, text = ({k: v.cpu().half() if v.is_floating_point() else v.cpu() for k, v in s.items()} for s in average.states())
    torch.save({"image": image, "text": text, "step": step, "seconds": spent}, out / "art.part")
    (out / "art.part").rename(out / "art.pt")


def load(path):
    """(ArtImage with a folded trunk, ArtText) in evaluation mode on the CPU."""
    with torch.device("cpu"):
        state = torch.load(path, map_location="cpu")
        image, text = ArtImage(lite.Lite(norm=True, classes=0)), ArtText()
        image.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state["image"].items()})
        text.load_state_dict({k: v.float() for k, v in state["text"].items()})
        image.trunk = lite.fold(image.trunk)
        return image.eval(), text.eval()


@torch.no_grad()
def validate(lesson, average):
    """Top-1 and top-5 of the validation style's drawings among all emoji, of things alone, of five tones, gender, and the gate."""
    image, text = ArtImage(lite.Lite(norm=True, classes=0)), ArtText()
    for m, s in zip((image, text), average.states()):
        m.load_state_dict(s), m.eval()
    facts, (rgba, kind) = lesson.facts, lesson.validation
    edge = (SIDE - 107) // 2
    z = []
    for part in rgba.split(256):
        p = part.float() / 255
        p = F.pad(F.interpolate(p[:, :3] + 1 - p[:, 3:], (SIDE - 2 * edge,) * 2, mode="bilinear", antialias=True), (edge,) * 4, value=1.0)
        z.append(image((p - lite.MEAN) / lite.STD))
    z, d = torch.cat([a for a, _ in z]), torch.cat([b for _, b in z])
    c = facts["concepts"]
    base = torch.tensor([i for i in range(c) if facts["tone"][i] == 0])
    place = torch.full((c,), -1)
    place[base] = torch.arange(len(base))
    t = F.normalize(sum(text(lesson.texts[n[base]]) for n in lesson.names), dim=1)
    plain = place[kind] >= 0
    s, y = z[plain] @ t.t(), place[kind[plain]]
    rank = (s > s.gather(1, y[:, None])).sum(1)
    things = torch.isin(torch.tensor(facts["group"])[kind[plain]], torch.tensor(THINGS))
    share = lambda hits: f"{hits.float().mean().item():.3f} of {len(hits)}"
    tone, gender = lesson.tone[kind], lesson.gender[kind]
    guess = (z[tone > 0] @ text(lesson.texts[lesson.tones]).t()).argmax(1)
    pair = F.normalize(sum(text(lesson.texts[lesson.genders[:, f]]) for f in range(lesson.genders.shape[1])), dim=1)
    sex = (z[gender >= 0] @ pair.t()).argmax(1)
    return (f"top1 {share(rank < 1)} top5 {(rank < 5).float().mean():.3f} things {share(rank[things] < 1)} "
            f"tone {share(guess == tone[tone > 0] - 1)} gender {share(sex == gender[gender >= 0])} gate {share(d > 0)}")
