#!/usr/bin/env python3
"""Makes tiny static models with random tables, and the vectors that model2vec and sentence-transformers give for them.

usage: make_static.py --corpus corpus.jsonl --out OUT_DIR --golden static_models.json
  --corpus  lines of {"title", "tagline", "overview"}: the tokenizer is trained on these words
needs: the packages of requirements.txt, model2vec==0.10.0 and joblib, on Python 3.11

What it writes:
  OUT_DIR/model2vec         a table in half precision whose rows are shared by two tokens each, with weights, as model2vec saves it
  OUT_DIR/static-embedding  a table in single precision, as sentence-transformers saves it
  --golden                  their vectors of all texts
Nothing is downloaded.
"""
from steady import lines_of  # before all else: it may start Python again
import argparse
import importlib.metadata
import json
import pathlib
import platform
import shutil


import numpy as np
from model2vec import StaticModel
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding

from families import word_piece

TEXTS = ["whales", "A captain hunts the white whale across the sea.", "", "中文 and bats", "wheat and bread and beer " * 8]


def compact(path):
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf8")), separators=(",", ":")), encoding="utf8")


def rows(vectors):
    return [[float(f"{value:.7g}") for value in row] for row in np.asarray(vectors, np.float64).tolist()]


def main():
    options = argparse.ArgumentParser()
    for name in ("corpus", "out", "golden"):
        options.add_argument(f"--{name}", required=True)
    given = options.parse_args()
    out = pathlib.Path(given.out)
    for name in ("model2vec", "static-embedding"):
        shutil.rmtree(out / name, ignore_errors=True)
    tokenizer, _ = word_piece(list(lines_of(given.corpus)))
    size, random = tokenizer.get_vocab_size(), np.random.default_rng(3)
    half = (size + 1) // 2
    model = StaticModel(
        random.normal(size=(half, 16)).astype(np.float16), tokenizer, normalize=True, max_length=12,
        weights=random.uniform(0.2, 2, size=size).astype(np.float32), token_mapping=np.arange(size, dtype=np.int64) // 2,
    )
    model.save_pretrained(out / "model2vec")
    (out / "model2vec" / "README.md").unlink(missing_ok=True)
    compact(out / "model2vec" / "tokenizer.json")
    golden = {"model2vec": rows(StaticModel.from_pretrained(out / "model2vec").encode(TEXTS))}
    table = random.normal(size=(size, 8)).astype(np.float32)
    static = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=table)], device="cpu")
    static.save_pretrained(str(out / "static-embedding"), create_model_card=False)
    for path in (out / "static-embedding").rglob("tokenizer.json"):
        compact(path)
    golden["static-embedding"] = rows(static.encode(TEXTS, normalize_embeddings=True))
    made = {
        "python": platform.python_version(),
        "command": "make_static.py --corpus samples/films/corpus.jsonl --out test/tiny-embedders --golden test/golden/static_models.json",
        "tools": {tool: importlib.metadata.version(tool) for tool in ("model2vec", "sentence-transformers", "tokenizers", "numpy")},
    }
    text = json.dumps({"made": made, "texts": TEXTS}, ensure_ascii=False)[:-1]
    text += ',\n"models": {' + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in golden.items()) + "}}\n"
    pathlib.Path(given.golden).write_text(text, encoding="utf8")


if __name__ == "__main__":
    main()
