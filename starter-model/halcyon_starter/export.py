"""Writes a model directory: two ONNX graphs (opset 17), tokenizer, preprocessing and manifest.

Weights are stored small and used as float32. A float16 initialiser is followed by a Cast, an int8 one by a
Cast and a Mul with its scales; ONNX Runtime folds both away when it loads the graph, so no operator runs in
reduced precision and an embedding does not depend on what else is in its batch.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

OPSET = 17
SMALLEST_STORED_SMALL = 1024  # elements; below this an initialiser stays float32


def to_onnx(module, args, path, inputs, output, dynamic):
    module.eval()
    torch.onnx.export(module, args, str(path), input_names=inputs, output_names=[output], opset_version=OPSET,
                      dynamic_axes=dynamic, do_constant_folding=True, dynamo=False)
    model = pads_into_convolutions(onnx.load(str(path)))
    onnx.checker.check_model(model)
    return model


def pads_into_convolutions(model):
    """Zero padding of height and width alone becomes the following convolution's own, which a runtime need not copy for."""
    graph = model.graph
    made = {o: n for n in graph.node for o in n.output}
    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    for conv in [n for n in graph.node if n.op_type == "Conv"]:
        pad = made.get(conv.input[0])
        if pad is None or pad.op_type != "Pad" or len(users[pad.output[0]]) > 1 or any(pad.input[2:]):
            continue
        around = _computed(model, made, pad.input[1]).tolist()  # starts of all axes, then ends
        own = next((a for a in conv.attribute if a.name == "pads"), None)
        if len(around) != 8 or any(around[:2]) or any(around[4:6]):
            continue
        sum_ = [a + b for a, b in zip(around[2:4] + around[6:8], own.ints if own else [0] * 4)]
        if own is not None:
            conv.attribute.remove(own)
        conv.attribute.append(helper.make_attribute("pads", sum_))
        conv.input[0] = pad.input[0]
        graph.node.remove(pad)
    return _without_unused(model)


def _computed(model, made, name):
    """Value of a tensor that depends on constants alone."""
    wanted, nodes = [name], []
    while wanted:
        node = made.get(wanted.pop())
        if node is not None and node not in nodes:
            nodes.insert(0, node)
            wanted += node.input
    order = {id(n): i for i, n in enumerate(model.graph.node)}
    nodes.sort(key=lambda n: order[id(n)])
    needed = {i for n in nodes for i in n.input}
    graph = helper.make_graph(nodes, "constant", [], [helper.make_tensor_value_info(name, TensorProto.INT64, None)],
                              [t for t in model.graph.initializer if t.name in needed])
    part = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    return ReferenceEvaluator(part).run(None, {})[0]


def _without_unused(model):
    graph = model.graph
    while True:
        used = {i for n in graph.node for i in n.input} | {o.name for o in graph.output}
        idle = [n for n in graph.node if not used.intersection(n.output)]
        if not idle:
            break
        for n in idle:
            graph.node.remove(n)
    for t in [t for t in graph.initializer if t.name not in used]:
        graph.initializer.remove(t)
    return model


def _big_initialisers(model):
    return [t for t in model.graph.initializer
            if t.data_type == TensorProto.FLOAT and np.prod(t.dims) >= SMALLEST_STORED_SMALL]


def _replace(model, tensor, small, extra_initialisers, nodes):
    graph = model.graph
    graph.initializer.remove(tensor)
    graph.initializer.append(small)
    graph.initializer.extend(extra_initialisers)
    for node in reversed(nodes):
        graph.node.insert(0, node)


def store_float16(model, names=None):
    for tensor in _big_initialisers(model):
        if names is not None and tensor.name not in names:
            continue
        values = numpy_helper.to_array(tensor)
        small = numpy_helper.from_array(values.astype(np.float16), tensor.name + "_f16")
        cast = helper.make_node("Cast", [small.name], [tensor.name], to=TensorProto.FLOAT, name=tensor.name + "_cast")
        _replace(model, tensor, small, [], [cast])
    return model


