"""How well a unit of a guide answers a question: explainable features, and a small fitted model over them.

A conditional logit (McFadden 1974) weighs the units (sentences, list items, rows) against each other. Its weights
stand in `evidence.json`, fitted on the development questions by `python -m eval fit`. Knows nothing of screens or files.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

import numpy as np

from app import kinds
from index.carriers import find_carriers
from index.chunk import lists, quoted
from index.places import placeless
from index.scope import Asked
from index.search import Index, compared
from index.segment import content_words, rarity, says
from index.synonyms import concepts
from index.text import fold
from index.types import Hit, Unit

_CHANCE = 0.3  # cosine that 7 in 1,000 pairs of the guides' words reach by chance
_BACKGROUND = 0.5  # weight of what a question tells before it asks
# Features that say most by how far a unit falls behind the question's best.
_RELATIVE = (
    "cover", "cover_heading", "cover_passage", "pairs", "pairs_passage", "chars", "chars_heading", "soft", "soft_heading", "cos", "cos_heading",
    "lexical", "dense", "asked_before", "near", "near_heading", "firm", "firm_heading", "least", "least_heading", "echo", "echo_heading",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One thing a question is about: its words (synonyms too), how telling it is, whether any guide uses it."""

    word: str
    forms: tuple[str, ...]
    weight: float
    known: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for weighing evidence."""

    asked: Asked
    text: str  # without the names that its scope already settles
    terms: tuple[Term, ...]
    pairs: tuple[tuple[str, float], ...]  # character pairs of the question and their weights
    kinds: frozenset[str]
    names: tuple[str, ...]  # spellings of the carriers asked about


@dataclass(frozen=True, slots=True)
class Evidence:
    """One unit with its features and its score, the model's probability that it answers."""

    hit: Hit
    unit: Unit
    text: str  # folded, marks and all
    features: Mapping[str, float]
    logit: float  # the unit model's score, comparable between questions
    score: float  # the same as a probability among this question's units


def prepare(index: Index, asked: Asked) -> Query:
    """Read off a question what evidence must cover; the names that its scope already settles are left out."""
    names = tuple(named.words for named in asked.named if named.kind == "carrier")
    text = nameless(asked.text, names)
    focus = kinds.focus(text)
    terms = []
    for word in dict.fromkeys(content_words(text)):
        forms = _forms(word)
        # A word is telling when it is rare in these guides and rare in Chinese at large: 以后 is neither, wherever it stands.
        here = max((index.rarity(form) for form in forms if index.weight(form)), default=1.0)
        terms.append(
            Term(
                word,
                forms,
                here * rarity(word) * (1.0 if word in focus else _BACKGROUND),
                any(index.weight(form) for form in forms),
            )
        )
    pairs = {f"{a}{b}" for a, b in pairwise(text) if a.isalnum() and b.isalnum()}
    weighted = tuple((pair, index.rarity(f"{pair}_")) for pair in sorted(pairs))
    return Query(asked, text, tuple(terms), weighted, kinds.asked(text), names)


def nameless(text: str, names: Sequence[str]) -> str:
    """Folded text without countries, towns and these carriers: every unit in scope is about them, so they tell none apart."""
    text = placeless(text)
    for name in names:
        text = text.replace(fold(name), " ")
    return text


@lru_cache(maxsize=8192)
def _forms(word: str) -> tuple[str, ...]:
    """A word and what means the same."""
    numbers = concepts().get(word, frozenset())
    return tuple(dict.fromkeys([word, *(other for other, groups in concepts().items() if groups & numbers)]))


def coverage(query: Query, text: str) -> float:
    """Share, by weight, of what the question is about that stands in folded `text`, in any of its words: 0…1."""
    total = sum(term.weight for term in query.terms)
    if not total:
        return 0.0
    return sum(term.weight for term in query.terms if any(says(text, form) for form in term.forms)) / total


