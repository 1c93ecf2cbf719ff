"""Rankings of many queries at once, and how good they are."""
import json
import pathlib
import platform
import sys

import numpy as np

import encode
import test_sets

CUT_OFF = 10


class Lists:
    """Candidates of every query of a set as arrays [queries × most candidates], padded at the end of each row.

    Within a row candidates stand by id, descending: a stable sort by score then gives trec_eval's order.
    """

    def __init__(self, cache, name):
        found = test_sets.read_set(name)
        self.name, self.found = name, found
        self.queries = list(found.queries)
        self.documents = encode.Encoded(cache, f"{found.corpus}.documents")
        self.words = encode.Encoded(cache, f"{name}.words")
        asked = encode.Encoded(cache, f"{name}.queries")
        vectors = np.array([asked.cls[asked.row[query]] for query in self.queries])
        self.ids = self.choose(vectors)
        width = max(map(len, self.ids))
        shape = (len(self.queries), width)
        self.real = np.zeros(shape, bool)
        self.grades = np.zeros(shape)
        self.cosine = np.full(shape, -np.inf)
        ideal = np.zeros((len(self.queries), CUT_OFF))
        for at, (query, ids) in enumerate(zip(self.queries, self.ids)):
            grades = found.judgments[query]
            self.real[at, :len(ids)] = True
            self.grades[at, :len(ids)] = [max(0, grades.get(id, 0)) for id in ids]
            self.cosine[at, :len(ids)] = self.documents.cls[[self.documents.row[id] for id in ids]] @ vectors[at]
            best = sorted((max(0, grade) for grade in grades.values()), reverse=True)[:CUT_OFF]
            ideal[at, :len(best)] = best
        self.ideal = (ideal * discounts(CUT_OFF)).sum(1)
        self.relevant = self.grades >= found.relevant_from

    def choose(self, vectors):
        if self.found.candidates is not None:
            return [sorted(self.found.candidates[query], reverse=True) for query in self.queries]
        ids = np.array(list(self.documents.row))
        similarities = vectors @ np.asarray(self.documents.cls).T
        best = np.argsort(-similarities, axis=1, kind="stable")[:, :test_sets.CANDIDATES]
        return [sorted(ids[row].tolist(), reverse=True) for row in best]

    def ndcg(self, scores):
        """[queries] nDCG@10 with linear gain; padding must be -inf."""
        order = np.argsort(-scores, axis=1, kind="stable")[:, :CUT_OFF]
        gains = np.take_along_axis(self.grades, order, 1)
        return (gains * discounts(gains.shape[1])).sum(1) / self.ideal

    def best(self, scores, kept):
        """True for the best `kept` candidates of each query."""
        order = np.argsort(-scores, axis=1, kind="stable")[:, :kept]
        chosen = np.zeros_like(self.real)
        np.put_along_axis(chosen, order, True, 1)
        return chosen & self.real

    def logits(self, cache, wanted):
        """Cross-encoder logits where `wanted` is True, NaN elsewhere."""
        pairs = {(int(q), int(c)): (self.queries[q], self.ids[q][c]) for q, c in zip(*np.nonzero(wanted))}
        known = encode.score_pairs(cache, self.name, pairs.values(), self.found.queries, self.found.documents)
        logits = np.full(self.real.shape, np.nan)
        for at, pair in pairs.items():
            logits[at] = known[pair]
        return logits


def discounts(count):
    return 1 / np.log2(np.arange(2, count + 2))


def two_stages(first, second, chosen):
    """Scores in which the chosen candidates, ordered by `second`, stand above the rest, ordered by `first`."""
    highest = np.where(np.isfinite(first), first, -1e9).max() + 1
    lowest = second[chosen].min()
    return np.where(chosen, second - lowest + highest, first)


def p_value(a, b, rounds=10_000, seed=20):
    """Two-sided paired randomisation test of the mean difference."""
    differences = a - b
    if not differences.any():
        return 1.0
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (rounds, len(differences)))
    means = np.abs(signs @ differences)
    return float((1 + (means >= abs(differences.sum()) - 1e-12).sum()) / (rounds + 1))


def compared(a, b, names):
    """Mean over the sets of the difference of their means, each set with the same weight whatever its size, and its p-value."""
    a, b = (np.concatenate([values[name] / len(values[name]) for name in names]) / len(names) for values in (a, b))
    return {"difference": (a - b).sum(), "p": p_value(a, b)}


def environment(**more):
    """What a results file says of how it was made."""
    import numpy
    import onnxruntime
    import scipy
    import tokenizers

    return {
        "command": " ".join(["python", f"models/build/{pathlib.Path(sys.argv[0]).name}", "CACHE", "results/fits"]),
        "versions": {
            "python": platform.python_version(), "numpy": numpy.__version__, "scipy": scipy.__version__,
            "onnxruntime": onnxruntime.__version__, "tokenizers": tokenizers.__version__,
        },
        "embedder": "models/bge-small-en-v1.5/model.onnx, each text alone",
        "reranker": "models/ms-marco-minilm-l-12-v2/model.onnx, each pair alone",
        "tokenCap": encode.MAX_TOKENS,
        "measure": "nDCG@10, linear gain, mean over the queries that have a relevant document",
        "candidates": {
            name: {
                "run": "BM25 top 100 as supplied", "judged": "the documents judged for the query", "dense": "the embedder's best 100 of the corpus",
            }[recipe.candidates] + (f", {recipe.sample} queries at random" if recipe.sample else "")
            for name, recipe in test_sets.SETS.items()
        },
        **more,
    }


def rounded(value, digits=4):
    if isinstance(value, dict):
        return {key: rounded(one, digits) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(one, digits) for one in value]
    return round(float(value), digits) if isinstance(value, (float, np.floating)) else value


def write_json(path, content):
    """One row a line where a row is a flat object: readable, and small differences stay small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
