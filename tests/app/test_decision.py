"""Whether there is an answer: the trees' arithmetic, and what holds whatever they learnt."""

from math import exp, isfinite
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decision
from app.assistant import Assistant
from app.decision import Trees

SPLIT = [[0, 0.5, 1, 2], [-1.0], [1, 2.0, 3, 4], [0.25], [3.0]]


@pytest.fixture(scope="module")
def assistant(library: Path) -> Assistant:
    return Assistant.open(library / "index")


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


def test_no_units_are_no_answer(assistant: Assistant) -> None:
    query, _ = assistant.weighed("余额能退款吗")
    assert decision.answerable(assistant.index, query, []) == 0


@pytest.mark.parametrize("question", ["秘鲁 Claro 的 eSIM 在哪里销户？", "余额能退款吗", "销户", "怎么", "销户几点"])
def test_features_are_finite(assistant: Assistant, question: str) -> None:
    query, ranked = assistant.weighed(question)
    assert all(map(isfinite, decision.features(assistant.index, query, ranked).values()))
    assert 0 <= decision.answerable(assistant.index, query, ranked) <= 1


def test_one_unit_alone_has_features_too(assistant: Assistant) -> None:
    query, ranked = assistant.weighed("余额能退款吗")
    assert all(map(isfinite, decision.features(assistant.index, query, ranked[:1]).values()))


def test_the_threshold_is_a_probability() -> None:
    assert 0 < decision.threshold() < 1
