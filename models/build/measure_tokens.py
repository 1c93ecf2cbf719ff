#!/usr/bin/env python3
"""Late interaction over compressed token vectors: quality and bytes of many forms.

usage: measure_tokens.py CACHE RESULTS
Run encode.py first. Writes RESULTS/token-forms.json; MaxSims stay in CACHE, so that a second run computes new forms only.
score = (cosine + MaxSim) / 2: the cosine from full vectors, MaxSim over what the form gives back. Queries are never compressed, unless said.
"""
import multiprocessing
import os
import pathlib
import sys

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402

import encode  # noqa: E402
import test_sets  # noqa: E402
from ranking import Lists, compared, environment, p_value, rounded, write_json  # noqa: E402
from token_forms import POOLINGS, Form, Turns, max_sims, pool, tokens_after  # noqa: E402

ROWS_AT_ONCE = 16_384
SETS = (
    "scifact", "scifact-train", "cosqa-dev", "cranfield", "cisi", "dl21", "dl19", "wikiqa-train", "trecqa-train", "wikiqa-dev", "trecqa-dev",
)
FULL = Form()
ROTATED = {"turn": "rotated"}
CENTRED = {"turn": "rotated", "centred": True}
PCA = {"turn": "pca", "centred": True}
FORMS = [
    FULL,
    *(Form(bits=bits, rounding="fixed", pooling="ward" if factor > 1 else "none", factor=factor) for bits in (8, 4, 2, 1) for factor in (1, 2, 3, 4)),
    *(Form(pooling=pooling, factor=2) for pooling in POOLINGS),
    *(Form(bits=4, rounding="fixed", pooling="ward", factor=factor, **ROTATED) for factor in (2, 3)),
    *(Form(bits=2, rounding="fixed", pooling="ward", factor=2, **turn) for turn in (ROTATED, CENTRED)),
    *(Form(bits=2, rounding="gaussian+", pooling="ward", factor=factor, **CENTRED) for factor in (2, 3)),
    *(Form(bits=1, rounding="gaussian+", pooling="ward", factor=factor, **CENTRED) for factor in (2, 3)),
    Form(bits=1, rounding="gaussian+", pooling="ward", factor=2, **ROTATED),
    *(Form(dimensions, 8, **PCA) for dimensions in (192, 128, 64)),
    *(Form(dimensions, 8, pooling="ward", factor=2, **PCA) for dimensions in (128, 64)),
    Form(128, 4, rounding="gaussian+", pooling="ward", factor=2, **PCA),
]

turns_of = {}


def load_turns(cache):
    if cache not in turns_of:
        turns_of[cache] = Turns(encode.Encoded(cache, "projection").tokens)
    return turns_of[cache]


def kept_file(cache, name, form):
    folder = cache / "max-sims" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{form.label().replace(' ', '')}.npy"


def pooled(lists, form):
    """Tokens of all candidates one after another, float32, and where each document's begin and end."""
    used = sorted({id for ids in lists.ids for id in ids})
    rows = [np.asarray(lists.documents.tokens_of(id), np.float32) for id in used]
    rows = [pool(one, form.pooling_kind()) for one in rows]
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in rows])])
    return np.concatenate(rows), {id: slice(offsets[i], offsets[i + 1]) for i, id in enumerate(used)}


def measure_set(job):
    """MaxSims of all forms of one set, kept in the cache."""
    cache, name, forms = job
    missing = [form for form in forms if not kept_file(cache, name, form).exists()]
    lists, turns = Lists(cache, name), load_turns(cache)
    words = [np.asarray(lists.words.tokens_of(query), np.float32) for query in lists.queries]
    for kind in dict.fromkeys(form.pooling_kind() for form in missing):
        same_pooling = [form for form in missing if form.pooling_kind() == kind]
        tokens, places = pooled(lists, same_pooling[0])
        for turning in dict.fromkeys(form.turning() for form in same_pooling):
            group = [form for form in same_pooling if form.turning() == turning]
            turned = tokens
            if turning != ("none", False):
                turned = np.empty_like(tokens)
                for at in range(0, len(tokens), ROWS_AT_ONCE):
                    turned[at:at + ROWS_AT_ONCE] = turns.turned(group[0], tokens[at:at + ROWS_AT_ONCE])
            for form in group:
                stored = np.empty((len(turned), form.dimensions), np.float32)
                for at in range(0, len(turned), ROWS_AT_ONCE):
                    stored[at:at + ROWS_AT_ONCE] = turns.stored(form, turned[at:at + ROWS_AT_ONCE])
                found = max_sims(lists, lambda id: stored[places[id]], lambda at: turns.asked(form, words[at]))
                np.save(kept_file(cache, name, form), found)
    return name


def vectors_left(lists, form):
    """Mean over the candidates."""
    used = {id for ids in lists.ids for id in ids}
    return float(np.mean([tokens_after(len(lists.documents.tokens_of(id)), form.factor, form.most) for id in used]))


def main(cache, results):
    with multiprocessing.Pool(encode.PROCESSES) as processes:
        for name in processes.imap_unordered(measure_set, [(cache, name, FORMS) for name in SETS], chunksize=1):
            print(name, flush=True)
    lists = {name: Lists(cache, name) for name in SETS}
    sims = lambda name, form: np.load(kept_file(cache, name, form))
    full = {name: one.ndcg(one.cosine + sims(name, FULL)) for name, one in lists.items()}
    counts = {form.pooling_kind(): {name: vectors_left(one, form) for name, one in lists.items()} for form in FORMS}
    chosen = [*test_sets.TRAINING, *test_sets.SELECTION]
    reported = [name for name in SETS if name not in chosen]
    rows = []
    for form in FORMS:
        values = {name: one.ndcg(one.cosine + sims(name, form)) for name, one in lists.items()}
        alone = {name: one.ndcg(np.where(one.real, sims(name, form), -np.inf)).mean() for name, one in lists.items()}
        means = {name: value.mean() for name, value in values.items()}
        rows.append({
            "form": form.label(), "dimensions": form.dimensions, "bits": form.bits, "pooling": form.pooling, "factor": form.factor,
            "mostVectors": form.most,
            "bytesPerToken": form.bytes_a_token(),
            "bytesPerDocument": {name: round(form.bytes_a_token() * counts[form.pooling_kind()][name]) for name in lists},
            "bytesOf120Tokens": round(form.bytes_a_token() * tokens_after(120, form.factor, form.most)),
            "chosenBy": np.mean([means[name] for name in chosen]),
            "chosenByAgainstFull": compared(values, full, chosen),
            "reportedAgainstFull": compared(values, full, reported),
            "nDCG@10": means,
            "againstFull": {name: means[name] - full[name].mean() for name in lists},
            "p": {name: p_value(values[name], full[name]) for name in lists},
            "maxSimAlone": alone,
        })
    write_json(results / "token-forms.json", {
        **environment(score="(cosine + MaxSim) / 2", chosenBy=f"mean over {', '.join(chosen)}", cosine={
            name: one.ndcg(one.cosine).mean().round(4) for name, one in lists.items()
        }),
        "rows": rounded(rows),
    })


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
