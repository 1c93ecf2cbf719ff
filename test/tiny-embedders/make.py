#!/usr/bin/env python3
"""Makes tiny embedders with random weights, and the vectors that sentence-transformers gives for them.

usage: make.py --corpus corpus.jsonl --out OUT_DIR --golden embedders.json
  --corpus  lines of {"title", "tagline", "overview"}: the tokenizers are trained on these words
needs: the packages of requirements.txt, on Python 3.11

What it writes:
  OUT_DIR/bert      a BERT of one layer, with two Dense layers behind its mean, the second one's weights in bfloat16
  OUT_DIR/residual  a Dense layer with a residual, which stands behind the graph of bert
  OUT_DIR/whole     a graph that gives `sentence_embedding` itself, Dense layer included, and no modules.json
  OUT_DIR/qwen3     a causal model read at its last token, whose template puts that there
  --golden          what sentence-transformers gives for all texts: of each model, and of bert's graph with each kind of pooling
Nothing is downloaded.
"""
from steady import drawn, lines_of  # before all else: it may start Python again
import argparse
import io
import json
import pathlib
import platform
import shutil
import warnings


import onnx
import onnxruntime
import sentence_transformers
import tokenizers
import torch
import transformers
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
from tokenizers import processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, Qwen3Config, Qwen3Model

from families import qwen_tokenizer, word_piece
from make import compact

WINDOW = 24
TEXTS = [
    "whales", "A captain hunts the white whale across the sea.", "Bats find their way in the dark by the echo of their calls.", "",
    "中文 и кириллица", "The price of wheat rose by a tenth this year, and with it that of bread, beer and all that is made of flour or malt in this country.",
]
POOLINGS = ["cls", "lasttoken", "mean", "mean_sqrt_len_tokens", "weightedmean", "max"]
PROMPTS = {"query": "find: ", "document": "title: none | ", "Clustering": "group: "}


def export(module, inputs, outputs, path):
    ids = torch.arange(12).reshape(2, 6) + 5
    mask = (torch.arange(6).expand(2, 6) < torch.tensor([[6], [4]])).long()
    third = torch.arange(6).expand(2, 6) if "position_ids" in inputs else torch.zeros(2, 6, dtype=torch.long)
    axes = {0: "batch", 1: "sequence"}
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(), (ids, mask, third)[: len(inputs)], written, dynamo=False, opset_version=17, do_constant_folding=False,
            input_names=inputs, output_names=outputs,
            dynamic_axes={**dict.fromkeys(inputs, axes), **{name: {0: "batch"} if name == "sentence_embedding" else axes for name in outputs}},
        )
    path.write_bytes(compact(onnx.load_from_string(written.getvalue())).SerializeToString())


class Hidden(torch.nn.Module):
    def __init__(self, model, inputs):
        super().__init__()
        self.model, self.names = model, inputs

    def forward(self, *tensors):
        return self.model(**dict(zip(self.names, tensors))).last_hidden_state


class Whole(torch.nn.Module):
    """All steps of a sentence-transformers model, as optimum exports them."""

    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def forward(self, input_ids, attention_mask, token_type_ids):
        hidden = self.steps[0].auto_model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
        features = {"token_embeddings": hidden, "attention_mask": attention_mask}
        for step in list(self.steps)[1:]:
            features = step(features)
        return features["token_embeddings"], features["sentence_embedding"]


