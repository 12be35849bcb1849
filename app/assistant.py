"""The one call that page, command line and evaluation share: a question in, an answer out."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app import answer, decision, evidence
from app.conflict import disagreement
from app.evidence import Evidence, Query, Weighed
from app.refusal import Suggester, is_off_topic, is_steering, missing_message, unknown_message
from app.sources import Sources
from app.types import Answer, Citation, IndexStamp, Outcome, RankedPassage, Reason, Statement
from index.repair import vocabulary
from index.scope import Asked, Reader
from index.search import Index
from index.text import squeeze
from index.types import Article, Hit, IndexInfo, Passage

_LONGEST = 1000  # characters of a question
_DEPTH = 32  # passages whose units are weighed
_OUTSIDE = 12  # passages of other countries and carriers that they are compared with


class Assistant:
    """Answers questions from one opened index. Reading only: many threads may share one."""

    def __init__(self, index: Index, threshold: float | None = None) -> None:
        self.index = index
        self._threshold = decision.threshold() if threshold is None else threshold
        self._articles = {article.path: article for article in index.articles}
        self._passages: dict[str, list[Passage]] = defaultdict(list)
        for passage in index.passages:
            self._passages[passage.path].append(passage)
        texts = (
            text
            for article in index.articles
            for text in (article.title, article.text[article.body :], *article.questions)
        )
        self._reader = Reader(index.articles, vocabulary(texts))
        self._sources = Sources(index.root)
        self._suggester = Suggester(index, self._is_answered)

    @classmethod
    def open(cls, folder: Path, threshold: float | None = None) -> "Assistant":
        """Open the index in `folder`; `threshold`, a probability, stands in for the fitted one where trade-offs are measured.

        Raises IndexMissingError or IndexDamagedError.
        """
        return cls(Index.open(folder), threshold)

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every guide, by path."""
        return self.index.articles

    @property
    def info(self) -> IndexInfo:
        """What stands in the index's manifest."""
        return self.index.info

    def article(self, path: str) -> Article:
        """Return the guide at this path of the articles folder; KeyError for any other."""
        return self._articles[path]

    def examples(self, count: int = 6) -> tuple[str, ...]:
        """Questions the guides answer, of as many guides as possible."""
        return self._suggester.examples(count)

    def ask(self, question: str, *, top_k: int = 5) -> Answer:
        """Answer one question with at most `top_k` passages shown. Never raises for what somebody types."""
        started = time.perf_counter()
        text = squeeze(question)
        made = self._decide(text, top_k)
        suggestions: Sequence[str] = ()
        if made.outcome == "abstained":
            suggestions = self._suggester.nearest(made.asked) if made.asked else self.examples(3)
        return Answer(
            question=question, outcome=made.outcome, reason=made.reason, message=made.message,
            statements=tuple(made.statements), passages=tuple(made.passages), suggestions=tuple(suggestions),
            index=IndexStamp(self.info.version, self.info.built_at), elapsed_ms=round((time.perf_counter() - started) * 1000, 1),
            confidence=round(made.confidence, 4),
        )  # fmt: skip

    def _decide(self, text: str, top_k: int) -> "_Decision":
        if not any(char.isalnum() for char in text):
            return _Decision(None, "abstained", "invalid", "请输入一个问题，例如：流量卡怎么销户？")
        if len(text) > _LONGEST:
            return _Decision(None, "abstained", "invalid", f"问题太长了：请缩短到 {_LONGEST} 字以内。")
        asked = self._reader.read(text)
        stranger = self._stranger(asked)
        if stranger:
            return _Decision(asked, "abstained", "unknown_entity", stranger)
        query = evidence.prepare(self.index, asked)
        scope = asked.scope
        named = bool(scope.products or scope.actions or (query.kinds and (scope.countries or scope.carriers)))
        if not query.terms and not (named or "definition" in query.kinds):
            return _Decision(
                asked, "abstained", "invalid", "请说说想了解什么，例如：怎么销户、要带什么证件、余额退不退。"
            )
        hits = self._search(asked, max(_DEPTH, top_k))
        weighed = self._weigh(query, hits[:_DEPTH])
        admitted = weighed.units
        shown = _shown(hits, admitted, top_k)
        statements, outcome = self._state(query, admitted)
        confidence = decision.answerable(self.index, weighed) if statements else 0.0
        enough = bool(statements) and confidence >= self._threshold
        if is_steering(asked) or (not enough and is_off_topic(query, admitted)):
            return _Decision(asked, "abstained", "off_topic", "这个问题和指南的内容无关，指南里没有提到。")
        if not enough:
            message = missing_message(query, admitted)
            return _Decision(asked, "abstained", "not_covered", message, (), shown, confidence)
        return _Decision(asked, outcome, None, self._also_missing(asked), statements, shown, confidence)

    def weighed(self, question: str) -> Weighed:
        """What the decision on a question stands on, for fitting."""
        asked = self._reader.read(squeeze(question))
        return self._weigh(evidence.prepare(self.index, asked), self._search(asked, _DEPTH))

    def _weigh(self, query: Query, hits: Sequence[Hit]) -> Weighed:
        outside = self._search(query.asked, _OUTSIDE, outside=True)
        weighed = evidence.weigh(self.index, query, hits, outside)
        units = [e for e in weighed.units if answer.admissible(query, e, self._reader.carriers)]
        shares = evidence.softmax([e.logit for e in units])  # what may not be quoted takes no share of what may
        return replace(weighed, units=tuple(replace(e, score=share) for e, share in zip(units, shares, strict=True)))

    def _stranger(self, asked: Asked) -> str:
        """A message where the question is about a country or carrier no guide speaks of, else nothing."""
        countries = {named.value for named in asked.named if named.kind == "country"}
        carriers = [
            named.words
            for named in asked.named
            if named.kind == "carrier" and not self._reader.serves(named.value, frozenset(countries))
        ]
        unknown = [*asked.unknown, *carriers]
        missing = sorted(countries - self._reader.covered)
        if unknown or (missing and len(missing) == len(countries)):
            return unknown_message(missing, unknown, countries & self._reader.covered)
        return ""

    def _also_missing(self, asked: Asked) -> str:
        missing = sorted({named.value for named in asked.named if named.kind == "country"} - self._reader.covered)
        return unknown_message(missing, [], set()) if missing else ""

    def _search(self, asked: Asked, count: int, *, outside: bool = False) -> list[Hit]:
        """Rank the passages that this question may be shown, or those `outside` of that."""
        scope = asked.scope
        among = [
            passage.id for passage in self.index.passages
            if outside != (
                (not scope.countries or not passage.scope.countries or bool(passage.scope.countries & scope.countries))
                and (not scope.carriers or not passage.scope.carriers or bool(passage.scope.carriers & scope.carriers))
            )
            and self._sources.unchanged(self._articles[passage.path])
        ]  # fmt: skip
        return self.index.search(asked.text, count, among=among) if among else []

    def _state(self, query: Query, admitted: Sequence[Evidence]) -> tuple[list[Statement], Outcome]:
        outcome: Outcome = "answered"
        chosen = answer.choose(query, admitted)
        sides = disagreement(self.index, query, admitted) if chosen else None
        if sides:
            outcome = "conflicting"
            chosen = [*sides, *(e for e in chosen if e not in sides)][: answer.MOST]
        statements = answer.state(query, chosen, admitted, self._articles, self._passages)
        sound = [s for s in statements if all(self._says(c) for c in s.citations)]
        return sound, outcome if len(sound) > 1 else "answered"

    def _says(self, citation: Citation) -> bool:
        promos = self._articles[citation.path].promos
        walled = any(promo.start < citation.end and promo.end > citation.start for promo in promos)
        return not walled and self._sources.says(citation)

    def _is_answered(self, question: str) -> bool:
        return self._decide(question, 1).outcome != "abstained"


@dataclass(frozen=True, slots=True)
class _Decision:
    """An answer but for the suggestions and the clock."""

    asked: Asked | None  # None where the question could not be read at all
    outcome: Outcome
    reason: Reason | None
    message: str
    statements: Sequence[Statement] = ()
    passages: Sequence[RankedPassage] = ()
    confidence: float = 0.0


def _shown(hits: Sequence[Hit], admitted: Sequence[Evidence], count: int) -> list[RankedPassage]:
    """Passages in the order of their best unit, then the rest as ranked."""
    scores = {e.hit.passage.id: e.score for e in reversed(admitted)}
    order = [*dict.fromkeys(e.hit for e in admitted), *(hit for hit in hits if hit.passage.id not in scores)]
    return [
        RankedPassage(
            rank=rank, score=round(min(scores.get(hit.passage.id, 0.0), 1.0), 4), article=hit.passage.article, path=hit.passage.path,
            heading=hit.passage.heading, start=hit.passage.start, end=hit.passage.end, text=hit.passage.text,
        )
        for rank, hit in enumerate(order[:count], start=1)
    ]  # fmt: skip
