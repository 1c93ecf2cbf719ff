#!/usr/bin/env python3
"""Makes the golden values of ranking measures with other people's tools.

usage:  make_measures.py --out measures.json.gz
needs:  pip install pytrec-eval-terrier==0.5.11 ir-measures==0.4.3 cwl-eval==1.0.12 ranx==0.3.21, and perl for gdeval

The file (gzip of JSON):
  made    python, tools with versions, command, seed
  groups  [{name, about, qrels: {query: {document: grade}}, run: {query: {document: score}},
            expected: {tool: {measure: {query: value}}}, means: {measure: value}}]
Measures have the names of ir-measures. A tool that says nothing of a query has no value for it. `means` are ir-measures' own: over all
judged queries, a query that is missing from the run counts as 0.

Who makes what:
  pytrec_eval          called directly, `rel` as its relevance_level, on the run as it is. nDCG(dcg='exp-log2') is its nDCG on
                       grades g > 0 written as 2^g - 1.
  ir-measures:NAME     what its provider NAME computes: msmarco RR@k, judged Judged@k, cwl_eval RBP(rel=...), gdeval nDCG with
                       exp-log2 (it prints 5 digits and takes grades up to 4), pytrec_eval for a query missing from the run.
  cwl_eval             called directly for what ir-measures 0.4.3 names but no provider of it computes: RBP of graded gains,
                       grade / highest grade of the query, and RBP@k, where the ranking ends after k documents.
  ranx                 the measures whose definition is the same
pytrec_eval decides ties by 32-bit score and document id, the others differently. So the others get the same ranking written with
scores that differ; the script checks that this changes none of pytrec_eval's values, and that tools with the same definition agree.
Nothing is downloaded.
"""
import argparse
import gzip
import importlib.metadata
import json
import locale
import logging
import platform
import random
import subprocess
import warnings

import ir_measures
import numpy as np
import pytrec_eval
from cwl.ruler.measures.cwl_rbp import RBPCWLMetric
from cwl.ruler.ranking import Ranking
from ir_measures import parse_measure
from ranx import Qrels, Run, evaluate

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

SEED = 20081101
GDEVAL_HIGHEST = 4
GDEVAL_TOLERANCE = 5.1e-6  # half of the last of its 5 digits, and a little
# trec_eval's name and level of each measure that it has.
TREC = {
    "nDCG": ("ndcg", 1), "nDCG@1": ("ndcg_cut_1", 1), "nDCG@5": ("ndcg_cut_5", 1), "nDCG@10": ("ndcg_cut_10", 1),
    "nDCG@100": ("ndcg_cut_100", 1), "AP": ("map", 1), "AP@10": ("map_cut_10", 1), "AP@100": ("map_cut_100", 1),
    "AP(rel=2)": ("map", 2), "AP(rel=2)@10": ("map_cut_10", 2), "RR": ("recip_rank", 1), "RR(rel=2)": ("recip_rank", 2),
    "P@1": ("P_1", 1), "P@5": ("P_5", 1), "P@10": ("P_10", 1), "P@100": ("P_100", 1), "P(rel=2)@10": ("P_10", 2),
    "R@1": ("recall_1", 1), "R@10": ("recall_10", 1), "R@100": ("recall_100", 1), "R(rel=2)@10": ("recall_10", 2),
    "Success@1": ("success_1", 1), "Success@5": ("success_5", 1), "Success@10": ("success_10", 1),
    "Success(rel=2)@5": ("success_5", 2), "Bpref": ("bpref", 1), "Bpref(rel=2)": ("bpref", 2),
}
EXPONENTIAL = {
    "nDCG(dcg='exp-log2')": "ndcg", "nDCG(dcg='exp-log2')@5": "ndcg_cut_5", "nDCG(dcg='exp-log2')@10": "ndcg_cut_10",
    "nDCG(dcg='exp-log2')@20": "ndcg_cut_20",
}
PROVIDED = {
    "msmarco": ["RR@1", "RR@5", "RR@10", "RR(rel=2)@10"],
    "judged": ["Judged", "Judged@5", "Judged@10", "Judged@100"],
    "cwl_eval": ["RBP(rel=1)", "RBP(p=0.5,rel=1)", "RBP(p=0.95,rel=2)"],
    "gdeval": [name for name in EXPONENTIAL if "@" in name],
    "pytrec_eval": ["nDCG@10", "AP", "RR", "R@10", "Bpref"],
}
# p, rel (None: graded), cut-off of the measures that cwl_eval is asked for directly.
CWL = {
    "RBP": (0.8, None, None), "RBP(p=0.5)": (0.5, None, None), "RBP(p=0.95)": (0.95, None, None), "RBP@10": (0.8, None, 10),
    "RBP(rel=1)@5": (0.8, 1, 5), "RBP(p=0.95,rel=2)@10": (0.95, 2, 10),
}
RANX = {
    "nDCG": "ndcg", "nDCG@10": "ndcg@10", "nDCG(dcg='exp-log2')": "ndcg_burges", "nDCG(dcg='exp-log2')@10": "ndcg_burges@10",
    "AP": "map", "AP@10": "map@10", "AP(rel=2)@10": "map@10-l2", "RR": "mrr", "RR@10": "mrr@10", "RR(rel=2)@10": "mrr@10-l2",
    "P@10": "precision@10", "P(rel=2)@10": "precision@10-l2", "R@10": "recall@10", "R(rel=2)@10": "recall@10-l2",
    "Success@5": "hit_rate@5", "Success(rel=2)@5": "hit_rate@5-l2",
}


