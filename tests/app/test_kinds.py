"""What sort of fact is asked for and what sort a sentence holds: plain cases that any tuning keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import kinds


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("补卡多少钱", "price"),
        ("销户要多久", "duration"),
        ("在哪里办", "where"),
        ("为什么要销户", "why"),
        ("销户的步骤", "steps"),
        ("要带什么材料", "materials"),
        ("客服电话是多少", "phone"),
        ("能不能在线办", "yes_no"),
        ("可以退款吗", "yes_no"),
        ("周末几点开门", "date"),
    ],
)
def test_plain_questions(question: str, kind: str) -> None:
    assert kind in kinds.asked(question)


def test_a_bare_word_asks_for_nothing_in_particular() -> None:
    assert kinds.asked("销户") == frozenset()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("price", "补卡费 15 元"),
        ("duration", "三个工作日办完"),
        ("phone", "拨打 104"),
        ("phone", "热线 +51 1 610 1000"),
        ("where", "到营业厅办理"),
    ],
)
def test_plain_sentences(kind: str, sentence: str) -> None:
    assert kinds.holds(kind, sentence)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("price", "补卡要收费"), ("phone", "拨打客服"), ("phone", "2024年起执行"), ("duration", "尽快办理")],
)
def test_a_sentence_without_the_fact(kind: str, sentence: str) -> None:
    assert not kinds.holds(kind, sentence)


@pytest.mark.parametrize(
    ("sentence", "asks"),
    [("能退款吗？", True), ("能退款吗?**", True), ("能退款。", False), ("为什么？因为欠费。", False)],
)
def test_a_sentence_that_asks(sentence: str, *, asks: bool) -> None:
    assert kinds.is_question(sentence) is asks


@pytest.mark.parametrize(("sentence", "leads"), [("步骤如下：", True), ("**步骤如下：**", True), ("时间：三天", False)])
def test_a_sentence_that_leads_up(sentence: str, *, leads: bool) -> None:
    assert kinds.is_intro(sentence) is leads


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    assert kinds.asked(text) <= kinds.ASKED.keys() == kinds.HOLDS.keys()
    assert all(isinstance(kinds.holds(kind, text), bool) for kind in kinds.HOLDS)


def test_hard_facts_are_kinds() -> None:
    assert set(kinds.HARD) <= kinds.HOLDS.keys()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("date", "2026年起不再办理"),
        ("date", "3月5日截止"),
        ("date", "早上六点开到夜里十一点"),
        ("price", "每台150斐济元"),
        ("price", "补卡 3000 缅元"),
        ("phone", "该卡不设电话热线"),
        ("duration", "每月 20 日"),
    ],
)
def test_a_fact_is_told_however_it_is_written(kind: str, sentence: str) -> None:
    assert kinds.holds(kind, sentence)


@pytest.mark.parametrize(
    ("kind", "sentence"), [("date", "请注意一点"), ("price", "三个单元房"), ("price", "可以在欧洲用")]
)
def test_what_only_looks_like_a_fact_is_none(kind: str, sentence: str) -> None:
    assert not kinds.holds(kind, sentence)


def test_which_ones_asks_for_no_number() -> None:
    assert "count" not in kinds.asked("要先满足哪几条")
    assert "count" in kinds.asked("最多办几张")


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("办理时要不要交回旧卡。", 1.0),
        ("先问清是否收费，再带护照去营业厅。", 0.5),
        ("带护照去营业厅。", 0.0),
        ("", 0.0),
    ],
)
def test_how_much_of_a_sentence_asks(sentence: str, share: float) -> None:
    assert kinds.asking(sentence) == share
