#!/usr/bin/env python3
"""Makes the golden values of fusion with somebody else's tool.

usage:  make_fusion.py --out fusion.json
needs:  pip install ranx==0.3.21

The file:
  made     python, tools with versions, command, seed
  lists    {query: [dense, bm25]}, each {document: score}, no two scores of a list equal, at least two documents in each
  fused    [{fusion, rrfK | denseWeight, expected: {query: {document: score}}}]
`rrf` is ranx's "rrf"; `scores` its "wsum" over min-max normalised lists with the weights (denseWeight, 1 - denseWeight). Of a list whose scores are
all equal ranx makes 0 and finetooth 1 (docs of `fuse`), so there are none here. Nothing is downloaded.
"""
import argparse
import json
import platform
import random
import sys

import ranx

SEED = 20


def lists(draw):
    def one(most):
        count = draw.randint(2, 25)
        documents = draw.sample([f"d{at}" for at in range(40)], count)
        return {document: score / 1000 for document, score in zip(documents, draw.sample(range(most), count))}

    return {f"q{at:02}": [one(1000), one(30_000)] for at in range(40)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    made = lists(random.Random(SEED))
    runs = [ranx.Run({query: both[which] for query, both in made.items()}) for which in (0, 1)]
    fused = []
    for k in (1, 60, 1000):
        result = ranx.fuse(runs=runs, norm=None, method="rrf", params={"k": k})
        fused.append({"fusion": "rrf", "rrfK": k, "expected": result.to_dict()})
    for weight in (0.5, 0.2, 0.9):
        result = ranx.fuse(runs=runs, norm="min-max", method="wsum", params={"weights": (weight, 1 - weight)})
        fused.append({"fusion": "scores", "denseWeight": weight, "expected": result.to_dict()})
    for entry in fused:
        entry["expected"] = {query: {document: float(score) for document, score in one.items()} for query, one in entry["expected"].items()}
    tool = {"python": platform.python_version(), "ranx": "0.3.21", "command": "make_fusion.py --out fusion.json", "seed": SEED}
    with open(out, "w", encoding="utf8") as file:
        json.dump({"made": tool, "lists": made, "fused": fused}, file, separators=(",", ":"))
        file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