def plain_ids(count):
    return [f"d{number:03d}" for number in range(count)]


def judge(rng, ids, grades, share):
    """Grades for a share of the documents, most of them low."""
    weights = [2.0 ** -max(grade, 0) for grade in grades]
    return {document: rng.choices(grades, weights)[0] for document in ids if rng.random() < share}


def rank(rng, ids, share, score):
    ranked = [document for document in ids if rng.random() < share] or ids[:1]
    rng.shuffle(ranked)
    return {document: score() for document in ranked}


def plain(rng):
    qrels, run = {}, {}
    for query in map(str, range(1, 31)):
        ids = plain_ids(rng.randint(20, 150))
        qrels[query] = {ids[0]: 1, **judge(rng, ids, [0, 1, 2, 3], rng.choice([0.2, 0.5, 0.9]))}
        run[query] = dict(list(rank(rng, ids, 0.8, lambda: rng.gauss(0, 10)).items())[:120])
    return "distinct scores, grades 0 to 3, many documents without a judgment", qrels, run


ODD_IDS = [
    "10", "9", "09", "0", "1e3", "D10", "D9", "d9", "d10", "a", "aa", "a-1", "a_1", "a.1", "A", "Z", "z", "~",
    "é", "e\u0301", "è", "ß", "ä", "Ω", "я", "漢字", "ｶﾅ", "\ue000", "\uffee", "\ufffd", "😀", "😀1", "🧪", "𝒳", "a😀", "aé", "a\uffee",
    "café", "cafe\u0301", "cafe",
]


def ties(rng):
    qrels, run = {}, {}
    ids = ODD_IDS + plain_ids(30)
    for number in range(1, 31):
        # Equal as 32-bit numbers, or nearly so: around 0.1, around 10^8 (steps of 8), above the largest, below the smallest.
        near = [[0.1, 0.1 + 1e-9, 0.1 - 1e-9, 0.1 + 3e-9, 0.1 + 8e-9, 0.1 - 8e-9, 0.10000001], [1e8, 1e8 + 1, 1e8 + 4, 1e8 + 5, 1e8 + 8],
                [1.0, 1 + 2**-25, 1 + 2**-24, 1 + 2**-23, 1 - 2**-25], [1e39, 2e39, 3.5e38, 3.4e38], [1e-46, 0.0, -1e-46, 1e-44]]
        few = [[0.5], [1, 2, 3], [-1.5, 0, 1.5], near[0], near[1], near[2], near[3] + near[4], sum(near, [])][number % 8]
        query = str(number)
        qrels[query] = {ids[number]: 1, **judge(rng, ids, [0, 1, 2, 3], 0.5)}
        run[query] = rank(rng, ids, 0.9, lambda: rng.choice(few))
    return "many equal scores, scores equal only as 32-bit numbers, ids of letters, digits and beyond ASCII", qrels, run


def negative(rng):
    qrels, run = {}, {}
    for number in range(1, 25):
        query, ids = str(number), plain_ids(60)
        grades = [[-1, 0, 1], [-2, 0, 1, 2], [-3, 0, 1, 2], [-3, -2, -1, 0, 1, 2, 3], [-1, 1, 2], [-2, -1, 0]][number % 6]
        qrels[query] = {ids[0]: max(grades), **judge(rng, ids, grades, 0.7)}
        run[query] = rank(rng, ids, 0.8, lambda: rng.uniform(-5, 5))
    return "grades -1, -2 and -3 among others; every query has a grade of at least 0", qrels, run


