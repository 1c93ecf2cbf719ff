"""Golden values for intervals and tests, by scipy and ranx.

usage: python test/golden/make_significance.py   (writes test/golden/significance.json)
"""
import json
import platform
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
from ranx.statistical_tests import fisher_randomization_test
from scipy.stats import bootstrap, norm, permutation_test

RESAMPLES = 100_000
# Compiled without threads, of which ranx seeds only one: the same figures every time.
fisher_test = numba.njit(fisher_randomization_test.py_func)
rng = np.random.default_rng(19)


def cases():
    yield "five", rng.normal(0.1, 0.2, 5)
    yield "twelve, skewed", rng.exponential(0.2, 12) - 0.1
    yield "43, a clear gain", rng.normal(0.12, 0.25, 43)
    yield "43, many zeros", np.where(rng.random(43) < 0.7, 0.0, rng.normal(0.05, 0.3, 43))
    yield "43, skewed", rng.exponential(0.3, 43) ** 2 - 0.1
    yield "300, tiny effect", rng.normal(0.01, 0.2, 300)
    yield "300, a loss", rng.normal(-0.03, 0.2, 300)
    # Differences of a measure that takes few values, so that many sums are equal.
    yield "40, steps", rng.choice([-1.0, -0.5, 0.0, 0.0, 0.5, 0.5, 1.0], 40)


def mean(values, axis=-1):
    return np.mean(values, axis=axis)


def golden(name, values):
    found = bootstrap((values,), mean, n_resamples=RESAMPLES, method="BCa", batch=1000, rng=np.random.default_rng(1))
    test = permutation_test((values, np.zeros_like(values)), lambda a, b, axis=-1: np.mean(a - b, axis=axis), permutation_type="samples",
                            vectorized=True, n_resamples=RESAMPLES, batch=1000, rng=np.random.default_rng(1))
    fisher, _ = fisher_test(values, np.zeros_like(values), n_permutations=RESAMPLES, random_seed=1)
    return {
        "name": name,
        "differences": values.tolist(),
        "interval": [float(found.confidence_interval.low), float(found.confidence_interval.high)],
        "standardError": float(found.standard_error),
        "p": float(test.pvalue),
        # scipy tries every sign pattern when there are no more of them than resamples.
        "exact": 2 ** len(values) <= RESAMPLES,
        "fisher": float(fisher),
    }


def given():
    """BCa of resampled means that are given, so that nothing is left to chance: off the centre, some equal to the mean."""
    draw = np.random.default_rng(23)
    values = draw.exponential(1.0, 12) ** 2
    means = np.concatenate([draw.choice(values, (80, 12)).mean(axis=1) + 0.3, np.full(9, values.mean())])
    found = bootstrap((values,), mean, n_resamples=0, bootstrap_result=SimpleNamespace(bootstrap_distribution=means), method="BCa",
                      confidence_level=0.9)
    return {
        "values": values.tolist(),
        "means": means.tolist(),
        "confidence": 0.9,
        "interval": [float(found.confidence_interval.low), float(found.confidence_interval.high)],
    }


points = [-8.5, -5.0, -1.96, -0.3, 0.0, 0.3, 1.0, 2.5, 6.0]
shares = [1e-12, 1e-6, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 1 - 1e-9]
result = {
    "made": {
        "python": platform.python_version(),
        "tools": {name: version(name) for name in ("scipy", "ranx", "numpy", "numba")},
        "command": "python test/golden/make_significance.py",
        "resamples": RESAMPLES,
    },
    "cases": [golden(name, values) for name, values in cases()],
    "given": given(),
    "normal": {"cdf": [[x, float(norm.cdf(x))] for x in points], "quantile": [[p, float(norm.ppf(p))] for p in shares]},
}
Path(__file__).with_name("significance.json").write_text(json.dumps(result, indent=1) + "\n")
