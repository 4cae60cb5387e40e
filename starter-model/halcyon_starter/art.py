"""The art expert: features of a drawing and a projected caption meet in ART dimensions."""

import random

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import art_features, concepts, minilm, sources, vision

ART = 160
FRAMES = ["{}", "a photo of {}", "an emoji of {}"]


class ArtImage(nn.Module):
    """features [b, OBSERVED] -> (unit direction [b, ART], logit that the picture is a drawing [b])."""

    def __init__(self, width=768):
        super().__init__()
        self.register_buffer("mean", torch.zeros(vision.OBSERVED))
        self.register_buffer("spread", torch.ones(vision.OBSERVED))
        self.first = nn.Linear(vision.OBSERVED, width)
        self.second = nn.Linear(width, ART)
        self.straight = nn.Linear(vision.OBSERVED, ART)
        self.drawn = nn.Linear(width, 1)
        self.drop = nn.Dropout(0.3)

    def forward(self, f):
        f = ((f - self.mean) / self.spread).clamp(-6, 6)
        f = self.drop(f)
        h = F.relu(self.first(f))
        return F.normalize((self.second(self.drop(h)) + self.straight(f)).float(), dim=1), self.drawn(h).float()[:, 0]


class ArtText(nn.Module):
    """centred MiniLM embedding [b, 384] -> unit direction [b, ART]."""

    def __init__(self, width=640):
        super().__init__()
        self.straight = nn.Linear(minilm.WIDTH, ART, bias=False)
        self.first = nn.Linear(minilm.WIDTH, width)
        self.second = nn.Linear(width, ART)
        nn.init.zeros_(self.second.weight)

    def forward(self, t):
        return F.normalize((self.straight(t) + self.second(F.relu(self.first(t)))).float(), dim=1)


class Captions:
    """Every caption of every concept, embedded once in each frame, and which concepts each one fits."""

    def __init__(self, cfg):
        self.concepts = cfg.concepts
        self.texts = sorted({t for c in cfg.concepts for t in c.names + c.keywords})
        place = {t: i for i, t in enumerate(self.texts)}
        self.names = [[place[t] for t in c.names] for c in cfg.concepts]
        self.keywords = []
        self.fits = torch.zeros(len(cfg.concepts), len(self.texts), dtype=torch.bool)
        for c in cfg.concepts:
            own = [place[t] for t in c.keywords]
            base = cfg.concepts[c.base]
            both = own + [place[t] for t in base.keywords + base.names]
            self.fits[c.index, both] = True
            self.fits[c.index, self.names[c.index]] = True
            self.keywords.append(both if c.tone else own or self.names[c.index])
        store = cfg.work / "captions.pt"
        if not store.exists():
            net, tokenizer = minilm.load_pretrained(), minilm.load_tokenizer()
            torch.save(torch.stack([minilm.embed(net, tokenizer, [f.format(t) for t in self.texts]) for f in FRAMES]), store)
        self.embedded = torch.load(store)
        assert self.embedded.shape[1] == len(self.texts), f"{store} is of other captions: delete it"

    def vectors(self, which):
        return self.embedded[torch.randint(len(FRAMES), (len(which),)), which]


def name_vectors(captions, centre, text, only=None):
    """Projected name of every concept, over all frames."""
    which = torch.tensor([n[0] for n in captions.names])
    t = F.normalize(captions.embedded[:, which].mean(0), dim=1)
    return text(F.normalize(t - centre, dim=1))


