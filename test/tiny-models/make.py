#!/usr/bin/env python3
"""Makes a tiny reranker of every architecture, with random weights, and the scores that transformers gives for it.

usage: make.py --corpus corpus.jsonl --out OUT_DIR --golden cross_encoders.json
  --corpus  lines of {"title", "tagline", "overview"}: the tokenizers are trained on these words
needs: the packages of requirements.txt, on Python 3.11

What it writes:
  OUT_DIR/NAME/   config.json, tokenizer.json, tokenizer_config.json, model.onnx (fp32, legacy exporter, opset 17)
  --golden        per model the token ids of every pair, cut to the window, and its logits by torch in fp32

Each tokenizer has its family's own normaliser, pre-tokeniser and template; only the vocabulary is small. The charsmap of the
two SentencePiece families holds those rules of nmt_nfkc that stand in `charsmap_rules`, and each is compared with the original.
Weights are drawn wide (a model that is barely initialised gives every pair the same score, and its goldens see nothing), the
padding row of the embeddings included, so that a missing mask shows. For every model the script checks that
  - transformers and the bare `tokenizers` library give the same ids,
  - onnxruntime gives torch's logits to 1e-5, one pair at a time and in a padded batch,
  - a pair's score in a padded batch is its score alone, to 1e-5,
  - scores differ between pairs, and move when the mask or the types are wrong (by how much is written down: `moves_by`).
Nothing is downloaded.
"""
import argparse
import io
import json
import os
import pathlib
import platform
import sys
import warnings
import zlib

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is fetched: never ask a hub
os.environ["TOKENIZERS_PARALLELISM"] = "false"  # trained vocabularies are the same every time
os.environ["RAYON_NUM_THREADS"] = "1"
if os.environ.get("PYTHONHASHSEED") != "0":  # transformers walks through sets while it is traced: fix their order, so the bytes too
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, *sys.argv])

import numpy as np
import onnx
import onnxruntime
import sentencepiece
import tokenizers
import torch
import transformers
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

sys.dont_write_bytecode = True
from families import MODELS, QWEN_BODY, QWEN_INSTRUCTION, QWEN_PREFIX, QWEN_SUFFIX, QWEN_WINDOW, SIZES, THREE_INPUTS, WINDOW
from pairs import BATCH, FILL_QUERY, LONG_DOCUMENT, OTHER_SCRIPTS, PAIRS

TOLERANCE = 1e-5
WIDTH, HEAD_WIDTH = 0.25, 0.85  # standard deviation of the weights, and of those that give the labels
SPREAD = 0.5  # standard deviation of a model's scores, at least

# A model of two labels: the score is the logit of the relevant label less that of the other, so sigmoid(score) is its softmax.
RELEVANT_NAMES = {"relevant", "label_1", "true", "yes", "1", "positive", "pos"}
OTHER_NAMES = {"irrelevant", "not_relevant", "non_relevant", "label_0", "false", "no", "0", "negative", "neg"}
RULE = {
    "one label": "score = logits[0]",
    "two labels": "score = logits[relevant] - logits[other]; names are lower-cased, with '-' and ' ' read as '_', and compared whole",
    "relevant": "the one label of the two whose name is in relevant_names; else the one beside the label in other_names; else refuse",
    "relevant_names": sorted(RELEVANT_NAMES),
    "other_names": sorted(OTHER_NAMES),
    "no id2label in config.json": "transformers leaves it out when it holds LABEL_0 and LABEL_1, its default: two labels, relevant 1",
    "qwen3": "logits at the last token, [no, yes]; score = yes - no; probability = softmax over the two = sigmoid(score)",
}


def relevant_label(names):
    """Index of the relevant label of two, or None where the names do not say."""
    plain = [name.lower().replace("-", "_").replace(" ", "_") for name in names]
    for known, index in ((RELEVANT_NAMES, lambda i: i), (OTHER_NAMES, lambda i: 1 - i)):
        found = [i for i, name in enumerate(plain) if name in known]
        if len(found) == 1:
            return index(found[0])
    return None


