"""Makes the small models, and what the reference implementations say of them, that the tests of
clip/ compare with. Everything is drawn from fixed seeds.

    python -m venv venv && venv/bin/pip install -r tools/reference/tiny_models.requirements.txt
    venv/bin/python tools/reference/tiny_models.py

writes clip/src/test/resources/reference/. The models are random: they know nothing, but they are
built, tokenized and exported by the libraries that real models are published with. Pillow is held
below 13, which resizes tall pictures with its two passes swapped and so not as it did when the
published models were trained.
"""

import base64
import collections
import gzip
import io
import json
import pathlib
import shutil
import tempfile
import warnings

import numpy as np
import onnx
import open_clip
import tokenizers
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from PIL import Image
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    CLIPTokenizerFast,
    SiglipConfig,
    SiglipImageProcessorPil,
    SiglipModel,
)

OUT = pathlib.Path(__file__).resolve().parents[2] / "clip/src/test/resources/reference"
OPSET = 17
SIDE = 32


# ---------------------------------------------------------------- what is put in


def prompts():
    """300 strings: everyday prompts, and what hostile or careless operators write."""
    things = """cat dog handgun rifle knife beer wine cigarette vape syringe pill cannabis poker
        roulette nude underwear blood wound corpse swastika noose suicide receipt screenshot meme
        poster sunset mountain beach bridge horse giraffe rocket coffee flower""".split()
    templates = ["a photo of a {}", "a bad photo of the {}.", "{}", "art of a {}!"]
    texts = [templates[i % 4].format(t) for i, t in enumerate(things * 4)]
    texts += [
        "", " ", "\t\n", "   leading and trailing   ", "many    inner   spaces", "line\nbreak",
        "don't can't I'm you're they've we'll he'd it's", "DON'T SHOUT, IT'S RUDE", "O'Neill's",
        "rock 'n' roll", "‘curly’ “quotes”", "l'été", "CamelCase and snake_case", "a-b-c",
        "x86_64", "3.14159", "1,000,000", "2024-01-31", "50% off!!!", "C++ vs C#", "@user #tag",
        "https://example.com/a?b=c&d=e", "mail@example.com", "<b>bold</b>", "&lt;b&gt;",
        "&amp;amp;", "&#39;quoted&#39;", "&nbsp;", "fish &amp; chips", "<|startoftext|>",
        "<|endoftext|>", "a <|endoftext|> b", "<pad>", "</s>", "[CLS] [SEP]", "\\n", "\\",
        "naïve café", "nai\u0308ve cafe\u0301", "Straße", "STRASSE", "İstanbul", "ISTANBUL", "ǅ",
        "ﬁne ﬂow", "ｆｕｌｌｗｉｄｔｈ", "①②③", "x²", "H₂O", "½", "™©®", "€100 £5 ¥3", "…", "—–-",
        "foto de un gato", "une photo d'un chat", "ein Foto einer Katze", "фото кота", "ΦΩΤΟ ΓΑΤΑΣ",
        "φωτογραφία", "صورة قطة", "תמונה של חתול", "बिल्ली की तस्वीर", "ภาพแมว", "猫の写真", "고양이 사진",
        "一张猫的照片", "mèo", "kočka", "żółw", "🐈", "🔫", "👩‍👩‍👧‍👦", "👍🏽", "🏳️‍🌈", "🇩🇪", "❤️", "☠",
        "a 🐈 on a 🛋️", "💊💉🚬🍺", "( ͡° ͜ʖ ͡°)", "¯\\_(ツ)_/¯", "z̸̧a̵l̶g̷o̴", "\u200bzero\u200bwidth",
        "\u202eright to left", "\ufeffbom", "\u00a0nbsp\u00a0", "\u3000ideographic space", "\x00",
        "a\x00b", "\x07bell", "\x7f", "\ud7ff", "\ufffd", "\U0001f9ff", "\U000e0041", "👾" * 3,
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "!" * 40, "?!?!", "...", "''''", '"', "`",
        "~", "^", "a/b\\c", "{json: [1, 2]}", "SELECT * FROM t;", "the the the", "A", "a", "I",
        "0", "00000", "ünïcödé", "Ａ", "ß", "Ǆ", "ŉ", "ﬀ", "K", "Å", "ſ", "µ", "Ω", "ª", "º",
    ]
    words = "a photo of a very long sentence that goes on about nothing in particular".split()
    for count in (60, 70, 73, 74, 75, 76, 77, 78, 80, 100, 200):
        texts.append(" ".join(words[i % len(words)] for i in range(count)))
    rng = np.random.default_rng(7)
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789 .,'-!éüñ字🐈"
    while len(texts) < 300:
        size = int(rng.integers(1, 60))
        texts.append("".join(alphabet[i] for i in rng.integers(0, len(alphabet), size)))
    assert len(texts) == 300, len(texts)
    return texts


