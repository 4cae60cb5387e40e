"""What a training drawing shows: an emoji concept, or a thing named by an icon set or a clip art.

Every drawing of every training style gets one kind, and a kind fits a set of captions. Kinds of emoji are the
concepts, in their order; the others follow.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from . import concepts, sources

# Words of a category that emojibase's subgroups imply and its keywords do not always say.
SUBGROUP_WORDS = {
    "face": ["smiley face", "face", "emoticon"], "hand": ["hand", "hand gesture"], "animal": ["animal"],
    "plant": ["plant"], "food": ["food"], "drink": ["drink", "beverage"], "dishware": ["tableware"],
    "building": ["building"], "transport": ["vehicle", "transport"], "sport": ["sport", "sports equipment"],
    "musical": ["musical instrument"], "clothing": ["clothing", "garment"], "money": ["money"], "medical": ["medicine", "medical equipment"],
    "tool": ["tool"], "time": ["time", "clock"], "sky": ["weather", "sky"], "flag": ["flag", "flag of a country"],
    "bird": ["bird"], "marine": ["sea animal", "fish"], "bug": ["insect", "bug"], "reptile": ["reptile"], "mammal": ["mammal"],
    "fruit": ["fruit"], "vegetable": ["vegetable"], "prepared": ["meal", "dish"], "sweet": ["dessert", "sweets"],
    "flower": ["flower"], "ground": ["land vehicle"], "water": ["boat", "ship"], "air": ["aircraft"], "person": ["person"],
    "body": ["body part"], "game": ["game"], "lock": ["lock"], "office": ["office supplies"],
    "computer": ["computer hardware"], "phone": ["telephone"], "household": ["household item"], "arrow": ["arrow"], "zodiac": ["zodiac sign", "symbol"], "religion": ["religious symbol"], "family": ["family", "people"],
}


@dataclass
class Kind:
    name: str  # "" where no caption names exactly this
    keywords: list


def category_words(subgroup):
    if subgroup in ("cat-face", "monkey-face", "transport-sign", "face-hand", "hands"):
        return {"cat-face": ["cat"], "monkey-face": ["monkey"], "transport-sign": ["sign"], "face-hand": ["smiley face", "face"],
                "hands": ["hands", "hand gesture"]}[subgroup]
    return [w for part in subgroup.split("-") for w in SUBGROUP_WORDS.get(part, SUBGROUP_WORDS.get(part.rstrip("s"), []))]


def of_concepts(cfg):
    from .concepts import subgroup_names

    groups = subgroup_names(cfg.modules)
    out = []
    for c in cfg.concepts:
        base = cfg.concepts[c.base]
        words = base.keywords + category_words(groups.get(base.subgroup, ""))
        if c.tone:
            words = [concepts.TONES[c.tone - 1] + " skin tone"] + [base.names[0]] + words
        seen, kept = {c.names[0]}, []
        for w in words:
            if w not in seen:
                seen.add(w)
                kept.append(w)
        out.append(Kind(c.names[0], kept))
    return out


class Names:
    """Gives names of icons and clip art their kinds, after those of the concepts."""

    def __init__(self, cfg):
        self.cfg = cfg
        self.kinds = of_concepts(cfg)
        self.synsets, self.first = concepts.wordnet()
        self.place = {}
        for c in cfg.concepts:
            if c.tone == 0:
                for n in c.names:
                    self.place.setdefault(n, c.index)
        slugs = {}
        for c in cfg.concepts:
            if c.tone == 0:
                slugs.setdefault(c.names[0].replace(" ", ""), c.index)
        self.slugs = slugs

    def nameable(self, words):
        return bool(words) and words[-1] in self.first and all(w.isalpha() and w.isascii() for w in words)

    def hypernyms(self, name):
        for n in (name, name.split()[-1]):
            if n in self.first:
                words, above = self.synsets[self.first[n]]
                out = [n] if n != name else []
                out += [w for w in words if w != name][:2]
                for _ in range(4):
                    if not above:
                        break
                    words, above = self.synsets[above[0]]
                    out += [w for w in words[:1] if w not in concepts.GENERIC]
                return [concepts.plain(w) for w in out]
        return []

    def icon(self, slug):
        """Kind of an icon's slug, or None where the slug says nothing of what is drawn."""
        words = [w for w in re.sub(r"[-_]+", " ", slug.lower()).split() if not w.isdigit()]
        name = concepts.plain(" ".join(words))
        if name in self.place:
            return self.place[name]
        if name.replace(" ", "") in self.slugs:
            return self.slugs[name.replace(" ", "")]
        words = name.split()
        if not self.nameable(words) or len(words) > 3:
            return None
        return self._new(name, self.hypernyms(name))

    def clip_art(self, path, text):
        """Kind of a clip art from its title, its subjects and its folders."""
        work = text.split("dc:publisher")[0]
        title = re.search(r"<dc:title>([^<]+)</dc:title>", work)
        subjects = [concepts.plain(w) for w in re.findall(r"<rdf:li>([^<]+)</rdf:li>", work)]
        words = concepts.plain(re.sub(r"\d+", " ", title.group(1))).split() if title else []
        folders = [concepts.plain(p.replace("_", " ")) for p in Path(path).parts[:-1]]
        name = " ".join(words)
        keys = [w for w in subjects if w in self.first and len(w) > 2][:6]
        keys += [w.removesuffix("s") for w in folders if w.removesuffix("s") in self.first]
        if name in self.place:
            return self.place[name]
        if self.nameable(words) and len(words) <= 3:
            return self._new(name, keys + self.hypernyms(name))
        for w in subjects:
            if w in self.place:
                return self.place[w]
        return self._new("", keys) if keys else None

    def _new(self, name, keywords):
        seen, kept = {name}, []
        for w in keywords:
            if len(w) > 1 and w not in seen:
                seen.add(w)
                kept.append(w)
        self.kinds.append(Kind(name, kept))
        if name:
            self.place[name] = len(self.kinds) - 1
        return len(self.kinds) - 1


def of_style(cfg, names, style, keys):
    """Kind of each key of a style, -1 where there is none."""
    if style in sources.NAMED_STYLES:
        return [-1 if (k := names.icon(key)) is None else k for key in keys]
    if style == sources.CLIP_ART:
        read = lambda key: (sources.CLIP_ART_FOLDER / key).read_text("utf-8", "ignore")
        return [-1 if (k := names.clip_art(key, read(key))) is None else k for key in keys]
    known = {c.hex: c.index for c in cfg.concepts}
    return [known.get(k, -1) for k in keys]
