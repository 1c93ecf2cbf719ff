#!/usr/bin/env python3
"""Scores as probabilities of relevance: P = 1 / (1 + exp(-(slope · score + intercept))), Platt's.

usage: fit_calibration.py CACHE RESULTS
Fitted on the training sets, each with the same weight; reported on all others. A pair without judgment counts as not relevant, except on TREC DL,
where it is left out. Writes RESULTS/calibration.json, whose row "cascade" is fit_default.py's and stays.
"""
import json
import pathlib
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.stats import rankdata

import test_sets
from cascade import KEPT, scored_sets, sigmoid
from ranking import environment, rounded, write_json
from token_forms import DEFAULT

BINS = 10


def judged(lists):
    grades = lists.found.judgments
    return np.array([
        [id in grades[query] for id in ids] + [False] * (lists.real.shape[1] - len(ids)) for query, ids in zip(lists.queries, lists.ids)
    ])


def examples(one):
    """Per kind of score: scores and whether relevant, of the candidates that would get it."""
    lists, late = one.lists, one.late[DEFAULT]
    counted = lists.real & (judged(lists) if lists.name.startswith("dl") else True)
    best = lists.best(late, KEPT) & counted
    chosen = {"cosine": (lists.cosine, counted), "late": (late / (2 / 0.06), counted), "logit": (one.logits, best)}
    return {kind: (scores[mask], lists.relevant[mask]) for kind, (scores, mask) in chosen.items()}


def platt(sets):
    """Slope and intercept by weighted maximum likelihood; `sets` are (scores, relevant) of the same weight each."""
    scores = np.concatenate([one for one, _ in sets])
    relevant = np.concatenate([one for _, one in sets]).astype(float)
    weight = np.concatenate([np.full(len(one), 1 / len(one)) for one, _ in sets])
    weight /= weight.sum()
    centre, spread = np.average(scores, weights=weight), scores.std()
    inner = (scores - centre) / spread

    def loss(x):
        logit = x[0] * inner + x[1]
        return float(weight @ (np.logaddexp(0, logit) - relevant * logit))

    slope, intercept = minimize(loss, np.array([1.0, 0.0])).x
    return slope / spread, intercept - slope * centre / spread


def reliability(probability, relevant, groups):
    rows = []
    for group in range(BINS):
        inside = groups == group
        if inside.any():
            rows.append({"from": probability[inside].min(), "to": probability[inside].max(), "pairs": int(inside.sum()),
                         "predicted": probability[inside].mean(), "relevant": relevant[inside].mean()})
    error = sum(row["pairs"] * abs(row["predicted"] - row["relevant"]) for row in rows) / len(probability)
    return error, rows


def area(scores, relevant):
    """Area under the ROC curve over all pairs of a set: whether one threshold suits all its queries."""
    ranks = rankdata(scores)
    positive = relevant.sum()
    return (ranks[relevant].sum() - positive * (positive + 1) / 2) / (positive * (len(scores) - positive))


def report(scores, relevant, slope, intercept):
    probability = sigmoid(slope * scores + intercept)
    width_error, width_rows = reliability(probability, relevant, np.minimum((probability * BINS).astype(int), BINS - 1))
    mass_error, mass_rows = reliability(probability, relevant, np.argsort(np.argsort(probability, kind="stable")) * BINS // len(probability))
    return {"pairs": len(scores), "relevant": relevant.mean(), "predicted": probability.mean(), "area": area(scores, relevant),
            "errorEqualWidth": width_error, "errorEqualMass": mass_error, "equalWidth": width_rows, "equalMass": mass_rows}


def main(cache, results):
    found = {name: examples(one) for name, one in scored_sets(cache).items()}
    before = results / "calibration.json"
    rows = {"cascade": json.loads(before.read_text())["rows"]["cascade"]} if before.exists() else {}
    for kind in ("cosine", "late", "logit"):
        slope, intercept = platt([found[name][kind] for name in test_sets.TRAINING])
        rows[kind] = {
            "slope": slope, "intercept": intercept, "scoreAtOneHalf": -intercept / slope,
            "sets": {name: {"fitted": name in test_sets.TRAINING, **report(*found[name][kind], slope, intercept)} for name in found},
        }
    write_json(results / "calibration.json", {
        **environment(
            tokens=DEFAULT.label(), fittedOn=list(test_sets.TRAINING), bins=BINS,
            scores={"cosine": "of the 384 numbers", "late": "(cosine + MaxSim) / 2", "logit": "the cross-encoder's", "cascade": "as in default.json"},
            pairs={"cosine": "all candidates", "late": "all candidates", "logit": f"best {KEPT} by late", "cascade": f"best {KEPT} by late"},
            relevantFrom={name: recipe.relevant_from for name, recipe in test_sets.SETS.items()},
        ),
        "rows": rounded(rows),
    })


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
