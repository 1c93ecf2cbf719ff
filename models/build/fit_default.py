#!/usr/bin/env python3
"""The formula of the default reranker and its probabilities, on signals of the product itself.

usage: fit_default.py SIGNALS RESULTS
SIGNALS is the folder that `node results/signals.ts SIGNALS` fills: of each judged query the nearest 100 documents with cosine, late interaction and
logit, and how late interaction spreads on the collection, which the product measured from its documents alone.
Probabilities are fitted on the two training sets whose questions come with candidates that are all judged, on judged pairs, each set with the same
weight: of the others most of what is relevant has no judgment. All else is reported on all sets. Writes RESULTS/default.json and the row "cascade" of
RESULTS/calibration.json.
"""
import json
import pathlib
import platform
import sys

import numpy as np

from cascade import sigmoid
from fit_calibration import platt, report
from ranking import compared, discounts, p_value, rounded, write_json

TRAINING = ("scifact-train", "wikiqa-train", "trecqa-train", "cosqa-dev")
# Lowest grade that counts as relevant, and whether a pair without judgment is left out.
RELEVANT_FROM = {"films": 2, "dl19": 2, "dl21": 2}
JUDGED_ONLY = ("dl19", "dl21")
WHOLLY_JUDGED = ("wikiqa-train", "trecqa-train")
# Probabilities from which a result is called likely, and high.
LEVELS = (0.1, 0.4)
KEPT, CUT_OFF = 20, 10
# How wide late interaction spreads on passages; what the earlier formula took for every collection.
USUAL = 0.03
LATE, LINEAR = 1.5, 0.05
# What collections have in the middle. Wider ones are of many subjects, where the cross-encoder is at home: there it counts more, late interaction less.
MIDDLE, NARROWEST = 0.045, 0.6
POWER = 3
LIST_WIDTH, LIST_FROM = 1.5, 50
# Of what is not read by the cross-encoder a training set has no logit; it is never among the first twenty.
NO_LOGIT = -11.0


def softplus(x):
    return np.logaddexp(0, x)


class Query:
    def __init__(self, found):
        self.grades = np.array([max(0, grade or 0) for grade in found["grades"]], float)
        self.judged = np.array([grade is not None for grade in found["grades"]])
        self.late = np.array(found["late"], float)
        self.cosine = np.array(found["cosine"], float)
        self.logit = np.array([np.nan if logit is None else logit for logit in found["logits"]])
        self.near = np.array(found["nearTop"])
        ideal = np.array(found["ideal"], float)
        self.ideal = (ideal * discounts(len(ideal))).sum()

    def of_first(self, count):
        """The same query with the nearest `count` documents alone."""
        first = object.__new__(Query)
        best = np.argsort(-self.cosine, kind="stable")[:count]
        for name in ("grades", "judged", "late", "cosine", "logit"):
            setattr(first, name, getattr(self, name)[best])
        first.ideal = self.ideal
        return first

    def kept(self):
        return np.argsort(-self.late, kind="stable")[:KEPT]

    def order(self, score):
        """The best twenty of late interaction by `score`, then the others."""
        by_late = np.argsort(-self.late, kind="stable")
        first = by_late[:KEPT]
        return np.concatenate([first[np.argsort(-score[first], kind="stable")], by_late[KEPT:]])

    def ndcg(self, order):
        gains = self.grades[order[:CUT_OFF]]
        return (gains * discounts(len(gains))).sum() / self.ideal


def combined(query, deviation, mean=0.0, late=LATE, linear=LINEAR):
    logit = np.where(np.isnan(query.logit), NO_LOGIT, query.logit)
    return late * (query.late - mean) / deviation + 2 * softplus((logit - 2) / 2) + linear * logit


def without_index(query):
    """As `rerank` of a list does: by the list's own spread, or the usual one of a short list. A list's own does not say how wide its collection is."""
    own = LIST_WIDTH * query.late.std()
    return combined(query, own if len(query.late) >= LIST_FROM and own > 0 else MIDDLE)


