import math

import pytest

from eval import metrics


def test_coverage_is_the_best_share_of_any_occurrence() -> None:
    text = "甲乙丙丁。甲乙丙丁。"
    assert metrics.coverage(0, 2, text, "甲乙丙丁") == 2 / 4
    assert metrics.coverage(5, 8, text, "甲乙丙丁") == 3 / 4
    assert metrics.coverage(3, 6, text, "甲乙丙丁") == 1 / 4  # one character of each, not two of one
    assert metrics.coverage(0, 10, text, "戊") == 0


def test_coverage_is_never_negative() -> None:
    assert metrics.coverage(0, 1, "甲乙丙丁", "丙丁") == 0


def test_hit_looks_at_the_first_k_only() -> None:
    found: list[set[int]] = [set(), set(), {0}]
    assert [metrics.hit(found, k) for k in (1, 2, 3, 5)] == [0, 0, 1, 1]
    assert metrics.hit([], 5) == 0


def test_recall_counts_each_gold_once() -> None:
    assert metrics.recall([{0}, {0}, {1}], 3, 5) == 2 / 3
    assert metrics.recall([{0}, {0}, {1}], 3, 2) == 1 / 3
    assert metrics.recall([{0, 1, 2}], 3, 5) == 3 / 3


def test_reciprocal_rank() -> None:
    assert metrics.reciprocal_rank([set(), set(), {0}, {1}], 10) == 1 / 3
    assert metrics.reciprocal_rank([*[set[int]()] * 10, {0}], 10) == 0


def test_ndcg_of_one_gold_is_its_discount() -> None:
    assert metrics.ndcg([set(), {0}], {0: 1.0}, 10) == (1 / math.log2(3)) / 1
    assert metrics.ndcg([], {0: 1.0}, 10) == 0


def test_ndcg_counts_what_is_not_found_as_passages_of_their_own() -> None:
    assert metrics.ndcg([{0}], {0: 1.0, 1: 1.0}, 10) == 1 / (1 + 1 / math.log2(3))


def test_ndcg_does_not_ask_a_passage_to_be_two() -> None:
    assert metrics.ndcg([{0, 1}], {0: 1.0, 1: 1.0}, 10) == 2 / 2
    assert metrics.ndcg([set(), {0, 1}], {0: 1.0, 1: 1.0}, 10) == (2 / math.log2(3)) / 2


def test_ndcg_gains_nothing_from_the_same_gold_twice() -> None:
    assert metrics.ndcg([{0}, {0}, {1}], {0: 1.0, 1: 1.0}, 10) == (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))


def test_ndcg_with_grades_is_the_beir_one() -> None:
    grades = {"a": 2.0, "b": 1.0}
    expected = (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    assert metrics.ndcg([{"b"}, {"a"}], grades, 10) == pytest.approx(expected)


def test_key_phrases_are_found_whatever_their_width_case_and_spaces() -> None:
    assert metrics.contains_key("请下载官方 ＡＰＰ 办理", ["网站", "官方app"])
    assert not metrics.contains_key("请到营业厅办理", ["官网", "APP"])
    assert not metrics.contains_key("", ["APP"])


@pytest.mark.parametrize(
    "text",
    [
        "[TG💪+ @kafei0703 ![Image](https://github.com/user-attachments/assets/dbca)]",
        "见 https://t.me/s/kafei1088",
        "ＴＧ＋ ＠kafei1088",
        "有问题找 @esim_helper 就好",
        "加我微信领优惠",
        "加微信：abc123",
        "微信号: esim_88",
        "QQ群 123456",
        "电报群：海外卡交流",
        "扫描下方二维码进群",
        "![二维码](qr.png)",
        "邀请码：A1B2",
        "https://example.com/?ref=abc",
    ],
)
def test_advertisements_are_seen(text: str) -> None:
    assert metrics.advertisement(text)


@pytest.mark.parametrize(
    "text",
    [
        "客服邮箱是 service@claro.com.pe。",
        "可以用微信支付缴费。",
        "先解绑微信、QQ 等账号。",
        "注销微信号：需先解绑银行卡。",
        "可以用 Telegram 联系朋友。",
        "欢迎！[见官网](https://www.claro.com.pe/?code=1)",
        "登录运营商官网或下载其官方APP。",
    ],
)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert metrics.advertisement(text) is None
