#!/usr/bin/env python3
"""Makes the golden scores of the bundled cross-encoder with the Python reference tools.

usage: make_cross_encoder.py --model MODEL_INT8.onnx --tokenizer tokenizer.json --out ms-marco-minilm-l-12-v2.json
  --model      the bundled 8-bit file: its weights are de-quantised, (q - zero point) * scale, into a transformers model
  --tokenizer  the tokenizer.json beside it
needs: sentence-transformers, transformers, torch, tokenizers, onnx, onnxruntime, numpy

Scores are logits in fp32 of one pair at a time, so they hold neither the rounding of 8-bit activations nor any padding:
an int8 run is as far from them as `int8_scores` are, a sound fp32 run of the same weights within 1e-4. The script checks that
  - transformers and the bare `tokenizers` library give the same ids,
  - CrossEncoder.predict of sentence-transformers, in batches of 16 and without its sigmoid, gives the scores to 1e-4,
  - the file itself gives RANKING.md's two reference pairs: 9.153 and -3.930.
Nothing is downloaded.
"""
import argparse
import hashlib
import json
import os
import pathlib
import platform
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # everything is on disk: never ask a hub

import numpy as np
import onnx
import onnxruntime
import sentence_transformers
import tokenizers
import torch
import transformers
from onnx import numpy_helper
from sentence_transformers import CrossEncoder
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

WINDOW = 512
TOLERANCE = 1e-4
REFERENCE = [9.153, -3.930]  # of the first two pairs, by the int8 file (RANKING.md)

ORCHARD = (
    "An old orchard keeps its own calendar. In February the trees are pruned while the ground is still hard, and the cut wood is stacked "
    "for smoking fish. In late April the pears open first, a week before the apples, and for ten days the whole slope hums with bees that "
    "a neighbour brings in wooden boxes on a trailer. June is the month of worry: too much rain and the blossom end rots, too little and "
    "the fruit drops before it has grown to the size of a walnut. From August on there is something to pick every week, first the early "
    "yellow apples that do not keep, then plums, then the russets that are only good after a month in straw. The last tree, a crooked "
    "medlar by the gate, is harvested after the first frost, when its fruit has gone soft and brown and tastes of toffee. "
)
HARBOUR = (
    "The harbour was dug by hand between 1871 and 1876, by four hundred men who were paid by the cubic metre. Its two moles reach out like "
    "arms and leave a mouth of sixty metres to the south-east, the only side from which no storm has ever come. In the first years it "
    "served herring boats; when the herring stayed away, timber; when the forests were gone, nothing at all. Grass grew between the rails "
    "until a painter rented the weighing house and told his friends about the light. Today eleven families live there all year round. A "
    "ferry calls twice a day in summer and once on Fridays in winter, and the old customs shed sells soup, rope and postcards. "
)
CLOCKS = (
    "A pendulum clock loses time in warm weather because its rod grows longer, and a longer pendulum swings more slowly. Clockmakers have "
    "answered with rods of wood, which hardly grows, with grids of brass and steel that pull against each other, and with a jar of mercury "
    "whose surface rises as the rod sinks. The error that is left comes from the air: when the barometer climbs, the bob floats a little "
    "more and the clock runs slow again. The finest regulators therefore stand in a cellar, in a glass cylinder from which half of the air "
    "has been pumped, and nobody is allowed to look at them for longer than it takes to read the minute. "
)
QUESTION = (
    "I run a small guest house on an island and would like to plant fruit trees on a slope that faces west, above the harbour, where salt "
    "wind is a problem from October on; which kinds bear fruit reliably, which ones keep over the winter without a cellar, how far apart "
    "should they stand, do I need to bring in bees, and when should I prune them so that the guests in summer see blossom rather than sticks"
)

