"""Country × carrier × product × action, of a passage and of a question, each with the words it was read from.

A scope gates what may be shown, so every doubt is settled on the closed side. Knows nothing of scores.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from index.carriers import (
    aliases,
    canonical,
    find_carriers,
    is_own_name,
    key,
    known_carriers,
    latin_names,
    spot_carriers,
)
from index.names import LocalNames
from index.places import Place, find_places
from index.promo import blank
from index.repair import Vocabulary, repair
from index.segment import words
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
    r"(?:^|[\s的，,一-鿿])([A-Z][A-Za-z0-9&+\-]+)(?=\s*(?:的|家|号|卡|手机卡|流量卡|电话卡|数据卡|上网卡|esim|eSIM|能|可以|怎么|如何|支持|要|在|去|销|注|退|停|流量|app|App|官网|营业厅|客服|网上|线上|押金|余额|月租|话费|套餐|合约|热线|门店|柜台|补卡|充值|过户|开户|账单))"
)
# A Chinese company's name nobody has listed: two or three characters that are no word, before what such companies are called.
_COMPANY = re.compile(
    r"(?:^|[的把给用叫找选买办去跟和]|[那这][个家张]|[\s，,。])((?:(?![的那这个家张在把给用])[㐀-鿿]){2,3})(电信|移动|联通|通信|电讯|无线|通讯|国际)"
    r"(?=的|家|卡|号|手机|流量卡|电话卡|e?sim|客服|热线|营业厅|官网|门店|怎么|如何|能|可以|支持|要|收|退|注|销|办|停|$)"
)
# What a question names only to set it aside: 不是俄罗斯那张, 别拿葡萄牙的答我, 跟 Foonet 一样.
_ASIDE = re.compile(r"(?:(?<!是)不是|不问|不要|别拿|别给|别说|而非|并非|除了|不像|听说)[^，,。；;！!]{0,3}$")
# Where a call goes or a traveller goes on to: 打回中国, 坐船去西班牙. Not whose card it is, where the question says whose.
_TOWARDS = re.compile(r"(?:打|拨|发|寄|带|回|去|到|飞|往|给|to )[给到回去往]?\s*$")
_LIKE, _ALIKE = (
    re.compile(r"[跟像]\s*$"),
    re.compile(r"\s*的?(?:卡|号)?(?:一样|不一样|不同|相同|似的|那样|那种|那么)"),
)
_ASKS = re.compile(
    r"吗|么|呢|几|多[少久长]|怎|咋|哪|什么|啥|谁|[是能可]否|(\w)不\1|有没有|不$|[?？]$|问的是|要的是|说的是"
)
_CLAUSE = re.compile(r"[^，,。；;！!：:?？]+[?？]?")
_HOME = "CN"  # readers' own country: named for the calls, banks and papers there, unless guides are about it
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


def _meant(text: str, mentions: Sequence[tuple[str, int, int]]) -> frozenset[str]:
    """Which of several names folded `text` is about: those of its asking clauses, else those it does not set aside."""
    names = frozenset(name for name, _, _ in mentions)
    if len(names) < 2:  # noqa: PLR2004 - nothing to choose from
        return names
    kept = [(name, start) for name, start, end in mentions if not _is_aside(text, start, end)]
    asking = [clause.span() for clause in _CLAUSE.finditer(text) if _ASKS.search(clause[0])]
    asked = frozenset(name for name, at in kept if any(start <= at < end for start, end in asking))
    return asked or frozenset(name for name, _ in kept) or names


def _is_aside(text: str, start: int, end: int) -> bool:
    return bool(_ASIDE.search(text, 0, start) or (_LIKE.search(text, 0, start) and _ALIKE.match(text, end)))


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
        self._texts = tuple((fold(blank(article.text, article.promos)), article) for article in articles)
        self._local_names = LocalNames(self._texts)
        self.covered = frozenset(code for article in articles for code in article.countries)
        self._countries: dict[str, set[str]] = {}
        for article in articles:
            for carrier in article.carriers:
                self._countries.setdefault(canonical(carrier), set()).update(article.countries)
        self._aliases: dict[str, set[str]] = {}
        also = {name for article in articles for name in article.carriers}
        for article in articles:
            for pair in aliases(blank(article.text, article.promos)[article.body :], article.carriers):
                both = {canonical(name) for name in pair}
                homes = [self._countries[name] for name in both if name in self._countries]
                for name in both if homes else ():
                    self._aliases.setdefault(name, set()).update(both)
                    self._countries.setdefault(name, set()).update(*homes)
                    also.update(pair)
        self._names = {*known_carriers(), *also}
        self._spellings = {key(name): name for article in articles for name in article.carriers}

    @property
    def carriers(self) -> frozenset[str]:
        """Keys of the carriers some guide is about."""
        return frozenset(self._countries)

    def read(self, question: str) -> Asked:
        """Understand a question: repair its spelling, then read off country, carrier, product and action."""
        text = repair(self._respell(fold(question)), self._vocabulary)
        named: list[Named] = []
        places = [self._local(place) for place in find_places(text)]
        rest = text
        for place in places:
            rest = rest[: place.start] + " " * (place.end - place.start) + rest[place.end :]
        carriers = _meant(text, spot_carriers(rest, self._names))
        places = self._owners(text, places, carriers)
        named += [Named("country", place.country, place.name) for place in places]
        unknown = [name for name in sorted(carriers) if name not in self._countries]
        carriers = carriers - set(unknown)
        carriers |= {other for name in carriers for other in self._aliases.get(name, ())}
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

    def _owners(self, text: str, places: Sequence[Place], carriers: frozenset[str]) -> list[Place]:
        """The places that say whose card is asked about, without those the question only calls, or travels to, from there."""
        at_home = {code for name in carriers for code in self._countries.get(name, ())}
        if not carriers and not any(place.country in self.covered for place in places):
            local = self._local_names.find(text)
            told = {place.country for place in local}
            if all(self._is_abroad(text, place, told, named=bool(told)) for place in places):
                return list(local) or list(places)
        if at_home:
            # 拿 Foonet 去瑞士: where Foonet's own guides speak of Switzerland, it is somewhere the card goes.
            named = any(place.country in at_home for place in places)
            places = [p for p in places if p.country in at_home or not self._is_abroad(text, p, at_home, named=named)]
        elif len({place.country for place in places}) > 1:
            owners = [p for p in places if not self._is_abroad(text, p, (), named=True)]
            places = owners or list(places)
        meant = _meant(text, [(place.country, place.start, place.end) for place in places])
        return [place for place in places if place.country in meant]

    def _is_abroad(self, text: str, place: Place, at_home: Collection[str], *, named: bool) -> bool:
        """Whether a place is where a carrier's customer calls or goes, not where the carrier would have to be."""
        towards = bool(_TOWARDS.search(text, 0, place.start))
        there = towards or text[: place.start].endswith("在")
        home = place.country == _HOME and _HOME not in self.covered
        return home or (towards and named) or (there and self._tell_of(place.name, at_home))

    def _tell_of(self, name: str, countries: Collection[str]) -> bool:
        return any(name in text for text, article in self._texts if set(article.countries) & set(countries))

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
        if not place.city or (place.country in self.covered and self._tell_of(place.name, {place.country})):
            return place
        countries = {c for text, article in self._texts if place.name in text for c in article.countries}
        return replace(place, country=next(iter(countries))) if len(countries) == 1 else place

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
