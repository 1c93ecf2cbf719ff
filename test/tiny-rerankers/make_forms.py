#!/usr/bin/env python3
"""Makes of a tiny reranker the forms of weights that repositories offer: fp16, q4, q4f16 and bnb4, by onnxruntime's own tools.

usage: make_forms.py MODEL_DIR OUT_DIR
  writes OUT_DIR/model_fp16.onnx, model_q4.onnx, model_q4f16.onnx and model_bnb4.onnx of MODEL_DIR/model.onnx, as the conversions of transformers.js do
needs: onnx 1.23.2, onnxruntime 1.32.0, onnxconverter-common 1.16.0, onnx_ir; Python 3.11. Nothing is downloaded.
"""
import copy
import pathlib
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper
from onnxconverter_common import float16
from onnxruntime.quantization.matmul_bnb4_quantizer import MatMulBnb4Quantizer
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

BLOCK = 16


def folded(path):
    """The tiny models keep their matrices as they are trained, and turn them in the graph, where a quantizer does not look; it also wants nodes to have names."""
    model = onnx.load(path)
    graph = model.graph
    kept = {tensor.name: tensor for tensor in graph.initializer}
    for node in [node for node in graph.node if node.op_type == "Transpose" and node.input[0] in kept]:
        order = next(attribute.ints for attribute in node.attribute if attribute.name == "perm")
        turned = np.ascontiguousarray(numpy_helper.to_array(kept[node.input[0]]).transpose(order))
        graph.initializer.append(numpy_helper.from_array(turned, node.output[0]))
        graph.node.remove(node)
    read = {name for node in graph.node for name in node.input}
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in read]:
        graph.initializer.remove(tensor)
    for at, node in enumerate(graph.node):
        node.name = f"n{at}"
    return model


def halved(model):
    """Stale shapes and casts to full precision within the graph would contradict what the converter makes of it."""
    given = copy.deepcopy(model)
    del given.graph.value_info[:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        half = float16.convert_float_to_float16(given, keep_io_types=True)
    del half.graph.value_info[:]
    outputs = {output.name for output in half.graph.output}
    for node in half.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == onnx.TensorProto.FLOAT and not outputs & set(node.output):
                attribute.i = onnx.TensorProto.FLOAT16
    return half


def four_bits(model):
    quantizer = MatMulNBitsQuantizer(copy.deepcopy(model), block_size=BLOCK, is_symmetric=True)
    quantizer.process()
    return quantizer.model.model


def bits_and_bytes(model):
    quantizer = MatMulBnb4Quantizer(copy.deepcopy(model), quant_type=MatMulBnb4Quantizer.NF4, block_size=BLOCK)
    quantizer.process()
    return quantizer.model.model


source, out = map(pathlib.Path, sys.argv[1:])
full = folded(source / "model.onnx")
half = halved(full)
out.mkdir(parents=True, exist_ok=True)
for name, made in {"fp16": half, "q4": four_bits(full), "q4f16": four_bits(half), "bnb4": bits_and_bytes(full)}.items():
    (out / f"model_{name}.onnx").write_bytes(made.SerializeToString())
