"""Whether two units of different guides contradict each other on what was asked.

Features that can be read (opposite stances, in person against online, money kept or returned, numbers that differ) and
fitted trees over them, in `conflict.json` (`python -m eval fit`). Knows nothing of how units were found.
"""

import re
from collections.abc import Iterator, Sequence

from app import claims, trees
from app.answer import comparable, similar
from app.evidence import Evidence, Query, nameless
from index.search import Index, compared
from index.segment import rarity
from index.synonyms import concepts, groups
from index.text import fold

_FIRST = 4  # best units that another may contradict
_REACH = 20  # best units among which the other may stand
_SAME_MATTER, _SAME_SENSE = 0.34, 0.45  # share of their words, by rarity, and cosine that speak for one matter

_WAY_ASKED = re.compile(
    rf"{claims.SCREEN}|{claims.COUNTER}|跑|过去|现场|人在|人已经|回国|走了|哪里|哪儿|上哪|在家|不出门|[到去]店|出面"
)
_BACK_ASKED = re.compile(r"退|还[给我吗是会]|拿回|拿得|打水漂|没了|清零|归|怎么(?:办|处理)|要回|作废|提出来|取出")
_NO = re.compile("[不没无别未勿]")
_ONLY = re.compile("只能|必须|一律|仅|只接受|都要|须")
_MAY = re.compile("可以|(?<![只不])能|支持|允许|就行|即可")
_CANCEL = frozenset(groups()[min(concepts()["注销"])])


def disagreement(index: Index, query: Query, ranked: Sequence[Evidence]) -> tuple[Evidence, Evidence] | None:
    """The two units of different guides that most likely cannot both hold; None where no two are likely enough."""
    model = trees.load("conflict")
    judged = [(model.probability(found), one, other) for one, other, found in candidates(index, query, ranked)]
    likely, one, other = max(judged, key=lambda pair: pair[0], default=(0.0, None, None))
    return (one, other) if one and other and likely >= model.threshold else None


def candidates(
    index: Index, query: Query, ranked: Sequence[Evidence]
) -> Iterator[tuple[Evidence, Evidence, dict[str, float]]]:
    """Every pair of good units that might contradict each other, the better one first, with its features."""
    units = [e for e in ranked if e.unit.kind != "list"][:_REACH]
    texts = [nameless(e.text, query.names) for e in units]
    headed = [f"{nameless(_heading(e), query.names)} {text}" for e, text in zip(units, texts, strict=True)]
    if not units:
        return
    alike, wider = index.likeness(texts), index.likeness(headed)
    plain = [compared(e.text) for e in units]
    near = index.closeness(plain[:_FIRST], plain)
    for at, one in enumerate(units[:_FIRST]):
        for to in range(at + 1, len(units)):
            if comparable(query, one, units[to]):
                found = _features(query, one, units[to])
                found |= {"rank": at, "rank_other": to, "best": units[0].logit, "behind": one.logit - units[0].logit}
                found |= {"behind_other": units[to].logit - units[0].logit, "cos": float(alike[at, to])}
                found |= {"cos_heading": float(wider[at, to]), "near": float(near[at, to])}
                found["one_matter"] = float(found["shared"] >= _SAME_MATTER and alike[at, to] >= _SAME_SENSE)
                yield one, units[to], found


