"""Misspellings: only into words the guides use, and a text without one comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.repair import Vocabulary, repair, vocabulary
from index.text import fold

GUIDE = "秘鲁流量卡如何注销：先到营业厅申请退款，再解绑银行卡。Claro 的用户可以打电话。"


@pytest.fixture(scope="module")
def known() -> Vocabulary:
    return vocabulary([GUIDE])


@pytest.mark.parametrize(
    "text", ["秘鲁流量卡怎么注销", "余额能退吗", "claro 的卡怎么退", "明天天气怎么样", "", "？！", "3.5 元 104", "esim"]
)
def test_what_is_spelt_right_stays(known: Vocabulary, text: str) -> None:
    assert repair(text, known) == text


@pytest.mark.parametrize(("typed", "meant"), [("秘鲁liuliangka怎么注销", "流量卡"), ("巴基斯但流量卡", "巴基斯坦")])
def test_what_is_misspelt_is_understood(known: Vocabulary, typed: str, meant: str) -> None:
    assert meant in repair(typed, known)


@given(
    st.text(
        st.one_of(st.sampled_from([*"秘鲁流量卡注销营业厅退款abcliuliangka 3"]), st.characters(codec="utf-8")),
        max_size=40,
    )
)
def test_any_text_can_be_repaired_and_twice_is_once(text: str) -> None:
    known = vocabulary([GUIDE])
    once = repair(fold(text), known)
    assert isinstance(once, str)
    assert bool(once) == bool(text)
