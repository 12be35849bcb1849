"""Text to tokens: words and pairs of characters, the same at build and at question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.segment import STOP_WORDS, content_words, is_word, tokens, words
from index.synonyms import concepts, groups
from index.text import fold

ANY = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from([*"销户流量卡eSIM3.5 的怎么"])), max_size=60)


def test_words_stand_beside_pairs_of_characters() -> None:
    assert set(tokens("流量卡怎么销户")) >= {
        "流量",
        "流量卡",
        "销户",
        "流量_",
        "量卡_",
        "卡怎_",
        "怎么_",
        "么销_",
        "销户_",
    }


def test_a_pair_is_never_taken_for_a_word() -> None:
    assert tokens("销户").count("销户") == tokens("销户").count("销户_") == 1


def test_pairs_do_not_cross_punctuation_or_latin() -> None:
    assert not {"户退_", "户，_"} & set(tokens("销户，退款"))
    assert not {"卡退_"} & set(tokens("卡eSIM退"))


def test_stop_words_are_no_tokens_of_their_own() -> None:
    assert not STOP_WORDS & set(tokens("我想问一下流量卡到底应该怎么销户呢"))


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("３.５元", "3.5"),
        ("ＥＳＩＭ", "esim"),
        ("T-Mobile", "t-mobile"),
        ("example.com", "example.com"),
        ("104", "104"),
    ],
)
def test_latin_and_numbers_stay_whole(text: str, token: str) -> None:
    assert token in tokens(text)


@pytest.mark.parametrize(
    ("one", "other"), [("流量卡註銷", "流量卡注销"), ("ＣＬＡＲＯ卡", "claro卡"), ("餘額", "余额")]
)
def test_spellings_of_one_text_have_the_same_tokens(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)
    assert words(one) == words(other)
    assert content_words(one) == content_words(other)


@given(ANY)
def test_tokens_are_never_empty_and_never_differ(text: str) -> None:
    found = tokens(text)
    assert all(token.strip() == token != "" for token in found)
    assert found == tokens(text) == tokens(fold(text))


@given(ANY)
def test_words_are_the_texts_own_in_its_order(text: str) -> None:
    folded, at = fold(text), 0
    for word in words(text):
        at = folded.index(word, at) + len(word)


@given(ANY)
def test_content_words_leave_out_nothing_but_stop_words(text: str) -> None:
    assert not STOP_WORDS.intersection(content_words(text))


@pytest.mark.parametrize("text", ["", " ", "？！。", "😀", "\n"])
def test_a_text_without_words_has_no_tokens(text: str) -> None:
    assert tokens(text) == []
    assert content_words(text) == ()


def test_the_fields_words_are_known_to_the_segmenter() -> None:
    for group in groups():
        for word in group:
            if len(word) > 1 and not word.isascii():
                assert is_word(word), word


def test_every_group_of_synonyms_is_folded_and_holds_two_words() -> None:
    for group in groups():
        assert len(set(group)) == len(group) >= 2
        assert all(fold(word) == word for word in group)


def test_synonyms_share_a_concept() -> None:
    assert concepts()["销户"] & concepts()["注销"]
    assert not concepts()["注销"] & concepts()["退款"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("卡扔掉会怎样", ("卡", "扔掉")),
        ("几点关门", ("关门",)),
        ("带什么材料", ("带", "材料")),
        ("多少天能到账", ("到账",)),
        ("几乎没有", ("几乎",)),
    ],
)
def test_what_asks_is_no_content(text: str, said: tuple[str, ...]) -> None:
    assert content_words(text) == said