PAIRS = [
    ("How many people live in Berlin?", "Berlin had a population of 3,520,031 registered inhabitants in an area of 891.82 square kilometers."),
    ("How many people live in Berlin?", "Berlin is well known for its museums."),
    ("how do bees make honey", "Bees carry nectar home in a honey stomach, pass it from mouth to mouth and fan it with their wings until it thickens."),
    ("how do bees make honey", "Honey cake keeps for weeks if it is wrapped in paper and stored in a tin."),
    ("how do bees make honey", "The committee will meet again on the second Tuesday of the month."),
    ("what causes tides", "The pull of the Moon raises two bulges in the sea, and the Earth turns beneath them once a day."),
    ("what causes tides", "Tide tables are sold at the harbour office for three euros."),
    ("capital of australia", "Canberra was chosen as the seat of government because neither Sydney nor Melbourne would give way."),
    ("capital of australia", "Sydney is the largest city of Australia."),
    ("why does a pendulum clock slow down in summer", CLOCKS),
    ("who dug the harbour", HARBOUR),
    ("when are pears in blossom", ORCHARD),
    ("when are pears in blossom", CLOCKS),
    ("symptoms of vitamin d deficiency", "Aching bones, tired muscles and frequent infections can mean that the body gets too little sunlight."),
    ("average rent two bedroom flat", "A flat with two bedrooms costs 1,150 a month on average, a tenth more than last year."),
    ("python read file line by line", "with open(path) as lines:\n    for line in lines:\n        print(line.rstrip())"),
    ("python read file line by line", "The reticulated python is the longest snake in the world."),
    ("error 0x80070005", "Access denied (0x80070005): run the installer as an administrator or give yourself write access to the folder."),
    ("film about a detective in the snow", "Snowed in at a roadside inn, an inspector has until dawn to find out which of nine guests poisoned the judge."),
    ("film about a detective in the snow", "Two sisters open a bakery by the sea and learn to forgive their father."),
    ("cheap vegetarian dinner", "Fry onions and lentils with cumin, stir in spinach, and serve with flat bread: supper for four at the price of a newspaper."),
    ("how tall is a giraffe", "5.5 m"),
    ("how tall is a giraffe", "An adult giraffe stands about five metres tall; bulls can reach five and a half."),
    ("WHO PAINTED THE CEILING", "The ceiling was painted by a pupil, who signed it behind the organ."),
    ("schöne Brücken in Köln", "Die Hohenzollernbrücke trägt Züge und tausende Schlösser über den Rhein."),
    ("灯塔", "一个孤独的灯塔看守人每天晚上点灯。"),
    ("movie 🎬 with a 🐶", "A stray dog follows a projectionist from town to town. 🐕🎞️"),
    ("a query without a document", ""),
    ("", "A document without a query."),
    ("", ""),
    ("boat", "boat"),
    ("boat", "ship"),
    ("what is sold in the old customs shed", ORCHARD + HARBOUR + CLOCKS),
    ("what is sold in the old customs shed", CLOCKS + ORCHARD + HARBOUR),
    ("how does mercury keep a clock on time", ORCHARD + HARBOUR + ORCHARD + CLOCKS),
    # One token less than the window, the whole window, one more.
    *[("who dug the harbour", ORCHARD + HARBOUR + CLOCKS + "boat " * count) for count in (56, 57, 58)],
    (QUESTION, ORCHARD),
    (QUESTION, "Plums, russet apples and medlars, eight paces apart; prune in February and ask a neighbour for bees."),
    (QUESTION, ORCHARD + HARBOUR + CLOCKS + ORCHARD),
    (ORCHARD + HARBOUR + CLOCKS + QUESTION, ORCHARD + HARBOUR + CLOCKS + HARBOUR),
    (ORCHARD + HARBOUR + CLOCKS + QUESTION, "A short answer to a very long question."),
]


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def bias_after(node, used_by, known):
    """The bias that is added to a product names its layer: follow the graph to that Add."""
    for _ in range(4):
        node = used_by[node.output[0]][0]
        found = [name for name in node.input if name in known] if node.op_type == "Add" else []
        if found:
            return found[0]
    raise ValueError(f"no bias after {node.name}")


def read_weights(path):
    """The weights of the int8 file, de-quantised, under transformers' names; torch keeps matrices as [out, in]."""
    graph = onnx.load(path).graph
    arrays = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    used_by = {}
    for node in graph.node:
        for name in node.input:
            used_by.setdefault(name, []).append(node)

    def restore(name):
        values = arrays[name + "_quantized"].astype(np.float32) - arrays[name + "_zero_point"].astype(np.float32)
        return values * arrays[name + "_scale"]  # one scale a file of embeddings, one per output of a product: the last axis

    weights = {n: a for n, a in arrays.items() if a.dtype == np.float32 and not n.endswith("_scale")}
    for name in [n.removesuffix("_quantized") for n in arrays if n.endswith("_quantized")]:
        if name.startswith("embeddings."):
            weights[name] = restore(name)
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            weights[bias_after(node, used_by, arrays).removesuffix("bias") + "weight"] = restore(node.input[1].removesuffix("_quantized")).T
    for name in ("pooler.dense.weight", "classifier.weight"):
        weights[name] = weights[name].T
    return {n if n.startswith("classifier") else "bert." + n: torch.from_numpy(np.ascontiguousarray(a).copy()) for n, a in weights.items()}


