"""Characters and offsets: whatever is done to a text, its offsets stay the article's own."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.text import fold, sentences, simplify, squeeze, trim

ANY = st.text(st.characters(codec="utf-8"), max_size=80)
CHINESE = st.text(
    st.sampled_from([*"卡号销户臺灣餘額ａＢ３①…。！？!?.\n \t“”』）**~~😀㎏İ﷽\u200d\u0301\ufe0f\u3000"]), max_size=80
)


@given(st.one_of(ANY, CHINESE))
@example("㎏İﷺ…ﬁ")
@example("e\u0301 👨\u200d👩\u200d👧 \ufe0f")
@example("a\x00臺")
def test_fold_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(CHINESE)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＥＳＩＭ卡", "esim卡"),
        ("ＴＧ：＠ａｂｃ１２３", "tg:@abc123"),
        ("祕魯電話卡註銷", "秘鲁电话卡注销"),
        ("臺灣門號", "台湾门号"),
        ("Claro", "claro"),
        ("３.５％", "3.5%"),
        ("", ""),
    ],
)
def test_width_case_and_script_fold_into_one(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(CHINESE)
def test_simplify_keeps_length(text: str) -> None:
    assert len(simplify(text)) == len(text)


@given(CHINESE, st.data())
def test_sentences_cover_every_character_once_and_in_order(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    spans = list(sentences(text, start, end))
    covered = [at for first, last in spans for at in range(first, last)]
    assert covered == sorted(set(covered))
    assert set(covered) >= {at for at in range(start, end) if not text[at].isspace()}
    for first, last in spans:
        assert start <= first < last <= end
        assert not text[first].isspace()
        assert not text[last - 1].isspace()
        assert "\n" not in text[first:last]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("先停机。再销户！可以吗？", ["先停机。", "再销户！", "可以吗？"]),
        ("他说：“不行。”然后走了。", ["他说：“不行。”", "然后走了。"]),
        ("**不支持。**要到店（护照！）办理", ["**不支持。**", "要到店（护照！）", "办理"]),
        ("月租 3.5 元，见 example.com 页面", ["月租 3.5 元，见 example.com 页面"]),
        ("Go to the shop. Bring it.", ["Go to the shop.", "Bring it."]),
        ("第一行\n第二行\r\n", ["第一行", "第二行"]),
        ("真的？！好吧……再说", ["真的？！", "好吧……", "再说"]),
        ("　\n \t\n", []),
        ("", []),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_a_hundred_thousand_characters_are_cut_in_a_moment() -> None:
    started = time.perf_counter()
    assert len(list(sentences("卡" * 100_000))) == 1
    assert len(list(sentences("卡。" * 50_000))) == 50_000
    assert len(fold("卡Ａ" * 50_000)) == 100_000
    assert time.perf_counter() - started < 5


@given(ANY, st.data())
def test_trim_is_strip_with_offsets(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = trim(text, start, end)
    assert text[first:last] == text[start:end].strip()


def test_squeeze_leaves_single_spaces() -> None:
    assert squeeze("\n 流量\t\t卡 \u3000 销户\r\n") == "流量 卡 销户"