LABEL_EXAMPLES = [
    ["LABEL_0", "LABEL_1"], ["LABEL_1", "LABEL_0"], ["relevant", "not_relevant"], ["Not Relevant", "Relevant"], ["irrelevant", "relevant"],
    ["non-relevant", "relevant"], ["false", "true"], ["True", "False"], ["no", "yes"], ["yes", "no"], ["0", "1"], ["1", "0"],
    ["negative", "positive"], ["on topic", "no"], ["cat", "dog"], ["relevant", "yes"],
]


def build_model(name, tokenizer):
    """The model with its weights drawn from a seed of its name: deep enough in the non-linear that every token counts."""
    _, family, _, fields = MODELS[name]
    ids = {f"{role}_token_id": getattr(tokenizer, f"{role}_token_id", None) for role in ("pad", "bos", "eos", "cls", "sep")}
    config = getattr(transformers, family + "Config")(
        vocab_size=len(tokenizer), **{**SIZES, **fields}, **{k: v for k, v in ids.items() if v is not None}
    )
    kind = getattr(transformers, family + ("ForCausalLM" if name == "qwen3" else "ForSequenceClassification"))
    config.architectures, config.use_cache = [kind.__name__], False
    model = kind._from_config(config, attn_implementation="eager").eval()
    random = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    with torch.no_grad():
        for key, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=random)
            matrix = noise * (HEAD_WIDTH if "classifier" in key and weight.shape[0] <= 2 else WIDTH)
            weight.copy_(matrix if weight.dim() > 1 else 0.1 * noise + (1 if key.endswith("weight") else 0))
    return model


def compact(exported):
    """Short names for what lies between the nodes: half the size of a small file is names."""
    graph = exported.graph
    keep = {v.name for v in [*graph.input, *graph.output]} | {""}
    short = {}
    for node in graph.node:
        assert not any(a.HasField("g") for a in node.attribute), "a subgraph, whose names would need the same"
        node.ClearField("name")
        node.ClearField("doc_string")
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                names[i] = name if name in keep else short.setdefault(name, f"v{len(short)}")
    for weight in graph.initializer:
        weight.name = short.get(weight.name, weight.name)
    del graph.value_info[:]
    onnx.checker.check_model(exported, full_check=True)
    return exported


def export(model, inputs):
    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *tensors):
            return self.model(**dict(zip(inputs, tensors))).logits

    ids = torch.arange(22).reshape(2, 11) + 5
    third = torch.arange(11).expand(2, 11) if "position_ids" in inputs else (torch.arange(11).expand(2, 11) > 5).long()
    mask = (torch.arange(11).expand(2, 11) < torch.tensor([[11], [8]])).long()
    axes = {0: "batch", 1: "sequence"}
    written = io.BytesIO()
    torch.onnx.export(
        Logits().eval(), (ids, mask, third)[: len(inputs)], written, dynamo=False, opset_version=17, do_constant_folding=False,
        input_names=inputs, output_names=["logits"],
        dynamic_axes={**dict.fromkeys(inputs, axes), "logits": axes if "position_ids" in inputs else {0: "batch"}},
    )
    return compact(onnx.load_from_string(written.getvalue()))


def save_tokenizer(name, lines, folder):
    train, _, inputs, _ = MODELS[name]
    trained, special = train(lines)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=trained, **special, model_max_length=QWEN_WINDOW if name == "qwen3" else WINDOW,
        padding_side="left" if name == "qwen3" else "right", model_input_names=[n for n in THREE_INPUTS if n in inputs],
    )
    fast.save_pretrained(folder)
    if name == "electra":  # as some hub files are; neither is to be obeyed
        trained.enable_truncation(40)
        trained.enable_padding(length=40)
    trained.save(str(folder / "tokenizer.json"), pretty=False)
    return PreTrainedTokenizerFast.from_pretrained(folder)