def _int8(values, axis):
    """Symmetric, one scale for each index of axis."""
    rest = tuple(i for i in range(values.ndim) if i != axis)
    scale = np.abs(values).max(axis=rest, keepdims=True) / 127.0
    scale = np.maximum(scale, 1e-12).astype(np.float32)
    return np.clip(np.rint(values / scale), -127, 127).astype(np.int8), scale


def rounded(module, smallest):
    """Gives the 1 x 1 convolutions of at least smallest elements the weights that store_int8 keeps, in place."""
    for m in module.modules():
        if isinstance(m, torch.nn.Conv2d) and m.kernel_size == (1, 1) and m.weight.numel() >= smallest:
            q, scale = _int8(m.weight.detach().numpy(), 0)
            m.weight.data = torch.from_numpy(q * scale)
    return module


def store_int8(model, smallest=SMALLEST_STORED_SMALL):
    """Matrices of MatMul and Gather and 1 x 1 convolutions of at least smallest elements as int8; what else is large as float16."""
    users = {}
    for node in model.graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    rest = []
    for tensor in _big_initialisers(model):
        values = numpy_helper.to_array(tensor)
        ops = {n.op_type for n in users[tensor.name]}
        if values.ndim == 2 and ops == {"Gather"} and len(values) > 4096:
            (gather,) = users[tensor.name]
            small, scale = _int8(values, 0)
            q, s = numpy_helper.from_array(small, tensor.name + "_q"), numpy_helper.from_array(scale, tensor.name + "_s")
            ids, out = gather.input[1], gather.output[0]
            at = list(model.graph.node).index(gather)
            model.graph.initializer.remove(tensor)
            model.graph.initializer.extend([q, s])
            model.graph.node.remove(gather)
            nodes = [helper.make_node("Gather", [q.name, ids], [out + "_q"], axis=0),
                     helper.make_node("Gather", [s.name, ids], [out + "_s"], axis=0),
                     helper.make_node("Cast", [out + "_q"], [out + "_f"], to=TensorProto.FLOAT),
                     helper.make_node("Mul", [out + "_f", out + "_s"], [out])]
            for node in reversed(nodes):
                model.graph.node.insert(at, node)
        elif values.size >= smallest and ((values.ndim == 2 and ops <= {"MatMul", "Gemm"})
                                          or (values.shape[2:] == (1, 1) and ops == {"Conv"})):
            by_row = ops == {"Conv"} or any(a.name == "transB" and a.i for n in users[tensor.name] for a in n.attribute)
            small, scale = _int8(values, 0 if by_row else 1)
            q, s = numpy_helper.from_array(small, tensor.name + "_q"), numpy_helper.from_array(scale, tensor.name + "_s")
            nodes = [helper.make_node("Cast", [q.name], [tensor.name + "_f"], to=TensorProto.FLOAT),
                     helper.make_node("Mul", [tensor.name + "_f", s.name], [tensor.name])]
            _replace(model, tensor, q, [s], nodes)
        else:
            rest.append(tensor.name)
    return store_float16(model, set(rest))


def save(model, path):
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def preprocessor(side, mean, std):
    return {
        "image_processor_type": "CLIPImageProcessor", "do_convert_rgb": True,
        "do_resize": True, "size": {"shortest_edge": side}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": side, "width": side},
        "do_rescale": True, "rescale_factor": 1.0 / 255.0,
        "do_normalize": True, "image_mean": [mean] * 3, "image_std": [std] * 3,
    }


def write_json(path, value):
    Path(path).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_manifest(folder, **facts):
    folder = Path(folder)
    files = {}
    for name in ("vision_model.onnx", "text_model.onnx", "tokenizer.json", "preprocessor_config.json"):
        data = (folder / name).read_bytes()
        files[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    write_json(folder / "manifest.json", {**facts, "files": files})
