import pytest

from eval.entities import country_codes, names_any, wrong_carrier, wrong_country

KNOWN = {"Claro", "Movistar", "AIS"}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("秘鲁", {"PE"}),
        ("印度", {"IN"}),  # not 印度尼西亚
        ("香港", {"HK"}),
        ("阿联酋", {"AE"}),
        ("PE", {"PE"}),
        ("刚果", {"CD", "CG"}),
        ("瓦坎达", set()),
    ],
)
def test_country_names(name: str, codes: set[str]) -> None:
    assert country_codes(name) == codes


def test_an_article_of_another_country_is_wrong() -> None:
    assert wrong_country(("RU",), ("秘鲁",))
    assert wrong_country(("RU",), ("瓦坎达",))
    assert not wrong_country(("RU", "PE"), ("秘鲁",))
    assert not wrong_country(("RU",), ("秘鲁", "俄罗斯"))


def test_a_general_article_is_never_wrong() -> None:
    assert not wrong_country((), ("秘鲁",))


def test_a_heading_of_another_carrier_is_wrong_unless_the_asked_one_is_named() -> None:
    both = ("Claro", "Movistar")
    assert wrong_carrier(both, "2. Movistar：线下为主", "销户仍需到店。", ("Claro",), KNOWN)
    assert not wrong_carrier(both, "2. Movistar：线下为主", "和 claro 一样需到店。", ("Claro",), KNOWN)
    assert not wrong_carrier(both, "1. Claro 与 Movistar", "需到店。", ("Claro",), KNOWN)
    assert not wrong_carrier(both, "四、准备材料", "带护照。", ("Claro",), KNOWN)


def test_an_article_of_other_carriers_is_wrong_unless_the_passage_names_the_asked_one() -> None:
    assert wrong_carrier(("Movistar",), "", "销户仍需到店。", ("Claro",), KNOWN)
    assert not wrong_carrier(("Movistar",), "", "Claro 也一样。", ("Claro",), KNOWN)
    assert not wrong_carrier((), "", "带护照。", ("Claro",), KNOWN)


def test_latin_names_are_whole_words_and_chinese_ones_are_not() -> None:
    assert names_any("泰国AIS卡", ["ais"])
    assert not names_any("RAISE", ["AIS"])
    assert names_any("办理中国移动销户", ["中国移动"])
