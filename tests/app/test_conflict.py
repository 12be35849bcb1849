"""Two units that cannot both hold; the plainest pairs, and pairs that only look like one."""

from pathlib import Path

import pytest

from app.assistant import Assistant
from app.types import Outcome
from index.search import Index

ASKED = "秘鲁 Claro 的卡能在线销户吗？"


def outcome(folder: Path, one: str, other: str, question: str = ASKED) -> Outcome:
    for name, sentence in (("one", one), ("other", other)):
        (folder / f"{name}.md").write_text(
            f"---\ncountry: 秘鲁\ncarriers: [Claro]\n---\n# 秘鲁 Claro 销户指南\n\n## 销户方式\n\n{sentence}\n",
            encoding="utf-8",
        )
    Index.build(folder, folder / ".index")
    return Assistant.open(folder / ".index").ask(question).outcome


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Claro 的卡支持在线销户。", "Claro 的卡不支持在线销户。"),
        ("Claro 的卡可以在官网销户。", "Claro 的卡只能到营业厅销户。"),
        ("Claro 的卡可以在官网在线销户，不用去营业厅。", "Claro 的卡只能到营业厅销户。"),
    ],
)
def test_opposite_words_on_one_thing_conflict(tmp_path: Path, one: str, other: str) -> None:
    assert outcome(tmp_path, one, other) == "conflicting"


def test_different_numbers_for_one_thing_conflict(tmp_path: Path) -> None:
    one, other = "Claro 的卡销户需要三个工作日办完。", "Claro 的卡销户需要十个工作日办完。"
    assert outcome(tmp_path, one, other, "秘鲁 Claro 的卡销户需要多久办完？") == "conflicting"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Claro 的卡不支持在线销户。", "Claro 的卡无法在线销户。"),
        ("Claro 的卡只能到营业厅销户。", "Claro 的卡必须到营业厅销户。"),
    ],
)
def test_two_guides_that_agree_do_not_conflict(tmp_path: Path, one: str, other: str) -> None:
    assert outcome(tmp_path, one, other) == "answered"
