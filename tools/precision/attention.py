"""Puts one operator, com.microsoft.MultiHeadAttention, where a graph spells attention out.

What is recognised is what exports of transformers and open_clip contain:

    softmax(scale * heads(q) @ heads(k)^T) @ heads(v), back to [batch, tokens, width]

with the scale on the scores, on q or on k, and without a mask. Everything else is left alone.
"""

from onnx import helper, numpy_helper


class _Graph:
    def __init__(self, graph):
        self.maker = {output: node for node in graph.node for output in node.output}
        self.readers = {}
        for node in graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.values = {weight.name: weight for weight in graph.initializer}

    def constant(self, name):
        node = self.maker.get(name)
        if node is not None and node.op_type == "Constant":
            return numpy_helper.to_array(node.attribute[0].t)
        return numpy_helper.to_array(self.values[name]) if name in self.values else None

    def only_reader(self, name):
        readers = self.readers.get(name, [])
        return readers[0] if len(readers) == 1 else None

    def unscaled(self, name):
        """What a tensor is before multiplications by one number, and their product."""
        scale = 1.0
        while (node := self.maker.get(name)) is not None and node.op_type in ("Mul", "Div"):
            factor = self.constant(node.input[1])
            other = node.input[0]
            if factor is None and node.op_type == "Mul":
                factor, other = self.constant(node.input[0]), node.input[1]
            if factor is None or factor.size != 1:
                break
            scale = scale * float(factor) if node.op_type == "Mul" else scale / float(factor)
            name = other
        return name, scale

    def heads(self, name, order):
        """Follows heads(x) to x. Gives x's name, the size of a head and the scale on the way."""
        name, scale = self.unscaled(name)
        node = self.maker.get(name)
        if node is None or node.op_type != "Transpose" or list(node.attribute[0].ints) != order:
            return None
        node = self.maker.get(node.input[0])
        if node is None or node.op_type != "Reshape":
            return None
        size = self.last_of_shape(node.input[1])
        name, more = self.unscaled(node.input[0])
        return (name, size, scale * more) if size else None

    def last_of_shape(self, name):
        shape = self.constant(name)
        if shape is not None:
            return int(shape[-1]) if len(shape) == 4 else None
        node = self.maker.get(name)
        if node is not None and node.op_type == "Concat" and len(node.input) == 4:
            last = self.constant(node.input[3])
            return int(last.reshape(-1)[0]) if last is not None else None
        return None

    def width(self, name):
        """Length of the last dimension, from the weights that make a tensor."""
        node = self.maker.get(name)
        if node is None or node.op_type not in ("Add", "MatMul"):
            return None
        for source in node.input:
            weight = self.constant(source)
            if weight is not None and weight.ndim == (1 if node.op_type == "Add" else 2):
                return weight.shape[-1]
        return None


def fuse(model):
    """Replaces in place; gives how many attentions were found."""
    graph = model.graph
    view = _Graph(graph)
    replaced = {}
    for softmax in [node for node in graph.node if node.op_type == "Softmax"]:
        found = _match(view, softmax)
        if found is not None:
            last, q, k, v, heads, scale = found
            replaced[id(last)] = helper.make_node(
                "MultiHeadAttention", [q, k, v], list(last.output), name=f"{last.name}/attention",
                domain="com.microsoft", num_heads=heads, scale=scale)
    nodes = [replaced.get(id(node), node) for node in graph.node]
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(nodes):
        if any(output in needed for output in node.output):
            kept.append(node)
            needed.update(node.input)
    weights = [weight for weight in graph.initializer if weight.name in needed]
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(weights)
    if replaced and not any(opset.domain == "com.microsoft" for opset in model.opset_import):
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return len(replaced)


def _match(view, softmax):
    scores, scale = view.unscaled(softmax.input[0])
    product = view.maker.get(scores)
    if product is None or product.op_type != "MatMul":
        return None
    q = view.heads(product.input[0], [0, 2, 1, 3])
    k = view.heads(product.input[1], [0, 2, 3, 1])
    node, name = view.only_reader(softmax.output[0]), softmax.output[0]
    while node is not None and node.op_type == "Cast":
        name = node.output[0]
        node = view.only_reader(name)
    if q is None or k is None or node is None or node.op_type != "MatMul" or node.input[0] != name:
        return None
    v = view.heads(node.input[1], [0, 2, 1, 3])
    back = view.only_reader(node.output[0])
    if v is None or back is None or back.op_type != "Transpose":
        return None
    last = view.only_reader(back.output[0])
    width = view.width(q[0])
    if last is None or last.op_type != "Reshape" or width is None or v[2] != 1.0 or width % q[1]:
        return None
    return last, q[0], k[0], v[0], width // q[1], scale * q[2] * k[2]
