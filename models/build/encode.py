#!/usr/bin/env python3
"""Runs texts through the two models of the project and keeps what comes out in a cache folder.

usage: encode.py CACHE [SET ...]      sets as in test_sets.py; without any, all
Each text goes through alone, in a process with one thread, so that no number depends on its neighbours.
Texts are cut at 256 tokens, template included, to keep this cheap; the product reads 512.
"""
import hashlib
import json
import multiprocessing
import pathlib
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

import test_sets

MODELS = pathlib.Path(__file__).resolve().parents[1]
EMBEDDER, RERANKER = MODELS / "bge-small-en-v1.5", MODELS / "ms-marco-minilm-l-12-v2"
QUERY_PREFIX = "Represent this sentence for searching relevant passages: "
MAX_TOKENS = 256
MAX_PAIR_TOKENS = 512
SIZE = 384
PROCESSES = 2

worker = {}


def tokenizer_of(folder):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def session_of(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(session, ids, types):
    feeds = {"input_ids": ids, "attention_mask": [1] * len(ids), "token_type_ids": types}
    return session.run(None, {name: np.array([values], np.int64) for name, values in feeds.items()})[0][0]


def start(path, memmaps=None):
    worker["session"] = session_of(path)
    for name, (file, dtype, shape) in (memmaps or {}).items():
        worker[name] = np.memmap(file, dtype, "r+", shape=shape)


def unit(rows):
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def encode_one(job):
    row, token_row, ids = job
    hidden = run(worker["session"], ids, [0] * len(ids))
    worker["cls"][row] = unit(hidden[0])
    if token_row is not None:
        worker["tokens"][token_row:token_row + len(ids) - 2] = unit(hidden[1:-1])


class Encoded:
    """Texts' vectors by id: `cls` [count × 384] float32, `tokens` [all tokens × 384] float16, all rows of length 1."""

    def __init__(self, cache, name):
        about = json.loads((cache / f"{name}.json").read_text())
        self.row = {id: row for row, id in enumerate(about["ids"])}
        self.offsets = np.concatenate([[0], np.cumsum(about["lengths"])])
        self.cls = np.memmap(cache / f"{name}.cls", np.float32, "r", shape=(len(self.row), SIZE))
        self.tokens = np.memmap(cache / f"{name}.tokens", np.float16, "r", shape=(max(1, int(self.offsets[-1])), SIZE))

    def tokens_of(self, id):
        row = self.row[id]
        return self.tokens[self.offsets[row]:self.offsets[row + 1]]


def encode_texts(cache, name, texts, prefix="", with_tokens=True, model=EMBEDDER / "model.onnx"):
    done = cache / f"{name}.json"
    if done.exists():
        return
    tokenizer = tokenizer_of(EMBEDDER)
    ids = [code.ids for code in tokenizer.encode_batch([prefix + text for text in texts.values()])]
    ids = [one if len(one) <= MAX_TOKENS else one[:MAX_TOKENS - 1] + one[-1:] for one in ids]
    lengths = [len(one) - 2 if with_tokens else 0 for one in ids]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    shapes = {
        "cls": (cache / f"{name}.cls", np.float32, (len(ids), SIZE)),
        "tokens": (cache / f"{name}.tokens", np.float16, (max(1, int(offsets[-1])), SIZE)),
    }
    for file, dtype, shape in shapes.values():
        np.memmap(file, dtype, "w+", shape=shape).flush()
    jobs = [(row, int(offsets[row]) if with_tokens else None, ids[row]) for row in range(len(ids))]
    with multiprocessing.Pool(PROCESSES, start, (model, shapes)) as pool:
        for _ in pool.imap_unordered(encode_one, jobs, chunksize=16):
            pass
    done.write_text(json.dumps({"ids": list(texts), "lengths": lengths}))


def score_one(job):
    key, ids, types = job
    return key, float(run(worker["session"], ids, types)[0])


def pair_of(query, text):
    """[CLS] query [SEP] text [SEP]; the text was cut at MAX_TOKENS already, the pair is cut at the end of the text."""
    first, second = query, text[1:]
    if len(first) + len(second) > MAX_PAIR_TOKENS:
        second = second[:MAX_PAIR_TOKENS - len(first) - 1] + second[-1:]
    return first + second, [0] * len(first) + [1] * len(second)


def score_pairs(cache, name, pairs, queries, texts, model=RERANKER / "model.onnx"):
    """Logits of (query id, document id) pairs; those that the cache lacks are computed."""
    file = cache / f"{name}.{hashlib.sha256(model.read_bytes()).hexdigest()[:8]}.logits.json"
    known = {tuple(key): value for key, value in json.loads(file.read_text())} if file.exists() else {}
    missing = [pair for pair in dict.fromkeys(pairs) if pair not in known]
    if missing:
        tokenizer = tokenizer_of(RERANKER)

        def cut(text):
            ids = tokenizer.encode(text).ids
            return ids if len(ids) <= MAX_TOKENS else ids[:MAX_TOKENS - 1] + ids[-1:]

        query_ids = {query: cut(queries[query]) for query in {query for query, _ in missing}}
        text_ids = {id: cut(texts[id]) for id in {id for _, id in missing}}
        jobs = [(pair, *pair_of(query_ids[pair[0]], text_ids[pair[1]])) for pair in missing]
        with multiprocessing.Pool(PROCESSES, start, (model,)) as pool:
            known.update(pool.imap_unordered(score_one, jobs, chunksize=16))
        file.write_text(json.dumps([[list(key), value] for key, value in known.items()]))
    return known


def encode_set(cache, name):
    found = test_sets.read_set(name)
    encode_texts(cache, f"{found.corpus}.documents", found.documents)
    encode_texts(cache, f"{name}.queries", found.queries, prefix=QUERY_PREFIX, with_tokens=False)
    encode_texts(cache, f"{name}.words", found.queries)


def main(cache, names):
    cache.mkdir(parents=True, exist_ok=True)
    if not names:
        encode_texts(cache, "projection", test_sets.read_projection_texts())
    for name in names or test_sets.SETS:
        encode_set(cache, name)
        print(name, flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), sys.argv[2:])
