"""Is there an answer at all? Features of the best units together, and fitted trees over them.

The trees are in `decision.json`, grown by `python -m eval fit`. Knows nothing of how an answer is put together.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, median, pstdev

from app import kinds, trees
from app.evidence import Evidence, Query, Term, Weighed
from index.search import Index
from index.segment import says
from index.text import fold

_EDGE = 1e-6
_NEAR = 8  # units among which a hard fact must stand
_FEW, _NEXT = 5, 4  # best units whose passages, and which themselves, are looked at together
_FIRM = ("phone", "price", "count", "date", "duration", "who")  # kinds of fact without which a sentence is no answer
# Things that go by one name alone: where no passage in scope names what is asked about, none speaks of it.
_ONE_NAME = frozenset(
    "2g 3g 4g 5g 6g lte volte vowifi apn imei iccid eid puk nfc gps vpn ussd iphone ipad android harmonyos paypal applepay".split()
)
_SPREAD = 0.02  # added to a deviation, so that equal units do not divide by nothing

Features = Mapping[str, float]


def answerable(index: Index, weighed: Weighed) -> float:
    """Probability that the guides answer the question at all, from the weighed units, best first: 0…1.

    A question no word of which any guide uses is answered by none. A price, a number or a date that no near unit holds
    is not answered by anything, however near; nor is 5G by guides that do not name it.
    """
    query, ranked = weighed.query, weighed.units
    scope = query.asked.scope
    if query.terms and not any(term.known for term in query.terms) and not (scope.products or scope.actions):
        return 0.0
    sole = [term for term in query.terms if term.word in _ONE_NAME]
    if sole and not all(any(_says(text, term) for text in _passages(ranked)) for term in sole):
        return 0.0
    near = ranked[:_NEAR]
    for kind in kinds.HARD:
        if kind in query.kinds and not any(kinds.settles(kind, query.asked.text, e.text) for e in near):
            return 0.0
    return trees.load("decision").probability(features(index, weighed)) if ranked else 0.0


def threshold() -> float:
    """The probability of an answer below which the product abstains; fitted with the trees."""
    return trees.load("decision").threshold


def features(index: Index, weighed: Weighed) -> dict[str, float]:
    """What the trees see: how good the best units are, how they stand out, and what of the question nothing covers."""
    query, ranked = weighed.query, weighed.units
    return {
        **_coverage(index, query, ranked),
        **_kinds(query, ranked[:_NEXT]),
        **_uncovered(index, query, ranked[:_NEXT]),
        **_standing(query, ranked),
        **_outside(ranked, weighed.outside),
    }


def _coverage(index: Index, query: Query, ranked: Sequence[Evidence]) -> dict[str, float]:
    """Scores and coverage of the best units, and of the passages they stand in."""
    best, few = ranked[0], ranked[:_FEW]
    total = sum(term.weight for term in query.terms) or 1.0
    texts = [_whole(e) for e in few]
    missing = [t for t in query.terms if not _says(texts[0], t)]
    nowhere = [t for t in query.terms if not any(_says(text, t) for text in texts)]
    firm = [kind for kind in _FIRM if kind in query.kinds]
    holders = [e for e in ranked if all(kinds.settles(kind, query.asked.text, e.text) for kind in firm)]
    far = _distances(index, query, texts)
    lexical, dense = max(e.hit.lexical for e in ranked), max(e.hit.dense for e in ranked)
    scope = query.asked.scope
    return {
        "best": best.logit, "second": ranked[1].logit if len(ranked) > 1 else best.logit - 5,
        "mean": fmean(e.logit for e in few), "sure": best.score, "sure_few": sum(e.score for e in few),
        "cover": best.features["cover"], "cover_max": max(e.features["cover"] for e in few),
        "soft": best.features["soft"], "soft_max": max(e.features["soft"] for e in few), "chars": best.features["chars"],
        "cover_heading": best.features["cover_heading"], "cover_passage": best.features["cover_passage"],
        "pairs": best.features["pairs"], "pairs_max": max(e.features["pairs"] for e in few), "pairs_passage": best.features["pairs_passage"],
        **{name: best.features[name] for name in ("near", "near_heading", "echo", "firm", "least")},
        **{f"{name}_max": max(e.features[name] for e in ranked[:10]) for name in ("near", "near_heading", "firm", "least")},
        "cos": best.features["cos"], "cos_max": max(e.features["cos"] for e in ranked[:10]), "cos_heading": best.features["cos_heading"],
        "lexical": lexical, "dense": dense,
        "agree": float(best.hit.lexical >= lexical - _EDGE) + float(best.hit.dense >= dense - _EDGE),
        "far": sum(far) / total, "farthest": max(far, default=0.0),
        "holder": holders[0].logit if holders else best.logit - 8, "hard": float(bool(firm)),
        "unknown": sum(t.weight for t in query.terms if not t.known) / total,
        "missing": sum(t.weight for t in missing) / total, "missing_most": max((t.weight for t in missing), default=0.0),
        "nowhere": sum(t.weight for t in nowhere) / total, "nowhere_most": max((t.weight for t in nowhere), default=0.0),
        "terms": min(len(query.terms), 6) / 6, "none": float(not query.terms),
        "scope": float(bool(scope.products or scope.actions)),
        "no_scope": float(not (scope.products or scope.actions or scope.countries or scope.carriers)),
    }  # fmt: skip


def _kinds(query: Query, few: Sequence[Evidence]) -> dict[str, float]:
    """Which kinds of fact are asked for, and of which the best unit, and every near one, holds none."""
    out: dict[str, float] = {}
    for kind in query.kinds & kinds.HOLDS.keys():
        out[kind] = 1.0
        out[f"{kind}_not_in_best"] = few[0].features.get(f"{kind}-", 0.0)
        out[f"{kind}_not_in_few"] = min(e.features.get(f"{kind}-", 0.0) for e in few)
    return out


def _uncovered(index: Index, query: Query, few: Sequence[Evidence]) -> dict[str, float]:
    """What of the question the best unit with its heading, and the near ones together, come nowhere near."""
    texts = [f"{fold(' '.join(e.hit.passage.heading[-1:]))} {e.text}" for e in few]
    total = sum(term.weight for term in query.terms) or 1.0
    out: dict[str, float] = {}
    for name, seen in (("best", texts[:1]), ("few", texts)):
        far = _distances(index, query, seen)
        out[f"uncovered_{name}"] = sum(far) / total
        out[f"uncovered_{name}_share"] = max(far, default=0.0) / total
        out[f"uncovered_{name}_most"] = max(far, default=0.0)
    return out


def _standing(query: Query, ranked: Sequence[Evidence]) -> dict[str, float]:
    """How far the best unit stands out from the question's other units, and what it is."""
    best, logits = ranked[0], [e.logit for e in ranked]
    out = {
        "gap": logits[0] - logits[1] if len(logits) > 1 else 3.0,
        "gap_third": logits[0] - logits[min(3, len(logits) - 1)],
        "over_median": logits[0] - median(logits),
        "entropy": -sum(e.score * math.log(e.score + 1e-9) for e in ranked),
        "item": float(best.unit.kind == "item"), "length": min(len(best.text), 120) / 120, "question_length": min(len(query.asked.text), 40) / 40,
        "general": float(not best.hit.passage.scope.countries),
        "carrier": best.features["carrier"], "named": best.features["named"], "specific": best.features["specific"],
    }  # fmt: skip
    for name in ("cos", "cos_heading", "soft", "near", "near_heading"):
        values = [e.features[name] for e in ranked]
        mean, spread = fmean(values), pstdev(values) + _SPREAD
        out[f"{name}_standing"] = (best.features[name] - mean) / spread
        out[f"{name}_standing_max"] = (max(values) - mean) / spread
    return out


