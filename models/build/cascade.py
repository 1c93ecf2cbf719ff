"""The cross-encoder's logit and late interaction's score of one candidate as one number, whatever else is in the list."""
import numpy as np

import test_sets
from measure_tokens import FULL, kept_file, measure_set
from ranking import Lists
from token_forms import DEFAULT

KEPT = 20
# Late interaction's score is cosine and MaxSim, each divided by its standard deviation on TREC DL 2019 and 2021.
SPREAD = 0.06
# Sets whose every candidate gets a logit: they are cheap, or tell what a longer list would give. Of SciFact only so many queries.
ALL_CANDIDATES = {**{name: None for name in ("dl19", "dl21", "wikiqa-train", "trecqa-train", "wikiqa-dev", "trecqa-dev")}, "scifact": 60}


class Scored:
    """A set's lists with late interaction over the default form and over full vectors, and logits where they are wanted."""

    def __init__(self, cache, name):
        measure_set((cache, name, [FULL, DEFAULT]))
        self.lists = Lists(cache, name)
        sims = {form: np.load(kept_file(cache, name, form)) for form in (FULL, DEFAULT)}
        self.late = {form: (self.lists.cosine + sims[form]) / SPREAD for form in sims}
        wanted = np.logical_or.reduce([self.lists.best(late, KEPT) for late in self.late.values()])
        if name in ALL_CANDIDATES:
            wanted[:ALL_CANDIDATES[name]] |= self.lists.real[:ALL_CANDIDATES[name]]
        self.logits = self.lists.logits(cache, wanted)

    def best(self, form=DEFAULT, kept=KEPT):
        """Late scores, logits and grades of the best `kept` by late interaction, best by it first: [queries × kept] each."""
        late = self.late[form]
        order = np.sort(np.argsort(-late, axis=1, kind="stable")[:, :kept], axis=1)
        take = lambda values: np.take_along_axis(values, order, 1)
        return take(late), np.where(take(self.lists.real), take(self.logits), -np.inf), take(self.lists.grades)


def scored_sets(cache, names=tuple(test_sets.SETS)):
    found = {}
    for name in names:
        found[name] = Scored(cache, name)
        print(name, flush=True)
    return found


def softplus(values):
    return np.logaddexp(0, values)


def sigmoid(values):
    return 1 / (1 + np.exp(-np.clip(values, -700, 700)))


# Each form: late and logit → score, with the grid of its constants. `late` counts 1, so that a weight says what a logit is worth.
WEIGHTS = (0.125, 0.25, 0.375, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 6, 8, 16)
FORMS = {
    "late": (lambda late, logit: late, {}),
    "logit": (lambda late, logit: logit, {}),
    "late + w·logit": (lambda late, logit, w: late + w * logit, {"w": WEIGHTS}),
    "late + w·max(logit, 0)": (lambda late, logit, w: late + w * np.maximum(logit, 0), {"w": WEIGHTS}),
    "late + w·max(logit, t)": (lambda late, logit, w, t: late + w * np.maximum(logit, t), {"w": WEIGHTS, "t": (-8, -6, -4, -2, 0, 2, 4)}),
    "late + w·softplus(s·(logit - t))/s": (
        lambda late, logit, w, s, t: late + w * softplus(s * (logit - t)) / s, {"w": WEIGHTS, "s": (0.25, 0.5, 1), "t": (-6, -4, -2, 0, 2)},
    ),
    "late + w·max(logit, 0) + v·min(logit, 0)": (
        lambda late, logit, w, v: late + w * np.maximum(logit, 0) + v * np.minimum(logit, 0),
        {"w": WEIGHTS, "v": (0.03125, 0.0625, 0.125, 0.25, 0.375, 0.5, 0.75)},
    ),
    "late + w·sigmoid(s·(logit - t))": (
        lambda late, logit, w, s, t: late + w * sigmoid(s * (logit - t)), {"w": (1, 2, 4, 6, 8, 12, 16, 24), "s": (0.25, 0.5, 1), "t": (-4, -2, 0, 2, 4)},
    ),
}
