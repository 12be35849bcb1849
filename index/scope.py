"""Country × carrier × product × action, of a passage and of a question, each with the words it was read from.

A scope gates what may be shown, so every doubt is settled on the closed side. Knows nothing of scores.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from index.carriers import canonical, find_carriers, is_own_name, key, known_carriers, latin_names
from index.places import Place, find_places
from index.repair import Vocabulary, repair
from index.segment import is_word, words
from index.synonyms import concepts
from index.text import fold
from index.types import Article, Passage, Scope

# Groups of the synonyms file, by the word that leads them, and what a scope calls them.
_PRODUCTS = {"流量卡": "data_card", "手机卡": "sim", "esim": "esim", "漫游": "roaming"}
_ACTIONS = {
    "注销": "cancel", "停机": "suspend", "补办": "reissue", "挂失": "report_lost", "解绑": "unbind", "退款": "refund", "转移": "transfer",
    "充值": "top_up", "激活": "activate", "丢弃": "discard", "销毁": "destroy", "备份": "backup", "投诉": "complain", "代办": "proxy",
}  # fmt: skip

_SUBJECT = re.compile(
    r"(?:^|[\s的，,一-鿿])([A-Z][A-Za-z0-9&+\-]+)(?=\s*(?:的|家|号|卡|手机卡|流量卡|电话卡|数据卡|上网卡|esim|eSIM|能|可以|怎么|如何|支持|要|在|去|销|注|退|停|流量|app|App|官网|营业厅|客服|网上|线上))"
)
# A Chinese company's name nobody has listed: two or three characters that are no word, before what such companies are called.
_COMPANY = re.compile(
    r"(?:^|[的把给用叫找选买办去跟和]|[那这][个家张]|[\s，,。])((?:(?![的那这个家张在把给用])[㐀-鿿]){2,3})(电信|移动|联通|通信|电讯|无线|通讯|国际)"
    r"(?=的|家|卡|号|手机|流量卡|电话卡|e?sim|客服|热线|营业厅|官网|门店|怎么|如何|能|可以|支持|要|收|退|注|销|办|停|$)"
)
# A street, an airport, an island: its name tells the country where one country's guides alone speak of it.
_LANDMARK = re.compile(r"(?P<name>[一-鿿]{2,5}?)(?P<kind>大街|街|路|大道|机场|广场|车站|岛|寺|湖)")
_LATIN = re.compile(r"[a-z]")
_OWNER = re.compile(r"([a-z][a-z0-9&+\-]+)\s*(?:家的|公司|运营商|的(?:卡|流量卡|手机卡|电话卡|esim))")


@dataclass(frozen=True, slots=True)
class Named:
    """One thing a question names: its kind, what it means, and the words it was read from."""

    kind: str  # "country" | "carrier" | "product" | "action" | "unknown"
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as understood."""

    question: str  # as typed
    text: str  # folded and repaired: what is searched for
    scope: Scope
    named: tuple[Named, ...] = ()
    unknown: tuple[str, ...] = ()  # names that no guide speaks of


def _read_terms(text: str, leads: Mapping[str, str], kind: str) -> list[Named]:
    """The products or actions folded `text` names, by whole words (手续费 is no 续费), Latin phrases included."""
    by_number = {number: name for lead, name in leads.items() for number in concepts()[lead]}
    phrases = (
        [word for word in concepts() if word.isascii() and re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text)]
        if _LATIN.search(text)
        else []
    )
    return [
        Named(kind, by_number[number], word)
        for word in dict.fromkeys([*words(text), *phrases])
        for number in sorted(concepts().get(word, frozenset()) & by_number.keys())
    ]


def passage_scope(passage: Passage, article: Article) -> Scope:
    """What a passage is about. Its deepest heading that names a carrier decides on carriers, else its own words."""
    names = {*article.carriers, *known_carriers()}
    carriers: frozenset[str] = frozenset()
    for text in (*reversed(passage.heading), passage.text, passage.title):
        carriers = find_carriers(text, names) - _ordinary(article)
        if carriers:
            break
    if not carriers and len(article.carriers) == 1:
        carriers = frozenset({canonical(article.carriers[0])})
    text = fold("\n".join((passage.title, *passage.heading, passage.text)))
    return Scope(
        countries=frozenset(article.countries),
        carriers=carriers,
        products=frozenset(named.value for named in _read_terms(text, _PRODUCTS, "product")),
        actions=frozenset(named.value for named in _read_terms(text, _ACTIONS, "action")),
    )


def _ordinary(article: Article) -> frozenset[str]:
    """Listed names short or plain enough to be words: they count only in a guide that declares them."""
    declared = {canonical(name) for name in article.carriers}
    return frozenset(name for name in known_carriers().values() if len(name) < 4) - declared  # noqa: PLR2004 - “vi”, “we”, “au”


