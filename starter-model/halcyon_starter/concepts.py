"""The emoji concepts: their names, keywords, hypernyms and groups, read from emojibase, emojilib and WordNet.

A concept is one emoji; a skin-tone variant is a concept of its own that points to its base.
"""

import collections
import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

TONES = ["light", "medium light", "medium", "medium dark", "dark"]
WORDNET = Path("/usr/share/wordnet")
PEOPLE, ANIMALS, FOOD, PLACES, ACTIVITIES, OBJECTS, SYMBOLS, FLAGS = 1, 3, 4, 5, 6, 7, 8, 9

# Hand-checked: words a moderation team uses that neither emojibase nor WordNet gives for these drawings.
MODERATION_WORDS = {
    "1F52A": "weapon;bladed weapon;blade", "1F5E1": "weapon;bladed weapon;blade", "2694": "weapon;weapons;violence",
    "1F4A3": "weapon;explosive;explosives;terrorism", "1FA93": "weapon;blade", "1F3F9": "weapon",
    "1F9E8": "explosive;explosives;fireworks",
    "1F37A": "alcohol;alcoholic drink;liquor", "1F37B": "alcohol;alcoholic drink;drinking alcohol",
    "1F377": "alcohol;alcoholic drink", "1F378": "alcohol;alcoholic drink;liquor", "1F379": "alcohol;alcoholic drink",
    "1F942": "alcohol;alcoholic drink;champagne", "1F943": "alcohol;alcoholic drink;whisky;liquor",
    "1F376": "alcohol;alcoholic drink;rice wine", "1F37E": "alcohol;alcoholic drink;champagne",
    "1F6AC": "tobacco;smoking;nicotine;smoking a cigarette",
    "1F3B0": "gambling;casino;betting;casino game", "1F3B2": "gambling;dice game;casino game",
    "1F0CF": "gambling;playing card;card game", "2660": "gambling;playing card;playing cards",
    "2663": "gambling;playing card;playing cards", "2665": "gambling;playing card;playing cards",
    "2666": "gambling;playing card;playing cards", "1F3B4": "gambling;playing card;card game",
    "1F489": "drugs;medical drug;medicine;injection", "1F48A": "drugs;medical drug;medicine;tablet",
    "1FA7A": "medicine;medical equipment", "1FA79": "medicine;first aid", "1FA7B": "medicine;medical image",
    "1FA78": "blood;medicine;injury", "1F595": "offensive gesture;obscene gesture;rude hand gesture;insult",
    "1F48B": "kissing;lipstick mark;romance", "1F48F": "kissing;romance", "1F480": "death;human skull;skeleton",
    "2620": "death;poison;danger", "26B0": "death;funeral;burial", "26B1": "death;ashes;funeral",
    "1FAA6": "death;grave;cemetery;burial", "1F4B0": "money;wealth;cash", "1F4B4": "money;cash;paper money",
    "1F4B5": "money;cash;paper money", "1F4B6": "money;cash;paper money", "1F4B7": "money;cash;paper money",
    "1F4B8": "money;cash;spending", "1F4B3": "money;payment;bank card", "1FA99": "money;cash",
    "1F459": "swimwear;revealing clothing", "1F51E": "adults only;adult content", "1FA70": "dance",
}

GENERIC = set(
    "entity;physical entity;abstraction;abstract entity;object;physical object;whole;unit;artifact;artefact;"
    "instrumentality;instrumentation;matter;substance;thing;causal agent;cause;causal agency;organism;being;"
    "living thing;animate thing;psychological feature;attribute;state;group;grouping;relation;measure;quantity;"
    "amount;act;deed;human action;human activity;event;process;physical process;communication;location;signal;"
    "signaling;sign;point;region;part;piece;way;somebody;someone;soul;mortal;individual".split(";")
)


@dataclass
class Concept:
    hex: str
    base: int  # index of the concept without skin tone (its own index where it has none)
    names: list
    keywords: list
    group: int
    subgroup: int
    tone: int = 0  # 1 light .. 5 dark
    index: int = field(default=-1)


def plain(text):
    text = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"\s+", " ", re.sub(r"[^a-z0-9 ]+", " ", text)).strip()


def wordnet():
    synsets, first = {}, {}
    for line in (WORDNET / "data.noun").read_text("latin1").splitlines():
        if line.startswith(" "):
            continue
        part = line.split("|")[0].split()
        count = int(part[3], 16)
        words = [part[4 + 2 * i].replace("_", " ").lower() for i in range(count)]
        at = 4 + 2 * count
        above = [part[at + 2 + 4 * i] for i in range(int(part[at])) if part[at + 1 + 4 * i] in ("@", "@i")]
        synsets[part[0]] = (words, above)
    for line in (WORDNET / "index.noun").read_text("latin1").splitlines():
        if not line.startswith(" "):
            part = line.split()
            first[part[0].replace("_", " ")] = part[-int(part[2])]
    return synsets, first


def subgroup_names(modules):
    """Name of each subgroup, as emojibase numbers them."""
    meta = json.loads((Path(modules) / "emojibase-data/meta/groups.json").read_text("utf-8"))
    return {int(k): v for k, v in meta["subgroups"].items()}


def load(modules):
    """All concepts, those with a skin tone after their base. Regional-indicator components are left out."""
    modules = Path(modules)
    data = json.loads((modules / "emojibase-data/en/data.json").read_text("utf-8"))
    library = json.loads((modules / "emojilib/dist/emoji-en-US.json").read_text("utf-8"))
    synsets, first = wordnet()

    def hypernyms(name):
        out = []
        if name in first:
            words, above = synsets[first[name]]
            out += [w for w in words if w != name][:3]
            for _ in range(5):
                if not above:
                    break
                words, above = synsets[above[0]]
                out += [w for w in words[:2] if w not in GENERIC]
        return [plain(w) for w in out]

    rows, shared = [], collections.Counter()
    for e in data:
        if "group" not in e or e["group"] == 2:
            continue
        name = plain(e["label"].replace("#", "hash").replace("*", "asterisk")) or e["label"]
        words = [plain(t) for t in e.get("tags", [])]
        words += [plain(t.replace("_", " ")) for t in library.get(e["emoji"], [])]
        if e["group"] == FLAGS and name.startswith("flag "):
            words += [name[5:], name[5:] + " flag"]
        above = []
        if e["group"] in (ANIMALS, FOOD, PLACES, ACTIVITIES, OBJECTS):
            above = hypernyms(name.removesuffix(" face") if e["group"] == ANIMALS else name)
            shared.update(set(above))
        extra = MODERATION_WORDS.get(e["hexcode"].split("-FE0F")[0], "")
        rows.append((e, name, words, above, [w for w in extra.split(";") if w]))

    concepts = []
    for e, name, words, above, extra in rows:
        keywords, seen = [], {name}
        for w in extra + words + [a for a in above if shared[a] < 200]:
            if len(w) > 1 and w not in seen and len(w.split()) <= 4:
                seen.add(w)
                keywords.append(w)
        base = len(concepts)
        concepts.append(Concept(e["hexcode"], base, [name], keywords, e["group"], e.get("subgroup", -1), 0, base))
        for s in e.get("skins", []):
            tone = s.get("tone")
            if not isinstance(tone, int):  # two people of two tones
                continue
            word = TONES[tone - 1] + " skin tone"
            names = [f"{name} {word}", f"{name} with {word}", f"{word} {name}"]
            concepts.append(Concept(s["hexcode"], base, names, [word], e["group"], e.get("subgroup", -1), tone,
                                    len(concepts)))
    return concepts
