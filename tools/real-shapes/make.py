"""Makes models of the published shapes with random weights, to measure speed and memory with.

    python3 tools/real-shapes/make.py --shape vit-b-32 --out /tmp/vit-b-32

writes a model directory as it is published: onnx/vision_model.onnx and onnx/text_model.onnx with
their _fp16 and _quantized variants, preprocessor_config.json, config.json, tokenizer.json. The
weights are random: such a model knows nothing, but costs what the real one costs. The graphs have the
operators of an export of the reference implementation, with attention spelled out; --attention fused
writes com.microsoft.MultiHeadAttention in its place, as ONNX Runtime's transformer optimizer does.

Half precision keeps fp32 inputs and outputs, as published files do; --fp16-io fp16 does not.
"""

import argparse
import json
import pathlib
import shutil
import tempfile
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from shapes import SHAPES

OPSET = 17


class Graph:
    """Nodes and weights of one graph while it is built. Weights are drawn in fp32, kept as `dtype`."""

    def __init__(self, dtype, seed, attention):
        self.dtype = dtype
        self.random = np.random.default_rng(seed)
        self.attention = attention
        self.nodes = []
        self.weights = []
        self.constants = {}
        self.count = 0

    def add(self, operator, inputs, outputs=1, domain="", **attributes):
        names = [f"{operator.lower()}_{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(
            helper.make_node(
                operator, inputs, names, name=f"{operator}_{self.count}", domain=domain, **attributes))
        self.count += 1
        return names[0] if outputs == 1 else names

    def weight(self, name, *shape, std=0.02, mean=0.0):
        values = self.random.standard_normal(shape, dtype=np.float32)
        values *= std
        if mean:
            values += mean
        return self.keep(name, values.astype(self.dtype))

    def keep(self, name, array):
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def scalar(self, value):
        return self.constant(np.asarray(value, dtype=self.dtype))

    def integers(self, *values):
        return self.constant(np.asarray(values, dtype=np.int64))

    def constant(self, array):
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.constants:
            self.constants[key] = self.keep(f"constant_{len(self.constants)}", array)
        return self.constants[key]

    def layer_norm(self, x, name, width, epsilon):
        gain = self.weight(f"{name}.weight", width, std=0.05, mean=1.0)
        bias = self.weight(f"{name}.bias", width, std=0.02)
        return self.add("LayerNormalization", [x, gain, bias], axis=-1, epsilon=epsilon)

    def linear(self, x, name, into, out, std=0.02):
        product = self.add("MatMul", [x, self.weight(f"{name}.weight", into, out, std=std)])
        return self.add("Add", [self.weight(f"{name}.bias", out), product])

    def attend(self, q, k, v, heads, width, mask=None):
        """Attention of projected queries over projected keys and values, all [batch, tokens, width]."""
        if self.attention == "fused" and mask is None:
            return self.add(
                "MultiHeadAttention", [q, k, v], domain="com.microsoft", num_heads=heads)
        size = width // heads
        q = self.add("Mul", [q, self.scalar(size**-0.5)])
        split = self.integers(0, 0, heads, size)
        q, k, v = (self.add("Reshape", [part, split]) for part in (q, k, v))
        q = self.add("Transpose", [q], perm=[0, 2, 1, 3])
        k = self.add("Transpose", [k], perm=[0, 2, 3, 1])
        v = self.add("Transpose", [v], perm=[0, 2, 1, 3])
        scores = self.add("MatMul", [q, k])
        if mask is not None:
            scores = self.add("Add", [scores, mask])
        mixed = self.add("MatMul", [self.add("Softmax", [scores], axis=-1), v])
        mixed = self.add("Transpose", [mixed], perm=[0, 2, 1, 3])
        return self.add("Reshape", [mixed, self.integers(0, 0, width)])

    def activation(self, x, kind):
        if kind == "quick_gelu":
            return self.add("Mul", [x, self.add("Sigmoid", [self.add("Mul", [x, self.scalar(1.702)])])])
        cube = self.add("Mul", [self.add("Mul", [x, x]), x])
        inner = self.add("Add", [x, self.add("Mul", [cube, self.scalar(0.044715)])])
        tanh = self.add("Tanh", [self.add("Mul", [inner, self.scalar((2 / np.pi) ** 0.5)])])
        half = self.add("Mul", [x, self.scalar(0.5)])
        return self.add("Mul", [half, self.add("Add", [tanh, self.scalar(1.0)])])

    def mlp(self, x, name, width, hidden, kind, std):
        x = self.activation(self.linear(x, f"{name}.fc1", width, hidden), kind)
        return self.linear(x, f"{name}.fc2", hidden, width, std=std)

    def layers(self, x, tower, mask=None):
        width, heads = tower["width"], tower["heads"]
        narrow = 0.02 / (2 * tower["layers"]) ** 0.5
        for i in range(tower["layers"]):
            name = f"layers.{i}"
            y = self.layer_norm(x, f"{name}.layer_norm1", width, tower["epsilon"])
            q, k, v = (self.linear(y, f"{name}.{p}_proj", width, width, std=0.04) for p in "qkv")
            y = self.attend(q, k, v, heads, width, mask)
            x = self.add("Add", [x, self.linear(y, f"{name}.out_proj", width, width, std=narrow)])
            y = self.layer_norm(x, f"{name}.layer_norm2", width, tower["epsilon"])
            x = self.add(
                "Add", [x, self.mlp(y, f"{name}.mlp", width, tower["mlp"], tower["activation"], narrow)])
        return x

    def repeated(self, vector, like):
        """A [1, 1, width] vector for each item of a batch."""
        batch = self.add("Gather", [self.add("Shape", [like]), self.integers(0)], axis=0)
        shape = self.add("Concat", [batch, self.integers(1), self.integers(-1)], axis=0)
        ones = self.add("Where", [
            self.add("Equal", [shape, self.integers(-1)]), self.integers(1), shape])
        return self.add("Expand", [vector, ones])

    def model(self, name, inputs, output, cast_io):
        ours = helper.np_dtype_to_tensor_dtype(np.dtype(self.dtype))
        outside = TensorProto.FLOAT if cast_io else ours
        ports = [
            helper.make_tensor_value_info(n, outside if t == TensorProto.FLOAT else t, s)
            for n, t, s in inputs]
        if cast_io and ours != TensorProto.FLOAT:
            for n, t, _ in inputs:
                if t == TensorProto.FLOAT:
                    self.nodes.insert(0, helper.make_node("Cast", [n], [f"{n}_half"], name="cast_in", to=ours))
                    for node in self.nodes[1:]:
                        for i, used in enumerate(node.input):
                            if used == n:
                                node.input[i] = f"{n}_half"
            self.nodes.append(
                helper.make_node("Cast", [output[0]], [output[1]], name="cast_out", to=TensorProto.FLOAT))
        else:
            self.nodes.append(helper.make_node("Identity", [output[0]], [output[1]], name="out"))
        graph = helper.make_graph(
            self.nodes, name, ports,
            [helper.make_tensor_value_info(output[1], outside, ["batch", output[2]])],
            self.weights)
        opsets = [helper.make_opsetid("", OPSET)]
        if self.attention == "fused":
            opsets.append(helper.make_opsetid("com.microsoft", 1))
        return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="real-shapes")


