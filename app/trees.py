"""Gradient-boosted regression trees (Friedman 2001) kept as numbers: grown by scikit-learn, evaluated here without it.

Knows nothing of what their features mean.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Trees:
    """Regression trees whose leaves add up to a logit.

    A tree is a list of nodes, its root first: (feature, threshold, left, right) goes left where the feature is at most
    the threshold; (value,) is a leaf. A feature that is missing is 0.
    """

    names: Sequence[str]
    bias: float
    threshold: float  # probability from which the answer is yes; fitted with the trees
    trees: Sequence[Sequence[Sequence[float]]]

    def probability(self, found: Mapping[str, float]) -> float:
        """The logit of the features as a probability: 0…1."""
        values = [found.get(name, 0.0) for name in self.names]
        logit = self.bias + sum(_leaf(tree, values) for tree in self.trees)
        return 1 / (1 + math.exp(-max(min(logit, 40.0), -40.0)))


def _leaf(tree: Sequence[Sequence[float]], values: Sequence[float]) -> float:
    node = tree[0]
    while len(node) > 1:
        feature, least, left, right = node
        node = tree[int(left if values[int(feature)] <= least else right)]
    return node[0]


@lru_cache(maxsize=8)
def load(name: str) -> Trees:
    """Read the trees in `app/{name}.json`."""
    return Trees(**json.loads(files("app").joinpath(f"{name}.json").read_text("utf-8")))
