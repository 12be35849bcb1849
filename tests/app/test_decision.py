"""Whether there is an answer: what holds whatever the trees learnt."""

from dataclasses import replace
from math import isfinite
from pathlib import Path

import pytest

from app import decision
from app.assistant import Assistant


@pytest.fixture(scope="module")
def assistant(library: Path) -> Assistant:
    return Assistant.open(library / "index")


def test_no_units_are_no_answer(assistant: Assistant) -> None:
    weighed = replace(assistant.weighed("余额能退款吗"), units=())
    assert decision.answerable(assistant.index, weighed) == 0


@pytest.mark.parametrize("question", ["秘鲁 Claro 的 eSIM 在哪里销户？", "余额能退款吗", "销户", "怎么", "销户几点"])
def test_features_are_finite(assistant: Assistant, question: str) -> None:
    weighed = assistant.weighed(question)
    assert all(map(isfinite, decision.features(assistant.index, weighed).values()))
    assert 0 <= decision.answerable(assistant.index, weighed) <= 1


def test_one_unit_alone_has_features_too(assistant: Assistant) -> None:
    weighed = assistant.weighed("余额能退款吗")
    only = replace(weighed, units=weighed.units[:1])
    assert all(map(isfinite, decision.features(assistant.index, only).values()))


def test_the_threshold_is_a_probability() -> None:
    assert 0 < decision.threshold() < 1


def test_guides_of_other_countries_are_compared_with_and_never_quoted(assistant: Assistant) -> None:
    weighed = assistant.weighed("秘鲁 Claro 的 eSIM 在哪里销户？")
    assert weighed.outside
    assert not {e.hit.passage.id for e in weighed.outside} & {e.hit.passage.id for e in weighed.units}
    assert all(
        "PE" not in e.hit.passage.scope.countries or "claro" not in e.hit.passage.scope.carriers
        for e in weighed.outside
    )
    assert decision.features(assistant.index, weighed)["outside"] == 1
    assert "outside" not in decision.features(assistant.index, replace(weighed, outside=()))


@pytest.mark.parametrize("question", ["秘鲁的流量卡能用5G吗", "秘鲁手机卡的APN怎么填", "eSIM 支持 iPhone 吗"])
def test_a_thing_of_one_name_that_no_guide_names_is_not_answered(assistant: Assistant, question: str) -> None:
    assert decision.answerable(assistant.index, assistant.weighed(question)) == 0
    assert assistant.ask(question).reason == "not_covered"