def odd(rng):
    ids = plain_ids(120)

    def ranked(documents):
        return {document: 100.0 - place for place, document in enumerate(documents)}

    def shuffled(documents):
        return rng.sample(documents, len(documents))

    long = [f"d{number:04d}" for number in range(1200)]
    cases = {
        "1": ({"d001": 1, "d002": 0}, None),  # missing from the run
        "2": (None, ranked(ids[:5])),  # without judgments
        "3": ({"d001": 0, "d002": 0}, ranked(ids[:5])),  # only grade 0
        "4": ({"d100": 1, "d101": 2, "d003": 0}, ranked(ids[:30])),  # nothing relevant found
        "5": ({"d001": 2, "d002": 1, "d003": 0}, ranked(["d001"])),  # one result, relevant
        "6": ({"d001": 1, "d002": 0}, ranked(["d050"])),  # one result, not judged
        "7": ({"d001": 1, "d002": 0, "d004": 3}, ranked(["d003", "d001", "d004"])),  # fewer results than k
        "8": ({document: 1 for document in [f"x{n}" for n in range(150)] + ids}, ranked(shuffled(ids))),  # more relevant than k
        "9": ({"d001": 1, "d002": 2, "d003": 1}, ranked(ids[:20])),  # nothing judged not relevant
        # fewer judged not relevant than relevant
        "10": ({**{document: 1 for document in ids[:9]}, "d050": 0, "d051": 0}, ranked(shuffled(ids[:60]))),
        "11": ({document: number % 2 for number, document in enumerate(ids[:40])}, ranked(shuffled(ids[:50]))),  # no grade 2
        "12": ({"d009": 1, "d010": 1}, ranked(ids[:10])),  # as many results as k
        "13": ({document: 3 for document in ids[:15]}, ranked(shuffled(ids[:15]))),  # all found and relevant
        "14": ({document: rng.choice([0, 1, 2]) for document in long[5::37]}, ranked(shuffled(long))),  # more than 1,000 results
        "15": ({"d001": 1}, ranked(["d001"])),  # perfect
        "16": ({"d001": 0}, ranked(["d050"])),  # nothing at all
        "17": ({"d001": 1, "d002": 0}, None),  # missing, once more
    }
    about = "missing queries, queries without judgments, without a relevant document, with few results"
    return about, {q: g for q, (g, _) in cases.items() if g is not None}, {q: r for q, (_, r) in cases.items() if r is not None}


def large(rng):
    qrels, run = {}, {}
    for query in map(str, range(1, 16)):
        ids = plain_ids(80)
        highest = rng.choice([5, 7, 10])
        qrels[query] = {ids[0]: highest, **{document: rng.randint(0, highest) for document in ids if rng.random() < 0.6}}
        run[query] = rank(rng, ids, 0.8, lambda: rng.random())
    return "grades up to 10", qrels, run


def in_trec_order(scores):
    """Document ids as trec_eval ranks them: 32-bit score, then UTF-8 bytes of the id, both descending."""
    with np.errstate(over="ignore"):
        return sorted(scores, key=lambda document: (float(np.float32(scores[document])), document.encode()), reverse=True)


def with_distinct_scores(run):
    def distinct(scores):
        return {document: float(len(scores) - place) for place, document in enumerate(in_trec_order(scores))}

    return {query: distinct(scores) for query, scores in run.items()}


def by_pytrec_eval(qrels, run):
    expected = {}
    for level in (1, 2):
        names = {name: trec for name, (trec, at) in TREC.items() if at == level}
        values = pytrec_eval.RelevanceEvaluator(qrels, set(names.values()), relevance_level=level).evaluate(run)
        for name, trec in names.items():
            expected[name] = {query: measured[trec] for query, measured in values.items()}
    gains = {query: {document: 2**grade - 1 if grade > 0 else grade for document, grade in grades.items()}
             for query, grades in qrels.items()}
    values = pytrec_eval.RelevanceEvaluator(gains, set(EXPONENTIAL.values())).evaluate(run)
    for name, trec in EXPONENTIAL.items():
        expected[name] = {query: measured[trec] for query, measured in values.items()}
    return expected


def by_provider(provider, names, qrels, run):
    expected = {name: {} for name in names}
    by_measure = {str(parse_measure(name)): name for name in names}
    for metric in ir_measures.providers.registry[provider].iter_calc([parse_measure(name) for name in names], qrels, run):
        expected[by_measure[str(metric.measure)]][metric.query_id] = float(metric.value)
    return expected