def _outside(ranked: Sequence[Evidence], outside: Sequence[Evidence]) -> dict[str, float]:
    """How the best units stand against those of guides of other countries: what only these tell, the right ones leave out."""
    if not outside:
        return {}
    there = outside[0].logit
    own = [e.logit for e in ranked if e.hit.passage.scope.countries]
    return {
        "outside": 1.0,
        "over_outside": ranked[0].logit - there,
        "own_over_outside": max(own, default=ranked[-1].logit) - there,
        "few_over_outside": fmean(e.logit for e in ranked[:3]) - fmean(e.logit for e in outside[:3]),
    }


def _passages(ranked: Sequence[Evidence]) -> list[str]:
    """The passages the units stand in, each once."""
    return list({e.hit.passage.id: _whole(e) for e in ranked}.values())


def _whole(e: Evidence) -> str:
    return fold(f"{e.hit.passage.title}\n{' '.join(e.hit.passage.heading)}\n{e.hit.passage.text}")


def _says(text: str, term: Term) -> bool:
    return any(says(text, form) for form in term.forms)


def _distances(index: Index, query: Query, texts: Sequence[str]) -> list[float]:
    """How far each term of the question stays from the nearest of `texts`, times its weight; 0 where one says it."""
    if not query.terms:
        return []
    near = index.alignment([t.word for t in query.terms], texts).near.max(axis=0)
    return [
        0.0 if any(_says(text, t) for text in texts) else t.weight * (1.0 - float(x))
        for t, x in zip(query.terms, near, strict=True)
    ]