def values(sets, score):
    return {name: np.array([query.ndcg(query.order(score(query, one["spread"]))) for query in one["queries"]]) for name, one in sets.items()}


def mean_of(values_of, name):
    return values_of[name].mean()


def earlier(query, _):
    return combined(query, LATE * USUAL, linear=0)


def default(query, spread, power=POWER, middle=MIDDLE):
    """Of a collection that is wider than the middle by 1 / ratio: ratio² × late interaction + cross-encoder / ratio, so that one scale of probabilities fits both."""
    ratio = max(NARROWEST, min(1, middle / spread["deviation"]))
    return combined(query, spread["deviation"], spread["mean"], LATE * ratio**power) / ratio


def smoothed(query, spread, collapse, share=0.3, width=0.05):
    """Each of the twenty takes a share of what its neighbours among them have; of equal texts the best one stays."""
    first = query.kept()
    score = default(query, spread)[first]
    weights = np.exp((query.near - 1) / width)
    np.fill_diagonal(weights, 0)
    order = np.argsort(-((1 - share) * score + share * (weights / weights.sum(1, keepdims=True)) @ score) if share else -score, kind="stable")
    stay = []
    for at in order:
        if not collapse or all(query.near[at][other] < 0.9995 for other in stay):
            stay.append(at)
    rest = np.argsort(-query.late, kind="stable")[KEPT:]
    return query.ndcg(np.concatenate([first[stay], rest]).astype(int))


def moved(query, toward=0.4, by=3):
    """Late interaction alone, its cosine that of the query moved toward its best three."""
    first = query.kept()
    cosine, near = query.cosine[first], query.near
    length = np.sqrt(1 + 2 * toward * cosine[:by].mean() + toward**2 * near[:by, :by].mean())
    again = query.late[first] + ((cosine + toward * near[:by].mean(0)) / length - cosine) / 2
    rest = np.argsort(-query.late, kind="stable")[KEPT:]
    return query.ndcg(np.concatenate([first[np.argsort(-again, kind="stable")], rest]).astype(int))


def against(new, old):
    """By set, and over all queries, each set with the same weight."""
    rows = {name: {"difference": (new[name] - old[name]).mean(), "p": p_value(new[name], old[name])} for name in new}
    reported = [name for name in new if name not in TRAINING]
    worst = min(reported, key=lambda name: rows[name]["difference"])
    return {"sets": rows, "reported": compared(new, old, reported), "worst": {worst: rows[worst]["difference"]}}


def examples(name, one, judged_only):
    """Combined scores of what the cross-encoder reads, and whether it is relevant."""
    scores, relevant = [], []
    for query in one["queries"]:
        combined_scores = default(query, one["spread"])
        for at in query.kept():
            if np.isnan(query.logit[at]) or (judged_only and not query.judged[at]):
                continue
            scores.append(combined_scores[at])
            relevant.append(query.grades[at] >= RELEVANT_FROM.get(name, 1))
    return np.array(scores), np.array(relevant)


def shares(scores, relevant, slope, intercept):
    """Of each level: the part of all pairs that it is, and the part of it that is relevant."""
    probability = sigmoid(slope * scores + intercept)
    rows = {}
    for name, low, high in (("unlikely", 0, LEVELS[0]), ("likely", *LEVELS), ("high", LEVELS[1], 1.1)):
        inside = (probability >= low) & (probability < high)
        if inside.any():
            rows[name] = {"pairs": int(inside.sum()), "relevant": relevant[inside].mean()}
    return rows


def read_sets(folder):
    sets = {}
    for path in sorted(folder.glob("*.signals.json")):
        found = json.loads(path.read_text())
        name = "films" if found["name"] == "sample" else found["name"]
        sets[name] = {"spread": found["spread"], "queries": [Query(one) for one in found["lists"]]}
    return sets


