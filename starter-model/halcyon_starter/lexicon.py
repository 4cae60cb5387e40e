"""Words to read: which, in which fonts, and how a prompt is spelled for the text side."""

import random
import re
import zlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

DICTIONARY = Path("/usr/share/dict/words")  # Debian wamerican
FONT_FOLDER = Path("/usr/share/fonts")
TEST_FONTS = ["truetype/quicksand/Quicksand-Bold", "opentype/urw-base35/NimbusSans-Bold.otf",
              "opentype/urw-base35/C059-Bold.otf", "opentype/league-spartan/LeagueSpartan-SemiBold"]
TEST_HAND = "truetype/fifthhorseman/dkgBd"
VALIDATION_FONTS = ["opentype/cabin/Cabin-Bold", "opentype/junction/", "truetype/sjfonts/SteveHand"]
_HELD_OUT_FAMILIES = ("quicksand", "urw-base35", "league-spartan", "fifthhorseman", "cabin", "junction",
                      "sjfonts/SteveHand")
MASK_HEIGHT, MASK_WIDTH = 40, 208
SPELL = 96
GRAMS = 24576

# These frame a prompt; what is written in a picture is rarely one of them when something else is named beside it.
FRAME = set(
    "a an the of in on with and or to is are that this it as at by for from photo photograph picture image emoji "
    "sticker drawing sketch illustration painting icon render rendering close up closeup view shot word words text "
    "written says saying reads reading label sign note letters showing shows depicting containing someone something "
    "person people some s".split()
)
FRAME_WEIGHT = 0.04


def _matching(patterns):
    fonts = sorted(str(f) for f in FONT_FOLDER.rglob("*") if f.suffix.lower() in (".ttf", ".otf"))
    return [next(f for f in fonts if p in f) for p in patterns]


def training_fonts():
    """Every installed Latin text font of the families named in the README but those held out, each once."""
    families = ["dejavu/DejaVuSans", "dejavu/DejaVuSerif", "liberation/Liberation", "freefont/Free", "open-sans/OpenSans",
                "roboto/unhinted/RobotoTTF", "lato/Lato", "comic-neue", "breip", "humor-sans", "ecolier-court",
                "rufscript", "isabella", "kristi", "sjfonts/Delphine", "cantarell", "linux-libertine", "crosextra",
                "inter/", "firacode", "ebgaramond", "didot", "truetype/play"]
    fonts = sorted(str(f) for f in FONT_FOLDER.rglob("*") if f.suffix.lower() in (".ttf", ".otf"))
    out = []
    for f in fonts:
        if any(x in f for x in families) and not any(x in f for x in _HELD_OUT_FAMILIES):
            if not re.search(r"Thin|Hairline|ExtraLight|Initials|Keyboard|Symbol|LinBiolinum_K|LibertineI", f):
                out.append(f)
    return out


def vocabulary(concepts):
    """(training words, 300 held-out words). Held-out words are in no caption and no training picture."""
    rng = random.Random(20)
    in_captions = {w for c in concepts for s in c.names + c.keywords for w in s.split()}
    emoji = sorted(w for w in in_captions if 3 <= len(w) <= 12 and w.isalpha())
    rest = [w.strip() for w in DICTIONARY.read_text("utf-8").splitlines()]
    rest = [w for w in rest if 3 <= len(w) <= 10 and w.isascii() and w.isalpha() and w.islower() and w not in in_captions]
    rng.shuffle(rest)
    held_out = sorted(["ipod"] + [w for w in rest[:400] if len(w) <= 9][:299])
    return emoji + [w for w in rest[400:14400] if w != "ipod"], held_out


def render(word, font):
    """uint8 [MASK_HEIGHT, MASK_WIDTH] of the word's ink, centred, and the share of the width it takes."""
    x0, y0, x1, y1 = font.getbbox(word)
    ink = Image.new("L", (x1 - x0 + 2, y1 - y0 + 2))
    ImageDraw.Draw(ink).text((1 - x0, 1 - y0), word, fill=255, font=font)
    s = min((MASK_WIDTH - 4) / ink.width, (MASK_HEIGHT - 4) / ink.height)
    ink = ink.resize((max(1, round(ink.width * s)), max(1, round(ink.height * s))), Image.BILINEAR)
    out = np.zeros((MASK_HEIGHT, MASK_WIDTH), np.uint8)
    y, x = (MASK_HEIGHT - ink.height) // 2, (MASK_WIDTH - ink.width) // 2
    out[y : y + ink.height, x : x + ink.width] = np.asarray(ink)
    return out, ink.width / MASK_WIDTH


def cased(word, rng):
    r = rng.random()
    return word if r < 0.5 else word.upper() if r < 0.75 else word.capitalize()


def mask_bank(words, fonts, seed, times=2):
    """(masks uint8 [n, 1, h, w], ink shares [n], word index [n])."""
    rng = random.Random(seed)
    loaded = [ImageFont.truetype(f, 44) for f in fonts]
    masks, shares, which = [], [], []
    for i, word in enumerate(words):
        for _ in range(times):
            mask, share = render(cased(word, rng), rng.choice(loaded))
            masks.append(mask)
            shares.append(share)
            which.append(i)
    return torch.from_numpy(np.stack(masks))[:, None], torch.tensor(shares), torch.tensor(which)


def _bucket(gram):
    return zlib.crc32(gram.encode()) % GRAMS


def token_grams(token):
    """Hashed letter n-grams of one wordpiece; a piece that continues a word has no start mark."""
    goes_on = token.startswith("##")
    letters = token[2:] if goes_on else token
    marked = ("" if goes_on else "^") + letters + "$"
    grams = ["1" + c for c in letters]
    for n in (2, 3, 4):
        grams += [f"{n}" + marked[i : i + n] for i in range(len(marked) - n + 1)]
    return [_bucket(g) for g in grams]


class Speller:
    """Which n-grams and which weight each wordpiece of the vocabulary has."""

    def __init__(self, tokenizer):
        tokens = sorted(tokenizer.get_vocab().items(), key=lambda kv: kv[1])
        self.tokenizer = tokenizer
        self.weight = torch.zeros(len(tokens))
        self.grams = []
        for token, i in tokens:
            letters = token.removeprefix("##")
            if letters.isascii() and letters.isalnum():
                self.weight[i] = FRAME_WEIGHT if token in FRAME else 1.0
                self.grams.append(token_grams(token))
            else:
                self.grams.append([])

    def bags(self, texts):
        """(flat n-gram indices, offsets, weights) of each text for an embedding bag in sum mode."""
        flat, offsets, weights = [], [], []
        for t in texts:
            offsets.append(len(flat))
            for i in self.tokenizer.encode(t, add_special_tokens=False).ids:
                w = float(self.weight[i])
                flat += self.grams[i]
                weights += [w] * len(self.grams[i])
        return torch.tensor(flat), torch.tensor(offsets), torch.tensor(weights)