def _pairs(query: Query, text: str) -> float:
    total = sum(weight for _, weight in query.pairs)
    return sum(weight for pair, weight in query.pairs if pair in text) / total if total else 0.0


def _chars(query: Query, text: str) -> float:
    """Share, by weight, of the question's characters (those of its terms) that stand in folded `text`: 0…1."""
    weights: dict[str, float] = {}
    for term in query.terms:
        for char in term.word:
            weights[char] = max(weights.get(char, 0.0), term.weight)
    total = sum(weights.values())
    return sum(weight for char, weight in weights.items() if char in text) / total if total else 0.0


def _word_by_word(index: Index, query: Query, texts: Sequence[str]) -> list[dict[str, float]]:
    """What of the question each text comes near to, and what of each text the question does: all 0…1."""
    weights = np.array([term.weight for term in query.terms])
    if not weights.sum():
        return [dict.fromkeys(("soft", "firm", "least", "echo"), 0.0)] * len(texts)
    near, echoed = index.alignment([term.word for term in query.terms], texts)
    soft = near @ weights / weights.sum()
    firm = np.maximum(near - _CHANCE, 0.0) @ weights / weights.sum()
    return [
        {"soft": float(a), "firm": float(b), "least": float(c), "echo": float(d)}
        for a, b, c, d in zip(soft, firm, near.min(axis=1), echoed, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a decision stands on: the question made ready and the units of ranked passages, best first."""

    query: Query
    units: tuple[Evidence, ...]
    # Of other countries or carriers than was asked about: to compare with, never to show.
    outside: tuple[Evidence, ...] = ()


def weigh(index: Index, query: Query, hits: Sequence[Hit], outside: Sequence[Hit] = ()) -> Weighed:
    """Weigh every unit of the ranked passages, and on the same scale those of passages `outside` the question's scope."""
    rows: list[tuple[Hit, Unit, str, str]] = []
    for hit in (*hits, *outside):
        for unit in (*hit.passage.units, *lists(hit.passage)):
            heading = hit.passage.heading[-1] if hit.passage.heading else ""
            rows.append((hit, unit, fold(quoted(hit.passage, unit)), fold(heading)))
    texts = [text for _, _, text, _ in rows] + [f"{heading} {text}" for _, _, text, heading in rows]
    cosines = index.similarity(query.text.strip() or query.asked.text, [nameless(text, query.names) for text in texts])
    alone, headed = cosines[: len(rows)], cosines[len(rows) :]
    words = _word_by_word(index, query, texts)
    near = _nearness(index, query, rows)
    top_lexical = max((hit.lexical for hit in hits), default=0.0) or 1.0
    top_dense = max((hit.dense for hit in hits), default=0.0) or 1.0
    table: list[dict[str, float]] = []
    asked_before = index.asked_before(query.asked.text, {row[0].passage.path for row in rows})
    for at, (hit, unit, text, heading) in enumerate(rows):
        features = _features(query, hit, unit, text, heading)
        features |= {
            "asked_before": asked_before.get(hit.passage.path, 0.0),
            "cos": alone[at], "cos_heading": headed[at], "near": near[at], "near_heading": near[len(rows) + at],
            **words[at], **{f"{name}_heading": value for name, value in words[len(rows) + at].items()},
            "lexical_rel": hit.lexical / top_lexical, "dense_rel": hit.dense / top_dense,
        }  # fmt: skip
        table.append(features)
    within = sum(len(hit.passage.units) + len(lists(hit.passage)) for hit in hits)
    for name in _RELATIVE:
        best = max((features[name] for features in table[:within]), default=0.0)
        for features in table:
            features[f"{name}_gap"] = features[name] - best
    logits = [_logit(features) for features in table]
    scores = [*softmax(logits[:within]), *[0.0] * (len(rows) - within)]
    weighed = [
        Evidence(hit, unit, text, features, logit, score)
        for (hit, unit, text, _), features, logit, score in zip(rows, table, logits, scores, strict=True)
    ]
    return Weighed(query, _best_first(weighed[:within]), _best_first(weighed[within:]))


def _nearness(index: Index, query: Query, rows: Sequence[tuple[Hit, Unit, str, str]]) -> list[float]:
    """How near the question comes in meaning to every unit alone, then to every unit below its heading."""
    alone = [compared(text) for _, _, text, _ in rows]
    headed = [f"{compared(heading)} {text}" for (_, _, _, heading), text in zip(rows, alone, strict=True)]
    return [float(x) for x in index.closeness([query.text.strip() or query.asked.text], [*alone, *headed])[0]]


def _best_first(weighed: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(weighed, key=lambda e: (-e.logit, e.hit.rank, e.unit.start)))


def softmax(logits: Sequence[float]) -> list[float]:
    """Scores as probabilities that add up to 1."""
    top = max(logits, default=0.0)
    shares = [math.exp(logit - top) for logit in logits]
    total = sum(shares)
    return [share / total for share in shares]


def _features(query: Query, hit: Hit, unit: Unit, text: str, heading: str) -> dict[str, float]:
    passage = hit.passage
    whole = fold(f"{passage.title}\n{' '.join(passage.heading)}\n{passage.text}")
    path = fold(" ".join(passage.heading))
    scope, wanted = query.asked.scope, query.kinds
    out = {
        "cover": coverage(query, text),
        "cover_heading": coverage(query, f"{heading}\n{text}"),
        "heading_only": coverage(query, path),
        "title_only": coverage(query, fold(passage.title)),
        "cover_passage": coverage(query, whole),
        "pairs": _pairs(query, text),
        "chars": _chars(query, text),
        "chars_heading": _chars(query, f"{heading}{text}"),
        "pairs_passage": _pairs(query, whole),
        "lexical": hit.lexical,
        "dense": hit.dense,
        "rank": 1 / hit.rank,
        "length": min(len(text), 400) / 400,
        "short": float(len(text) < 12),  # noqa: PLR2004 - characters; a bare label says nothing
        "item": float(unit.kind == "item"),
        "row": float(unit.kind == "row"),
        "list": float(unit.kind == "list"),
        "ordered": float(unit.kind == "list" and unit.order > 1),
        "question": float(kinds.is_question(text)),
        "asking": kinds.asking(text),
        "filler": float(kinds.is_filler(text)),
        "intro": float(kinds.is_intro(text)),
        "first": float(unit.start == passage.start),
        "opening": float(not passage.heading),
        "specific": float(bool(scope.countries) and bool(passage.scope.countries)),
        "elsewhere": float(not scope.countries and bool(passage.scope.countries)),
        "product": float(bool(scope.products & passage.scope.products))
        - float(bool(scope.products) and not scope.products & passage.scope.products),
        "action": float(bool(scope.actions & passage.scope.actions))
        - float(bool(scope.actions) and not scope.actions & passage.scope.actions),
        "named": float(bool(scope.carriers) and bool(find_carriers(text, query.names) & scope.carriers)),
        "carrier": float(bool(scope.carriers) and bool(scope.carriers & passage.scope.carriers)),
    }
    listy = 1.0 if unit.kind == "list" else 0.5 * (unit.group >= 0)
    for kind in kinds.HOLDS:
        if kind not in wanted:
            continue
        held = listy if kind in ("steps", "materials", "list") else float(kinds.holds(kind, text))
        out[f"{kind}+"] = held
        out[f"{kind}-"] = 1.0 - held
    return out


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, float]:
    weights: Mapping[str, float] = json.loads(files("app").joinpath("evidence.json").read_text("utf-8"))
    return weights


def _logit(features: Mapping[str, float]) -> float:
    """The weighted sum of the features; one the model was not fitted on weighs nothing."""
    weights = _weights()
    return sum(weights.get(name, 0.0) * value for name, value in features.items())