def _features(query: Query, one: Evidence, other: Evidence) -> dict[str, float]:
    a, b = one.text, other.text
    words_a, words_b = claims.words(a), claims.words(b)
    both = words_a & words_b
    weight = {word: rarity(word) for word in words_a | words_b}
    least = min(sum(weight[w] for w in words_a), sum(weight[w] for w in words_b)) or 1.0
    amounts_a, amounts_b = claims.amounts(a), claims.amounts(b)
    measures = {kind for kind, _ in amounts_a} & {kind for kind, _ in amounts_b}
    differ = bool(measures) and not amounts_a & amounts_b
    ways_a, ways_b = claims.channels(a), claims.channels(b)
    who_a, who_b = claims.actors(a), claims.actors(b)
    stances = {word: claims.stance(a, word) * claims.stance(b, word) for word in both}
    asked = {word for term in query.terms for word in claims.words(term.word)}
    told_a, told_b = claims.told(a), claims.told(b)
    scope_a, scope_b = one.hit.passage.scope, other.hit.passage.scope
    question = query.asked.text
    return {
        "alike": similar(a, b), "alike_heading": similar(_heading(one), _heading(other)),
        "shared": sum(weight[w] for w in both) / least, "shared_words": float(len(both)),
        "measures": float(len(measures)), "amounts_same": float(len(amounts_a & amounts_b)),
        "amounts_differ": float(differ),
        "opposed": float(sum(x < 0 for x in stances.values())), "agreed": float(sum(x > 0 for x in stances.values())),
        "opposed_asked": float(sum(x < 0 for word, x in stances.items() if word in asked)),
        "agreed_asked": float(sum(x > 0 for word, x in stances.items() if word in asked)),
        "ways": float(claims.way(a) * claims.way(b)), "way": float(claims.way(a)), "way_other": float(claims.way(b)),
        "channels_opposed": _opposed(ways_a, ways_b), "channels_apart": _apart(ways_a, ways_b),
        "actors_opposed": _opposed(who_a, who_b), "actors_apart": _apart(who_a, who_b),
        "fees": float(claims.fee(a) * claims.fee(b)),
        "refunds": float(claims.refund(a) * claims.refund(b)),
        "refunds_asked": float(_refunds_differ(query, a, b)), "ways_asked": float(_ways_differ(query, a, b)),
        "numbers_asked": float(differ and _wants_number(query)),
        "one_denies": float(bool(_NO.search(told_a)) != bool(_NO.search(told_b))),
        "one_insists": float(bool(_ONLY.search(told_a)) != bool(_ONLY.search(told_b))),
        "one_allows": float(bool(_MAY.search(told_a)) != bool(_MAY.search(told_b))),
        "asks_way": float(bool(_WAY_ASKED.search(question))), "asks_back": float(bool(_BACK_ASKED.search(question))),
        "asks_money": float(bool(claims.MONEY.search(question))), "asks_yes_no": float("yes_no" in query.kinds),
        "asks_number": float(bool(query.kinds & {"duration", "count", "price", "date"})),
        "asks_list": float(bool(query.kinds & {"steps", "materials", "list"})),
        "general": float(not scope_a.countries or not scope_b.countries), "named": float(bool(query.asked.scope.countries)),
        "product": float(bool(scope_a.products & scope_b.products)), "carrier": float(bool(scope_a.carriers & scope_b.carriers)),
        **{f"{name}_least": min(one.features[name], other.features[name]) for name in ("cover_heading", "cos_heading", "soft_heading", "near_heading")},
        "length": float(min(len(a), len(b))), "length_gap": float(abs(len(a) - len(b))),
    }  # fmt: skip


def _opposed(one: claims.OpenAndClosed, other: claims.OpenAndClosed) -> float:
    """How many of the ways (or people) that one allows the other excludes."""
    return float(len((one[0] & other[1]) | (one[1] & other[0])))


def _apart(one: claims.OpenAndClosed, other: claims.OpenAndClosed) -> float:
    """Whether both tell ways (or people), and none in common."""
    return float(bool(one[0] and other[0]) and not one[0] & other[0])


def _heading(e: Evidence) -> str:
    return fold(" ".join(e.hit.passage.heading[-1:]))


def _wants_number(query: Query) -> bool:
    """Whether a question wants a number; a yes/no question does only where it names one itself (“留半年够不够”)."""
    return bool(query.kinds & {"duration", "count", "price", "date"}) or (
        "yes_no" in query.kinds and bool(claims.amounts(query.asked.text))
    )


def _ways_differ(query: Query, one: str, other: str) -> bool:
    """Whether one lets something be cancelled online and the other only in person, where that is what was asked."""
    if not _WAY_ASKED.search(query.asked.text) or "materials" in query.kinds:
        return False
    if not (
        "cancel" in query.asked.scope.actions and all(any(word in text for word in _CANCEL) for text in (one, other))
    ):
        return False
    return claims.way(one) * claims.way(other) < 0


def _refunds_differ(query: Query, one: str, other: str) -> bool:
    """Whether one gives back the very money the other keeps, where money is what was asked about."""
    if not (claims.MONEY.search(query.asked.text) and _BACK_ASKED.search(query.asked.text)):
        return False
    deposit = {bool(re.search("押金|保证金", text)) for text in (one, other)}
    return len(deposit) == 1 and claims.refund(one) * claims.refund(other) < 0
