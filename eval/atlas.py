"""Country × topic: what the guides cover, asked of the product itself, question by question.

Knows the product only as something to ask.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from app.types import Answer
from eval.run import Asker
from index.types import Article

Cover = Literal["covered", "thin", "conflicting", "absent"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One topic in one country; `said` is the first statement or why there is none."""

    topic: str
    cover: Cover
    question: str
    said: str


@dataclass(frozen=True, slots=True)
class Region:
    """One country's row of the map."""

    country: str
    cells: tuple[Cell, ...]


def topics() -> dict[str, str]:
    """Topic → question, from `topics.toml`."""
    table: dict[str, str] = tomllib.loads(files("eval").joinpath("topics.toml").read_text("utf-8"))["topics"]
    return table


def survey(asker: Asker, articles: Sequence[Article], name: dict[str, str]) -> tuple[Region, ...]:
    """Ask every topic of every country a guide is about; `name` gives each country code's Chinese name."""
    codes = sorted({code for article in articles for code in article.countries})
    own = {code: {article.path for article in articles if code in article.countries} for code in codes}
    return tuple(
        Region(
            name[code],
            tuple(_cell(asker, topic, f"{name[code]}的{asked}", own[code]) for topic, asked in topics().items()),
        )
        for code in codes
    )


def _cell(asker: Asker, topic: str, question: str, own: set[str]) -> Cell:
    answer = asker.ask(question)
    said = answer.statements[0].text if answer.statements else answer.message
    return Cell(topic, _cover(answer, own), question, said)


def _cover(answer: Answer, own: set[str]) -> Cover:
    """Thin: what is said stands in guides for any country only."""
    if answer.outcome == "abstained":
        return "absent"
    if answer.outcome == "conflicting":
        return "conflicting"
    cited = {citation.path for statement in answer.statements for citation in statement.citations}
    return "covered" if cited & own else "thin"
