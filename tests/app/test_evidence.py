"""Features and the two models over them: arithmetic, and what holds whatever the weights."""

from math import exp, isfinite
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import evidence
from app.assistant import Assistant
from app.evidence import Model


@pytest.fixture(scope="module")
def assistant(library: Path) -> Assistant:
    return Assistant.open(library / "index")


def test_a_model_is_a_logistic_regression() -> None:
    model = Model({"cover": 2.0, "rank": -1.0}, bias=0.5, threshold=0.5)
    assert model.probability({"cover": 0.25, "rank": 0.5, "new": 9}) == pytest.approx(
        1 / (1 + exp(-(0.5 + 2 * 0.25 - 1 * 0.5)))
    )


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_probability_is_one_whatever_the_weights(weight: float, value: float) -> None:
    assert 0 <= Model({"x": weight}, 0, 0.5).probability({"x": value}) <= 1


@pytest.mark.parametrize(
    "question", ["秘鲁 Claro 的 eSIM 在哪里销户？", "余额能退款吗", "销户", "怎么", "a", "天气", "。"]
)
def test_evidence_is_ranked_with_finite_features(assistant: Assistant, question: str) -> None:
    _, ranked = assistant.weighed(question)
    assert [e.score for e in ranked] == sorted((e.score for e in ranked), reverse=True)
    assert all(0 <= e.score <= 1 and all(map(isfinite, e.features.values())) for e in ranked)


def test_evidence_is_made_of_units_of_its_passage(assistant: Assistant) -> None:
    for e in assistant.weighed("秘鲁卡补办要带什么")[1]:
        units = e.hit.passage.units
        if e.unit.kind == "list":
            members = [unit for unit in units if unit.group == e.unit.group]
            assert (e.unit.start, e.unit.end) == (members[0].start, members[-1].end)
        else:
            assert e.unit in units


def test_the_threshold_is_a_probability() -> None:
    assert 0 < evidence.threshold() < 1


def test_coverage_is_the_share_of_the_questions_words_in_any_of_their_forms(assistant: Assistant) -> None:
    query, _ = assistant.weighed("怎么注销流量卡")
    assert evidence.coverage(query, "".join(term.word for term in query.terms)) == pytest.approx(1)
    assert evidence.coverage(query, "".join(term.forms[-1] + "，" for term in query.terms)) == pytest.approx(1)
    assert evidence.coverage(query, "") == 0
