"""Observes the training drawings through the frozen trunk, one varied view a pass, in shards that can be resumed."""

import time

import numpy as np
import torch

from . import concepts, scenes, sources, vision

BATCH = 64


def jobs(cfg, styles, flags):
    """(style, row, concept) of every drawing that trains the art expert."""
    known = {c.hex: c for c in cfg.concepts}
    out = []
    for s, style in enumerate(styles):
        keys, _ = sources.drawings(cfg.art, style)
        for row, key in enumerate(keys):
            c = known.get(key)
            if c is not None and (flags or c.group != concepts.FLAGS):
                out.append((s, row, c.index))
    return np.array(out)


def observe(observer, x):
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        x = vision.normalise(x).contiguous(memory_format=torch.channels_last)
        return observer(x)[1].float().half()


def one_pass(cfg, number, tone_share=0.3, focus=False, say=print):
    """Features of one pass as float16 and the concept of each (-1: a photograph, no drawing).

    focus: a pass of what a plain pass has little of: moderation concepts many times, skin tones, flags.
    """
    out = cfg.work / "observed" / f"pass-{number:03d}.pt"
    if out.exists():
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1000 + number)
    styles = sources.TRAINING_STYLES
    banks = [sources.drawings(cfg.art, s)[1] for s in styles]
    photos = sources.photos(cfg.work)
    tone = torch.tensor([c.tone for c in cfg.concepts])
    work = torch.from_numpy(jobs(cfg, styles, flags=focus))
    if focus:
        risky = torch.tensor([c.hex.split("-FE0F")[0] in concepts.MODERATION_WORDS for c in cfg.concepts])
        flag = torch.tensor([c.group == concepts.FLAGS for c in cfg.concepts])
        which = work[:, 2]
        rare = work[(flag[which] & (torch.rand(len(work)) < 0.6)) | ((tone[which] > 0) & (torch.rand(len(work)) < 0.35))]
        work = torch.cat([rare] + [work[risky[which]]] * 5)
        work = work[torch.randperm(len(work))]
    else:
        keep = (tone[work[:, 2]] == 0) | (torch.rand(len(work)) < tone_share)
        work = work[keep][torch.randperm(int(keep.sum()))]
    people = torch.tensor([cfg.concepts[c.base].index in cfg.toned for c in cfg.concepts])
    observer = vision.observer().to(memory_format=torch.channels_last)
    features, which, began = [], [], time.time()
    for at in range(0, len(work), BATCH):
        part = work[at : at + BATCH]
        rgba = torch.from_numpy(np.stack([banks[s][r] for s, r, _ in part.tolist()])).permute(0, 3, 1, 2)
        x = scenes.drawings(rgba, vision.SIDE, photos, people[part[:, 2]])
        some = (torch.rand(len(x)) < 0.12).nonzero()[:, 0]
        if len(some):
            x[some] = scenes.paste_blank(x[some])
        n_photo = 4
        x = torch.cat([x, scenes.photo_crops(photos, n_photo, vision.SIDE)])
        features.append(observe(observer, scenes.worn(x)))
        which.append(torch.cat([part[:, 2], torch.full((n_photo,), -1)]))
        if at // BATCH % 20 == 0:
            say(f"pass {number}: {at}/{len(work)} drawings, {(at + BATCH) / (time.time() - began):.0f}/s", flush=True)
    torch.save({"features": torch.cat(features), "concept": torch.cat(which)}, str(out) + ".part")
    (out.parent / (out.name + ".part")).rename(out)


def clean_view(cfg, style, background=1.0):
    """Features of a style's drawings on a plain background: (features, concept index)."""
    out = cfg.work / "observed" / f"clean-{style}.pt"
    if out.exists():
        d = torch.load(out)
        return d["features"], d["concept"]
    out.parent.mkdir(parents=True, exist_ok=True)
    known = {c.hex: c.index for c in cfg.concepts}
    keys, bank = sources.drawings(cfg.art, style)
    rows = [i for i, k in enumerate(keys) if k in known]
    observer = vision.observer().to(memory_format=torch.channels_last)
    features = []
    for at in range(0, len(rows), BATCH):
        rgba = torch.from_numpy(np.ascontiguousarray(bank[rows[at : at + BATCH]])).permute(0, 3, 1, 2).float() / 255
        rgba = torch.nn.functional.pad(rgba, (16,) * 4)
        features.append(observe(observer, rgba[:, :3] + background * (1 - rgba[:, 3:])))
    d = {"features": torch.cat(features), "concept": torch.tensor([known[keys[i]] for i in rows])}
    torch.save(d, out)
    return d["features"], d["concept"]
