"""scipy's paired bootstrap (BCa) and permutation test. usage: scipy_peer.py FOLDER QUERIES PIPELINES RESAMPLES ROUNDS"""
import json
import sys
import time

import numpy as np
from scipy.stats import bootstrap, permutation_test

folder, queries, pipelines, resamples, rounds = sys.argv[1], *map(int, sys.argv[2:6])
differences = np.fromfile(f"{folder}/differences.f64", dtype=np.float64).reshape(pipelines, queries)


def mean(values, axis=-1):
    return np.mean(values, axis=axis)


def timed(work):
    started = time.perf_counter()
    result = work()
    return (time.perf_counter() - started) * 1000, result


def intervals():
    # One call for all pipelines: the same resampled queries for each.
    found = bootstrap((differences,), mean, n_resamples=resamples, axis=1, method="BCa", batch=500, rng=np.random.default_rng(20))
    return [found.confidence_interval.low.tolist(), found.confidence_interval.high.tolist()]


def tests():
    zeros = np.zeros(queries)
    return [
        float(permutation_test((one, zeros), lambda a, b, axis=-1: np.mean(a - b, axis=axis), permutation_type="samples", vectorized=True,
                               n_resamples=resamples, batch=500, rng=np.random.default_rng(20)).pvalue)
        for one in differences
    ]


boots = [timed(intervals) for _ in range(rounds)]
permutations = [timed(tests) for _ in range(rounds)]
print(json.dumps({
    "bootstrap": [milliseconds for milliseconds, _ in boots],
    "permutation": [milliseconds for milliseconds, _ in permutations],
    "intervals": boots[-1][1],
    "ps": permutations[-1][1],
}))
