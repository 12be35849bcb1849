"""Countries and cities in running text: Chinese, traditional, English and everyday names to ISO codes.

Country names are CLDR's (by Babel), in four of its languages; city names stand in `cities.tsv`.
Knows nothing of articles or questions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from babel import Locale

from index.text import fold, simplify

# What people call a country besides its CLDR names. Single-character short forms (中巴, 美卡) say too little.
_NICKNAMES = {
    "AE": "阿联酋 UAE", "BA": "波黑", "BD": "孟加拉", "BN": "文莱", "BY": "白俄", "CD": "刚果金", "CG": "刚果布",
    "CI": "象牙海岸", "CZ": "捷克", "DE": "西德", "DO": "多米尼加", "GB": "英格兰 苏格兰 威尔士 大不列颠 英伦 UK", "GE": "格鲁吉亚",
    "HK": "香港", "ID": "印尼", "JP": "霓虹国 日本国", "KR": "南韩 大韩民国", "KP": "北韩", "LA": "寮国", "MO": "澳门",
    "ET": "埃塞", "TZ": "坦桑", "AZ": "阿塞", "EC": "厄瓜", "KZ": "哈萨克", "KG": "吉尔吉斯", "UZ": "乌兹别克", "TM": "土库曼", "TJ": "塔吉克",
    "MM": "缅甸", "MY": "大马", "NZ": "纽西兰", "PG": "巴新", "PK": "巴铁", "PS": "巴勒斯坦", "RU": "俄国 俄联邦", "SA": "沙特",
    "SG": "狮城 星加坡", "TH": "泰王国", "TW": "台湾", "US": "美利坚 USA", "AU": "澳洲 澳大利亚", "BR": "巴西", "ZA": "南非",
}  # fmt: skip
# CLDR also names territories nobody means in a sentence: 世界, 北美洲, and codes for tests.
_NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@dataclass(frozen=True, slots=True)
class Place:
    """One mention: the ISO code, the words it was read from and their span."""

    country: str
    name: str
    start: int
    end: int
    city: bool


@lru_cache(maxsize=1)
def country_names() -> Mapping[str, str]:
    """Every name of a country, folded, to its ISO 3166-1 code."""
    names: dict[str, str] = {}
    for language in ("en", "zh_Hant_HK", "zh_Hant", "zh"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES:  # noqa: PLR2004 - ISO 3166-1 alpha-2
                plain = re.sub(r"(中国|中國)?(香港|澳門|澳门)特[别別]行政[区區]", r"\2", name)
                names[fold(plain)] = code
    for code, extra in _NICKNAMES.items():
        names |= dict.fromkeys(map(fold, extra.split()), code)
    return names


@lru_cache(maxsize=1)
def city_names() -> Mapping[str, str]:
    """Every known name of a city, folded, to its country's ISO code."""
    names: dict[str, str] = {}
    for line in files("index").joinpath("cities.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, _, cities = line.partition("\t")
            # A name that is a country's too (卢安达 is Rwanda and Luanda) means the country.
            names |= {name: code for name in map(fold, cities.split()) if country_names().get(name, code) == code}
    return names


def country_name(code: str) -> str:
    """Return the country's everyday Chinese name for an ISO code, or the code where there is none."""
    short = {"AE": "阿联酋", "HK": "香港", "MO": "澳门", "SA": "沙特阿拉伯"}
    return short.get(code) or str(Locale.parse("zh").territories.get(code, code))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    # The longest name wins: 印度尼西亚 before 印度, 巴布亚新几内亚 before 几内亚.
    han = sorted((n for n in {**country_names(), **city_names()} if not n.isascii()), key=len, reverse=True)
    latin = sorted((n for n in country_names() if n.isascii()), key=len, reverse=True)
    words = "|".join(map(re.escape, latin))
    return re.compile(rf"{'|'.join(map(re.escape, han))}|(?<![a-z])(?:{words})(?![a-z])")


# What holds a place's name and does not mean the place: 中国护照 says whose, not where; 福利马上领 and 金边框 are words.
_NOT_A_PLACE = re.compile(
    r"中国(?=移动|联通|电信|银行|大使馆|领事馆|护照|公民|人|游客|手机号|号码|大陆手机)"
    r"|利马(?=上)|金边(?=框|手机|眼镜)|(?<=包罗)万象|万象(?=城|更新)"
)


@lru_cache(maxsize=32768)  # a thousand names are looked for, in the same sentences for every question
def find_places(text: str) -> tuple[Place, ...]:
    """Find every country and city named in `text`, in order; offsets are `text`'s own."""
    folded = fold(text)
    found = []
    for match in _pattern().finditer(folded):
        if _NOT_A_PLACE.match(folded, match.start()):
            continue
        name = match[0]
        country = country_names().get(name)
        found.append(Place(country or city_names()[name], name, match.start(), match.end(), city=country is None))
    return tuple(found)


def placeless(text: str) -> str:
    """Folded text with a space for every country and town: where all is about one country, its name tells nothing apart."""
    for place in reversed(find_places(text)):
        text = f"{text[: place.start]} {text[place.end :]}"
    return text


def read_country(value: str) -> str | None:
    """Return the ISO code of a country as front matter gives it (秘鲁, Peru, PE), or None if it is no country."""
    name = fold(simplify(value.strip()))
    if len(name) == 2 and name.isascii() and name.upper() in set(country_names().values()):  # noqa: PLR2004 - ISO alpha-2
        return name.upper()
    return country_names().get(name) or city_names().get(name)
