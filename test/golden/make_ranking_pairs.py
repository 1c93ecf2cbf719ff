#!/usr/bin/env python3
"""Scores of the bundled cross-encoder's fp32 weights for 1,000 pairs of TREC DL 2019 and 2021: ids and scores, no text.

usage: make_ranking_pairs.py FP32.onnx TOKENIZER.json COLLECTIONS > ranking_pairs.json
FP32.onnx is the reranker-fp32.onnx that models/build/prepare.py leaves; onnxruntime and tokenizers are at the versions of
models/build/requirements.txt. The first 20 passages of the supplied BM25 runs for 25 queries of each year.
"""
import csv
import gzip
import json
import pathlib
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

QUERIES, PASSAGES, WINDOW = 25, 20, 512


def lines(path):
    with (gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")) as file:
        yield from file


def main(model, tokenizer_path, collections):
    tokenizer = Tokenizer.from_file(tokenizer_path)
    tokenizer.no_padding()
    tokenizer.enable_truncation(WINDOW, strategy="only_second")
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    lists = []
    for year in ("msmarco-dl19", "msmarco-dl21"):
        folder = pathlib.Path(collections) / year
        queries = {one["_id"]: one["text"] for one in map(json.loads, lines(folder / "queries.jsonl"))}
        run = {}
        for row in csv.DictReader(lines(folder / "runs" / "BM25.top100.tsv.gz"), delimiter="\t"):
            if row["query-id"] in queries and int(row["rank"]) <= PASSAGES:
                run.setdefault(row["query-id"], []).append(row["corpus-id"])
        chosen = sorted(run)[:QUERIES]
        wanted = {id for query in chosen for id in run[query]}
        texts = {one["_id"]: one["text"] for one in map(json.loads, lines(folder / "corpus.jsonl.gz")) if one["_id"] in wanted}
        for query in chosen:
            scores = []
            for id in run[query]:
                code = tokenizer.encode(queries[query], texts[id])
                feeds = {"input_ids": code.ids, "attention_mask": code.attention_mask, "token_type_ids": code.type_ids}
                scores.append(float(session.run(None, {name: np.array([values], np.int64) for name, values in feeds.items()})[0][0, 0]))
            lists.append({"collection": year, "query": query, "documents": run[query], "scores": [round(score, 4) for score in scores]})
    json.dump({"tool": f"onnxruntime {onnxruntime.__version__}", "lists": lists}, sys.stdout)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
