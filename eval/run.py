"""Questions through systems: asks each system every question and hands the replies to the judge.

Knows the product only by the shapes below, so tests can run it on a system of ten lines.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, Protocol, TypeVar

from tqdm import tqdm

from app.types import Answer
from eval.dataset import Beir, Document, Question
from eval.judge import DEPTH, Excerpt, Library, Reply, Said, Scores, judge, judge_query
from index.types import Article, Hit, IndexInfo, Passage, Unit

Ranking = Literal["hybrid", "bm25", "dense"]
System = Literal["zhinan"] | Ranking
PRODUCT: Final = "zhinan"  # answers; the others only rank
RANKINGS: tuple[Ranking, ...] = ("hybrid", "bm25", "dense")

T = TypeVar("T")


class Searcher(Protocol):
    """An index: ranks passages."""

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles it was built from."""

    @property
    def info(self) -> IndexInfo:
        """What it was built with."""

    def search(self, question: str, top_k: int = 5, *, system: Ranking = "hybrid") -> list[Hit]:
        """Return the `top_k` best passages by one of RANKINGS."""


class Asker(Protocol):
    """The whole product: answers or abstains."""

    def ask(self, question: str, *, top_k: int = 5) -> Answer:
        """Answer one question, with up to `top_k` passages."""


@dataclass(frozen=True, slots=True)
class Result:
    """One question's scores under one system, and as much of the reply as a reader of the misses needs."""

    id: str
    question: str
    type: str
    split: str
    scores: Scores
    outcome: str | None = None
    reason: str | None = None
    shown: tuple[Said, ...] = ()  # the statements, or the first passage of a system that only ranks
    message: str = ""
    confidence: float = 0.0
    gold: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the question has an answer and the reply holds it: what is said to any other question is wrong."""
        return "answer_hit" in self.scores and self.scores["answer_hit"].value == 1


@dataclass(frozen=True, slots=True)
class SystemRun:
    """Every question under one system, in the order of the set."""

    system: str
    results: tuple[Result, ...]


def replier(system: System, index: Searcher, asker: Asker | None) -> Callable[[str], Reply]:
    """Return what puts a question to one system. Raises ValueError where PRODUCT is wanted and `asker` is missing."""
    if system != PRODUCT:
        return lambda question: ranked(*timed(partial(index.search, question, DEPTH, system=system)))
    if asker is None:
        raise ValueError(system)
    return lambda question: answered(*timed(partial(asker.ask, question, top_k=DEPTH)))


def run_questions(
    system: System, questions: Sequence[Question], reply: Callable[[str], Reply], library: Library
) -> SystemRun:
    """Put all questions to one system, and judge its replies."""
    results = []
    for question in _progress(questions, system):
        got = reply(question.question)
        shown = got.statements
        if got.outcome is None:
            shown = tuple(Said(passage.quote, (passage,)) for passage in got.passages[:1])
        results.append(
            Result(
                question.id,
                question.question,
                question.type,
                question.split,
                judge(question, got, library),
                got.outcome,
                got.reason,
                shown,
                got.message,
                got.confidence,
                tuple(gold.quote for gold in question.gold),
            )
        )
    return SystemRun(system, tuple(results))


def run_beir(system: Ranking, beir: Beir, index: Searcher) -> SystemRun:
    """Rank the documents of a BEIR set for every judged query."""
    results = []
    for query in _progress(beir.queries, system):
        hits, elapsed = timed(partial(index.search, query.text, DEPTH, system=system))
        scores = judge_query(query, [hit.passage.path for hit in hits], elapsed)
        shown = tuple(Said(hit.passage.path, ()) for hit in hits[:1])
        results.append(
            Result(query.id, query.text, "beir", query.split, scores, shown=shown, gold=tuple(query.relevant))
        )
    return SystemRun(system, tuple(results))


def passages(documents: Sequence[Document]) -> list[Passage]:
    """Turn each document of a BEIR corpus into one passage."""
    return [
        Passage(
            id=number,
            article=document.id,
            path=document.id,
            title=document.title,
            heading=(),
            start=0,
            end=len(document.text),
            text=document.text,
            units=(Unit(0, len(document.text), "sentence"),),
        )
        for number, document in enumerate(documents)
    ]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what `work` gives and the milliseconds it took on the wall clock."""
    started = time.perf_counter()
    return work(), (time.perf_counter() - started) * 1000


def ranked(hits: Sequence[Hit], elapsed_ms: float) -> Reply:
    """Turn a ranking into a reply."""
    shown = (hit.passage for hit in hits)
    return Reply(tuple(Excerpt(p.path, p.heading, p.start, p.end, p.text) for p in shown), elapsed_ms)


def answered(answer: Answer, elapsed_ms: float) -> Reply:
    """Turn the product's answer into a reply."""
    return Reply(
        passages=tuple(Excerpt(p.path, p.heading, p.start, p.end, p.text) for p in answer.passages),
        elapsed_ms=elapsed_ms,
        outcome=answer.outcome,
        reason=answer.reason,
        statements=tuple(
            Said(s.text, tuple(Excerpt(c.path, c.heading, c.start, c.end, c.quote) for c in s.citations))
            for s in answer.statements
        ),
        message=answer.message,
        confidence=answer.confidence,
        extras=(*answer.suggestions, *(s.note for s in answer.statements)),
    )


def _progress(items: Sequence[T], system: str) -> Iterable[T]:
    return tqdm(items, desc=system, unit="问", leave=False, disable=None)  # on stderr, and only on a terminal
