"""Names that only one country's guides use tell which country a question means."""

from pathlib import Path

import pytest

from index.carriers import aliases
from index.corpus import read_corpus
from index.names import LocalNames, own_names
from index.repair import vocabulary
from index.scope import Reader
from index.text import fold

JORDAN = """# 约旦电话卡：蓟羽（Thistela）用户须知

蓟羽的营业厅在安曼老城。蓟羽卡停机最多六个月，用蓟羽也要登记护照。瓦迪穆萨的店周五不开。
办蓟羽要带签证页。去沙特阿拉伯，蓟羽按天收费。
"""
PERU = """# 秘鲁电话卡

登记护照要去店里。Quillano 的卡可以在库斯科换，Quillano 卡不过户，问 Quillano 的客服也行。
"""
GENERAL = "# 通用提醒\n\n登记时带护照，停机前问清楚营业厅的时间。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("jo", JORDAN), ("pe", PERU), ("general", GENERAL)):
        (tmp_path / f"{name}.md").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def reader(folder: Path) -> Reader:
    articles = read_corpus(folder).articles
    return Reader(articles, vocabulary(article.text for article in articles))


def test_characters_that_keep_company_are_a_name() -> None:
    assert own_names("蓟羽的卡好用，蓟羽的店少，都说蓟羽便宜。护照要带，护照要原件，护照不能过期。") == ("蓟羽",)


def test_everyday_words_put_together_are_none() -> None:
    assert own_names("视频核验要排队。视频核验要护照。视频核验在晚上。") == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("蓟羽能停多久", "JO"),
        ("quillano 能过户吗", "PE"),
        ("在瓦迪穆萨能办吗", "JO"),
        ("营业厅几点开门", None),
        ("登记要带什么", None),
    ],
)
def test_a_local_name_tells_its_country(folder: Path, text: str, code: str | None) -> None:
    places = LocalNames([(fold(article.text), article) for article in read_corpus(folder).articles]).find(text)
    assert [place.country for place in places] == ([code] if code else [])
    assert all(text[place.start : place.end] == place.name for place in places)


def test_a_carrier_of_its_own_making_and_its_other_name(folder: Path) -> None:
    jordan = next(article for article in read_corpus(folder).articles if article.path == "jo.md")
    assert set(jordan.carriers) == {"蓟羽", "Thistela"}
    assert aliases(JORDAN, ["蓟羽"]) == (("蓟羽", "Thistela"),)


def test_both_names_of_a_company_mean_it(reader: Reader) -> None:
    assert reader.read("Thistela 停机多久").scope == reader.read("蓟羽停机多久").scope


@pytest.mark.parametrize(
    ("question", "countries"),
    [
        ("不是秘鲁那张，是约旦的，停机能停多久", {"JO"}),
        ("秘鲁要登记护照，那约旦的停机能停多久", {"JO"}),
        ("约旦的停机能停多久，别给我秘鲁的", {"JO"}),
        ("秘鲁和约旦的卡，哪个能过户", {"JO", "PE"}),
        ("约旦的卡打回中国多少钱", {"JO"}),
        ("蓟羽去沙特怎么收费", {"JO"}),  # its guides speak of Saudi Arabia
        ("蓟羽在也门的营业厅几点开门", {"YE"}),  # they do not speak of Yemen
        ("约旦的卡跟秘鲁的一样要登记吗", {"JO"}),
    ],
)
def test_the_country_a_question_is_about(reader: Reader, question: str, countries: set[str]) -> None:
    assert reader.read(question).scope.countries == countries