def vision(graph, shape, cast_io):
    tower = shape["vision"]
    side, patch, width = tower["side"], tower["patch"], tower["width"]
    if tower["layers"] == 0:
        return copy(graph, side, cast_io)
    tokens = (side // patch) ** 2
    kernel = [graph.weight("patch_embedding.weight", width, 3, patch, patch)]
    if shape["family"] == "siglip":
        kernel.append(graph.weight("patch_embedding.bias", width))
    x = graph.add("Conv", ["pixel_values", *kernel], kernel_shape=[patch, patch], strides=[patch, patch])
    x = graph.add("Reshape", [x, graph.integers(0, width, -1)])
    x = graph.add("Transpose", [x], perm=[0, 2, 1])
    if shape["family"] == "clip":
        head = graph.repeated(graph.weight("class_embedding", 1, 1, width), x)
        x = graph.add("Concat", [head, x], axis=1)
        tokens += 1
    x = graph.add("Add", [x, graph.weight("position_embedding.weight", 1, tokens, width)])
    if shape["family"] == "clip":
        x = graph.layer_norm(x, "pre_layrnorm", width, tower["epsilon"])
    x = graph.layers(x, tower)
    if shape["family"] == "clip":
        x = graph.add("Gather", [x, graph.constant(np.asarray(0, dtype=np.int64))], axis=1)
        x = graph.layer_norm(x, "post_layernorm", width, tower["epsilon"])
        x = graph.add("MatMul", [x, graph.weight("visual_projection.weight", width, shape["dimensions"])])
        name = "image_embeds"
    else:
        x = graph.layer_norm(x, "post_layernorm", width, tower["epsilon"])
        probe = graph.repeated(graph.weight("head.probe", 1, 1, width, std=1.0), x)
        q = graph.linear(probe, "head.q", width, width, std=0.04)
        k = graph.linear(x, "head.k", width, width, std=0.04)
        v = graph.linear(x, "head.v", width, width, std=0.04)
        x = graph.linear(graph.attend(q, k, v, tower["heads"], width), "head.out", width, width)
        y = graph.layer_norm(x, "head.layernorm", width, tower["epsilon"])
        x = graph.add("Add", [x, graph.mlp(y, "head.mlp", width, tower["mlp"], tower["activation"], 0.02)])
        x = graph.add("Gather", [x, graph.constant(np.asarray(0, dtype=np.int64))], axis=1)
        name = "pooler_output"
    pixels = ("pixel_values", TensorProto.FLOAT, ["batch", 3, side, side])
    return graph.model("vision", [pixels], (x, name, shape["dimensions"]), cast_io)


def copy(graph, side, cast_io):
    """Averages each channel: what it costs is the pictures' way to the device."""
    x = graph.add("ReduceMean", ["pixel_values"], axes=[2, 3], keepdims=0)
    pixels = ("pixel_values", TensorProto.FLOAT, ["batch", 3, side, side])
    return graph.model("copy", [pixels], (x, "image_embeds", 3), cast_io)


def text(graph, shape, cast_io):
    tower = shape["text"]
    width, tokens = tower["width"], tower["tokens"]
    x = graph.add("Gather", [graph.weight("token_embedding.weight", tower["vocabulary"], width), "input_ids"])
    x = graph.add("Add", [x, graph.weight("position_embedding.weight", 1, tokens, width)])
    if shape["family"] == "clip":
        mask = np.triu(np.full((1, 1, tokens, tokens), -1e4, dtype=graph.dtype), 1)
        x = graph.layers(x, tower, graph.constant(mask))
        x = graph.layer_norm(x, "final_layer_norm", width, tower["epsilon"])
        # The end of text has the highest id.
        end = graph.add("ArgMax", ["input_ids"], axis=1, keepdims=1)
        x = graph.add("GatherND", [x, end], batch_dims=1)
        x = graph.add("MatMul", [x, graph.weight("text_projection.weight", width, shape["dimensions"])])
        name = "text_embeds"
    else:
        x = graph.layers(x, tower)
        x = graph.layer_norm(x, "final_layer_norm", width, tower["epsilon"])
        x = graph.add("Gather", [x, graph.constant(np.asarray(tokens - 1, dtype=np.int64))], axis=1)
        x = graph.linear(x, "head", width, shape["dimensions"])
        name = "pooler_output"
    ids = ("input_ids", TensorProto.INT64, ["batch", tokens])
    return graph.model("text", [ids], (x, name, shape["dimensions"]), cast_io)


def quantize(source, target):
    """ONNX Runtime's dynamic quantisation: eight-bit weights a channel, activations at run time."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        quantize_dynamic(
            source, pathlib.Path(folder) / "q.onnx", weight_type=QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul"], extra_options={"DefaultTensorType": TensorProto.FLOAT})
        shutil.move(pathlib.Path(folder) / "q.onnx", target)


def configuration(shape, out):
    side = shape["vision"]["side"]
    clip = shape["family"] == "clip"
    preprocessor = {
        "image_processor_type": "CLIPImageProcessor" if clip else "SiglipImageProcessor",
        "do_resize": True, "do_rescale": True, "do_normalize": True, "do_center_crop": clip,
        "do_convert_rgb": True, "resample": 3, "rescale_factor": 1 / 255,
        "size": {"shortest_edge": side} if clip else {"height": side, "width": side},
        "image_mean": [0.48145466, 0.4578275, 0.40821073] if clip else [0.5, 0.5, 0.5],
        "image_std": [0.26862954, 0.26130258, 0.27577711] if clip else [0.5, 0.5, 0.5],
    }
    if clip:
        preprocessor["crop_size"] = {"height": side, "width": side}
    (out / "preprocessor_config.json").write_text(json.dumps(preprocessor, indent=2) + "\n")
    config = {"model_type": shape["family"], "projection_dim": shape["dimensions"]}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    manifest = {"id": out.name, "architecture": shape["family"], "dimensions": shape["dimensions"],
                "logitScale": 100.0 if clip else 117.33, "logitBias": 0.0 if clip else -12.93}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    tokenizer = pathlib.Path(__file__).resolve().parents[2] / "starter-model/model/tokenizer.json"
    if tokenizer.is_file():
        shutil.copy(tokenizer, out / "tokenizer.json")


def main():
    parser = argparse.ArgumentParser(
        description="Models of the published shapes with random weights.")
    parser.add_argument("--shape", required=True, choices=SHAPES)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--towers", default="vision,text", help="vision, text or both (default)")
    parser.add_argument("--precisions", default="fp32,fp16,int8", help="of fp32, fp16, int8 (default all)")
    parser.add_argument("--attention", default="spelled", choices=["spelled", "fused"])
    parser.add_argument("--fp16-io", default="fp32", choices=["fp32", "fp16"])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    shape = SHAPES[options.shape]
    precisions = options.precisions.split(",")
    graphs = options.out / "onnx"
    graphs.mkdir(parents=True, exist_ok=True)
    configuration(shape, options.out)
    for tower, build in (("vision", vision), ("text", text)):
        if tower not in options.towers.split(","):
            continue
        plain = graphs / f"{tower}_model.onnx"
        for precision in precisions:
            began = time.monotonic()
            if precision == "int8":
                if not plain.is_file():
                    parser.error("int8 is made from fp32: ask for both")
                target = graphs / f"{tower}_model_quantized.onnx"
                quantize(plain, target)
            else:
                dtype = np.float16 if precision == "fp16" else np.float32
                target = plain if precision == "fp32" else graphs / f"{tower}_model_fp16.onnx"
                graph = Graph(dtype, options.seed, options.attention)
                # A file that is there is whole: an interrupted run leaves none.
                part = target.with_name(f"part-{target.name}")
                onnx.save(build(graph, shape, options.fp16_io == "fp32"), part)
                part.replace(target)
            print(f"{target}  {target.stat().st_size / 2**20:.0f} MiB"
                  f"  {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