def train(cfg, centre, passes, epochs, batch=512, peak=1.5e-3, seed=11, start=None, tones=0.0, say=print):
    """Trains both projections on observed passes; start: state dicts to go on from; tones: weight of the skin-tone loss."""
    torch.manual_seed(seed), random.seed(seed)
    captions = Captions(cfg)
    shards = [torch.load(cfg.work / "observed" / f"pass-{p:03d}.pt") for p in passes]
    features = torch.cat([s["features"] for s in shards])
    which = torch.cat([s["concept"] for s in shards])
    image, text = ArtImage(), ArtText()
    if start is not None:
        image.load_state_dict(start["image"]), text.load_state_dict(start["text"])
    else:
        sample = features[torch.randperm(len(features))[:20000]].float()
        image.mean.copy_(sample.mean(0)), image.spread.copy_(sample.std(0) + 1e-2)
    tone = torch.tensor([c.tone for c in cfg.concepts])
    tone_names = torch.tensor([captions.texts.index(t + " skin tone") for t in concepts.TONES])
    vf, vy = art_features.clean_view(cfg, sources.VALIDATION_STYLE)
    scale, scale_k = nn.Parameter(torch.tensor(3.0)), nn.Parameter(torch.tensor(2.5))
    decay = [p for m in (image, text) for p in m.parameters() if p.ndim > 1]
    rest = [p for m in (image, text) for p in m.parameters() if p.ndim < 2] + [scale, scale_k]
    opt = torch.optim.AdamW([{"params": decay, "weight_decay": 0.08}, {"params": rest, "weight_decay": 0.0}], lr=peak)
    steps, step = epochs * len(features) // batch, 0
    centred = lambda t: F.normalize(t - centre, dim=1)
    for epoch in range(epochs):
        total, seen = torch.zeros(4), 0
        for part in torch.randperm(len(features)).split(batch):
            rate = peak * min(1, (step + 1) / (200 if start is None else 20)) * max(0.01, 1 - step / steps)
            for g in opt.param_groups:
                g["lr"] = rate
            y = which[part]
            f = features[part].float()
            drawn = y >= 0
            z, d = image(f)
            z, y = z[drawn], y[drawn]
            names = torch.tensor([random.choice(n) for n in captions.names])
            t = text(centred(captions.vectors(names) + 0.01 * torch.randn(len(names), minilm.WIDTH)))
            own = F.cross_entropy(scale.exp().clamp(max=50) * z @ t.t(), y, label_smoothing=0.05)
            key = torch.tensor([random.choice(captions.keywords[i]) for i in y.tolist()])
            pool = torch.cat([key, torch.randint(len(captions.texts), (1024,))])
            k = text(centred(captions.vectors(pool) + 0.01 * torch.randn(len(pool), minilm.WIDTH)))
            logits = scale_k.exp().clamp(max=50) * z @ k.t()
            also = captions.fits[y][:, pool]
            also[torch.arange(len(y)), torch.arange(len(y))] = False
            logits = logits.masked_fill(also, -1e4)
            words = F.cross_entropy(logits, torch.arange(len(y)))
            back = F.cross_entropy(logits[:, : len(y)].t(), torch.arange(len(y)))
            gate = F.binary_cross_entropy_with_logits(d, drawn.float(), weight=torch.where(drawn, 1.0, 12.0))
            loss = own + 0.6 * words + 0.2 * back + 0.3 * gate
            toned = tone[y] > 0
            if tones and toned.any():
                five = text(centred(captions.vectors(tone_names)))
                loss = loss + tones * F.cross_entropy(20 * z[toned] @ five.t(), tone[y[toned]] - 1)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()
            step += 1
            if step % 20 == 0:
                say(f"art step {step}/{steps}", flush=True)
            total += torch.tensor([own.item(), words.item(), gate.item(), 1.0])
        if epoch % 2 == 1 or epoch == epochs - 1:
            say(f"art epoch {epoch + 1}/{epochs} name {total[0] / total[3]:.2f} keyword {total[1] / total[3]:.2f} "
                f"gate {total[2] / total[3]:.3f} validation style: {validate(cfg, captions, centre, image, text, vf, vy)}", flush=True)
    return image.eval(), text.eval()


@torch.no_grad()
def validate(cfg, captions, centre, image, text, features, which):
    """Top-1, top-5 of all bases; objects only; tone of five."""
    image.eval(), text.eval()
    base = torch.tensor([c.index for c in cfg.concepts if c.tone == 0])
    t = name_vectors(captions, centre, text)
    z, d = image(features.float())
    plain = torch.isin(which, base)
    place = torch.full((len(cfg.concepts),), -1)
    place[base] = torch.arange(len(base))
    s = z[plain] @ t[base].t()
    y = place[which[plain]]
    rank = (s > s.gather(1, y[:, None])).sum(1)
    tone = torch.tensor([c.tone for c in cfg.concepts])[which]
    five = text(F.normalize(captions.embedded[0, [captions.texts.index(t + " skin tone") for t in concepts.TONES]] - centre, dim=1))
    tones = ((z[tone > 0] @ five.t()).argmax(1) + 1 == tone[tone > 0]).float().mean()
    things = torch.tensor([cfg.concepts[i].group in (3, 4, 5, 6, 7) for i in which[plain].tolist()])
    image.train(), text.train()
    return (f"top1 {(rank < 1).float().mean():.3f} top5 {(rank < 5).float().mean():.3f} "
            f"things {(rank[things] < 1).float().mean():.3f} of {len(rank)}, tone {tones:.3f} of {int((tone > 0).sum())}, gate {(d > 0).float().mean():.3f}")
