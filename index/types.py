"""The records that pass between stages: frozen, tuples inside, no behaviour to speak of.

`start` and `end` are everywhere Unicode code-point offsets, half-open, into the article's text: the file
decoded, line ends turned into newlines, nothing else changed. `text[start:end]` is the thing itself.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Promo:
    """One advertisement span of an article, cut out of everything a reader is shown."""

    start: int
    end: int
    kind: str  # "contact" | "image" | "link" | "invitation"
    text: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question or a passage is about. An empty set means: not said."""

    countries: frozenset[str] = frozenset()  # ISO 3166-1 alpha-2 codes, "PE"
    carriers: frozenset[str] = frozenset()  # names as folded for comparison, "claro"
    products: frozenset[str] = frozenset()  # "esim", "data_card", "sim", "roaming"
    actions: frozenset[str] = frozenset()  # "cancel", "suspend", "refund", …


@dataclass(frozen=True, slots=True)
class Article:
    """One guide as read from disk."""

    id: str  # the path without its suffix
    path: str  # relative to the articles folder, with forward slashes
    title: str
    text: str
    body: int  # where the text begins after the front matter
    sha256: str  # of the file's bytes
    countries: tuple[str, ...] = ()  # ISO codes; empty for a guide that holds anywhere
    carriers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    updated: str | None = None
    sources: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()  # 相似问 of the front matter
    promos: tuple[Promo, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of the articles folder that was not read, and why, in a reader's words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that may be quoted: a sentence, a list item or a table row."""

    start: int
    end: int
    kind: str  # "sentence" | "item" | "row" | "header" (of a table)
    group: int = -1  # units of one list or table share a number; a line that introduces it has it too
    order: int = 0  # an ordered item's own number, 1, 2, …; 0 for everything else


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole units under one heading; `article text[start:end] == text`."""

    id: int  # its row in the index
    article: str
    path: str
    title: str
    heading: tuple[str, ...]
    start: int
    end: int
    text: str
    units: tuple[Unit, ...]
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked passage. `score` is in 0…1 and falls with rank; the parts are what it was fused from."""

    rank: int  # from 1
    score: float
    passage: Passage
    lexical: float = 0.0  # BM25
    dense: float = 0.0  # cosine


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What stands in the manifest of a built index."""

    version: str  # names the folder of this build
    built_at: str  # ISO 8601, UTC
    articles_dir: str
    encoder: str  # as given: a name of the hub, a path, or "default"
    dimension: int
    segmenter: str
    articles: int
    passages: int
    promos: tuple[tuple[str, Promo], ...]  # path and span of everything cut out
    skipped: tuple[Skipped, ...]