class PairEncoder:
    """Pairs to ids as transformers has it: longest_first, to the window."""

    def __init__(self, tokenizer, inputs):
        self.tokenizer, self.inputs, self.window = tokenizer, inputs, tokenizer.model_max_length
        self.bare = Tokenizer.from_str(tokenizer._tokenizer.to_str())
        self.bare.no_padding()
        self.bare.enable_truncation(self.window, strategy="longest_first")

    def whole(self, query, document):
        """Tokens of query and of document, before anything is cut."""
        return [len(self.tokenizer(text, add_special_tokens=False)["input_ids"]) for text in (query, document)]

    def length(self, query, document):
        return len(self.tokenizer([query], [document])["input_ids"][0])

    def encode(self, query, document):
        # As lists of one: tokenizer(query, "") takes the empty text for none, and leaves the second half of the template out.
        found = self.tokenizer([query], [document], truncation="longest_first", max_length=self.window, return_token_type_ids=True)
        ids, types = found["input_ids"][0], found["token_type_ids"][0]
        bare = self.bare.encode(query, document)
        assert (bare.ids, bare.type_ids) == (ids, types), (query, document)
        assert found["attention_mask"][0] == [1] * len(ids)
        parts = found.sequence_ids(0)
        return ids, types, [parts.count(0), parts.count(1)]

    def pad(self, encoded, side):
        rows = {"input_ids": [e[0] for e in encoded], "token_type_ids": [e[1] for e in encoded]}
        return self.tokenizer.pad(rows, padding=True, padding_side=side, return_tensors="pt")


class QwenEncoder(PairEncoder):
    """The model card's way: the text between the halves of the template is cut at its end, then the halves are put around it."""

    def __init__(self, tokenizer, inputs):
        super().__init__(tokenizer, inputs)
        self.before, self.after = (tokenizer.encode(text, add_special_tokens=False) for text in (QWEN_PREFIX, QWEN_SUFFIX))
        self.room = self.window - len(self.before) - len(self.after)
        self.bare.enable_truncation(self.room, strategy="longest_first")

    @staticmethod
    def body(query, document):
        return QWEN_BODY.format(instruction=QWEN_INSTRUCTION, query=query, document=document)

    def whole(self, query, document):
        """Tokens of the text that stands in the template: instruction, query and document are one text."""
        return [len(self.tokenizer(self.body(query, document))["input_ids"])]

    def length(self, query, document):
        return len(self.before) + self.whole(query, document)[0] + len(self.after)

    def encode(self, query, document):
        found = self.tokenizer(self.body(query, document), padding=False, truncation="longest_first", max_length=self.room)["input_ids"]
        assert found == self.bare.encode(self.body(query, document)).ids
        ids = [*self.before, *found, *self.after]
        return ids, [0] * len(ids), [len(found)]


def run_torch(model, encoder, batch):
    """Logits [batch][labels]; of a causal model [no, yes] at the last token."""
    feeds = {n: batch[n] for n in encoder.inputs if n in batch}
    if "position_ids" in encoder.inputs:
        feeds["position_ids"] = torch.arange(batch["input_ids"].shape[1]).expand_as(batch["input_ids"])
    with torch.inference_mode():
        logits = model(**feeds).logits
    return feeds, logits


def labels_of(logits, encoder):
    if "position_ids" not in encoder.inputs:
        return np.asarray(logits)
    return np.asarray(logits)[:, -1, [encoder.tokenizer.convert_tokens_to_ids(word) for word in ("no", "yes")]]


def score_all(model, encoder, session, encoded):
    """Logits of each alone by torch, and how far onnxruntime is from them at most."""
    rows, apart = [], 0.0
    for one in encoded:
        feeds, logits = run_torch(model, encoder, encoder.pad([one], encoder.tokenizer.padding_side))
        found = session.run(["logits"], {n: t.numpy() for n, t in feeds.items()})[0]
        apart = max(apart, float(np.abs(labels_of(found, encoder) - labels_of(logits, encoder)).max()))
        rows.append(labels_of(logits, encoder)[0])
    assert apart < TOLERANCE, apart
    return np.array(rows), apart


