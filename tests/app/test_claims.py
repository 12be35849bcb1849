"""What a sentence claims, read off its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import claims
from index.text import fold


@pytest.mark.parametrize(
    ("sentence", "amounts"),
    [
        ("三十个工作日内到账", {("days", 30)}),
        ("一百八十天没有充值就收回", {("days", 180)}),
        ("3-5 个工作日", {("days", 3), ("days", 5)}),
        ("留一个半月", {("days", 45)}),
        ("递交之后 10 个自然日停机", {("days", 10)}),
        ("48 小时", {("days", 2)}),
        ("补卡收 7,700 韩元", {("money", 7700)}),
        ("每张售价1000 西非法郎", {("money", 1000)}),
        ("补卡免费", {("money", 0)}),
        ("当场办好", {("days", 0)}),
        ("每天 2GB，过后降到 512Kbps", {("gb", 2), ("kbps", 512)}),
        ("请到营业厅办理", set()),
    ],
)
def test_amounts(sentence: str, amounts: set[tuple[str, float]]) -> None:
    assert claims.amounts(fold(sentence)) == amounts


@pytest.mark.parametrize(
    ("sentence", "word", "stance"),
    [
        ("可以在官网自助页上直接注销", "注销", 1),
        ("目前没法在线注销", "注销", -1),
        ("网上办不了换机", "换机", -1),
        ("不得委托他人注销", "注销", -1),
        ("注销不了", "注销", -1),
        ("是否能注销要看合约", "注销", 0),
    ],
)
def test_stances(sentence: str, word: str, stance: int) -> None:
    assert claims.stance(fold(sentence), word) == stance


@pytest.mark.parametrize(
    ("sentence", "opened", "closed"),
    [
        ("注销号码请致电客服", {"phone"}, set()),
        ("在官网填表即可补办", {"screen"}, set()),
        ("须送到门店当面交还，快递寄来的一概不收", {"counter"}, {"mail"}),
        ("只能到柜台办，电话不受理", {"counter"}, {"phone"}),
    ],
)
def test_channels(sentence: str, opened: set[str], closed: set[str]) -> None:
    assert claims.channels(fold(sentence)) == (frozenset(opened), frozenset(closed))


def test_actors() -> None:
    assert claims.actors("预付号码销户须机主本人提出,不得委托他人") == (frozenset({"self"}), frozenset({"other"}))
    assert claims.actors("让朋友拿着委托书去就能办") == (frozenset({"other"}), frozenset())


@pytest.mark.parametrize(
    ("sentence", "fee"), [("补卡免费", 1), ("卡本身是白送的", 1), ("收取工本费", -1), ("寄来的一概不收", 0)]
)
def test_fees(sentence: str, fee: int) -> None:
    assert claims.fee(sentence) == fee


@pytest.mark.parametrize(
    ("sentence", "refund"), [("余额会原路退回", 1), ("剩余话费随之作废", -1), ("押金不退", -1), ("余额还有多少", 0)]
)
def test_refunds(sentence: str, refund: int) -> None:
    assert claims.refund(sentence) == refund


def test_what_is_left_open_is_no_claim() -> None:
    assert claims.told("如果余额很少,余额不退") == "余额不退"
    assert claims.told("余额退吗?余额不退。") == "余额不退。"


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    folded = fold(text)
    (
        claims.amounts(folded),
        claims.channels(folded),
        claims.actors(folded),
        claims.fee(folded),
        claims.refund(folded),
        claims.way(folded),
    )
