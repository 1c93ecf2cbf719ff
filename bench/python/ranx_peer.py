"""ranx over the data that the benchmark wrote. usage: ranx_peer.py FOLDER QUERIES DOCUMENTS JUDGED ROUNDS"""
import json
import resource
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
from numba.typed import List  # noqa: E402
from ranx import Qrels, Run, evaluate  # noqa: E402

folder, queries, documents, judged, rounds = sys.argv[1], *map(int, sys.argv[2:6])
measures = ["ndcg@10", "ndcg@100", "ndcg_burges@10", "map@100", "map", "mrr", "precision@10", "recall@100", "recall@1000", "hit_rate@10"]


def columns(name, count):
    """[queries][count × 2]: id and value, the way ranx keeps a run that it has read; highest value first, as ranx sorts."""
    ids = np.fromfile(f"{folder}/{name}-ids.i32", dtype=np.int32).reshape(queries, count)
    values = np.fromfile(f"{folder}/{name}-values.f64", dtype=np.float64).reshape(queries, count)
    lists = List()
    for i in range(queries):
        order = np.argsort(-values[i], kind="stable")
        lists.append(np.column_stack((ids[i][order].astype(np.float64), values[i][order])))
    return lists


def timed(work):
    started = time.perf_counter()
    result = work()
    return (time.perf_counter() - started) * 1000, result


qrels, run = columns("judgments", judged), columns("run", documents)
evaluate(qrels, run, measures, threads=1)
memory = [timed(lambda: evaluate(qrels, run, measures, threads=1)) for _ in range(rounds)]
del qrels, run


def from_files():
    qrels = Qrels.from_file(f"{folder}/judgments.trec", kind="trec")
    run = Run.from_file(f"{folder}/run.trec", kind="trec")
    return evaluate(qrels, run, measures, threads=1, make_comparable=True)


# One pass over a small part compiles what strings need, so that compiling is not in the figure.
small = {"q": {"a": 1, "b": 2}}
for _ in range(2):
    evaluate(Qrels({f"q{i}": {"a": 1, "b": 2} for i in range(12)}), Run({f"q{i}": {"a": 0.5, "b": 0.2} for i in range(12)}), measures, threads=1)
files = timed(from_files)
print(json.dumps({
    "memory": [milliseconds for milliseconds, _ in memory],
    "files": files[0],
    "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    "means": {name: float(value) for name, value in memory[-1][1].items()},
    "fileMeans": {name: float(value) for name, value in files[1].items()},
}))
