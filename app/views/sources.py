"""Numbers for citations and names for the places they lead to, shared by answer, passages and reader.

Pure: plain data in, plain data out. Knows nothing of streamlit.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.types import Answer, Citation, RankedPassage, Statement
from index.types import Article


@dataclass(frozen=True, slots=True)
class Reference:
    """One numbered citation; `anchor` is the id of its highlighted place in the reader."""

    number: int  # from 1, in the order the answer cites
    citation: Citation
    anchor: str


@dataclass(frozen=True, slots=True)
class Sources:
    """An answer's citations, numbered, and the guides it was drawn from."""

    references: tuple[Reference, ...]
    articles: Mapping[str, Article]  # by path; a guide that has gone since is missing
    stem: str  # begins every id of this answer, so that no old link leads into a new answer
    _by_place: Mapping[tuple[str, int, int], Reference] = field(default_factory=dict)

    def of(self, statement: Statement) -> tuple[Reference, ...]:
        """Return the statement's references, in its own order."""
        return tuple(self._by_place[_place(citation)] for citation in statement.citations)

    def within(self, passage: RankedPassage) -> tuple[Reference, ...]:
        """Return the references whose characters lie, at least in part, inside the passage."""
        return tuple(
            reference
            for reference in self.references
            if reference.citation.path == passage.path
            and reference.citation.start < passage.end
            and passage.start < reference.citation.end
        )

    def title(self, path: str) -> str:
        """Return the guide's title, or its path when the guide cannot be read any more."""
        return self.articles[path].title if path in self.articles else path

    def anchor(self, passage: RankedPassage) -> str:
        """Return the id of the place in the reader where the passage begins."""
        return f"{self.stem}-p{passage.rank}"


def gather(answer: Answer, article: Callable[[str], Article | None]) -> Sources:
    """Give citations their numbers, the same characters the same number, and fetch their guides."""
    stem = "zn-" + hashlib.sha256(f"{answer.index.version}\n{answer.question}".encode()).hexdigest()[:8]
    found: dict[tuple[str, int, int], Reference] = {}
    for statement in answer.statements:
        for citation in statement.citations:
            number = len(found) + 1
            found.setdefault(_place(citation), Reference(number, citation, f"{stem}-m{number}"))
    paths = [place[0] for place in found] + [passage.path for passage in answer.passages]
    read = {path: article(path) for path in dict.fromkeys(paths)}
    return Sources(
        references=tuple(found.values()),
        articles={path: guide for path, guide in read.items() if guide is not None},
        stem=stem,
        _by_place=found,
    )


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.path, citation.start, citation.end
