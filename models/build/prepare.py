#!/usr/bin/env python3
"""Makes the two int8 models out of the files that fetch.py leaves.

usage: prepare.py FOLDER
Reads FOLDER/bge-small-fp32.onnx and FOLDER/reranker-wheel.onnx; writes FOLDER/bge-small-en-v1.5.onnx,
FOLDER/ms-marco-minilm-l-12-v2.onnx and, between the two steps, FOLDER/reranker-fp32.onnx.

Both networks are BERTs of 12 layers, 384 wide. The runtime fuses the embedder's graph at load, and a fresh export of the reranker less well
(410 against 477 ms for 25 texts of 128 tokens), so the reranker's weights are taken out of their quantised file, placed into the embedder's
graph, and a head is added: pooler, tanh, classifier, one logit. The head stays fp32; it is one row a text.
"""
import hashlib
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

HEAD_PRODUCTS = ("head_pooler", "head_classifier")
# The export names biases by layer but leaves the matrices nameless; in its graph at most this many nodes lie between a product and its bias.
STEPS_TO_BIAS = 6


def arrays_of(model):
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def first_readers(model):
    """The first node that reads each value."""
    readers = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, node)
    return readers


def layer_of(product, readers, known):
    """Name of the weight in a matrix product: that of the bias added to its result."""
    node = product
    for _ in range(STEPS_TO_BIAS):
        node = readers[node.output[0]]
        bias = next((name for name in node.input if name in known), None) if node.op_type == "Add" else None
        if bias is not None:
            return bias.replace(".bias", ".weight")
    raise ValueError(f"no bias is added after {product.name}")


def read_quantised(path):
    """Weights of a dynamically quantised BERT reranker as float32, by layer name without "bert."; matrices are [in × out]."""
    model = onnx.load(path)
    arrays, readers = arrays_of(model), first_readers(model)

    def restored(name):
        """Of float32 throughout: value = (stored - zero point) × scale."""
        return (arrays[f"{name}_quantized"].astype(np.float32) - arrays[f"{name}_zero_point"].astype(np.float32)) * arrays[f"{name}_scale"]

    weights = {}
    for name, array in arrays.items():
        named = name.startswith(("bert.", "classifier."))
        if named and name.endswith("_quantized"):
            weights[name.removesuffix("_quantized")] = restored(name.removesuffix("_quantized"))
        elif named and array.dtype == np.float32 and not name.endswith("_scale"):
            weights[name] = array
    for node in model.graph.node:
        if node.op_type == "MatMulInteger" and not node.input[1].startswith(("bert.", "classifier.")):
            weights[layer_of(node, readers, arrays)] = restored(node.input[1].removesuffix("_quantized"))
    return {name.removeprefix("bert."): array for name, array in weights.items()}


def graft(base, weights, target):
    """Writes the graph of `base` with `weights` in it and the reranker's head behind it. Every weight must find its place."""
    model = onnx.load(base)
    tensors, readers = {tensor.name: tensor for tensor in model.graph.initializer}, first_readers(model)
    places = {name: name for name in tensors if name in weights}
    for node in model.graph.node:
        matrix = next((name for name in node.input if name in tensors), None) if node.op_type == "MatMul" else None
        if matrix is not None:
            places[matrix] = layer_of(node, readers, tensors)
    for name, layer in places.items():
        if tuple(tensors[name].dims) != weights[layer].shape:
            raise ValueError(f"{layer} is {weights[layer].shape}, its place {name} is {tuple(tensors[name].dims)}")
        tensors[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(weights[layer]), name))
    head = [f"{part}.{kind}" for part in ("pooler.dense", "classifier") for kind in ("weight", "bias")]
    homeless = set(weights) - set(places.values()) - set(head)
    if homeless:
        raise ValueError(f"no place for {sorted(homeless)}")

    model.graph.initializer.append(numpy_helper.from_array(np.array(0, np.int64), "head_index"))
    model.graph.initializer.extend(numpy_helper.from_array(weights[name].copy(), name) for name in head)
    node = helper.make_node
    model.graph.node.extend([
        node("Gather", [model.graph.output[0].name, "head_index"], ["head_cls"], axis=1, name="head_gather"),
        node("MatMul", ["head_cls", "pooler.dense.weight"], ["head_p"], name=HEAD_PRODUCTS[0]),
        node("Add", ["head_p", "pooler.dense.bias"], ["head_pb"], name="head_pooler_bias"),
        node("Tanh", ["head_pb"], ["head_t"], name="head_tanh"),
        node("MatMul", ["head_t", "classifier.weight"], ["head_c"], name=HEAD_PRODUCTS[1]),
        node("Add", ["head_c", "classifier.bias"], ["logits"], name="head_classifier_bias"),
    ])
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch_size", 1]))
    onnx.checker.check_model(model)
    onnx.save(model, target)


def quantise(source, target, reduce_range=True):
    """int8 weights, one scale per output channel, activations at run time.

    Seven bits (`reduce_range`): with eight, two products can overflow the 16-bit sums of x86 processors without VNNI
    (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html); check_avx2.py measures what that does.
    """
    quantize_dynamic(
        source, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=reduce_range, nodes_to_exclude=list(HEAD_PRODUCTS),
    )


def main(folder):
    graft(folder / "bge-small-fp32.onnx", read_quantised(folder / "reranker-wheel.onnx"), folder / "reranker-fp32.onnx")
    for source, target in (("bge-small-fp32", "bge-small-en-v1.5"), ("reranker-fp32", "ms-marco-minilm-l-12-v2")):
        path = folder / f"{target}.onnx"
        quantise(folder / f"{source}.onnx", path)
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
