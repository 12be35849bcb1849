"""From weighed units to statements: choose, take whole lists, join near-duplicates, cite.

Every citation is made from offsets, so a quote cannot differ from its article. Knows nothing of models or screens.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from app import kinds
from app.evidence import Evidence, Query
from app.types import Citation, Statement
from index.carriers import find_carriers
from index.chunk import readable
from index.places import country_name, find_places
from index.types import Article, Passage

MOST = 4  # statements of an answer
_ENOUGH = 0.985  # probability, summed over the chosen units, from which no further one is needed
_ALIKE = 0.6  # share of character pairs two sentences have in common from which they say the same
_BESIDE = 0.006  # probability below which a unit is not worth showing beside the best
_ANOTHER = 5.0  # logits behind the best unit up to which another guide is heard as well
_LISTED = frozenset({"steps", "materials", "list"})  # kinds of question that a whole list answers
_LIKELY_LIST = 0.3  # probability of a list, its items and the prose of its section, from which it comes first
_LONGEST_LIST = 1200  # characters


def admissible(query: Query, evidence: Evidence, carriers: Iterable[str]) -> bool:
    """Whether a unit may be quoted to this question: it says something, and of nobody else than was asked about."""
    text = evidence.text
    if evidence.unit.kind == "header" or not any(char.isalnum() for char in text):
        return False
    if evidence.unit.kind != "list" and (kinds.is_question(text) or kinds.is_intro(text)):
        return False
    scope = query.asked.scope
    named = {place.country for place in find_places(text)}
    if scope.countries and named and not named & scope.countries:
        return False
    owners = find_carriers(text, carriers)
    return not (scope.carriers and owners and not owners & scope.carriers)


def choose(query: Query, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The best unit, another guide's best, and others only as far as these leave room for doubt."""
    chosen = _list_first(query, ranked) or list(ranked[:1])
    second = _second_opinion(query, chosen, ranked)
    if second and _adds(second, chosen):
        chosen.append(second)
    for evidence in ranked:
        if len(chosen) == MOST or sum(e.score for e in chosen) >= _ENOUGH:
            break
        if evidence.score >= _BESIDE and _adds(evidence, chosen):
            chosen.append(evidence)
    return chosen


def _second_opinion(query: Query, chosen: Sequence[Evidence], ranked: Sequence[Evidence]) -> Evidence | None:
    """What another guide says best on the same matter: it may say otherwise, and the reader should see it."""
    best = next((e for e in ranked if chosen and comparable(query, chosen[0], e)), None)
    return best if best and best.logit >= ranked[0].logit - _ANOTHER else None


def _adds(evidence: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Whether a unit tells something beside those chosen."""
    return not kinds.is_filler(evidence.text) and not any(
        _same_list(evidence, other) or similar(evidence.text, other.text) >= _ALIKE for other in chosen
    )


def comparable(query: Query, one: Evidence, other: Evidence) -> bool:
    """Whether units of two guides are about the same country and carrier as far as they say, and the product asked about."""
    a, b = one.hit.passage.scope, other.hit.passage.scope
    products = query.asked.scope.products
    if one.hit.passage.path == other.hit.passage.path:
        return False
    if products and any(scope.products and not scope.products & products for scope in (a, b)):
        return False
    return all(not x or not y or bool(x & y) for x, y in ((a.countries, b.countries), (a.carriers, b.carriers)))


def _list_first(query: Query, ranked: Sequence[Evidence]) -> list[Evidence]:
    """Where steps or materials are asked for: the list most likely meant, by itself, its items and the prose around it."""
    if not query.kinds & {"steps", "materials"}:
        return []
    section: dict[tuple[str, tuple[str, ...]], float] = defaultdict(float)
    mass: dict[tuple[str, int], float] = defaultdict(float)
    for e in ranked:
        section[e.hit.passage.path, e.hit.passage.heading] += e.score
        if e.unit.group >= 0:
            mass[e.hit.passage.path, e.unit.group] += e.score
    lists = [e for e in ranked if e.unit.kind == "list"]
    likely = {
        id(e): mass[e.hit.passage.path, e.unit.group] + section[e.hit.passage.path, e.hit.passage.heading]
        for e in lists
    }
    best = max(lists, key=lambda e: likely[id(e)], default=None)
    return [best] if best is not None and likely[id(best)] >= _LIKELY_LIST else []


def _same_list(one: Evidence, other: Evidence) -> bool:
    return one.unit.group >= 0 and one.unit.group == other.unit.group and one.hit.passage.path == other.hit.passage.path


def similar(one: str, other: str) -> float:
    """Jaccard similarity of two folded texts' character pairs: 0…1."""
    a, b = _pairs(one), _pairs(other)
    both = len(a & b)
    return both / (len(a) + len(b) - both) if a or b else 0.0


@lru_cache(maxsize=8192)  # the same sentences come back with every question
def _pairs(text: str) -> frozenset[str]:
    return frozenset(f"{x}{y}" for x, y in pairwise(text))


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
    """The span to quote: the unit; all of its list where that is the unit, or where steps or materials are asked for."""
    unit = evidence.unit
    if unit.kind != "list" and not (unit.kind == "item" and query.kinds & _LISTED):
        return unit.start, unit.end
    members = [u for passage in passages for u in passage.units if u.group == unit.group]
    start, end = min(u.start for u in members), max(u.end for u in members)
    walled = any(promo.start < end and promo.end > start for promo in article.promos)
    return (unit.start, unit.end) if walled or end - start > _LONGEST_LIST else (start, end)
