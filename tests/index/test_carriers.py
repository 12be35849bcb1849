"""Carriers in running text: the listed ones, and those a guide introduces itself."""

from importlib.resources import files

import pytest

from index.carriers import COMMON_LATIN, canonical, discover, find_carriers, key, known_carriers, latin_names
from index.places import country_names


@pytest.mark.parametrize(
    ("one", "other"),
    [("T-Mobile", "T Mobile"), ("True Move", "truemove"), ("ＣＬＡＲＯ", "claro"), ("Yes 4G", "yes4g")],
)
def test_spellings_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_names_of_one_carrier_are_canonical() -> None:
    assert canonical("都科摩") == canonical("NTT Docomo") == canonical("docomo")
    assert canonical("Jazz") == canonical("mobilink")
    assert canonical("Foonet") == "foonet"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("秘鲁有 Claro、Movistar 和 Entel。", {"Claro", "Movistar", "Entel"}),
        ("claro 与 CLARO 与 Claro", {"CLARO"}),
        ("主要运营商包括 Foonet、Barcell 等。", {"Foonet", "Barcell"}),
        ("## Foonet：怎么销户\n\n打电话。", {"Foonet"}),
        ("中国移动的卡", {"中国移动"}),
        ("# eSIM 是什么\n\n把 SIM 卡装进 iPhone，打开 App。", set()),
        ("## WhatsApp：怎么解绑", set()),
        ("材料有 PASSPORT 和 Visa。", set()),
        # Used again and again as the owner of cards and shops: a carrier, though no sentence introduces it.
        ("我一直用 Foonet。Foonet 的营业厅在街角，Foonet 停机不收钱。", {"Foonet"}),
        ("我住 Hotelia。Hotelia 很好，Hotelia 早餐也好。", set()),
        ("在青榕通信买的卡。青榕通信的热线是两位数。", {"青榕通信"}),
        ("选阿特莱电信。阿特莱电信收押金，阿特莱电信退押金。", {"阿特莱电信"}),
        ("打开移动网络，再关移动数据。移动网络没有了就重启移动网络。", set()),
        ("找两家通信公司问，两家通信公司都说不行。", set()),
        ("", set()),
    ],
)
def test_carriers_are_read_off_a_guide(text: str, found: set[str]) -> None:
    assert set(discover(text)) == found


def test_each_carrier_is_given_once_in_the_order_it_is_found() -> None:
    assert discover("Claro、Movistar、Claro、Entel。") == ("Claro", "Movistar", "Entel")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Claro的eSIM", {"claro"}), ("用CLARO卡", {"claro"}), ("ｃｌａｒｏ", {"claro"}), ("claros 和 eclaro", set()),
        ("True Move 与 truemove", {"truemove"}), ("中国移动", {"中国移动"}), ("没有", set()),
    ],
)  # fmt: skip
def test_names_are_found_as_whole_words(text: str, found: set[str]) -> None:
    assert find_carriers(text, ["Claro", "True Move", "中国移动"]) == found


def test_a_company_is_found_by_its_short_name_where_that_is_no_word() -> None:
    assert find_carriers("青榕的直营店", ["青榕通信"]) == {"青榕通信"}
    assert find_carriers("极乐鸟补卡要几天", ["极乐鸟通"]) == {"极乐鸟通"}
    assert find_carriers("中国的卡", ["中国移动"]) == frozenset()


def test_no_names_find_nothing() -> None:
    assert find_carriers("Claro", []) == frozenset()


def test_latin_names_leave_out_the_fields_words_and_ordinary_ones() -> None:
    assert latin_names("Foonet 的 eSIM 和 Jazz 的 App，VPN", {"jazz"}) == ("foonet",)


def test_the_list_names_real_countries_and_no_word_of_the_field() -> None:
    for line in files("index").joinpath("carriers.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, *carriers = line.split("\t")
            assert code == "**" or code in country_names().values()
            assert carriers
            assert all(spelling.strip() == spelling != "" for carrier in carriers for spelling in carrier.split("|"))
    assert not known_carriers().keys() & {key(word) for word in COMMON_LATIN}
