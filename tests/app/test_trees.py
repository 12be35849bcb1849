"""The trees' arithmetic, and the files they are kept in."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import trees
from app.trees import Trees

SPLIT = [[0, 0.5, 1, 2], [-1.0], [1, 2.0, 3, 4], [0.25], [3.0]]


@pytest.mark.parametrize(
    ("found", "logit"),
    [
        ({"a": 0.5}, -1.0),  # at most the threshold: left
        ({"a": 0.6}, 0.25),  # a feature that is missing is 0
        ({"a": 0.6, "b": 2.1}, 3.0),
        ({"c": 9.0}, -1.0),
    ],
)
def test_leaves_add_up_to_a_logit(found: dict[str, float], logit: float) -> None:
    trees = Trees(["a", "b"], 0.5, 0.5, [SPLIT, SPLIT])
    assert trees.probability(found) == pytest.approx(1 / (1 + exp(-(0.5 + 2 * logit))))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_probability_is_one_whatever_the_leaves(value: float, leaf: float) -> None:
    assert 0 <= Trees(["a"], 0, 0.5, [[[leaf]]]).probability({"a": value}) <= 1


@pytest.mark.parametrize("name", ["decision", "conflict"])
def test_the_fitted_trees_can_be_read(name: str) -> None:
    found = trees.load(name)
    assert 0 < found.threshold < 1
    assert found.trees
    assert 0 <= found.probability({}) <= 1
