"""Features of units: arithmetic, and what holds whatever the weights."""

from math import isfinite
from pathlib import Path

import pytest

from app import evidence
from app.assistant import Assistant


@pytest.fixture(scope="module")
def assistant(library: Path) -> Assistant:
    return Assistant.open(library / "index")


@pytest.mark.parametrize(
    "question", ["秘鲁 Claro 的 eSIM 在哪里销户？", "余额能退款吗", "销户", "怎么", "a", "天气", "。"]
)
def test_evidence_is_ranked_with_finite_features(assistant: Assistant, question: str) -> None:
    ranked = assistant.weighed(question).units
    assert [e.score for e in ranked] == sorted((e.score for e in ranked), reverse=True)
    assert all(0 <= e.score <= 1 and all(map(isfinite, e.features.values())) for e in ranked)


def test_evidence_is_made_of_units_of_its_passage(assistant: Assistant) -> None:
    for e in assistant.weighed("秘鲁卡补办要带什么").units:
        units = e.hit.passage.units
        if e.unit.kind == "list":
            members = [unit for unit in units if unit.group == e.unit.group]
            assert (e.unit.start, e.unit.end) == (members[0].start, members[-1].end)
        else:
            assert e.unit in units


def test_coverage_is_the_share_of_the_questions_words_in_any_of_their_forms(assistant: Assistant) -> None:
    query = assistant.weighed("怎么注销流量卡").query
    assert evidence.coverage(query, "".join(term.word for term in query.terms)) == pytest.approx(1)
    assert evidence.coverage(query, "".join(term.forms[-1] + "，" for term in query.terms)) == pytest.approx(1)
    assert evidence.coverage(query, "") == 0
