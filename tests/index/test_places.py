"""Countries and cities, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.places import city_names, country_name, country_names, find_places, read_country
from index.text import fold


def codes(text: str) -> list[str]:
    return [place.country for place in find_places(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("秘鲁、祕魯和 Peru", ["PE", "PE", "PE"]),
        ("印度尼西亚不是印度，印尼是", ["ID", "IN", "ID"]),
        ("巴布亚新几内亚、几内亚比绍、几内亚", ["PG", "GW", "GN"]),
        ("香港、澳门、台湾、臺灣", ["HK", "MO", "TW", "TW"]),
        ("阿联酋与 UAE", ["AE", "AE"]),
        ("尼日利亚 Niger Nigeria 尼日尔", ["NG", "NE", "NG", "NE"]),
        ("南韩、韩国、South Korea", ["KR", "KR", "KR"]),
        ("巴基斯坦的卡拉奇和俄罗斯的莫斯科", ["PK", "PK", "RU", "RU"]),
        ("刚果（金）和刚果（布）", ["CD", "CG"]),
        ("ＰＥＲＵ", ["PE"]),
        ("", []),
    ],
)
def test_every_name_is_found_in_order(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    ["Perugia", "Chadwick", "Indiana", "Malian", "中国移动的卡", "中国护照", "流量卡怎么销户", "世界各地", "两个月内"],
)
def test_what_only_contains_a_name_is_no_place(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("capital", "country"),
    [
        ("利马", "PE"),
        ("伊斯兰堡", "PK"),
        ("莫斯科", "RU"),
        ("东京", "JP"),
        ("首尔", "KR"),
        ("曼谷", "TH"),
        ("河内", "VN"),
        ("吉隆坡", "MY"),
        ("雅加达", "ID"),
        ("马尼拉", "PH"),
        ("金边", "KH"),
        ("新德里", "IN"),
        ("加德满都", "NP"),
        ("达卡", "BD"),
        ("安卡拉", "TR"),
        ("开罗", "EG"),
        ("伦敦", "GB"),
        ("巴黎", "FR"),
        ("柏林", "DE"),
        ("马德里", "ES"),
        ("罗马", "IT"),
        ("华盛顿", "US"),
        ("渥太华", "CA"),
        ("堪培拉", "AU"),
    ],
)
def test_the_capitals_people_travel_to_are_known(capital: str, country: str) -> None:
    assert [(place.country, place.city) for place in find_places(f"我在{capital}办的卡")] == [(country, True)]


@given(st.text(st.sampled_from([*"秘鲁祕魯印度尼西亚巴基斯坦莫斯科 ＰＥＲＵperu，（）"]), max_size=40))
def test_spans_are_the_texts_own_in_order(text: str) -> None:
    at = 0
    for place in find_places(text):
        assert at <= place.start < place.end
        assert fold(text[place.start : place.end]) == place.name
        at = place.end


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("秘鲁", "PE"),
        (" 祕魯 ", "PE"),
        ("Peru", "PE"),
        ("pe", "PE"),
        ("PE", "PE"),
        ("美国", "US"),
        ("UK", "GB"),
        ("莫斯科", "RU"),
        ("香港", "HK"),
    ],
)
def test_front_matter_may_name_a_country_in_any_way(value: str, code: str) -> None:
    assert read_country(value) == code


@pytest.mark.parametrize("value", ["", "ZZ", "EU", "欧洲", "火星", "秘鲁卡", "P", "PER"])
def test_what_is_no_country(value: str) -> None:
    assert read_country(value) is None


@pytest.mark.parametrize("code", sorted(set(country_names().values())))
def test_every_country_has_a_chinese_name_that_reads_back(code: str) -> None:
    assert read_country(country_name(code)) == code
    assert codes(country_name(code)) == [code]


def test_a_city_called_like_a_country_lies_in_it() -> None:
    assert all(country_names().get(name, code) == code for name, code in city_names().items())
    assert set(city_names().values()) <= set(country_names().values())
    assert all(fold(name) == name for name in (*city_names(), *country_names()))
