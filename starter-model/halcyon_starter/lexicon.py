"""Words to read: which, in which fonts, and how a prompt is spelled for the text side."""

import multiprocessing
import os
import random
import re
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
LONGEST = 12
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SPELL = 112
WEIGHTS = (0.6, 1.0, 1.0)  # of single letters, pairs, triples

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
                if _has_letters(f):
                    out.append(f)
    return out


def validation_fonts():
    return _matching(VALIDATION_FONTS)


def an(name):
    return ("an " if name[:1].lower() in "aeiou" else "a ") + name


def _has_letters(file):
    """Some display fonts draw a box for the letters they lack."""
    font = ImageFont.truetype(file, 32)
    box = bytes(font.getmask("\uffff"))
    seen = [bytes(font.getmask(c)) for c in "aegnrstAEGNRST"]
    return box not in seen and len(set(seen)) == len(seen)


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
    """(uint8 [MASK_HEIGHT, MASK_WIDTH] of the word's ink, centred; the share of the width it takes; each letter's centre).

    Centres are in [-1, 1] across the mask's width.
    """
    x0, y0, x1, y1 = font.getbbox(word)
    ink = Image.new("L", (x1 - x0 + 2, y1 - y0 + 2))
    ImageDraw.Draw(ink).text((1 - x0, 1 - y0), word, fill=255, font=font)
    s = min((MASK_WIDTH - 4) / ink.width, (MASK_HEIGHT - 4) / ink.height)
    ink = ink.resize((max(1, round(ink.width * s)), max(1, round(ink.height * s))), Image.BILINEAR)
    out = np.zeros((MASK_HEIGHT, MASK_WIDTH), np.uint8)
    y, x = (MASK_HEIGHT - ink.height) // 2, (MASK_WIDTH - ink.width) // 2
    out[y : y + ink.height, x : x + ink.width] = np.asarray(ink)
    ends = [font.getlength(word[:i]) for i in range(len(word) + 1)]
    centres = [(x + ((a + b) / 2 + 1 - x0) * s) / MASK_WIDTH * 2 - 1 for a, b in zip(ends, ends[1:])]
    return out, ink.width / MASK_WIDTH, centres


def cased(word, rng):
    r = rng.random()
    return word if r < 0.5 else word.upper() if r < 0.75 else word.capitalize()


def _render_all(words, fonts, seed):
    rng = random.Random(seed)
    loaded = [ImageFont.truetype(f, 44) for f in fonts]
    masks = np.empty((len(words), 1, MASK_HEIGHT, MASK_WIDTH), np.uint8)
    shares = np.empty(len(words), np.float32)
    centres = np.zeros((len(words), LONGEST), np.float32)
    letters = np.full((len(words), LONGEST), -1)
    for i, word in enumerate(words):
        masks[i, 0], shares[i], middle = render(cased(word, rng), rng.choice(loaded))
        centres[i, : len(word)] = middle
        letters[i, : len(word)] = [LETTERS.index(c) for c in word.lower()]
    return masks, shares, centres, letters


def mask_bank(words, fonts, seed, times):
    """(masks uint8 [n, 1, h, w], ink shares [n], word index [n], letter centres [n, LONGEST], letters [n, LONGEST] or -1).

    Every word is drawn times over. CPU tensors.
    """
    which = np.repeat(np.arange(len(words)), times)
    parts = np.array_split(which, max(1, len(which) // 2000))
    jobs = [([words[i] for i in p], fonts, seed + n) for n, p in enumerate(parts)]
    if len(jobs) == 1:
        done = [_render_all(*jobs[0])]
    else:
        with multiprocessing.get_context("fork").Pool(min(16, os.cpu_count())) as pool:
            done = pool.starmap(_render_all, jobs)
    masks, shares, centres, letters = (torch.from_numpy(np.concatenate(x)) for x in zip(*done))
    return masks, shares, torch.from_numpy(which), centres, letters


class Spelling:
    """Fixed random sketches of letter n-grams (n = 1, 2, 3), the same for what is read and for what is asked.

    A pair's sketch is the elementwise product of its letters' signs in their positions, so that the sketch of every
    pair that may be there, weighted by its probability, is the product of two matrices and needs no table of pairs.
    """

    START, END = 26, 27

    def __init__(self):
        g = torch.Generator("cpu").manual_seed(26)
        signs = lambda: torch.randint(0, 2, (28, SPELL), generator=g, device="cpu") * 2.0 - 1
        self.one = signs()
        self.two = signs(), signs()
        self.three = signs(), signs(), signs()

    def word(self, letters, start=True, end=True):
        codes = [LETTERS.index(c) for c in letters]
        marked = ([self.START] if start else []) + codes + ([self.END] if end else [])
        out = WEIGHTS[0] * self.one[codes].sum(0)
        a, b = marked[:-1], marked[1:]
        out = out + WEIGHTS[1] * (self.two[0][a] * self.two[1][b]).sum(0)
        if len(marked) > 2:
            a, b, c = marked[:-2], marked[1:-1], marked[2:]
            out = out + WEIGHTS[2] * (self.three[0][a] * self.three[1][b] * self.three[2][c]).sum(0)
        return out


def token_table(tokenizer, spelling):
    """[vocabulary, SPELL]: each wordpiece's sketch, scaled to unit length and by how much the piece says."""
    tokens = sorted(tokenizer.get_vocab().items(), key=lambda kv: kv[1])
    out = torch.zeros(len(tokens), SPELL)
    for token, i in tokens:
        letters = token.removeprefix("##")
        if letters and all(c in LETTERS for c in letters):
            v = spelling.word(letters, start=not token.startswith("##"))
            # a long piece says more than a short one
            out[i] = v / v.norm() * len(letters) ** 0.5 * (FRAME_WEIGHT if token in FRAME else 1.0)
    return out
