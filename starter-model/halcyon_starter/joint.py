"""The two towers as they are exported: three experts a side, weighted into one embedding."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import art, export, lexicon, lite, minilm, pack, photographs, reader, vision

DIMENSIONS = photographs.DIMENSIONS + art.ART + lexicon.SPELL
CONTEXT = 128

SMALLEST_INT8 = 40_000  # elements; smaller matrices of the vision graph cost little as float16 and lose more as int8
PHOTO_SCALE, PHOTO_SIDE = 1, 192  # which EfficientNet-Lite sees photographs, and how large
# Chosen on the validation style, validation words and validation photographs; no test set took part.
PHOTO_WEIGHT = 1.0
ART_WEIGHT = 1.2
READ_WEIGHT = 0.6
PHOTO_SHARE_OF_DRAWINGS = 0.2  # how much the photograph expert still counts on a drawing
ART_SHARE_OF_PHOTOGRAPHS = 0.2  # how much the drawing expert counts on a photograph
# A picture is taken for a drawing when the drawing expert says so, and more so when it knows what it is: (likeness to the
# nearest known concept, logit of the learned gate, constant). Logistic regression on validation drawings and photographs,
# since the learned gate has seen few kinds of photographs and takes those with a note on them for drawings.
DRAWN = (2.48, 0.76, -4.99)


class Vision(nn.Module):
    """pixel_values [b, 3, 192, 192] -> image_embeds [b, DIMENSIONS] of unit length."""

    def __init__(self, trunk, photos, image, read, known):
        super().__init__()
        self.register_buffer("known", known)  # [concepts, ART]
        self.without_bars = vision.WithoutBars((PHOTO_SIDE, art.SIDE))
        self.trunk, self.photos, self.image, self.read = trunk, photos, image, read

    def experts(self, x):
        large, small = self.without_bars(x)
        photo = self.photos(self.trunk.classifier(self.trunk(large)))
        drawing, gate = self.image(small)
        likeness = (drawing @ self.known.t()).amax(1)
        drawn = torch.sigmoid(DRAWN[0] * likeness + DRAWN[1] * gate.clamp(-15, 15) + DRAWN[2])
        spelling, present = self.read(x)
        return photo, drawing, drawn, spelling, present

    def forward(self, x):
        return fuse(*self.experts(x))


def fuse(photo, drawing, drawn, spelling, present):
    drawn, present = drawn[:, None], present[:, None]
    return F.normalize(torch.cat([
        PHOTO_WEIGHT * (1 - (1 - PHOTO_SHARE_OF_DRAWINGS) * drawn) * photo,
        ART_WEIGHT * (ART_SHARE_OF_PHOTOGRAPHS + (1 - ART_SHARE_OF_PHOTOGRAPHS) * drawn) * drawing,
        READ_WEIGHT * present * spelling], 1), dim=1)


class Text(nn.Module):
    """input_ids, attention_mask int64 [b, n] -> text_embeds [b, DIMENSIONS] of unit length."""

    def __init__(self, language, centre, photos, caption, table):
        super().__init__()
        self.language, self.photos, self.caption = language, photos, caption
        self.register_buffer("centre", centre)
        self.spelled = nn.Embedding.from_pretrained(table, freeze=True)

    def forward(self, ids, mask):
        ids = ids - minilm.IDLE * (ids > minilm.IDLE_LAST)
        t = F.normalize(self.language(ids, mask) - self.centre, dim=1)
        s = (self.spelled(ids) * mask.to(t.dtype)[:, :, None]).sum(1)
        s = s / (s.square().sum(1, keepdim=True) + 1e-8).sqrt()
        return torch.cat([self.photos(t), self.caption(t), s], 1) / 3**0.5


def build(cfg):
    """Both towers from the work folder's checkpoints, in evaluation mode."""
    classes = photographs.class_vectors(cfg.work)
    photos = photographs.Photographs(classes)
    image, text = art.load(cfg.work / "art.pt")
    read = reader.Reader()
    read.load_state_dict(torch.load(cfg.work / "reader.pt")["net"])
    table = lexicon.token_table(minilm.load_tokenizer(), lexicon.Spelling())
    with torch.no_grad():
        known = known_directions(cfg, text)
    image.trunk = export.rounded(image.trunk, SMALLEST_INT8)
    trunk = export.rounded(lite.load_pretrained(PHOTO_SCALE), SMALLEST_INT8)
    seeing = Vision(trunk, photos, image, read.eval(), known).eval()
    language = minilm.load_pretrained(CONTEXT)
    language.words = nn.Embedding.from_pretrained(minilm.without_idle(language.words.weight.detach()))
    table = minilm.without_idle(table)
    knowing = Text(language, photographs.centred(classes)[0], photographs.PhotographText(classes), text, table).eval()
    return seeing.requires_grad_(False), knowing.requires_grad_(False)


def known_directions(cfg, text):
    """[emoji without skin tones, ART]: where the drawing expert expects each."""
    facts, vectors = pack.read_captions(cfg.work / pack.FOLDER)
    plain = [i for i in range(facts["concepts"]) if facts["tone"][i] == 0]
    return F.normalize(torch.stack([text(vectors[facts["names"][i]]).mean(0) for i in plain]), dim=1)
