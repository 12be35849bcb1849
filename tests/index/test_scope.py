"""What a question and a passage are about: what must hold however the rules are tuned."""

from pathlib import Path

import pytest

from index.corpus import read_corpus
from index.repair import vocabulary
from index.scope import Reader
from index.search import Index
from tests.fakes import write_guides


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    articles = read_corpus(write_guides(tmp_path_factory.mktemp("articles"))).articles
    return Reader(articles, vocabulary(article.text for article in articles))


@pytest.mark.parametrize(
    ("question", "countries"),
    [
        ("秘鲁的卡怎么销户", {"PE"}),
        ("祕魯的卡怎麼銷戶", {"PE"}),
        ("Peru 的卡怎么销户", {"PE"}),
        ("卡拉奇买的卡怎么销户", {"PK"}),
        ("秘鲁和巴基斯坦的卡", {"PE", "PK"}),
        ("Claro 的卡怎么销户", {"PE"}),
        ("zong 的卡怎么销户", {"PK"}),
        ("日本的卡怎么销户", {"JP"}),
        ("卡怎么销户", set()),
    ],
)
def test_countries_of_a_question(reader: Reader, question: str, countries: set[str]) -> None:
    assert reader.read(question).scope.countries == countries


@pytest.mark.parametrize(
    ("question", "carriers"),
    [
        ("CLARO 的卡", {"claro"}),
        ("movista 的卡", {"movistar"}),
        ("Jazz 和 Zong", {"jazz", "zong"}),
        ("卡怎么退", set()),
    ],
)
def test_carriers_of_a_question(reader: Reader, question: str, carriers: set[str]) -> None:
    assert reader.read(question).scope.carriers == carriers


def test_a_carrier_no_guide_speaks_of_is_unknown(reader: Reader) -> None:
    assert reader.read("Airtel 的卡怎么销户").unknown
    assert not reader.read("Claro 的卡怎么销户").unknown


def test_a_carrier_serves_the_countries_of_its_guides(reader: Reader) -> None:
    assert reader.serves("claro", frozenset({"PE"}))
    assert not reader.serves("claro", frozenset({"PK"}))
    assert not reader.serves("airtel", frozenset())


def test_a_passage_is_of_its_guides_country_and_of_its_headings_carrier(built: Path) -> None:
    scopes = {(passage.path, passage.heading): passage.scope for passage in Index.open(built / "index").passages}
    claro = next(
        scope for (path, heading), scope in scopes.items() if path == "peru-esim.md" and "Claro" in "".join(heading)
    )
    assert claro.countries == {"PE"}
    assert claro.carriers == {"claro"}
    assert all(not scope.countries for (path, _), scope in scopes.items() if path == "general.md")


def test_a_street_only_one_countrys_guides_speak_of_tells_the_country(tmp_path: Path) -> None:
    (tmp_path / "vn.md").write_text("---\ncountry: 越南\n---\n# 越南电话卡\n\n阮惠街的营业厅可以补卡。\n", "utf-8")
    (tmp_path / "pe.md").write_text("---\ncountry: 秘鲁\n---\n# 秘鲁电话卡\n\n营业厅可以补卡。\n", "utf-8")
    articles = read_corpus(tmp_path).articles
    reader = Reader(articles, vocabulary(article.text for article in articles))
    assert reader.read("阮惠街那家营业厅几点关门").scope.countries == {"VN"}
    assert reader.read("长安街那家营业厅几点关门").scope.countries == set()


def test_a_company_named_like_a_thing_is_a_stranger_all_the_same(reader: Reader) -> None:
    assert reader.read("沙棘移动的卡怎么退").unknown
    assert not reader.read("国际移动漫游怎么开").unknown


def test_a_company_is_known_by_the_name_only_one_guide_calls_it_too(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# 尼加拉瓜湖光通（Lagosol）手记\n\n湖光通（Lagosol）的柜台二十四小时都有人。\n", "utf-8"
    )
    (tmp_path / "b.md").write_text(
        "---\ncountry: 尼加拉瓜\ncarriers: [湖光通]\n---\n# 须知\n\n湖光通的卡在柜台销户。\n", "utf-8"
    )
    articles = read_corpus(tmp_path).articles
    reader = Reader(articles, vocabulary(article.text for article in articles))
    for name in ("湖光通", "Lagosol"):
        asked = reader.read(f"{name} 的卡怎么销户")
        assert asked.scope.countries == {"NI"}
        assert not asked.unknown
