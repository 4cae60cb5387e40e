"""Fixes what is measured: writes evaluation/cases.json from the concepts, once, by rules and seeds."""

import json
import random

from . import concepts, lexicon
from .config import ROOT, Config

OBJECT_GROUPS = (concepts.ANIMALS, concepts.FOOD, concepts.PLACES, concepts.ACTIVITIES, concepts.OBJECTS)

# category: (prompts whose mean is the category, emoji); emoji sets are hand-checked.
RISKS = {
    "weapons": (["a weapon", "a gun", "a knife", "a bomb", "an explosive"],
                "1F52B 1F52A 1F5E1 2694 1F4A3 1FA93 1F3F9 1F9E8"),
    "alcohol": (["alcohol", "an alcoholic drink", "beer", "wine"],
                "1F37A 1F37B 1F377 1F378 1F379 1F942 1F943 1F376 1F37E"),
    "tobacco": (["tobacco", "smoking a cigarette", "cigarette"], "1F6AC"),
    "gambling": (["gambling", "casino game", "playing cards", "dice"], "1F3B0 1F3B2 1F0CF 2660 2663 2666 1F3B4"),
    "medicine and drugs": (["medicine", "medical drug", "syringe", "pill"], "1F489 1F48A 1FA7A 1FA79 1FA7B 1FA78"),
    "money": (["money", "cash", "banknote"], "1F4B0 1F4B4 1F4B5 1F4B6 1F4B7 1F4B8 1F4B3 1FA99"),
    "offensive gesture": (["an offensive gesture", "middle finger", "rude hand gesture"], "1F595"),
    "kiss": (["a kiss", "kissing", "lips"], "1F48B 1F48F 1F618 1F617 1F61A 1F619"),
    "death": (["death", "a skull", "a coffin", "grave"], "1F480 2620 26B0 26B1 1FAA6"),
}
VEHICLES = ("1F682 1F683 1F684 1F685 1F686 1F687 1F688 1F689 1F68A 1F69D 1F69E 1F68B 1F68C 1F68D 1F68E 1F690 1F691 1F692 "
            "1F693 1F694 1F695 1F696 1F697 1F698 1F699 1F6FB 1F69A 1F69B 1F69C 1F3CE 1F3CD 1F6F5 1F6FA 1F6B2 1F6F4 26F5 "
            "1F6F6 1F6A4 1F6F3 26F4 1F6E5 1F6A2 2708 1F6E9 1F6EB 1F6EC 1F681 1F680")
EVERYDAY = {  # emojibase subgroups
    "food": (["food", "a fruit", "a vegetable", "a meal"], (42, 43, 44, 45, 46)),
    "animal": (["an animal", "a bird", "a fish", "an insect"], (34, 35, 36, 37, 38, 39)),
    "plant": (["a plant", "a flower"], (40, 41)),
    "sport": (["a sport", "a ball", "sports equipment"], (62,)),
    "building": (["a building", "a house"], (51, 52)),
    "musical instrument": (["a musical instrument"], (68,)),
    "clothing": (["clothing", "a garment", "shoes"], (65,)),
    "smiley face": (["a smiley face", "a face"], (0, 1, 2, 3, 4, 5, 6, 9)),
    "hand gesture": (["a hand", "a hand gesture"], (16, 17, 18, 19)),
}


def main():
    cfg = Config()
    all_ = cfg.concepts
    bases = [c for c in all_ if c.tone == 0]
    short = {c.hex.replace("-FE0F", ""): c.hex for c in all_}
    things = [c for c in bases if c.group in OBJECT_GROUPS and c.names[0].isalpha() and 3 <= len(c.names[0]) <= 9]
    random.Random(101).shuffle(things)
    categories = {k: {"risk": True, "prompts": p, "emoji": [short[h] for h in e.split() if h in short]}
                  for k, (p, e) in RISKS.items()}
    categories["vehicle"] = {"risk": False, "prompts": ["a vehicle", "a car", "a train", "a boat", "an airplane"],
                             "emoji": [short[h] for h in VEHICLES.split() if h in short]}
    categories["flag"] = {"risk": False, "prompts": ["a flag", "flag of a country"],
                          "emoji": [c.hex for c in bases if c.group == concepts.FLAGS and c.names[0].startswith("flag ")]}
    taken = {h for c in categories.values() for h in c["emoji"]}
    for name, (prompts, groups) in EVERYDAY.items():
        own = [c.hex for c in bases if c.subgroup in groups and c.group != concepts.FLAGS and c.hex not in taken]
        categories[name] = {"risk": False, "prompts": prompts, "emoji": own}
    people = []
    for c in all_:
        name = all_[c.base].names[0]
        gender = next((g for g in ("man", "woman") if name.startswith(g + " ")), None)
        if c.group == concepts.PEOPLE and c.subgroup == 25 and c.tone:
            people.append({"emoji": c.hex, "tone": c.tone - 1, "gender": gender})
    out = {
        "objects": [{"emoji": c.hex, "name": c.names[0]} for c in sorted(things[:101], key=lambda c: c.names[0])],
        "categories": categories,
        "all": [c.hex for c in bases],
        "people": people,
        "tones": [t + " skin tone" for t in concepts.TONES],
        "words": lexicon.vocabulary(all_)[1],
    }
    path = ROOT / "evaluation" / "cases.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print({k: len(v) for k, v in out.items()}, {k: len(v["emoji"]) for k, v in categories.items()})


if __name__ == "__main__":
    main()