def by_cwl_eval(qrels, run):
    expected = {name: {} for name in CWL}
    for name, (p, rel, cutoff) in CWL.items():
        for query in (query for query in run if query in qrels):
            grades = qrels[query]
            highest = max(1, *grades.values())
            gains = [
                max(0, grades.get(document, 0)) / highest if rel is None else float(grades.get(document, 0) >= rel)
                for document in in_trec_order(run[query])[:cutoff]
            ]
            expected[name][query] = float(RBPCWLMetric(p).measure(Ranking(query, gains, [1.0] * len(gains))))
    return expected


def by_ranx(measures, qrels, run):
    ranked = Run({query: dict(scores) for query, scores in run.items()})
    evaluate(Qrels(qrels), ranked, list(measures.values()), make_comparable=True)
    return {name: {query: float(value) for query, value in ranked.scores[ranx].items()} for name, ranx in measures.items()}


def check_agree(what, one, other, tolerance=1e-12):
    for query in one.keys() & other.keys():
        assert abs(one[query] - other[query]) <= tolerance, f"{what}, query {query}: {one[query]} and {other[query]}"


def check_graded_rbp(qrels, run, cwl):
    """The gain of ranx is the grade itself: its value over the highest grade of the query is that of cwl_eval."""
    for name, ranx in {"RBP": "rbp.8", "RBP(p=0.5)": "rbp.5", "RBP(p=0.95)": "rbp.95"}.items():
        values = by_ranx({name: ranx}, qrels, run)[name]
        scaled = {query: value / max(1, *qrels[query].values()) for query, value in values.items()}
        check_agree(f"{name} of ranx and cwl_eval", scaled, cwl[name])


def measured(make, rng):
    about, qrels, run = make(rng)
    distinct = with_distinct_scores(run)
    expected = {"pytrec_eval": by_pytrec_eval(qrels, run)}
    assert expected["pytrec_eval"] == by_pytrec_eval(qrels, distinct), f"{make.__name__}: the tie order is not as described"
    highest = max(grade for grades in qrels.values() for grade in grades.values())
    for provider, names in PROVIDED.items():
        if provider != "gdeval" or highest <= GDEVAL_HIGHEST:
            expected[f"ir-measures:{provider}"] = by_provider(provider, names, qrels, distinct)
    expected["cwl_eval"] = by_cwl_eval(qrels, run)
    check_graded_rbp(qrels, distinct, expected["cwl_eval"])
    expected["ranx"] = by_ranx(RANX, qrels, distinct)
    for tool, values in expected.items():
        tolerance = GDEVAL_TOLERANCE if "gdeval" in tool else 1e-12
        for name in values.keys() & expected["pytrec_eval"].keys():
            check_agree(f"{make.__name__}: {name} of {tool}", values[name], expected["pytrec_eval"][name], tolerance)
    for name in ("RR@10", "RR(rel=2)@10"):
        check_agree(f"{make.__name__}: {name}", expected["ranx"][name], expected["ir-measures:msmarco"][name])
    aggregate = ir_measures.pytrec_eval.calc_aggregate([parse_measure(name) for name in TREC], qrels, run)
    means = {name: float(aggregate[parse_measure(name)]) for name in TREC}
    return {"name": make.__name__, "about": about, "qrels": qrels, "run": run, "expected": expected, "means": means}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    encoding = locale.getpreferredencoding().lower().replace("-", "")
    assert encoding == "utf8", "gdeval gets its files in the encoding of the locale: set PYTHONUTF8=1"
    perl = subprocess.run(["perl", "-e", "print $^V"], capture_output=True, text=True, check=True).stdout
    tools = {name: importlib.metadata.version(name) for name in ("pytrec-eval-terrier", "ir-measures", "cwl-eval", "ranx", "numpy")}
    golden = {
        "made": {
            "python": platform.python_version(),
            "tools": {**tools, "gdeval": "1.2a of ir-measures", "perl": perl},
            "command": "python test/golden/make_measures.py --out test/golden/measures.json.gz",
            "seed": SEED,
        },
        # One generator a group, so that a change in one leaves the others as they are.
        "groups": [measured(make, random.Random(f"{SEED} {make.__name__}")) for make in (plain, ties, negative, odd, large)],
    }
    text = json.dumps(golden, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    with open(out, "wb") as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
        packed.write(text.encode())


if __name__ == "__main__":
    main()
