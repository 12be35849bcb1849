"""From weighed units to statements: choose, take whole lists, join near-duplicates, cite.

Every citation is made from offsets, so a quote cannot differ from its article. Knows nothing of models or screens.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from app import kinds
from app.evidence import Evidence, Query
from app.types import Citation, Statement
from index.carriers import find_carriers
from index.chunk import readable
from index.places import country_name, find_places
from index.types import Article, Passage, Unit

MOST = 4  # statements of an answer
_ENOUGH = 0.8  # probability, summed over the chosen units, from which no further one is needed
_ALIKE = 0.6  # share of character pairs two sentences have in common from which they say the same
_BESIDE = 0.04  # probability below which a unit is not worth showing beside the best
_LIKELY_LIST = (
    0.3  # probability of a list and its section, counted twice where it is the list's, from which it comes first
)
_LONGEST_LIST = 1200  # characters


def admissible(query: Query, evidence: Evidence, carriers: Iterable[str]) -> bool:
    """Whether a unit may be quoted to this question: it says something, and of nobody else than was asked about."""
    text = evidence.text
    if evidence.unit.kind == "header" or kinds.is_question(text) or not any(char.isalnum() for char in text):
        return False
    scope = query.asked.scope
    named = {place.country for place in find_places(text)}
    if scope.countries and named and not named & scope.countries:
        return False
    owners = find_carriers(text, carriers)
    return not (scope.carriers and owners and not owners & scope.carriers)


def choose(query: Query, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The best unit, and others only as far as it leaves room for doubt: the smallest set likely to hold the answer."""
    chosen = _list_first(query, ranked)
    for evidence in ranked:
        if kinds.is_intro(evidence.text) and evidence.unit.group < 0:
            continue
        if any(_same_list(evidence, other) or similar(evidence.text, other.text) >= _ALIKE for other in chosen):
            continue
        if chosen and (evidence.score < _BESIDE or kinds.is_filler(evidence.text)):
            continue
        chosen.append(evidence)
        if len(chosen) == MOST or sum(e.score for e in chosen) >= _ENOUGH:
            break
    return chosen


def _list_first(query: Query, ranked: Sequence[Evidence]) -> list[Evidence]:
    """Where steps or materials are asked for: the list most likely meant, by its items and the prose around it."""
    if not query.kinds & {"steps", "materials"}:
        return []
    section: dict[tuple[str, tuple[str, ...]], float] = defaultdict(float)
    lists: dict[tuple[str, int], list[Evidence]] = defaultdict(list)
    for e in ranked:
        section[e.hit.passage.path, e.hit.passage.heading] += e.score
        if e.unit.group >= 0 and e.unit.kind == "item":
            lists[e.hit.passage.path, e.unit.group].append(e)
    mass = {
        key: sum(e.score for e in items) + section[items[0].hit.passage.path, items[0].hit.passage.heading]
        for key, items in lists.items()
        if len(items) > 1
    }
    best = max(mass, key=lambda key: mass[key], default=None)
    return [lists[best][0]] if best is not None and mass[best] >= _LIKELY_LIST else []


def _same_list(one: Evidence, other: Evidence) -> bool:
    return one.unit.group >= 0 and one.unit.group == other.unit.group and one.hit.passage.path == other.hit.passage.path


def similar(one: str, other: str) -> float:
    """Jaccard similarity of two folded texts' character pairs: 0…1."""
    a, b = (({f"{x}{y}" for x, y in pairwise(text)}) for text in (one, other))
    return len(a & b) / len(a | b) if a | b else 0.0


def state(
    query: Query,
    chosen: Sequence[Evidence],
    ranked: Sequence[Evidence],
    articles: Mapping[str, Article],
    passages: Mapping[str, Sequence[Passage]],
) -> list[Statement]:
    """Turn the chosen units into statements, a list whole where the list is the answer."""
    out = []
    for evidence in chosen:
        article = articles[evidence.hit.passage.path]
        span = _whole(query, evidence, article, passages[article.path])
        cited = [_cite(article, evidence.hit.passage.heading, *span)]
        if span == (evidence.unit.start, evidence.unit.end):
            cited += [
                _cite(articles[e.hit.passage.path], e.hit.passage.heading, e.unit.start, e.unit.end)
                for e in ranked
                if e is not evidence and e.hit.passage.path != article.path and similar(e.text, evidence.text) >= _ALIKE
            ]
        text = readable(cited[0].quote)
        if text:
            out.append(Statement(text, tuple(cited), _note(query, article)))
    return out


def _note(query: Query, article: Article) -> str:
    """What a reader must know of where a statement holds."""
    if not article.countries:
        return "通用指南" if query.asked.scope.countries else ""
    return "" if query.asked.scope.countries else "、".join(country_name(code) for code in article.countries)


def _cite(article: Article, heading: tuple[str, ...], start: int, end: int) -> Citation:
    return Citation(article.id, article.path, heading, start, end, article.text[start:end])


def _whole(query: Query, evidence: Evidence, article: Article, passages: Sequence[Passage]) -> tuple[int, int]:
    """The span to quote: the unit, or its whole list where a list is asked for or the unit only introduces it."""
    unit = evidence.unit
    alone = unit.start, unit.end
    if unit.group < 0:
        return alone
    listed = sorted((u for p in passages for u in p.units if u.group == unit.group), key=lambda u: u.start)
    wants = query.kinds & {"steps", "materials", "list"} and _is_asked_list(query, evidence, listed)
    if not wants and not kinds.is_intro(evidence.text):
        return alone
    start, end = listed[0].start, listed[-1].end
    walled = any(promo.start < end and promo.end > start for promo in article.promos)
    return alone if walled or end - start > _LONGEST_LIST or len(listed) < 2 else (start, end)  # noqa: PLR2004 - one item is no list


def _is_asked_list(query: Query, evidence: Evidence, listed: Sequence[Unit]) -> bool:
    """Steps are wanted in full when they are numbered or somebody introduced them; so are materials and lists."""
    ordered = sum(unit.order > 0 for unit in listed) > 1
    introduced = any(unit.kind == "sentence" for unit in listed)
    return ordered or introduced or bool(query.kinds & {"materials", "list"}) or evidence.unit.kind == "item"
