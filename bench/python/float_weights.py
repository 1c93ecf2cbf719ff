"""Writes the bundled cross-encoder de-quantised, for peers that run floats: an ONNX file and a checkpoint of transformers.

usage: float_weights.py MODEL_FOLDER TARGET
TARGET/model.onnx computes what MODEL_FOLDER/model.onnx does, with floats for the 8-bit products; TARGET is a sequence classifier of transformers
with the same weights. Stops when the two disagree. Prints one JSON object.
"""
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

QUERY = "How many people live in Berlin?"
TEXTS = (
    "Berlin had a population of 3,520,031 registered inhabitants in an area of 891.82 square kilometers.",
    "Berlin is well known for its museums.",
)
AGREEMENT = 1e-3


def restored(arrays, name):
    """A quantised matrix or table as floats; scales are per column."""
    values = arrays[f"{name}_quantized"].astype(np.float32) - arrays[f"{name}_zero_point"].astype(np.float32)
    return values * arrays[f"{name}_scale"]


def float_model(model):
    """Replaces each 8-bit product by a float one; gives back the weights by the layer's name too."""
    graph = model.graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights, nodes, gone = {}, [], set()
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            place = node.name.removesuffix("_quant")
            name = node.input[1].removesuffix("_quantized")
            matrix = restored(arrays, name)
            weights[place.removesuffix("/MatMul").strip("/").replace("/", ".")] = matrix
            graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(matrix), f"{name}_float"))
            output = next(one for one in graph.node if one.name == f"{place}_quant_output_scale_mul").output[0]
            nodes.append(helper.make_node("MatMul", [node.input[0].removesuffix("_quantized"), f"{name}_float"], [output], name=place))
            gone |= {node.name, f"{place}_quant_scales_mul", f"{place}_quant_output_scale_mul"}
            gone |= {one.name for one in graph.node if one.op_type == "Cast" and one.input[0] == node.output[0]}
        elif node.name not in gone and node.op_type != "DynamicQuantizeLinear":
            nodes.append(node)
    kept = [node for node in nodes if node.name not in gone]
    # What the floats replace is read by nobody any more.
    read = {name for node in kept for name in node.input}
    initializers = [tensor for tensor in graph.initializer if tensor.name in read]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept)
    graph.initializer.extend(initializers)
    onnx.checker.check_model(model)
    return arrays, weights


def checkpoint(arrays, weights):
    model = BertForSequenceClassification(BertConfig(
        hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536, vocab_size=30522, num_labels=1,
    ))
    given = {}
    for name in model.state_dict():
        own = name.removeprefix("bert.")
        if own in arrays:
            array = arrays[own]
            given[name] = array.T if own in ("pooler.dense.weight", "classifier.weight") else array
        elif f"{own}_quantized" in arrays:
            given[name] = restored(arrays, own)
        elif own.removesuffix(".weight") in weights:
            given[name] = weights[own.removesuffix(".weight")].T
    missing = set(model.state_dict()) - set(given) - {"bert.embeddings.position_ids"}
    if missing:
        sys.exit(f"no weights for {sorted(missing)}")
    model.load_state_dict({name: torch.from_numpy(np.array(array, np.float32)) for name, array in given.items()})
    return model.eval()


def main(source, target):
    target.mkdir(parents=True, exist_ok=True)
    model = onnx.load(source / "model.onnx")
    arrays, weights = float_model(model)
    onnx.save(model, target / "model.onnx")
    classifier = checkpoint(arrays, weights)
    classifier.save_pretrained(target)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(source / "tokenizer.json"), model_max_length=512,
        cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", unk_token="[UNK]", mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    tokenizer.save_pretrained(target)
    encoded = tokenizer([QUERY] * len(TEXTS), list(TEXTS), padding=True, return_tensors="np")
    session = onnxruntime.InferenceSession(str(target / "model.onnx"), providers=["CPUExecutionProvider"])
    onnx_scores = session.run(None, {name: values.astype(np.int64) for name, values in encoded.items()})[0][:, 0]
    with torch.no_grad():
        torch_scores = classifier(**{name: torch.from_numpy(values.astype(np.int64)) for name, values in encoded.items()}).logits[:, 0].numpy()
    apart = float(np.abs(onnx_scores - torch_scores).max())
    if apart > AGREEMENT:
        sys.exit(f"onnxruntime gives {onnx_scores.tolist()}, torch {torch_scores.tolist()}")
    print(json.dumps({"scores": onnx_scores.tolist(), "apart": apart}))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
