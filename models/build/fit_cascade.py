#!/usr/bin/env python3
"""How the cross-encoder's logit joins late interaction's score on the best 20.

usage: fit_cascade.py CACHE RESULTS
Constants of each form are those with the best mean nDCG@10 over the training sets. The form is the one that, on the worst of the training and
selection sets, loses least to the better of its two parts. Everything else is only reported. Writes RESULTS/cascade.json.
"""
import itertools
import pathlib
import sys

import numpy as np

import test_sets
from cascade import FORMS, KEPT, scored_sets
from measure_tokens import FULL
from ranking import compared, discounts, environment, p_value, rounded, two_stages, write_json
from token_forms import DEFAULT

CUT_OFF = 10


def ndcg_of_best(score, grades, ideal):
    """[queries] As Lists.ndcg, of candidates that are all that counts: more than ten are kept."""
    order = np.argsort(-score, axis=1, kind="stable")[:, :CUT_OFF]
    gains = np.take_along_axis(grades, order, 1)
    return (gains * discounts(gains.shape[1])).sum(1) / ideal


def values_of(sets, names, form, constants, tokens=DEFAULT, kept=KEPT):
    """Per set: [queries] nDCG@10 of a form."""
    combine = FORMS[form][0]
    found = {}
    for name in names:
        late, logit, grades = sets[name].best(tokens, kept)
        score = np.where(np.isfinite(logit), combine(late, np.where(np.isfinite(logit), logit, 0), **constants), -np.inf)
        found[name] = ndcg_of_best(score, grades, sets[name].lists.ideal)
    return found


def means(values):
    return {name: one.mean() for name, one in values.items()}


def fit(sets, form):
    """The constants with the best mean over the training sets; every grid point's mean is computed."""
    grid = FORMS[form][1]
    points = [dict(zip(grid, point)) for point in itertools.product(*grid.values())]
    return max(points, key=lambda constants: np.mean(list(means(values_of(sets, test_sets.TRAINING, form, constants)).values())))


def by_kept(sets, form, constants, names=("dl19", "dl21"), counts=(10, 20, 30, 50, 100)):
    """What reading fewer candidates costs: the second stage reads the first one's best `kept`, the others stay below in the first one's order."""
    values = {}
    for count in counts:
        for name in names:
            lists, late, logit = sets[name].lists, sets[name].late[DEFAULT], np.nan_to_num(sets[name].logits)
            read = lists.best(late, count)
            for second, scores in (("logit", logit), ("chosen", FORMS[form][0](late, logit, **constants))):
                values.setdefault((second, count), {})[name] = lists.ndcg(two_stages(late, scores, read))
    return [
        {"second": second, "kept": count, **means(found), "mean": np.mean(list(means(found).values())),
         "againstLogitOnAll": compared(found, values["logit", counts[-1]], names)}
        for (second, count), found in values.items()
    ]


def main(cache, results):
    sets = scored_sets(cache)
    fitted_on, chosen_on = list(test_sets.TRAINING), list(test_sets.SELECTION)
    rows, values, parts = [], {}, {part: values_of(sets, sets, part, {}) for part in ("late", "logit")}
    better = {name: max(parts["late"][name].mean(), parts["logit"][name].mean()) for name in sets}
    for form in FORMS:
        constants = fit(sets, form)
        values[form] = values_of(sets, sets, form, constants)
        mean = means(values[form])
        rows.append({
            "form": form, "constants": constants,
            "training": np.mean([mean[name] for name in fitted_on]), "selection": np.mean([mean[name] for name in chosen_on]),
            "worstAgainstBetterPart": min(mean[name] - better[name] for name in fitted_on + chosen_on),
            "nDCG@10": mean,
        })
    chosen = max(rows, key=lambda row: row["worstAgainstBetterPart"])
    form, constants = chosen["form"], chosen["constants"]
    for row in rows:
        row["chosenAgainstIt"] = {
            group: compared(values[form], values[row["form"]], names)
            for group, names in (("training", fitted_on), ("selection", chosen_on), ("reported", list(test_sets.REPORTED)))
        }
    comparison = {
        name: {
            "queries": len(one), "chosen": one.mean(),
            **{part: parts[part][name].mean() for part in parts}, **{f"p, {part}": p_value(one, parts[part][name]) for part in parts},
        } for name, one in values[form].items()
    }
    write_json(results / "cascade.json", {
        **environment(tokens=DEFAULT.label(), kept=KEPT, late="cosine/.06 + MaxSim/.06", fittedOn=fitted_on, chosenOn=chosen_on),
        "chosen": {"form": form, "constants": constants},
        "forms": rounded(rows),
        "chosenAgainstParts": rounded(comparison),
        "withFullTokenVectors": rounded({
            "late": means(values_of(sets, sets, "late", {}, FULL)), "logit": means(values_of(sets, sets, "logit", {}, FULL)),
            "chosen": means(values_of(sets, sets, form, constants, FULL)),
        }),
        "keptFromFirst": rounded(by_kept(sets, form, constants)),
    })


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
