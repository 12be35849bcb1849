"""Statements from units: who may be quoted, and that a quote is its article's own."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer import similar
from app.assistant import Assistant
from app.types import Statement
from index.search import Index


@pytest.fixture(scope="module")
def assistant(library: Path) -> Assistant:
    return Assistant.open(library / "index")


def statements(assistant: Assistant, question: str) -> tuple[Statement, ...]:
    return assistant.ask(question).statements


@given(st.text(max_size=30), st.text(max_size=30))
def test_similarity_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    assert 0 <= similar(one, other) == similar(other, one) <= 1
    assert similar(one, one) == (1 if len(one) > 1 else 0)


def test_similarity_by_hand() -> None:
    # 销户|户要|要带 and 销户|户要|要交: two pairs of four in common.
    assert similar("销户要带", "销户要交") == 2 / 4
    assert similar("销户", "退款") == 0


def test_a_list_that_is_asked_for_comes_whole_and_cited_as_one(assistant: Assistant) -> None:
    listed = next(s for s in statements(assistant, "补办秘鲁手机卡的步骤是什么？") if "取号" in s.text)
    assert ["取号" in listed.text, "出示护照" in listed.text, "领取新卡" in listed.text] == [True] * 3
    assert listed.text.splitlines() == ["1. 到利马的营业厅取号。", "2. 向柜台出示护照。", "3. 当场领取新卡。"]


@pytest.mark.parametrize(
    "question", ["巴基斯坦流量卡 500 卢比以上的余额退到哪里？", "秘鲁Movistar的eSIM打什么电话销户？"]
)
def test_marks_are_dropped_in_the_text_and_kept_in_the_quote(assistant: Assistant, question: str) -> None:
    for statement in statements(assistant, question):
        assert not any(mark in statement.text for mark in ("|", "**", "##"))
        assert statement.citations[0].quote


def test_a_general_guide_says_so_when_a_country_was_asked_about(assistant: Assistant) -> None:
    for statement in statements(assistant, "秘鲁的卡销户前要备份通讯录吗？"):
        assert statement.note == ("通用指南" if statement.citations[0].path == "general.md" else "")


def test_a_guide_of_a_country_says_so_when_none_was_asked_about(assistant: Assistant) -> None:
    for statement in statements(assistant, "补办手机卡要带什么？"):
        assert (
            statement.note
            == {"peru": "秘鲁", "pakistan": "巴基斯坦", "general": ""}[
                statement.citations[0].path.split("/")[0].split("-")[0].split(".")[0]
            ]
        )


def test_another_guide_of_the_same_country_is_heard_as_well(tmp_path: Path) -> None:
    one = "销户要本人带护照到利马的营业厅，柜台当场办完。"
    other = "我是托房东拿着我的信去柜台把号销掉的，一刻钟就好了。"
    for name, sentence in (("one", one), ("other", other)):
        text = f"---\ncountry: 秘鲁\n---\n# 秘鲁手机卡销户经验\n\n## 谁去销户\n\n{sentence}\n"
        (tmp_path / f"{name}.md").write_text(text, "utf-8")
    Index.build(tmp_path, tmp_path / ".index")
    shown = statements(Assistant.open(tmp_path / ".index"), "秘鲁的号谁去营业厅销户？")
    assert {s.citations[0].path for s in shown} == {"one.md", "other.md"}