def main(signals, results):
    sets = read_sets(signals)
    now, before = values(sets, default), values(sets, earlier)
    rows = {
        name: {
            "queries": len(one["queries"]), "training": name in TRAINING, "spread": one["spread"],
            "judgedQueries": {
                "mean": np.mean([query.late.mean() for query in one["queries"]]),
                "deviation": np.mean([query.late.std() for query in one["queries"]]),
            },
            "earlier": before[name].mean(), "default": now[name].mean(),
            "lateInteraction": np.mean([query.ndcg(np.argsort(-query.late, kind="stable")) for query in one["queries"]]),
        } for name, one in sets.items()
    }
    lists = {}
    for count in (10, 15, 25, 50, 100):
        cut = {name: {**one, "queries": [query.of_first(count) for query in one["queries"]]} for name, one in sets.items()}
        lists[count] = against(values(cut, lambda query, _: without_index(query)), values(cut, earlier))
    grid = [
        {"late": late, "linear": linear, "training": np.mean([one.mean() for one in values(
            {name: sets[name] for name in TRAINING if name in sets}, lambda query, spread: combined(query, spread["deviation"], 0, late, linear)).values()])}
        for late in (1, 1.25, 1.5, 1.75, 2) for linear in (0, 0.05, 0.1)
    ]
    wide = [
        {"power": power, "middle": middle, "training": np.mean([mean_of(tried, name) for name in tried if name in TRAINING]),
         "reported": np.mean([mean_of(tried, name) for name in tried if name not in TRAINING])}
        for power in (0, 1, 2, 3, 4) for middle in (0.042, 0.045)
        for tried in [values(sets, lambda query, spread: default(query, spread, power, middle))]
    ]
    graph = {}
    for collapse in (False, True):
        alone, beside = ({name: np.array([smoothed(query, one["spread"], collapse, share) for query in one["queries"]]) for name, one in sets.items()}
                         for share in (0, 0.3))
        graph["equal texts collapsed" if collapse else "as it is"] = against(beside, alone)
    late = {name: np.array([query.ndcg(np.argsort(-query.late, kind="stable")) for query in one["queries"]]) for name, one in sets.items()}
    found = {name: examples(name, one, name in JUDGED_ONLY) for name, one in sets.items()}
    slope, intercept = platt([examples(name, sets[name], True) for name in WHOLLY_JUDGED])
    write_json(results / "default.json", {
        "command": "python models/build/fit_default.py SIGNALS results/fits",
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "measure": "nDCG@10, linear gain, mean over the queries that have a relevant document; the nearest 100 of each collection",
        "score": f"{LATE} × ratio² × (late interaction - mean) / deviation + (2 × softplus((logit - 2) / 2) + {LINEAR} × logit) / ratio, of the best {KEPT}; "
                 f"ratio = {MIDDLE} / deviation, at least {NARROWEST}, at most 1",
        "earlierScore": "late interaction / .03 + 2 × softplus((logit - 2) / 2)",
        "sets": rounded(rows, 5),
        "againstEarlier": rounded(against(now, before)),
        "againstOneWeight": rounded(against(now, values(sets, lambda query, spread: default(query, spread, 0)))),
        "wideCollections": rounded(wide),
        "withoutIndex": rounded({"deviation": f"{LIST_WIDTH} × that of the list, from {LIST_FROM} candidates on", "byCandidates": lists}),
        "levels": rounded({"likelyFrom": LEVELS[0], "highFrom": LEVELS[1], "sets": {name: shares(*one, slope, intercept) for name, one in found.items()}}),
        "constants": rounded({"ratio": 1, "grid": grid}),
        "smoothing": rounded({"share": 0.3, "width": 0.05, **graph}),
        "movedQuery": rounded(against({name: np.array([moved(query) for query in one["queries"]]) for name, one in sets.items()}, late)),
    })
    calibration = json.loads((results / "calibration.json").read_text())
    calibration["rows"]["cascade"] = rounded({
        "slope": slope, "intercept": intercept, "scoreAtOneHalf": -intercept / slope,
        "sets": {name: {"fitted": name in WHOLLY_JUDGED, **report(*found[name], slope, intercept)} for name in found},
    })
    calibration["scores"]["cascade"] = "as in default.json"
    calibration.pop("cascade", None)
    write_json(results / "calibration.json", calibration)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
