"""Articles to passages: nothing is cut in two, nothing is lost, and every offset is the article's own."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.chunk import SMALL, TARGET, chunk, readable
from index.promo import find_promos
from index.text import sentences
from index.types import Article, Passage, Unit

AD = "更多优惠请加TG：@wodeka66"


def article_of(text: str, title: str = "测试指南", body: int = 0) -> Article:
    return Article("guide", "guide.md", title, text, body, "", promos=find_promos(text, body))


def cut(text: str, title: str = "测试指南") -> tuple[Passage, ...]:
    article = article_of(text, title)
    passages = chunk(article)
    check(article, passages)
    return passages


def quotes(passages: tuple[Passage, ...]) -> list[str]:
    return [
        passage.text[unit.start - passage.start : unit.end - passage.start]
        for passage in passages
        for unit in passage.units
    ]


def units(passages: tuple[Passage, ...]) -> list[Unit]:
    return [unit for passage in passages for unit in passage.units]


def check(article: Article, passages: tuple[Passage, ...]) -> None:
    """What holds of every article whatever it holds."""
    text = article.text
    assert [passage.id for passage in passages] == list(range(len(passages)))
    for passage in passages:
        assert article.body <= passage.start < passage.end <= len(text)
        assert text[passage.start : passage.end] == passage.text
        assert passage.units
        assert (passage.units[0].start, passage.units[-1].end) == (passage.start, passage.end)
        assert not any(promo.start < passage.end and promo.end > passage.start for promo in article.promos)
    for unit in units(passages):
        assert unit.kind in {"sentence", "item", "row", "header"}
        assert text[unit.start : unit.end].strip() == text[unit.start : unit.end] != ""
    assert all(one.end <= other.start for one, other in pairwise(passages))
    assert all(one.end <= other.start for one, other in pairwise(units(passages)))
    # No sentence is cut but by an advertisement, or between its words and its marks (a list's number, a quote's “>”).
    inside = {at for promo in article.promos for at in range(promo.start, promo.end)}
    clean = "".join("\n" if at in inside else char for at, char in enumerate(text))
    edges = {edge for unit in units(passages) for edge in (unit.start, unit.end)}
    for start, end in sentences(clean, article.body):
        for edge in edges:
            if start < edge < end:
                assert not any(char.isalnum() for char in clean[start:edge]) or not any(
                    char.isalnum() for char in clean[edge:end]
                )


# --- arbitrary text ------------------------------------------------------------

WORDS = st.text(
    st.sampled_from([*"卡号销户余额退款😀e\u0301ＡＢab12３ ，、：“”（）*_`|-#>[]!.\\&<"]), min_size=1, max_size=30
)
SENTENCE = st.builds("{}{}".format, WORDS, st.sampled_from(["。", "！", "？", "……", ". ", "：", ""]))
PROSE = st.lists(SENTENCE, min_size=1, max_size=8).map("".join)
LINE = st.one_of(
    PROSE,
    st.sampled_from(
        [
            AD,
            f"销户前备份。{AD}",
            "![](https://img.example.com/a.png)",
            "[[TG @wodeka66](https://t.me/s/x) ",
            "邀请码：AB12",
        ]
    ),
    st.builds("{} {}".format, st.sampled_from(["#", "##", "### **", "######", "#######"]), WORDS),
    st.builds("{}{}".format, st.sampled_from(["一、", "（一）", "第一步：", "**一、", "1. **", "__"]), WORDS),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "  ", "   ", "    ", "\t", "> ", "> - "]),
        st.sampled_from(["- ", "* ", "1. ", "2) ", "3、", "（4）", "⑤ ", "• ", "–  "]),
        PROSE,
    ),
    st.builds("| {} | {} |".format, WORDS, WORDS),
    st.sampled_from(
        [
            "|---|---|",
            "---",
            "***",
            "```",
            "~~~",
            "    缩进",
            "<div>",
            "</div>",
            "[a]: http://b.example",
            "===",
            "",
            "",
            "",
            "\t",
            "\u3000",
        ]
    ),
)
MARKDOWN = st.builds("{}{}".format, st.sampled_from(["", "# 测试指南\n"]), st.lists(LINE, max_size=25).map("\n".join))


@given(MARKDOWN)
@example("- 一\n\n  后一段\n\n      - 二\n")
@example("> 引用一。\n> - 项\n> 续\n")
@example("1. \n\n   a\n- \n")
@settings(max_examples=200, deadline=None)
def test_whatever_the_markdown_offsets_hold(text: str) -> None:
    article = article_of(text)
    check(article, chunk(article))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=200))
@settings(deadline=None)
def test_whatever_the_characters_offsets_hold(text: str) -> None:
    article = article_of(text)
    check(article, chunk(article))


@given(MARKDOWN, st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_front_matter_shifts_offsets_and_nothing_else(text: str, first_id: int) -> None:
    head = "---\ntitle: 测试指南\ncountry: PE\n---\n"
    plain = chunk(Article("g", "g.md", "测试指南", text, 0, "", promos=find_promos(text)))
    full = head + text
    shifted = chunk(
        Article("g", "g.md", "测试指南", full, len(head), "", promos=find_promos(full, len(head))), first_id
    )
    assert [(p.start - len(head), p.text, p.heading) for p in shifted] == [(p.start, p.text, p.heading) for p in plain]
    assert [p.id for p in shifted] == [first_id + p.id for p in plain]


# --- well-formed guides: every piece is known, and must come back whole ---------------------------

PIECE = st.integers(1, 60).map(lambda length: "销户余额退款护照营业厅"[: length % 11 + 1] * (length // 11 + 1))


@st.composite
def guides(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A guide and the pieces (sentences, items, rows) it is made of, numbered so that each stands once."""
    count = 0
    pieces: list[str] = []

    def piece() -> str:
        nonlocal count
        count += 1
        pieces.append(f"第{count}号{draw(PIECE)}")
        return pieces[-1]

    def lines(line: str, most: int) -> str:
        return "\n".join(
            re.sub("x", lambda _: piece(), line).replace("N", str(n)) for n in range(1, draw(st.integers(1, most)) + 1)
        )

    blocks = ["# 测试指南"]
    kinds = {
        "heading": lambda: f"## 第{len(blocks)}节",
        "prose": lambda: lines("x。", 12).replace("\n", ""),
        "bullets": lambda: lines("- x", 6),
        "numbers": lambda: lines("N. x\n   x", 4),
        "nested": lambda: lines("- x\n  - x\n  - x\n\n  x\n- x", 1),
        "table": lambda: f"{lines('| x | x |', 1)}\n|---|---|\n{lines('| x | x |', 5)}",
        "quote": lambda: lines("> x。", 3),
        "ad": lambda: AD,
        "chinese": lambda: lines("N、x", 4),
    }
    for kind in draw(st.lists(st.sampled_from(list(kinds)), min_size=1, max_size=6)):
        blocks.append(kinds[kind]())  # noqa: PERF401 - a heading counts the blocks before it
    return "\n\n".join(blocks) + "\n", pieces