def fillers(encoder):
    """A document that fills the window to the last token, and the same with one token more."""
    document = ""
    for word in LONG_DOCUMENT.split():
        if encoder.length(FILL_QUERY, f"{document} {word}".strip()) > encoder.window:
            break
        document = f"{document} {word}".strip()
    while encoder.length(FILL_QUERY, document) < encoder.window:
        document += " a"
    assert encoder.length(FILL_QUERY, document) == encoder.window and encoder.length(FILL_QUERY, document + " a") == encoder.window + 1
    return [("fills the window", FILL_QUERY, document), ("one token over", FILL_QUERY, document + " a")]


def golden_of(name, model, tokenizer, session):
    inputs, fields = MODELS[name][2:]
    encoder = (QwenEncoder if name == "qwen3" else PairEncoder)(tokenizer, inputs)
    own = fillers(encoder)
    pairs = [(query, document) for _, query, document in [*PAIRS, *own]]
    encoded = [encoder.encode(*pair) for pair in pairs]
    logits, apart = score_all(model, encoder, session, encoded)
    relevant = 0 if logits.shape[1] == 1 else 1 if name == "qwen3" else relevant_label(list(model.config.id2label.values()))
    to_score = lambda rows: rows[:, 0] if rows.shape[1] == 1 else rows[:, relevant] - rows[:, 1 - relevant]
    scores, side = to_score(logits), tokenizer.padding_side

    alone = scores[BATCH]
    wrong = {"left": "right", "right": "left"}[side]
    batches = {s: encoder.pad([encoded[i] for i in BATCH], s) for s in (side, wrong)}
    off_by = lambda batch: float(np.abs(to_score(labels_of(run_torch(model, encoder, batch)[1], encoder)) - alone).max())
    feeds, padded = run_torch(model, encoder, batches[side])
    found = session.run(["logits"], {n: t.numpy() for n, t in feeds.items()})[0]
    assert np.abs(labels_of(found, encoder) - labels_of(padded, encoder)).max() < TOLERANCE
    assert off_by(batches[side]) < TOLERANCE, off_by(batches[side])
    if name == "qwen3":  # the model card's own code passes no positions
        with torch.inference_mode():
            bare = model(input_ids=feeds["input_ids"], attention_mask=feeds["attention_mask"]).logits
        assert np.abs(to_score(labels_of(bare, encoder)) - alone).max() < TOLERANCE
    sees = {
        "spread": float(scores.std()), "no mask": off_by({**batches[side], "attention_mask": torch.ones_like(feeds["attention_mask"])}),
        f"padded on the {wrong}": off_by(batches[wrong]),
    }
    if "token_type_ids" in inputs:
        sees["types all 0"] = off_by({**batches[side], "token_type_ids": torch.zeros_like(feeds["input_ids"])})
    assert sees["spread"] > SPREAD and all(v > 100 * TOLERANCE or k.startswith("padded") for k, v in sees.items()), sees
    seven = lambda values: [float(f"{v:.7g}") for v in np.asarray(values, np.float64)]
    head = {
        "window": encoder.window, "inputs": [i.name for i in session.get_inputs()], "labels": logits.shape[1], "relevant": relevant,
        "padding": side, "pad_id": tokenizer.pad_token_id, "moves_by": {k: float(f"{v:.2g}") for k, v in sees.items()},
    }
    if name == "qwen3":
        head |= {
            "prefix": QWEN_PREFIX, "suffix": QWEN_SUFFIX, "instruction": QWEN_INSTRUCTION, "body": QWEN_BODY,
            "prefix_ids": encoder.before, "suffix_ids": encoder.after,
            "no": tokenizer.convert_tokens_to_ids("no"), "yes": tokenizer.convert_tokens_to_ids("yes"),
        }
    assert tokenizer.pad_token_type_id == 0
    digits = lambda row: "".join(map(str, row))
    result = {
        **head,
        "own_pairs": [{"name": n, "query": q, "document": d} for n, q, d in own],
        "tokens": [
            {"whole": encoder.whole(*pair), "kept": kept, **({} if name == "qwen3" else {"types": digits(types)}), "ids": ids}
            for pair, (ids, types, kept) in zip(pairs, encoded)
        ],
        "logits": [seven(row) for row in logits],
        "scores": seven(scores),
    }
    if logits.shape[1] == 2:
        result["probabilities"] = seven(torch.softmax(torch.from_numpy(logits), dim=1)[:, relevant])
    rows = zip(*(batches[side][n].tolist() for n in THREE_INPUTS))
    result["batch"] = [{"attention": digits(mask), "types": digits(types), "ids": ids} for ids, mask, types in rows]
    return result, {**sees, "onnxruntime": apart, "in a batch": off_by(batches[side])}


