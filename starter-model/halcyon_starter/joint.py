"""The two towers as they are exported: three experts a side, weighted into one embedding."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import art, lexicon, lite0, minilm, photographs, reader, vision

DIMENSIONS = minilm.WIDTH + art.ART + lexicon.SPELL
CONTEXT = 128

# Chosen on the validation style, validation words and validation photographs; no test set took part.
PHOTO_WEIGHT = 1.0
ART_WEIGHT = 1.2
READ_WEIGHT = 0.6
PHOTO_SHARE_OF_DRAWINGS = 0.2  # how much the photograph expert still counts on a drawing
# A picture is taken for a drawing when the art expert both says so and knows what it is: (likeness to the nearest
# known concept, logit of the learned gate, constant). The learned gate alone takes photographs of single things for
# drawings, having seen few photographs.
DRAWN = (18.72, 0.295, -10.38)


class Vision(nn.Module):
    """pixel_values [b, 3, 192, 192] -> image_embeds [b, DIMENSIONS] of unit length."""

    def __init__(self, observer, photos, image, read, known):
        super().__init__()
        self.register_buffer("known", known)  # [concepts, ART]
        self.observer, self.photos, self.image, self.read = observer, photos, image, read

    def experts(self, x):
        pooled, observed = self.observer(vision.without_bars(x))
        photo = self.photos(self.observer.net.classifier(pooled))
        drawing, gate = self.image(observed)
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
        ART_WEIGHT * drawn * drawing,
        READ_WEIGHT * present * spelling], 1), dim=1)


class Text(nn.Module):
    """input_ids, attention_mask int64 [b, n] -> text_embeds [b, DIMENSIONS] of unit length."""

    def __init__(self, language, centre, caption, table):
        super().__init__()
        self.language, self.caption = language, caption
        self.register_buffer("centre", centre)
        self.spelled = nn.Embedding.from_pretrained(table, freeze=True)

    def forward(self, ids, mask):
        t = F.normalize(self.language(ids, mask) - self.centre, dim=1)
        s = (self.spelled(ids) * mask.to(t.dtype)[:, :, None]).sum(1)
        s = s / (s.square().sum(1, keepdim=True) + 1e-8).sqrt()
        return torch.cat([t, self.caption(t), s], 1) / 3**0.5


def build(cfg):
    """Both towers from the work folder's checkpoints, in evaluation mode."""
    photos = photographs.Photographs(photographs.class_vectors(cfg.work))
    a = torch.load(cfg.work / "art.pt")
    image, text = art.ArtImage(), art.ArtText()
    image.load_state_dict(a["image"]), text.load_state_dict(a["text"])
    r = torch.load(cfg.work / "reader.pt")
    read = reader.Reader()
    read.load_state_dict(r["net"])
    table = lexicon.token_table(minilm.load_tokenizer(), lexicon.Spelling())
    plain = torch.tensor([c.index for c in cfg.concepts if c.tone == 0])
    with torch.no_grad():
        known = art.name_vectors(art.Captions(cfg), photos.centre, text.eval())[plain]
    seeing = Vision(vision.observer(), photos, image, read, known).eval()
    knowing = Text(minilm.load_pretrained(CONTEXT), photos.centre, text, table).eval()
    return seeing.requires_grad_(False), knowing.requires_grad_(False)
