"""Makes half-precision and eight-bit variants of a model directory's encoders.

    python3 tools/precision/convert.py MODEL_DIRECTORY --fp16 --int8

writes vision_model_fp16.onnx, vision_model_quantized.onnx and the same of the text encoder beside the
fp32 graphs (in the directory or in onnx/); `engine.weights: FP16` or `INT8` then loads them. --fuse
puts ONNX Runtime's operator for attention where the graph spells it out, which a GPU computes faster.
`bench/real-shapes --directory MODEL_DIRECTORY --precisions fp32,fp16,int8` measures what each costs.
"""

import argparse
import pathlib
import tempfile

import onnx
from onnx import TensorProto, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.float16 import convert_float_to_float16

from attention import fuse


def graphs(directory):
    found = [folder / f"{tower}_model.onnx"
             for folder in (directory, directory / "onnx") for tower in ("vision", "text")]
    return [path for path in found if path.is_file()]


def widen(graph):
    """Weights that are stored in half precision and cast when they are used become fp32 weights."""
    weights = {weight.name: weight for weight in graph.initializer}
    for node in [node for node in graph.node if node.op_type == "Cast" and node.input[0] in weights]:
        if node.attribute[0].i == TensorProto.FLOAT:
            values = numpy_helper.to_array(weights[node.input[0]]).astype("float32")
            graph.initializer.append(numpy_helper.from_array(values, node.output[0]))
            graph.node.remove(node)
    used = {name for node in graph.node for name in node.input}
    for weight in weights.values():
        if weight.name not in used:
            graph.initializer.remove(weight)


def load(path, fused):
    model = onnx.load(path)
    widen(model.graph)
    if fused:
        print(f"  attentions fused: {fuse(model)}")
    return model


def main():
    parser = argparse.ArgumentParser(description="Half-precision and eight-bit variants of a model.")
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--fp16", action="store_true", help="write *_fp16.onnx")
    parser.add_argument("--int8", action="store_true", help="write *_quantized.onnx")
    parser.add_argument("--fuse", action="store_true", help="one operator for each attention")
    parser.add_argument("--fp16-io", action="store_true",
                        help="inputs and outputs in half precision too: half the way to a GPU")
    options = parser.parse_args()
    sources = graphs(options.directory)
    if not sources:
        parser.error(f"{options.directory}: no vision_model.onnx or text_model.onnx in it or in onnx/")
    if not (options.fp16 or options.int8):
        parser.error("say what to make: --fp16, --int8 or both")
    for source in sources:
        print(source)
        if options.fp16:
            target = source.with_name(source.stem + "_fp16.onnx")
            half = convert_float_to_float16(
                load(source, options.fuse), keep_io_types=not options.fp16_io,
                disable_shape_infer=options.fuse)
            onnx.save(half, target)
            print(f"  {target.name}  {target.stat().st_size / 2**20:.1f} MiB")
        if options.int8:
            target = source.with_name(source.stem + "_quantized.onnx")
            with tempfile.TemporaryDirectory() as folder:
                plain = pathlib.Path(folder) / "plain.onnx"
                onnx.save(load(source, options.fuse), plain)
                quantize_dynamic(plain, target, weight_type=QuantType.QInt8, per_channel=True,
                                 op_types_to_quantize=["MatMul"])
            print(f"  {target.name}  {target.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