@given(guides())
@settings(max_examples=100, deadline=None)
def test_every_piece_of_a_guide_stands_whole_in_exactly_one_unit(guide: tuple[str, list[str]]) -> None:
    text, pieces = guide
    found = quotes(cut(text))
    for piece in pieces:
        assert sum(piece in quote for quote in found) == 1, piece


@given(guides())
@settings(max_examples=50, deadline=None)
def test_passages_stay_near_their_size(guide: tuple[str, list[str]]) -> None:
    for passage in cut(guide[0]):
        longest = max(unit.end - unit.start for unit in passage.units)
        # Over the target only where one unit is that long, or an intro may not be parted from it.
        assert len(passage.text) <= TARGET + longest


# --- headings ------------------------------------------------------------


def headings(text: str, title: str = "测试指南") -> list[tuple[str, ...]]:
    return [passage.heading for passage in cut(text, title)]


def test_passages_carry_the_headings_above_them_and_not_the_title() -> None:
    text = "# 测试指南\n\n开头。\n\n## 甲\n\n一句。\n\n### 乙\n\n二句。\n\n## 丙\n\n三句。\n"
    assert headings(text) == [(), ("甲",), ("甲", "乙"), ("丙",)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("## **一、准备**", "一、准备"),
        ("一、准备材料", "一、准备材料"),
        ("**一、准备材料**", "一、准备材料"),
        ("**准备材料**", "准备材料"),
        ("__准备材料__", "准备材料"),
        ("（一）准备材料", "（一）准备材料"),
        ("第一步：准备材料", "第一步：准备材料"),
        ("第三章 准备材料", "第三章 准备材料"),
        ("1. **准备材料**", "准备材料"),
        ("## 准备材料 ##", "准备材料"),
        ("## [准备材料](https://example.com)", "准备材料"),
        (f"## 准备材料 [{AD}]", "准备材料"),
    ],
)
def test_what_is_a_heading_with_markdown_or_without(line: str, name: str) -> None:
    assert headings(f"测试指南\n\n{line}\n\n要带护照。\n") == [(name,)]


@pytest.mark.parametrize(
    "line", ["一、准备材料，再去营业厅。", "**注意：**要带护照。", "**要带护照。**", "1、要带护照", "第一步就错了。"]
)
def test_what_only_looks_like_a_heading_is_text(line: str) -> None:
    assert headings(f"测试指南\n\n{line}\n") == [()]
    assert quotes(cut(f"测试指南\n\n{line}\n")) == [line]