def transformer(model, tokenizer, folder):
    """A Transformer of sentence-transformers over weights and a tokenizer, which it only takes from a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return Transformer(str(folder), max_seq_length=WINDOW, model_args={"attn_implementation": "eager"})


def vectors_of(model, **options):
    return [[float(f"{value:.7g}") for value in row] for row in model.encode(TEXTS, batch_size=1, normalize_embeddings=True, **options).tolist()]


def both(model, **options):
    query = model.encode_query(TEXTS, batch_size=1, normalize_embeddings=True, **options).tolist()
    document = model.encode_document(TEXTS, batch_size=1, normalize_embeddings=True, **options).tolist()
    seven = lambda rows: [[float(f"{value:.7g}") for value in row] for row in rows]
    return {"query": seven(query), "document": seven(document)}


def save(model, folder):
    """What sentence-transformers saves, without what is not read: weights of torch, cards."""
    model.save_pretrained(str(folder), create_model_card=False)
    path = folder / "tokenizer.json"
    if path.exists():
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf8")), separators=(",", ":")), encoding="utf8")
    for name in ("model.safetensors", "vocab.txt", "special_tokens_map.json"):
        (folder / name).unlink(missing_ok=True)


def main():
    options = argparse.ArgumentParser()
    for name in ("corpus", "out", "golden"):
        options.add_argument(f"--{name}", required=True)
    given = options.parse_args()
    out, work = pathlib.Path(given.out), pathlib.Path("/tmp/tiny-embedders-work")
    for name in ("bert", "residual", "whole", "qwen3"):
        shutil.rmtree(out / name, ignore_errors=True)
    lines = list(lines_of(given.corpus))
    golden = {}

    trained, special = word_piece(lines)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=trained, **special, model_max_length=WINDOW, model_input_names=["input_ids", "attention_mask", "token_type_ids"]
    )
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_position_embeddings=64)
    config.architectures = ["BertModel"]
    first = transformer(drawn(BertModel(config, add_pooling_layer=False), "bert"), tokenizer, work / "bert")
    narrow = drawn(Dense(16, 24, bias=True, activation_function=torch.nn.Tanh()), "narrow")
    wide = drawn(Dense(24, 16, bias=False, activation_function=torch.nn.Identity()), "wide")
    with torch.no_grad():
        wide.linear.weight.copy_(wide.linear.weight.bfloat16().float())
    dense = SentenceTransformer(modules=[first, Pooling(16, "mean"), narrow, wide, Normalize()], device="cpu", prompts=PROMPTS)
    save(dense, out / "bert")
    save_file({k: v.bfloat16() for k, v in load_file(out / "bert/3_Dense/model.safetensors").items()}, out / "bert/3_Dense/model.safetensors")
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    export(Hidden(first.auto_model, inputs), inputs, ["last_hidden_state"], out / "bert/model.onnx")
    golden["bert"] = {**both(dense), "Clustering": vectors_of(dense, prompt_name="Clustering"), "cut to 8": both(dense, truncate_dim=8)}
    golden["poolings"] = {kind: vectors_of(SentenceTransformer(modules=[first, Pooling(16, kind)], device="cpu")) for kind in POOLINGS}

    skip = drawn(Dense(16, 24, bias=True, activation_function=torch.nn.GELU(), use_residual=True), "residual")
    same = drawn(Dense(24, 24, bias=True, activation_function=torch.nn.SiLU(), use_residual=True), "same")
    residual = SentenceTransformer(modules=[first, Pooling(16, "mean"), skip, same], device="cpu")
    save(residual, work / "residual")
    for part in ("modules.json", "2_Dense", "3_Dense"):
        (out / "residual").mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (work / "residual" / part).is_dir() else shutil.copy)(work / "residual" / part, out / "residual" / part)
    golden["residual"] = vectors_of(residual)

    whole = SentenceTransformer(modules=[first, Pooling(16, "mean"), narrow], device="cpu")
    (out / "whole").mkdir()
    for part in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(out / "bert" / part, out / "whole" / part)
    export(Whole(torch.nn.ModuleList([first, Pooling(16, "mean"), narrow])), inputs, ["token_embeddings", "sentence_embedding"], out / "whole/model.onnx")
    golden["whole"] = vectors_of(whole)

    trained, special = qwen_tokenizer(lines)
    end = special["pad_token"]
    trained.post_processor = processors.Sequence([
        trained.post_processor, processors.TemplateProcessing(f"$A:0 {end}:0", f"$A:0 {end}:0 $B:1 {end}:1", [(end, trained.token_to_id(end))]),
    ])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, **special, model_max_length=WINDOW, padding_side="left", model_input_names=inputs[:2])
    config = Qwen3Config(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1, head_dim=8,
        intermediate_size=16, max_position_embeddings=256, use_cache=False,
    )
    config.architectures = ["Qwen3ForCausalLM"]
    last = transformer(drawn(Qwen3Model(config), "qwen3"), tokenizer, work / "qwen3")
    model = SentenceTransformer(modules=[last, Pooling(16, "lasttoken"), Normalize()], device="cpu", prompts={"query": "Instruct: find it\nQuery:", "document": ""})
    save(model, out / "qwen3")
    export(Hidden(last.auto_model, [*inputs[:2], "position_ids"]), [*inputs[:2], "position_ids"], ["last_hidden_state"], out / "qwen3/model.onnx")
    golden["qwen3"] = both(model)
    together = model.encode(TEXTS, batch_size=len(TEXTS), normalize_embeddings=True)
    assert abs(together - model.encode(TEXTS, batch_size=1, normalize_embeddings=True)).max() < 1e-5, "padding on the left changes a vector"

    made = {
        "python": platform.python_version(), "command": "make.py --corpus samples/films/corpus.jsonl --out test/tiny-embedders --golden test/golden/embedders.json",
        "tools": {tool.__name__: tool.__version__ for tool in (sentence_transformers, transformers, torch, tokenizers, onnx, onnxruntime)},
    }
    rows = lambda value: "[" + ",".join(json.dumps(row, separators=(",", ":")) for row in value) + "]" if isinstance(value, list) else "{" + ",\n".join(f"{json.dumps(k)}: {rows(v)}" for k, v in value.items()) + "}"
    pathlib.Path(given.golden).write_text(json.dumps({"made": made, "window": WINDOW, "texts": TEXTS})[:-1] + ',\n"models": ' + rows(golden) + "}\n")


if __name__ == "__main__":
    main()