class Reader:
    """Reads questions against what a collection of guides speaks of; `covered` holds the codes of their countries."""

    def __init__(self, articles: Sequence[Article], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._texts = tuple((fold(article.text), article) for article in articles)
        self.covered = frozenset(code for article in articles for code in article.countries)
        self._countries: dict[str, set[str]] = {}
        for article in articles:
            for carrier in article.carriers:
                self._countries.setdefault(canonical(carrier), set()).update(article.countries)
        self._names = {*known_carriers(), *(name for article in articles for name in article.carriers)}
        self._spellings = {key(name): name for article in articles for name in article.carriers}

    @property
    def carriers(self) -> frozenset[str]:
        """Keys of the carriers some guide is about."""
        return frozenset(self._countries)

    def read(self, question: str) -> Asked:
        """Understand a question: repair its spelling, then read off country, carrier, product and action."""
        text = repair(self._respell(fold(question)), self._vocabulary)
        named: list[Named] = []
        places = [self._local(place) for place in find_places(text)] or self._landmarks(text)
        named += [Named("country", place.country, place.name) for place in places]
        rest = text
        for place in places:
            rest = rest[: place.start] + " " * (place.end - place.start) + rest[place.end :]
        carriers = find_carriers(rest, self._names)
        unknown = [name for name in sorted(carriers) if name not in self._countries]
        carriers = carriers - set(unknown)
        named += [Named("carrier", name, self._spellings.get(name, name)) for name in sorted(carriers)]
        unknown += [
            name
            for name in self._strangers(question, rest, frozenset(p.country for p in places))
            if canonical(name) not in {*unknown, *carriers}
        ]
        named += _read_terms(text, _PRODUCTS, "product") + _read_terms(text, _ACTIONS, "action")
        countries = frozenset(place.country for place in places)
        scope = Scope(
            countries=countries,
            carriers=carriers,
            products=frozenset(n.value for n in named if n.kind == "product"),
            actions=frozenset(n.value for n in named if n.kind == "action"),
        )
        if carriers and not countries:
            # A question about a carrier is about its country.
            scope = replace(scope, countries=frozenset(c for name in carriers for c in self._countries[name]))
        named += [Named("unknown", name, name) for name in unknown]
        return Asked(question, text, scope, tuple(dict.fromkeys(named)), tuple(dict.fromkeys(unknown)))

    def _strangers(self, question: str, rest: str, countries: frozenset[str]) -> list[str]:
        """Names nobody has listed, where the question makes them the owner of a card or its own subject.

        A name that only guides of other countries speak of is as strange as one that none does.
        """
        written = {fold(word) for word in _SUBJECT.findall(question)} | set(_OWNER.findall(rest))
        names = [word for word in latin_names(rest, ()) if word in written and key(word) not in known_carriers()]
        ordinary = {word for phrase in concepts() if phrase.isascii() for word in phrase.split()}
        names = [name for name in names if name not in ordinary]
        names += [stem + kind for stem, kind in _COMPANY.findall(rest) if is_own_name(stem)]
        return [name for name in names if not self._spoken_of(name, countries)]

    def _local(self, place: Place) -> Place:
        """A town's name that two countries share, as the country whose guides speak of it (沙巴 is Sabah, and is Sa Pa)."""
        if not place.city or place.country in self.covered:
            return place
        countries = {c for text, article in self._texts if place.name in text for c in article.countries}
        if len(countries) != 1:
            return place
        return replace(place, country=next(iter(countries)))

    def _landmarks(self, text: str) -> list[Place]:
        for found in _LANDMARK.finditer(text):
            for start in range(found.start(), found.end("name") - 1):
                name = text[start : found.end()]
                countries = {code for told, article in self._texts if name in told for code in article.countries}
                if len(countries) == 1 and not is_word(name):
                    return [Place(countries.pop(), name, start, found.end(), city=True)]
        return []

    def _spoken_of(self, name: str, countries: frozenset[str]) -> bool:
        return any(
            name in text
            for text, article in self._texts
            if not countries or not article.countries or countries & set(article.countries)
        )

    def _respell(self, text: str) -> str:
        """A carrier's name with a letter wrong (movista) as the guides spell it."""
        spellings = {fold(name): name for name in self._spellings.values() if name.isascii()}

        def word(found: re.Match[str]) -> str:
            if found[0] in spellings or found[0] in self._vocabulary.latin:
                return found[0]
            return next(iter(get_close_matches(found[0], spellings, n=1, cutoff=0.8)), found[0])

        return re.sub(r"(?<![a-z])[a-z]{4,}(?![a-z])", word, text)

    def serves(self, carrier: str, countries: frozenset[str]) -> bool:
        """Whether some guide of one of `countries` speaks of this carrier (or a general guide does)."""
        of = self._countries.get(carrier)
        return of is not None and (not countries or not of or bool(of & countries))