def test_headings_without_markdown_nest() -> None:
    text = "测试指南\n\n一、准备\n\n（一）材料\n\n带护照。\n\n二、办理\n\n去柜台。\n"
    assert headings(text) == [("一、准备", "（一）材料"), ("二、办理",)]


def test_two_sections_of_one_name_stay_two_passages() -> None:
    assert [p.text for p in cut("## 费用\n\n免费。\n\n## 费用\n\n十元。\n")] == ["免费。", "十元。"]


def test_a_line_over_a_rule_is_text_and_no_heading() -> None:
    assert quotes(cut("# 测试指南\n\n要带护照。\n---\n要带原卡。\n")) == ["要带护照。", "要带原卡。"]


# --- lists and tables ------------------------------------------------------------


def test_a_list_keeps_the_line_that_introduces_it() -> None:
    passages = cut("# 测试指南\n\n先停机。步骤如下：\n\n1. 取号\n2. 出示护照\n3. 签字\n")
    assert quotes(passages) == ["先停机。", "步骤如下：", "1. 取号", "2. 出示护照", "3. 签字"]
    assert [unit.kind for unit in units(passages)] == ["sentence", "sentence", "item", "item", "item"]
    assert [unit.order for unit in units(passages)] == [0, 0, 1, 2, 3]
    first, intro, *items = units(passages)
    assert first.group == -1
    assert {intro.group} == {item.group for item in items} != {-1}


def test_an_introduction_is_never_parted_from_its_first_item() -> None:
    items = "\n".join(
        f"- {'护照' * 90}{n}" for n in range(4)
    )  # 4 items of 183 characters: no two fit with the intro in 400
    passages = cut(f"# 测试指南\n\n{'先停机' * 60}。\n\n要带这些：\n\n{items}\n")
    holding = next(passage for passage in passages if "要带这些：" in passage.text)
    assert "护照0" in holding.text


@pytest.mark.parametrize(
    ("items", "orders"),
    [
        ("1. 甲\n2. 乙", [1, 2]),
        ("1) 甲\n2) 乙", [1, 2]),
        ("1、甲\n2、乙", [1, 2]),
        ("（1）甲\n（2）乙", [1, 2]),
        ("①甲\n②乙", [1, 2]),
        ("7. 甲\n8. 乙", [7, 8]),
        ("- 甲\n- 乙", [0, 0]),
        ("• 甲\n• 乙", [0, 0]),
        ("●甲\n●乙", [0, 0]),
    ],
)
def test_items_are_numbered_as_written(items: str, orders: list[int]) -> None:
    passages = cut(f"# 测试指南\n\n要带：\n\n{items}\n")
    found = [unit for unit in units(passages) if unit.kind == "item"]
    assert [unit.order for unit in found] == orders
    assert len({unit.group for unit in found}) == 1
    assert quotes(passages)[1:] == items.split("\n")


def test_a_nested_list_is_cut_item_by_item_in_one_group() -> None:
    passages = cut("# 测试指南\n\n- 甲\n  - 乙\n    续行\n  - 丙\n- 丁\n")
    assert quotes(passages) == ["- 甲", "- 乙\n    续行", "- 丙", "- 丁"]
    assert len({unit.group for unit in units(passages)}) == 1


def test_what_follows_a_nested_list_inside_its_item_is_not_lost() -> None:
    assert any("尾段" in quote for quote in quotes(cut("# 测试指南\n\n- 甲\n  - 乙\n\n  尾段要带护照。\n- 丁\n")))


def test_lists_that_begin_on_one_line_give_one_unit() -> None:
    assert quotes(cut("# 测试指南\n\n- 1. 带护照\n- 2. 带原卡\n")) == ["- 1. 带护照", "- 2. 带原卡"]


@pytest.mark.parametrize(
    "lines", ["一、护照原件\n二、原来的卡", "（1）护照原件\n（2）原来的卡", "**护照原件**\n**原来的卡**"]
)
def test_lines_like_headings_with_nothing_below_them_are_not_lost(lines: str) -> None:
    found = "".join(quotes(cut(f"# 测试指南\n\n销户要带：\n\n{lines}\n")))
    assert "护照原件" in found
    assert "原来的卡" in found


def test_two_lists_are_two_groups() -> None:
    found = units(cut("# 测试指南\n\n- 甲\n- 乙\n\n中间一句。\n\n- 丙\n- 丁\n"))
    groups = [unit.group for unit in found if unit.kind == "item"]
    assert groups[0] == groups[1] != groups[2] == groups[3]