def build_model(path):
    model = BertForSequenceClassification(BertConfig(
        vocab_size=30522, hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536,
        max_position_embeddings=WINDOW, type_vocab_size=2, hidden_act="gelu", layer_norm_eps=1e-12, num_labels=1,
    ))
    weights = read_weights(path)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected and not [n for n in missing if not n.endswith(("position_ids", "token_type_ids"))], (missing, unexpected)
    return model.eval()


def seven(value):
    return float(f"{value:.7g}")


def main():
    parser = argparse.ArgumentParser(description="Makes the golden scores of the bundled cross-encoder; see the head of this file.")
    for argument in ("--model", "--tokenizer", "--out"):
        parser.add_argument(argument, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()  # texts are counted whole on purpose: no word that they are long

    bare = Tokenizer.from_file(args.tokenizer)
    bare.no_padding()
    bare.no_truncation()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bare, model_max_length=WINDOW, cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", unk_token="[UNK]",
        mask_token="[MASK]", model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    bare.enable_truncation(WINDOW, strategy="longest_first")
    model = build_model(args.model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(args.model, options, providers=["CPUExecutionProvider"])

    rows = []
    for query, document in PAIRS:
        # As lists of one: tokenizer(query, "") takes the empty text for none, and leaves the second half of the template out.
        found = tokenizer([query], [document], truncation="longest_first", max_length=WINDOW, return_tensors="pt")
        ids, types = found["input_ids"][0].tolist(), found["token_type_ids"][0].tolist()
        expected = bare.encode(query, document)
        assert (expected.ids, expected.type_ids) == (ids, types) and found["attention_mask"].all()
        parts = found.sequence_ids(0)
        whole = [len(tokenizer(text, add_special_tokens=False, truncation=False)["input_ids"]) for text in (query, document)]
        with torch.inference_mode():
            score = model(**found).logits.item()
        int8 = session.run(["logits"], {n: t.numpy() for n, t in found.items()})[0].item()
        rows.append({
            "query": query, "document": document, "score": seven(score), "int8_score": seven(int8),
            "whole": whole, "kept": [parts.count(0), parts.count(1)], "types": "".join(map(str, types)), "ids": ids,
        })
    scores, int8 = (np.array([row[key] for row in rows]) for key in ("score", "int8_score"))
    assert np.abs(int8[:2] - REFERENCE).max() < 0.02, int8[:2]

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        encoder = CrossEncoder(folder, device="cpu", activation_fn=torch.nn.Identity(), max_length=WINDOW)
        predicted = encoder.predict(PAIRS, batch_size=16, show_progress_bar=False)
    assert np.abs(predicted - scores).max() < TOLERANCE, np.abs(predicted - scores).max()

    apart = np.abs(int8 - scores)
    tools = (sentence_transformers, transformers, tokenizers, torch, onnx, onnxruntime, np)
    head = {
        "tool": "transformers (torch, fp32), onnxruntime (int8)",
        "versions": {"python": platform.python_version(), **{tool.__name__: tool.__version__ for tool in tools}},
        "command": " ".join(["python", pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]),
        "model": "ms-marco-minilm-l-12-v2", "weights": "of the int8 file, de-quantised",
        "weights_sha256": sha256(args.model), "tokenizer_sha256": sha256(args.tokenizer),
        "window": WINDOW, "int8_largest_difference": seven(apart.max()), "int8_mean_difference": seven(apart.mean()),
    }
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    lines.append(' "pairs": [\n  ' + ",\n  ".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n ]")
    path = pathlib.Path(args.out)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii", newline="\n")
    assert json.loads(path.read_text(encoding="ascii"))["pairs"] == rows
    lengths = [len(row["ids"]) for row in rows]
    print(f"wrote {path.name} ({path.stat().st_size} bytes), {len(rows)} pairs of {min(lengths)} to {max(lengths)} tokens")
    print(f"reference pairs: fp32 {scores[0]:.3f} {scores[1]:.3f}, int8 {int8[0]:.3f} {int8[1]:.3f}")
    print(f"CrossEncoder.predict in batches against one by one: {np.abs(predicted - scores).max():.1e}")
    print(f"int8 against fp32: largest {apart.max():.3f} (pair {apart.argmax()}), mean {apart.mean():.3f}")


if __name__ == "__main__":
    main()
