#!/usr/bin/env python3
"""Makes a tiny model for late interaction with random weights, and the token vectors and scores that PyLate gives for it.

usage: make_late_interaction.py --corpus corpus.jsonl --out OUT_DIR --golden late_models.json
  --corpus  lines of {"title", "tagline", "overview"}: the tokenizer is trained on these words
needs: the packages of requirements-late-interaction.txt, on Python 3.11

What it writes:
  OUT_DIR/colbert        a BERT of one layer, two projections behind it (the second with a residual), as PyLate saves them; the graph is the BERT alone
  OUT_DIR/colbert-whole  the same with the projections in the graph, as conversions for search engines have it, and no modules.json
  --golden               of each way of reading queries their token vectors, those of the documents, and MaxSim as a mean over the query's tokens
Nothing is downloaded.
"""
from steady import drawn, lines_of  # before all else: it may start Python again
import argparse
import importlib.metadata
import io
import json
import pathlib
import platform
import shutil
import warnings


import onnx
import torch
from pylate import models
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from families import word_piece
from make import compact

QUERIES = ["whales", "Who hunts the white whale across the sea, and why does he?", "bats!", "中文"]
DOCUMENTS = [
    "A captain hunts the white whale across the sea.", "Bats, in the dark: they find their way by echo (of calls).", "!!!", "",
    "The price of wheat rose by a tenth this year, and with it that of bread, beer and all that is made of flour or malt in this country and others.",
]
WAYS = {
    "expanded": {},
    "attended": {"attend_to_expansion_tokens": True},
    "as they are": {"do_query_expansion": False},
    "without markers": {"query_prefix": "", "document_prefix": ""},
}
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


class Graph(torch.nn.Module):
    def __init__(self, model, whole):
        super().__init__()
        self.model, self.steps = model[0].auto_model, torch.nn.ModuleList(list(model)[1:] if whole else [])

    def forward(self, input_ids, attention_mask, token_type_ids):
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
        for step in self.steps:
            hidden = step({"token_embeddings": hidden})["token_embeddings"]
        return torch.nn.functional.normalize(hidden, dim=-1) if len(self.steps) else hidden


def export(model, whole, path):
    ids = torch.arange(12).reshape(2, 6) + 5
    mask = (torch.arange(6).expand(2, 6) < torch.tensor([[6], [4]])).long()
    axes = {0: "batch", 1: "sequence"}
    name = "output" if whole else "last_hidden_state"
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Graph(model, whole).eval(), (ids, mask, torch.zeros_like(ids)), written, dynamo=False, opset_version=17, do_constant_folding=False,
            input_names=INPUTS, output_names=[name], dynamic_axes=dict.fromkeys([*INPUTS, name], axes),
        )
    path.write_bytes(compact(onnx.load_from_string(written.getvalue())).SerializeToString())


def rows(vectors):
    return [[[float(f"{value:.6g}") for value in row] for row in text.tolist()] for text in vectors]


def golden_of(folder, way):
    model = models.ColBERT(str(folder), device="cpu", **way)
    model.eval()
    queries = model.encode(QUERIES, is_query=True, batch_size=1, convert_to_numpy=True)
    documents = model.encode(DOCUMENTS, is_query=False, batch_size=1, convert_to_numpy=True)
    together = model.encode(DOCUMENTS, is_query=False, batch_size=8, convert_to_numpy=True)
    assert max(abs(a - b).max() for a, b in zip(documents, together)) < 1e-5
    # MaxSim is a sum there (pylate/scores/scores.py); a mean is that by the number of the query's tokens.
    scores = [[float(f"{(q @ d.T).max(axis=1).mean():.6g}") for d in documents] for q in queries]
    return {"scores": scores, "query": rows(queries[:2]), "document": rows([documents[1], documents[2]]), "lengths": [len(d) for d in documents]}


def main():
    options = argparse.ArgumentParser()
    for name in ("corpus", "out", "golden"):
        options.add_argument(f"--{name}", required=True)
    given = options.parse_args()
    out, work = pathlib.Path(given.out), pathlib.Path("/tmp/tiny-late-work")
    for folder in (out / "colbert", out / "colbert-whole", work):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    trained, special = word_piece(list(lines_of(given.corpus)))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, **special, model_max_length=64, model_input_names=INPUTS)
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_position_embeddings=64)
    config.architectures = ["BertModel"]
    drawn(BertModel(config, add_pooling_layer=False), "colbert").save_pretrained(work / "base")
    tokenizer.save_pretrained(work / "base")
    skips = [word for word in "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~" if word in tokenizer.get_vocab()]
    model = models.ColBERT(str(work / "base"), device="cpu", embedding_size=24, query_length=16, document_length=28, skiplist_words=skips)
    model.append(models.Dense(in_features=24, out_features=16, bias=True, use_residual=True))
    drawn(model[1], "first")
    drawn(model[2], "second")
    random = torch.Generator().manual_seed(7)
    words = model[0].auto_model.embeddings.word_embeddings.weight
    with torch.no_grad():  # the markers were added to the table just now
        words[-2:] = 0.4 * torch.randn((2, words.shape[1]), generator=random)
    model.eval()
    model.save_pretrained(str(work / "saved"), create_model_card=False)
    for part in ("modules.json", "config.json", "tokenizer.json", "tokenizer_config.json", "config_sentence_transformers.json", "sentence_bert_config.json"):
        shutil.copy(work / "saved" / part, out / "colbert" / part)
    for part in ("1_Dense", "2_Dense"):
        shutil.copytree(work / "saved" / part, out / "colbert" / part)
    path = out / "colbert" / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf8")), separators=(",", ":")), encoding="utf8")
    export(model, False, out / "colbert/model.onnx")
    for part in ("config.json", "tokenizer.json", "tokenizer_config.json", "config_sentence_transformers.json"):
        shutil.copy(out / "colbert" / part, out / "colbert-whole" / part)
    export(model, True, out / "colbert-whole/model.onnx")
    path = out / "colbert-whole/config_sentence_transformers.json"  # as those conversions have it
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf8")), "embedding_dim": 16}, indent=2), encoding="utf8")
    golden = {name: golden_of(work / "saved", way) for name, way in WAYS.items()}
    made = {
        "python": platform.python_version(),
        "command": "make_late_interaction.py --corpus samples/films/corpus.jsonl --out test/tiny-embedders --golden test/golden/late_models.json",
        "tools": {tool: importlib.metadata.version(tool) for tool in ("pylate", "sentence-transformers", "transformers", "torch", "tokenizers", "onnx")},
    }
    dense = lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    pathlib.Path(given.golden).write_text(
        json.dumps({"made": made, "queries": QUERIES, "documents": DOCUMENTS}, ensure_ascii=False)[:-1]
        + ',\n"ways": {' + ",\n".join(f"{json.dumps(name)}: {dense({'config': WAYS[name], **value})}" for name, value in golden.items()) + "}}\n",
        encoding="utf8",
    )


if __name__ == "__main__":
    main()