def test_a_long_item_is_quoted_by_the_sentence() -> None:
    long = "1. " + "".join(f"{'护照' * 20}{n}。" for n in range(8))  # 8 sentences of 42 characters
    found = [unit for unit in units(cut(f"# 测试指南\n\n{long}\n2. 签字\n")) if unit.kind == "item"]
    assert len(found) == 8 + 1
    assert [unit.order for unit in found] == [1, 0, 0, 0, 0, 0, 0, 0, 2]


def test_a_table_is_cut_by_rows_under_its_header() -> None:
    passages = cut("# 测试指南\n\n费用如下：\n\n| 项目 | 费用 |\n|---|---|\n| 补卡 | 15 |\n| 销户 | 0 |\n")
    assert quotes(passages) == ["费用如下：", "| 项目 | 费用 |", "| 补卡 | 15 |", "| 销户 | 0 |"]
    assert [unit.kind for unit in units(passages)] == ["sentence", "header", "row", "row"]
    assert len({unit.group for unit in units(passages)}) == 1


# --- size ------------------------------------------------------------


def test_short_neighbours_under_one_heading_are_joined() -> None:
    assert [p.text for p in cut("## 甲\n\n一句。\n\n二句。\n\n## 乙\n\n三句。\n")] == ["一句。\n\n二句。", "三句。"]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    paragraph = "".join(f"{'余额' * 24}{n:02}。" for n in range(40))  # 40 sentences of 51 characters
    passages = cut(f"# 测试指南\n\n{paragraph}\n")
    assert "".join(passage.text for passage in passages) == paragraph
    assert all(SMALL <= len(passage.text) <= TARGET for passage in passages[:-1])
    assert len(passages[0].text) == 7 * 51  # an eighth sentence would make 408


def test_one_sentence_longer_than_a_passage_stays_whole() -> None:
    sentence = "余额" * 400 + "。"
    assert [p.text for p in cut(f"# 测试指南\n\n{sentence}\n")] == [sentence]


def test_an_article_of_nothing_but_advertisements_has_no_passage() -> None:
    assert cut(f"# 测试指南\n\n{AD}\n\n![](https://img.example.com/a.png)\n") == ()


def test_an_advertisement_in_a_paragraph_is_a_wall() -> None:
    assert [p.text for p in cut(f"# 测试指南\n\n先停机。{AD}\n再销户。\n")] == ["先停机。", "再销户。"]


@pytest.mark.parametrize(
    "body",
    [
        "销户[TG @wodeka66]要带护照。",
        "要带护照，[TG @wodeka66](https://t.me/x)还要带原卡。",
        f"- 带护照。{AD}\n  再带原卡。",
        "1. 取号\n\n   ![](https://img.example.com/a.png)\n\n   再签字",
        "| 项目 | 费用 |\n|---|---|\n| 补卡 [TG @wodeka66] | 15 元 |",
        f"> 先停机。{AD}\n> 再销户。",
    ],
    ids=["sentence", "link", "item", "image", "row", "quote"],
)
def test_no_passage_and_no_unit_holds_an_advertisement(body: str) -> None:
    passages = cut(f"# 测试指南\n\n{body}\n")
    assert passages
    shown = " ".join(passage.text for passage in passages)
    assert "wodeka66" not in shown
    assert "img.example.com" not in shown


# --- reading ------------------------------------------------------------


@pytest.mark.parametrize(
    ("quote", "read"),
    [
        ("**不支持**在线销户，`PUK` 码要留好。", "不支持在线销户，PUK 码要留好。"),
        ("1. **结清欠款**：先付账单。", "结清欠款：先付账单。"),
        ("- 带护照", "带护照"),
        ("如下：\n\n1. 取号\n2. **签字**", "如下：\n1. 取号\n2. 签字"),
        ("- 甲\n  - 乙", "- 甲\n- 乙"),
        ("1、甲\n2、乙", "1. 甲\n2. 乙"),
        ("见[官网](https://www.claro.com.pe)。", "见官网。"),
        ("> 引用一句。", "引用一句。"),
        ("销户<br>免费", "销户免费"),
        ("3.5 元", "3.5 元"),
        ("2 * 3 * 4 元", "2 * 3 * 4 元"),
        ("a_b_c 与 x < y", "a_b_c 与 x < y"),
        ("![图](a.png)先停机。", "先停机。"),
    ],
)
def test_marks_are_dropped_for_reading(quote: str, read: str) -> None:
    assert readable(quote) == read


@given(MARKDOWN)
@settings(max_examples=50, deadline=None)
def test_readable_never_raises_and_adds_no_line(quote: str) -> None:
    assert len(readable(quote).splitlines()) <= len(quote.splitlines())