def write_json(path, value):
    """ASCII JSON: keys of the first three levels and items of lists of records on lines of their own."""

    def pretty(item, depth):
        records = isinstance(item, list) and bool(item) and isinstance(item[0], dict)
        if isinstance(item, dict) and depth < 3:
            opening, closing, parts = "{", "}", [json.dumps(k) + ": " + pretty(v, depth + 1) for k, v in item.items()]
        elif records:
            opening, closing, parts = "[", "]", [json.dumps(v, separators=(",", ":")) for v in item]
        else:
            return json.dumps(item, separators=(",", ":"))
        indent = "\n" + " " * (depth + 1)
        return opening + indent + ("," + indent).join(parts) + "\n" + " " * depth + closing

    path.write_text(pretty(value, 0) + "\n", encoding="ascii", newline="\n")
    assert json.loads(path.read_text(encoding="ascii")) == value
    print(f"wrote {path.name} ({path.stat().st_size} bytes)")


def main():
    parser = argparse.ArgumentParser(description="Makes tiny rerankers and their golden scores; see the head of this file.")
    for argument in ("--corpus", "--out", "--golden"):
        parser.add_argument(argument, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    transformers.utils.logging.set_verbosity_error()
    out = pathlib.Path(args.out)
    films = [json.loads(line) for line in pathlib.Path(args.corpus).read_text(encoding="utf-8").splitlines()]
    lines = [film[key] for film in films for key in ("title", "tagline", "overview")] + OTHER_SCRIPTS * 20
    results = {}
    for name, (_, _, inputs, _) in MODELS.items():
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer = save_tokenizer(name, lines, folder)
        model = build_model(name, tokenizer)
        model.config.to_json_file(folder / "config.json")
        onnx.save(export(model, inputs), folder / "model.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        results[name], sees = golden_of(name, model, tokenizer, session)
        sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
        print(name, f"{sum(sizes.values()) / 1000:.0f} kB", sizes, results[name]["inputs"], {k: float(f"{v:.2g}") for k, v in sees.items()})
    tools = (transformers, tokenizers, sentencepiece, torch, onnx, onnxruntime, np)
    write_json(pathlib.Path(args.golden), {
        "tool": "transformers (torch, fp32, eager attention)",
        "versions": {"python": platform.python_version(), **{tool.__name__: tool.__version__ for tool in tools}},
        "command": " ".join(["python", pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]),
        "about": "Pairs are encoded one at a time, so attention is all ones; `batch` holds the pairs of `in_batch` padded together. "
                 "tokens: `whole` and `kept` count query and document (qwen3: the one text between prefix and suffix).",
        "rule": RULE,
        "label_examples": [{"labels": names, "relevant": relevant_label(names)} for names in LABEL_EXAMPLES],
        "in_batch": BATCH,
        "pairs": [{"name": n, "query": q, "document": d} for n, q, d in PAIRS],
        "models": results,
    })


if __name__ == "__main__":
    main()
