"""What an answer is made of: the JSON of the command line, one record for one object."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["answered", "conflicting", "abstained"]
Reason = Literal["unknown_entity", "not_covered", "off_topic", "invalid"]


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact characters a statement stands on: `article text[start:end] == quote`."""

    article: str
    path: str
    heading: tuple[str, ...]
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing the guides say: `text` is the quote with its Markdown marks dropped for reading."""

    text: str
    citations: tuple[Citation, ...]
    note: str = ""  # for a reader, in Chinese: what the statement holds for (“通用指南”, a country, a side)


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage as shown below the answer; `score` is in 0…1."""

    rank: int
    score: float
    article: str
    path: str
    heading: tuple[str, ...]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class IndexStamp:
    """Which index answered."""

    version: str
    built_at: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole reply to one question. An abstained answer has no statements, and says why."""

    question: str
    outcome: Outcome
    reason: Reason | None
    message: str
    statements: tuple[Statement, ...]
    passages: tuple[RankedPassage, ...]
    suggestions: tuple[str, ...]
    index: IndexStamp
    elapsed_ms: float
    confidence: float = 0.0  # probability that the guides answer the question at all: 0…1