def pictures():
    """Small PNGs with edges, gradients and noise, square and not."""
    rng = np.random.default_rng(11)
    made = []
    for width, height in ((32, 32), (64, 64), (97, 41), (41, 97), (33, 200), (1, 1), (300, 200)):
        y, x = np.mgrid[0:height, 0:width]
        pixels = np.stack(
            [
                255 * x / max(1, width - 1),
                255 * y / max(1, height - 1),
                np.where((x // 5 + y // 7) % 2 == 0, 230, 20),
            ],
            axis=-1,
        )
        pixels = np.clip(pixels + rng.normal(0, 20, pixels.shape), 0, 255).astype(np.uint8)
        made.append(Image.fromarray(pixels, "RGB"))
    return made


# ---------------------------------------------------------------- tokenizers


def clip_tokenizer(folder):
    """OpenAI's vocabulary from open_clip's package, as transformers writes it."""
    packed = pathlib.Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"
    merges = gzip.open(packed).read().decode("utf-8").split("\n")[1 : 49152 - 256 - 2 + 1]
    letters = list(open_clip.tokenizer.bytes_to_unicode().values())
    vocab = letters + [letter + "</w>" for letter in letters]
    vocab += ["".join(merge.split()) for merge in merges]
    vocab += ["<|startoftext|>", "<|endoftext|>"]
    with tempfile.TemporaryDirectory() as raw:
        vocab_file = pathlib.Path(raw) / "vocab.json"
        merges_file = pathlib.Path(raw) / "merges.txt"
        vocab_file.write_text(json.dumps({token: i for i, token in enumerate(vocab)}))
        merges_file.write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
        tokenizer = CLIPTokenizerFast.from_pretrained(raw, model_max_length=77)
    tokenizer.save_pretrained(folder)
    return tokenizer


def siglip_tokenizer(folder):
    """A small unigram tokenizer with the steps of SigLIP's: lower case, no punctuation."""
    normalizer = normalizers.Sequence(
        [
            normalizers.Lowercase(),
            normalizers.Replace(
                tokenizers.Regex(r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]"), ""
            ),
            normalizers.Replace(tokenizers.Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    # Pieces are the most frequent parts of words: the library's own trainer is not deterministic.
    counts = collections.Counter()
    for text in prompts():
        for word in normalizer.normalize_str(text).split(" "):
            word = "\u2581" + word
            for start in range(len(word)):
                for end in range(start + 1, min(len(word), start + 8) + 1):
                    counts[word[start:end]] += 1
    letters = sorted(piece for piece in counts if len(piece) == 1 and counts[piece] > 1)
    longer = sorted((p for p in counts if len(p) > 1), key=lambda p: (-counts[p] * len(p), p))
    pieces = letters + longer[: 600 - len(letters)]
    total = sum(counts[piece] for piece in pieces)
    vocab = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    vocab += [(piece, float(np.log(counts[piece] / total))) for piece in pieces]
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=2))
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"pad_token": "</s>", "eos_token": "</s>", "model_max_length": 64}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return tokenizer


# ---------------------------------------------------------------- export


class Returning(torch.nn.Module):
    """Calls a function of a model's, so that it can be exported."""

    def __init__(self, model, function):
        super().__init__()
        self.model = model
        self.function = function

    def forward(self, value):
        return self.function(self.model, value)


def export(module, example, path, input_name, output_names, dynamic):
    module.eval()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (example,),
            str(path),
            input_names=[input_name],
            output_names=output_names,
            dynamic_axes=dynamic,
            opset_version=OPSET,
            dynamo=False,
        )


def store_large_weights_as_halves(path):
    """Keeps the fixture small: an initializer of half precision and a cast in front of its use."""
    model = onnx.load(path)
    for weights in list(model.graph.initializer):
        values = numpy_helper.to_array(weights)
        if values.dtype == np.float32 and values.size > 100_000:
            halves = numpy_helper.from_array(values.astype(np.float16), weights.name + "_half")
            model.graph.initializer.remove(weights)
            model.graph.initializer.append(halves)
            cast = helper.make_node("Cast", [halves.name], [weights.name], to=TensorProto.FLOAT)
            model.graph.node.insert(0, cast)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def widen(model, seed, scale):
    """Random weights large enough that embeddings differ, rounded to half precision."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.dim() >= 2:
                weights.normal_(0, scale / weights.shape[-1] ** 0.5, generator=generator)
            elif "bias" in name and name != "logit_bias":
                weights.normal_(0, 0.2, generator=generator)
            weights.copy_(weights.half().float())


# ---------------------------------------------------------------- what comes out


def packed(values):
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode("ascii")


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def unit(values):
    return values / values.norm(dim=-1, keepdim=True)


def expect(folder, ids, context, text_embeds, image_embeds, pixels, logits):
    expected = {
        "contextLength": context,
        "prompts": [
            {"text": text, "ids": row} for text, row in zip(prompts(), ids, strict=True)
        ],
        "dimensions": int(text_embeds.shape[1]),
        "textEmbeds": packed(unit(text_embeds)),
        "images": [png(image) for image in pictures()],
        "pixelValues": packed(pixels),
        "imageEmbeds": packed(unit(image_embeds)),
        "logits": packed(logits),
    }
    text = json.dumps(expected, ensure_ascii=True)
    with gzip.GzipFile(folder / "expected.json.gz", "wb", mtime=0) as out:
        out.write(text.encode("ascii"))


def pack(file):
    with gzip.GzipFile(str(file) + ".gz", "wb", mtime=0) as out:
        out.write(file.read_bytes())
    file.unlink()


def fresh(name):
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def short_enough(ids, context):
    """The prompts the model can read; the Java side must refuse the others."""
    return [row if len(row) <= context else None for row in ids]


def tiny_clip():
    folder = fresh("tiny-clip")
    tokenizer = clip_tokenizer(folder)
    ids = [tokenizer(text)["input_ids"] for text in prompts()]
    context = 77
    torch.manual_seed(1)
    size = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2)
    config = CLIPConfig(
        text_config=dict(
            size,
            hidden_size=8,
            vocab_size=49408,
            max_position_embeddings=context,
            bos_token_id=49406,
            eos_token_id=49407,
            pad_token_id=49407,
        ),
        vision_config=dict(size, image_size=SIDE, patch_size=8),
        projection_dim=12,
    )
    config._attn_implementation = "eager"
    model = CLIPModel(config).eval()
    widen(model, 2, 1.5)
    with torch.no_grad():
        model.logit_scale.fill_(float(np.log(100.0)))
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )
    processor.save_pretrained(folder)
    (folder / "config.json").write_text(model.config.to_json_string())

    def embed_text(model, input_ids):
        pooled = model.text_model(input_ids=input_ids).pooler_output
        return model.text_projection(pooled)

    def embed_image(model, pixel_values):
        pooled = model.vision_model(pixel_values=pixel_values).pooler_output
        return model.visual_projection(pooled)

    readable = short_enough(ids, context)
    padded = torch.tensor(
        [(row or []) + [49407] * (context - len(row or [])) for row in readable]
    )
    pixels = processor(images=pictures(), return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        text = embed_text(model, padded)
        image = embed_image(model, pixels)
        logits = model(input_ids=padded, pixel_values=pixels).logits_per_image
    expect(folder, ids, context, text, image, pixels, logits)

    batch = {0: "batch_size"}
    export(
        Returning(model, embed_text),
        padded[:2],
        folder / "text_model.onnx",
        "input_ids",
        ["text_embeds"],
        {"input_ids": {0: "batch_size", 1: "sequence_length"}, "text_embeds": batch},
    )
    store_large_weights_as_halves(folder / "text_model.onnx")
    export(
        Returning(model, embed_text),
        padded[:2].int(),
        folder / "text_model_int32_fixed.onnx",
        "text",
        ["embedding"],
        None,
    )
    store_large_weights_as_halves(folder / "text_model_int32_fixed.onnx")
    export(
        Returning(model, embed_image),
        pixels[:2],
        folder / "vision_model.onnx",
        "pixel_values",
        ["image_embeds"],
        {"pixel_values": batch, "image_embeds": batch},
    )
    export(
        Returning(model, embed_image),
        pixels[:4],
        folder / "vision_model_fixed.onnx",
        "image",
        ["embedding"],
        None,
    )
    quantize_dynamic(
        folder / "vision_model.onnx",
        folder / "vision_model_quantized.onnx",
        op_types_to_quantize=["MatMul"],
        weight_type=QuantType.QUInt8,
    )
    half = CLIPModel(config).eval()
    half.load_state_dict(model.state_dict())
    half = half.half()
    export(
        Returning(half, embed_image),
        pixels[:2].half(),
        folder / "vision_model_fp16.onnx",
        "pixel_values",
        ["image_embeds"],
        {"pixel_values": batch, "image_embeds": batch},
    )
    pack(folder / "tokenizer.json")
    pack(folder / "text_model.onnx")
    pack(folder / "text_model_int32_fixed.onnx")

    open_clip_ids = [open_clip.tokenizer.SimpleTokenizer().encode(text) for text in prompts()]
    differ = [
        text
        for text, hf, oc in zip(prompts(), ids, open_clip_ids, strict=True)
        if hf[1:-1] != oc
    ]
    print(f"tokenized otherwise by open_clip: {len(differ)} of {len(ids)}: {differ}")


def tiny_siglip():
    folder = fresh("tiny-siglip")
    tokenizer = siglip_tokenizer(folder)
    ids = [tokenizer.encode(text).ids for text in prompts()]
    context = 64
    torch.manual_seed(3)
    size = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2)
    config = SiglipConfig(
        text_config=dict(
            size,
            vocab_size=tokenizer.get_vocab_size(),
            max_position_embeddings=context,
            projection_size=16,
            pad_token_id=1,
            bos_token_id=0,
            eos_token_id=1,
        ),
        vision_config=dict(size, image_size=SIDE, patch_size=8),
    )
    config._attn_implementation = "eager"
    model = SiglipModel(config).eval()
    widen(model, 4, 3.0)
    with torch.no_grad():
        model.logit_scale.fill_(float(np.log(117.3)))
        model.logit_bias.fill_(-12.9)
    processor = SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    processor.save_pretrained(folder)
    (folder / "config.json").write_text(model.config.to_json_string())
    manifest = {"id": "tiny-siglip", "logitScale": 117.3, "logitBias": -12.9}
    (folder / "manifest.json").write_text(json.dumps(manifest))

    def embed_text(model, input_ids):
        return model.text_model(input_ids=input_ids).pooler_output

    def embed_image(model, pixel_values):
        seen = model.vision_model(pixel_values=pixel_values)
        return seen.last_hidden_state, seen.pooler_output

    readable = short_enough(ids, context)
    padded = torch.tensor([(row or []) + [1] * (context - len(row or [])) for row in readable])
    pixels = processor(images=pictures(), return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        text = embed_text(model, padded)
        image = embed_image(model, pixels)[1]
        logits = model(input_ids=padded, pixel_values=pixels).logits_per_image
    expect(folder, ids, context, text, image, pixels, logits)

    batch = {0: "batch_size"}
    export(
        Returning(model, embed_text),
        padded[:2],
        folder / "text_model.onnx",
        "input_ids",
        ["pooler_output"],
        {"input_ids": batch, "pooler_output": batch},
    )
    export(
        Returning(model, embed_image),
        pixels[:2],
        folder / "vision_model.onnx",
        "pixel_values",
        ["last_hidden_state", "pooler_output"],
        {"pixel_values": batch, "last_hidden_state": batch, "pooler_output": batch},
    )


# ---------------------------------------------------------------- a graph that chokes


def choking():
    """Embeds a picture of 4 x 4 as (mean, table[int(mean)], sqrt(1 + mean)): fails on a mean of 2
    and more, and gives no number for a mean below -1."""
    folder = fresh("choking")
    nodes = [
        helper.make_node("ReduceMean", ["pixel_values"], ["mean4"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Cast", ["mean4"], ["index"], to=TensorProto.INT64),
        helper.make_node("Gather", ["table", "index"], ["looked_up"]),
        helper.make_node("Add", ["mean4", "one"], ["shifted"]),
        helper.make_node("Sqrt", ["shifted"], ["root"]),
        helper.make_node("Unsqueeze", ["mean4", "axis"], ["a"]),
        helper.make_node("Unsqueeze", ["looked_up", "axis"], ["b"]),
        helper.make_node("Unsqueeze", ["root", "axis"], ["c"]),
        helper.make_node("Concat", ["a", "b", "c"], ["image_embeds"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "choking",
        [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["batch", 3, 4, 4])],
        [helper.make_tensor_value_info("image_embeds", TensorProto.FLOAT, ["batch", 3])],
        [
            numpy_helper.from_array(np.array([1.0, 3.0], np.float32), "table"),
            numpy_helper.from_array(np.array(1.0, np.float32), "one"),
            numpy_helper.from_array(np.array([1], np.int64), "axis"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, folder / "vision_model.onnx")


if __name__ == "__main__":
    tiny_clip()
    tiny_siglip()
    choking()
