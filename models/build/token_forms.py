"""Ways to store a document's token vectors in fewer bytes, as what a reader gets back from them.

A form is a chain: pool the tokens, turn (project or rotate) them, round the numbers. Queries are turned, never pooled.
"""
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.stats import norm

from encode import SIZE, unit


# --- pooling -----------------------------------------------------------------------------------------------------------------------------

def means_by(tokens, cluster):
    """Mean of the tokens of each cluster 0..n-1, of length 1."""
    sums = np.zeros((cluster.max() + 1, tokens.shape[1]), np.float32)
    np.add.at(sums, cluster, tokens)
    return unit(sums)


def pool_ward(tokens, wanted):
    """Ward clusters, as in https://arxiv.org/abs/2409.14683."""
    return means_by(tokens, fcluster(linkage(tokens, "ward"), wanted, "maxclust") - 1)


def pool_sequential(tokens, wanted):
    """Neighbours become one, as many each time."""
    return means_by(tokens, np.arange(len(tokens)) // -(-len(tokens) // wanted))


def pool_adjacent(tokens, wanted):
    """The neighbours whose joining costs least are joined until so many are left."""
    sums, sizes = [row for row in tokens.astype(np.float32)], [1] * len(tokens)

    def cost(i):
        # Ward's: the growth of the squared error when two clusters become one.
        a, b = sizes[i], sizes[i + 1]
        gap = sums[i] / a - sums[i + 1] / b
        return a * b / (a + b) * float(gap @ gap)

    costs = [cost(i) for i in range(len(sums) - 1)]
    while len(sums) > wanted:
        i = int(np.argmin(costs))
        sums[i] = sums[i] + sums.pop(i + 1)
        sizes[i] += sizes.pop(i + 1)
        costs.pop(i)
        if i < len(costs):
            costs[i] = cost(i)
        if i > 0:
            costs[i - 1] = cost(i - 1)
    return unit(np.array(sums))


POOLINGS = {"ward": pool_ward, "sequential": pool_sequential, "adjacent": pool_adjacent}


def tokens_after(count, factor, most):
    """How many vectors a document of `count` tokens keeps; `most` is None for no limit."""
    left = -(-count // factor)
    return left if most is None else min(left, most)


def pool(tokens, kind):
    name, factor, most = kind
    wanted = tokens_after(len(tokens), factor, most)
    return POOLINGS[name](tokens, wanted) if 0 < wanted < len(tokens) else tokens


# --- turning -----------------------------------------------------------------------------------------------------------------------------

def principal_axes(tokens, mean):
    """[384 × 384], axes as columns, the one with most of the second moment about `mean` first."""
    centred = tokens - mean
    _, axes = np.linalg.eigh(centred.T.astype(np.float64) @ centred)
    return np.ascontiguousarray(axes[:, ::-1]).astype(np.float32)


def hadamard(size):
    """Sylvester's, [size × size], orthonormal."""
    matrix = np.ones((1, 1), np.float32)
    while len(matrix) < size:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix / np.sqrt(size)


def flips(round_, size=SIZE):
    """Signs ±1 by xorshift32, seed 20 + round: the lowest bit of each state, so that any language can repeat them."""
    state, signs = 20 + round_, []
    for _ in range(size):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        signs.append(1.0 if state & 1 else -1.0)
    return np.array(signs, np.float32)


def fast_rotation(rounds=2):
    """Orthogonal [384 × 384] without stored numbers: flip signs, then Hadamard over the first 256 and the last 256 of the numbers in turn."""
    matrix = np.eye(SIZE, dtype=np.float32)
    block = hadamard(256)
    for round_ in range(rounds):
        matrix *= flips(round_)
        matrix[:, :256] = matrix[:, :256] @ block
        matrix[:, -256:] = matrix[:, -256:] @ block
    return matrix


# --- rounding ----------------------------------------------------------------------------------------------------------------------------

def gaussian_levels(bits):
    """Lloyd-Max levels of a standard normal variable: positive half, ascending."""
    count = 2 ** (bits - 1)
    levels = norm.ppf(0.5 + (np.arange(count) + 0.5) / (2 * count))
    for _ in range(2000):
        edges = np.concatenate([[0], (levels[1:] + levels[:-1]) / 2, [np.inf]])
        mass = norm.cdf(edges[1:]) - norm.cdf(edges[:-1])
        levels = (norm.pdf(edges[:-1]) - norm.pdf(edges[1:])) / mass
    return levels


def round_max(values, bits):
    """Per token: the largest number gets the largest code; 2 bytes for the scale."""
    largest = 2 ** (bits - 1) - 1
    scale = np.abs(values).max(1, keepdims=True) / largest
    scale = np.where(scale > 0, scale, 1).astype(np.float16).astype(np.float32)
    return np.clip(np.round(values / scale), -largest, largest) * scale


def round_gaussian(values, bits, deviation):
    """Codes for numbers of a known standard deviation: nothing stored but the codes."""
    levels = gaussian_levels(bits).astype(np.float32)
    edges = (levels[1:] + levels[:-1]) / 2
    size = np.abs(values) / deviation
    rounded = np.full(values.shape, levels[0], np.float32)
    for edge, below, above in zip(edges, levels, levels[1:]):
        rounded += (above - below) * (size > edge)
    return np.copysign(rounded, values) * deviation


def round_fixed(values, bits):
    """Evenly spaced steps, the same for every number of every token: as src/math/packed-tokens.ts, whose constants these are (but for 2 bits, which
    only served for comparison)."""
    reach, most = {8: (7, 127), 4: (3, 7), 2: (1.5, 3), 1: (1, 1)}[bits]
    step = reach / np.sqrt(values.shape[1]) / most
    if bits == 1:
        return np.where(values > 0, step, -step).astype(np.float32)
    if bits == 2:
        return (np.where(values > 0, step, -step) * np.where(np.abs(values) > 2 * step, 3, 1)).astype(np.float32)
    return np.clip(np.floor(values / step + 0.5), -most, most) * np.float32(step)


def rescale(values, rounded):
    """Multiplies each row so that its product with the true row is that row's squared length (RaBitQ, https://arxiv.org/abs/2405.12497)."""
    product = (values * rounded).sum(1, keepdims=True)
    scale = (values ** 2).sum(1, keepdims=True) / np.where(product > 0, product, 1)
    return rounded * scale.astype(np.float16).astype(np.float32)


# --- the chain ---------------------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Form:
    dimensions: int = SIZE
    bits: int = 32
    pooling: str = "none"
    factor: int = 1
    # Vectors that a document keeps at most.
    most: int | None = None
    # none | rotated | pca
    turn: str = "none"
    # Take the mean token away before rounding; its product with the query is added again.
    centred: bool = False
    # max: scale by the largest number; gaussian: levels of a normal distribution; a trailing + adds a scale of two bytes a token; fixed: as the
    # product does it, nothing stored but the codes.
    rounding: str = "max"
    # After a projection: give both sides length 1 again.
    renormalised: bool = False
    query_bits: int = 32

    def pooling_kind(self):
        return self.pooling, self.factor, self.most

    def turning(self):
        return self.turn, self.centred

    def bytes_a_token(self):
        scale = 2 if self.bits < 32 and (self.rounding == "max" or self.rounding.endswith("+")) else 0
        return self.dimensions * self.bits / 8 + scale

    def label(self):
        parts = [f"{self.dimensions} × {self.bits}"]
        if self.turn != "none":
            parts.append(self.turn)
        if self.centred:
            parts.append("centred")
        if self.renormalised:
            parts.append("renormalised")
        if self.bits < 32:
            parts.append(self.rounding)
        if self.factor > 1:
            parts.append(f"{self.pooling} pooling by {self.factor}" + (f" to at most {self.most}" if self.most else ""))
        if self.query_bits < 32:
            parts.append(f"queries × {self.query_bits}")
        return ", ".join(parts)


class Turns:
    """Mean and matrices, made from texts that are no test set's."""

    def __init__(self, tokens):
        tokens = np.asarray(tokens, np.float32)
        self.mean = tokens.mean(0)
        self.axes = {True: principal_axes(tokens, self.mean), False: principal_axes(tokens, np.zeros_like(self.mean))}
        self.rotation = fast_rotation()
        self.sample = tokens[:: max(1, len(tokens) // 20_000)]
        self.deviations = {}

    def matrix(self, form):
        """[384 × 384], or None where nothing is turned; a form keeps its first columns."""
        if form.turn == "pca":
            return self.axes[form.centred]
        return self.rotation if form.turn == "rotated" else None

    def turned(self, form, tokens):
        """[tokens × 384] Centred and turned, of length 1 no more; the same for all forms that share `turning`."""
        centred = tokens - self.mean if form.centred else tokens
        matrix = self.matrix(form)
        return centred if matrix is None else centred @ matrix

    def deviation(self, form):
        """[384] Root mean square of each number in the sample; one number for all when rotated."""
        key = form.turning()
        if key not in self.deviations:
            spread = np.sqrt((self.turned(form, self.sample) ** 2).mean(0))
            self.deviations[key] = np.full_like(spread, np.sqrt((spread ** 2).mean())) if form.turn == "rotated" else spread
        return self.deviations[key]

    def stored(self, form, turned):
        """[tokens × dimensions] What a reader gets back."""
        values = turned[:, :form.dimensions]
        if form.renormalised:
            values = unit(values)
        if form.bits == 32:
            return values
        if form.rounding == "fixed":
            return round_fixed(values, form.bits)
        if form.rounding == "max":
            return round_max(values, form.bits)
        rounded = round_gaussian(values, form.bits, self.deviation(form)[:form.dimensions])
        return rescale(values, rounded) if form.rounding.endswith("+") else rounded

    def asked(self, form, tokens):
        """The query's side: turned rows, and what is added to each row's products."""
        matrix = self.matrix(form)
        turned = (tokens if matrix is None else tokens @ matrix)[:, :form.dimensions]
        if form.renormalised:
            turned = unit(turned)
        if form.query_bits < 32:
            turned = round_max(turned, form.query_bits)
        return turned, tokens @ self.mean if form.centred else np.zeros(len(tokens), np.float32)


def max_sims(lists, stored_of, asked_of):
    """[queries × candidates] Mean over the query's tokens of the best product with a token of the candidate; 0 without tokens."""
    result = np.full(lists.real.shape, -np.inf)
    for at, ids in enumerate(lists.ids):
        query, added = asked_of(at)
        rows = [stored_of(id) for id in ids]
        lengths = np.array([len(one) for one in rows])
        result[at, :len(ids)] = 0
        full = np.flatnonzero(lengths)
        if len(query) == 0 or len(full) == 0:
            continue
        starts = np.concatenate([[0], np.cumsum(lengths[full])[:-1]])
        products = query @ np.concatenate([rows[i] for i in full]).T
        result[at, full] = (np.maximum.reduceat(products, starts, axis=1) + added[:, None]).mean(0)
    return result


# The smallest of the product's forms that keeps the full vectors' mean over training and selection sets to .003 (results/fits/token-forms.json):
# 7,680 bytes for 120 tokens. Below 4 KB none does: one bit pooled by 2 (2,880 bytes) loses .006.
DEFAULT = Form(bits=4, rounding="fixed", pooling="ward", factor=3)
