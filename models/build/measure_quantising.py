#!/usr/bin/env python3
"""What rounding to int8 costs: the two packages' models against the fp32 files that they were made from.

usage: measure_quantising.py CACHE FOLDER RESULTS
Run encode.py and prepare.py (whose FOLDER it is) first. Reads Cranfield with the fp32 embedder and reads the best 20 of TREC DL with the fp32
reranker; what was read stays in CACHE. Writes RESULTS/quantising.json. The cards of the two packages quote it.
"""
import pathlib
import sys

import numpy as np
from scipy.stats import kendalltau

import encode
import test_sets
from cascade import KEPT, Scored
from ranking import Lists, environment, p_value, rounded, two_stages, write_json
from token_forms import DEFAULT

DENSE = "cranfield"
READ = ("dl19", "dl21")


def encode_dense(cache, model):
    found = test_sets.read_set(DENSE)
    cache.mkdir(exist_ok=True)
    encode.encode_texts(cache, f"{found.corpus}.documents", found.documents, with_tokens=False, model=model)
    encode.encode_texts(cache, f"{DENSE}.queries", found.queries, prefix=encode.QUERY_PREFIX, with_tokens=False, model=model)
    encode.encode_texts(cache, f"{DENSE}.words", found.queries, with_tokens=False, model=model)


def compare(int8, fp32):
    return {"int8": int8.mean(), "fp32": fp32.mean(), "p": p_value(int8, fp32)}


def embedder_row(cache, model):
    encode_dense(cache / "fp32", model)
    int8, fp32 = Lists(cache, DENSE), Lists(cache / "fp32", DENSE)
    cosine = {}
    for part, name in (("documents", int8.found.corpus), ("queries", DENSE)):
        a, b = (encode.Encoded(folder, f"{name}.{part}").cls for folder in (cache, cache / "fp32"))
        same = (np.asarray(a) * np.asarray(b)).sum(1)
        cosine[part] = {"mean": same.mean(), "least": same.min()}
    return {"set": DENSE, "queries": len(int8.queries), "nDCG@10": compare(int8.ndcg(int8.cosine), fp32.ndcg(fp32.cosine)), "cosineToFp32": cosine}


def reranker_row(cache, name, model):
    one = Scored(cache, name)
    lists, late = one.lists, one.late[DEFAULT]
    read = lists.best(late, KEPT)
    pairs = {(int(q), int(c)): (lists.queries[q], lists.ids[q][c]) for q, c in zip(*np.nonzero(read))}
    known = encode.score_pairs(cache, name, pairs.values(), lists.found.queries, lists.found.documents, model)
    exact = np.zeros(lists.real.shape)
    for at, pair in pairs.items():
        exact[at] = known[pair]
    logits = np.nan_to_num(one.logits)
    taus = np.array([kendalltau(row[chosen], other[chosen]).statistic for row, other, chosen in zip(logits, exact, read)])
    gap = np.abs(logits - exact)[read]
    return {
        "set": name, "queries": len(lists.queries), "pairs": len(pairs),
        "nDCG@10": compare(*(lists.ndcg(two_stages(late, scores, read)) for scores in (logits, exact))),
        "kendallTau": {"mean": taus.mean(), "least": taus.min()}, "logitDifference": {"mean": gap.mean(), "largest": gap.max()},
    }


def main(cache, folder, results):
    embedder = embedder_row(cache, folder / "bge-small-fp32.onnx")
    write_json(results / "quantising.json", {
        **environment(
            command="python models/build/measure_quantising.py CACHE FOLDER results/fits",
            read=f"best {KEPT} by late interaction over {DEFAULT.label()}",
        ),
        "embedder": rounded(embedder),
        "reranker": [rounded(reranker_row(cache, name, folder / "reranker-fp32.onnx")) for name in READ],
    })


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(pathlib.Path, sys.argv[1:]))
