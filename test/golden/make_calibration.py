#!/usr/bin/env python3
"""Fits of scikit-learn for the examples that this script draws: `make_calibration.py > calibration.json`. needs: scikit-learn, numpy

Platt's smoothed targets are two weighted examples each: one relevant, one not.
"""
import json
import sys

import numpy as np
import sklearn
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

AT = (-6.0, -2.5, -1.0, 0.0, 0.7, 1.3, 2.0, 5.5)


def platt(scores, relevant):
    positive = int(relevant.sum())
    target = np.where(relevant, (positive + 1) / (positive + 2), 1 / (len(scores) - positive + 2))
    model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000)
    model.fit(np.concatenate([scores, scores])[:, None], np.repeat([1, 0], len(scores)), sample_weight=np.concatenate([target, 1 - target]))
    return {"slope": float(model.coef_[0, 0]), "intercept": float(model.intercept_[0])}


def error(probability, relevant, bins=10):
    order = np.argsort(probability, kind="stable")
    parts = [order[i * len(order) // bins:(i + 1) * len(order) // bins] for i in range(bins)]
    return float(sum(len(part) * abs(probability[part].mean() - relevant[part].mean()) for part in parts) / len(order))


def main():
    random = np.random.default_rng(20)
    cases = []
    for count, slope, intercept, shift in ((300, 1.4, -0.5, 0.0), (80, 0.3, -2.0, 4.0), (60, 30.0, 0.0, 0.0)):
        scores = np.round(random.normal(shift, 1.5, count), 3)
        relevant = random.random(count) < 1 / (1 + np.exp(-(slope * scores + intercept)))
        fitted = platt(scores, relevant)
        probability = 1 / (1 + np.exp(-(fitted["slope"] * scores + fitted["intercept"])))
        isotonic = IsotonicRegression(out_of_bounds="clip").fit(scores, relevant)
        cases.append({
            "scores": scores.tolist(), "relevant": relevant.astype(int).tolist(), "platt": fitted,
            "isotonic": isotonic.predict(np.array(AT)).tolist(), "logLoss": float(log_loss(relevant, probability)),
            "calibrationError": error(probability, relevant),
        })
    json.dump({"tool": f"scikit-learn {sklearn.__version__}", "at": AT, "cases": cases}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
