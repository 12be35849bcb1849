"""Saying no: what is missing is named, and what is suggested is answered."""

from pathlib import Path

import pytest

from app.assistant import Assistant
from app.refusal import unknown_message


@pytest.fixture(scope="module")
def assistant(library: Path) -> Assistant:
    return Assistant.open(library / "index")


@pytest.mark.parametrize(
    ("countries", "carriers", "named"),
    [
        (["JP"], [], ["日本"]),
        (["JP", "KR"], [], ["日本", "韩国"]),
        ([], ["Airtel"], ["Airtel"]),
        (["IN"], ["Airtel"], ["印度", "Airtel"]),
    ],
)
def test_every_missing_name_is_in_the_message(countries: list[str], carriers: list[str], named: list[str]) -> None:
    message = unknown_message(countries, carriers, {"PE"})
    assert all(name in message for name in named)
    assert message.startswith("指南里没有提到")
    assert message.endswith("。")


@pytest.mark.parametrize(
    ("question", "missing"),
    [("日本的流量卡怎么销户？", "日本"), ("Airtel 的卡怎么退？", "airtel"), ("首尔的卡怎么补办？", "韩国")],
)
def test_the_message_names_what_no_guide_speaks_of(assistant: Assistant, question: str, missing: str) -> None:
    answer = assistant.ask(question)
    assert missing in answer.message.lower()
    assert "秘鲁" not in answer.message


def test_one_country_known_and_one_not_says_so(assistant: Assistant) -> None:
    answer = assistant.ask("秘鲁和日本的手机卡补办要带什么？")
    assert "日本" in answer.message
    assert "秘鲁" not in answer.message.split("没有提到")[-1]


def test_suggestions_are_of_the_country_asked_about_first(assistant: Assistant) -> None:
    answer = assistant.ask("秘鲁的卡可以送给火星人吗？")
    if answer.outcome == "abstained":
        assert "秘鲁" in answer.suggestions[0]


def test_suggestions_are_few_and_each_once(assistant: Assistant) -> None:
    suggestions = assistant.ask("日本的卡怎么销户？").suggestions
    assert 0 < len(suggestions) <= 3
    assert len(set(suggestions)) == len(suggestions)


@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_examples_are_at_most_as_many_as_asked_for(assistant: Assistant, count: int) -> None:
    assert len(assistant.examples(count)) <= count


@pytest.mark.parametrize("question", ["秘鲁手机卡销户要几天生效", "余额退款要打哪个电话"])
def test_what_is_called_missing_stands_in_no_passage_shown(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.reason == "not_covered"
    assert not any(f"“{word}”" in answer.message for word in ("销户", "余额", "手机卡", "退款"))
