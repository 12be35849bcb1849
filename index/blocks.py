"""Article → blocks: the units of its text under their headings, as Markdown and the habits of guides set them.

markdown-it reads the blocks; its line numbers lead back to offsets. What guides write in place of Markdown (bold
lines and “一、” lines for headings, “1、” for items) is told by the line. An advertisement is a wall: a unit ends
before it and another begins behind it. Knows nothing of passages, words, vectors or who asks.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeGuard

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.promo import blank
from index.text import sentences, squeeze, trim
from index.types import Article, Promo, Unit

_LONG_ITEM = 240  # an item above this is quoted by the sentence

# Set-down rules are off: “text” over “---” is a paragraph and a rule in these guides, indented prose is no code,
# and HTML is text like any other.
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable(["lheading", "code", "html_block", "reference"])
_INLINE = MarkdownIt("commonmark", {"html": True}).disable(["autolink"])

ITEM = re.compile(
    r"[ \t]*(?:[-*+•·●○■◆▪–—][ \t]+|[•·●○■◆▪]|(?P<number>\d{1,2})[.)、．）][ \t]*(?!\d)"
    r"|[（(](?P<bracket>\d{1,2})[)）][ \t]*|(?P<circle>[①-⑳])[ \t]*)"
)
QUOTE = re.compile(r"^[ \t]*>[ \t]?")
RULE = re.compile(r"[ \t]*(?:\|?[ \t]*:?-{2,}:?[ \t]*)+\|?[ \t]*")
WORD = re.compile(r"\w")
# A heading without Markdown: 一、… or （一）… or 第一步… on a line of its own, or a line all in bold.
_NUMBERED = re.compile(
    r"[ \t]*(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]{1,3}[步章节部分]{1,2}[：:、\s])[^\n]{1,40}"
)
_SUBNUMBERED = re.compile(r"[ \t]*[（(][一二三四五六七八九十\d]{1,3}[)）][^\n]{1,40}")
_BOLD_LINE = re.compile(r"[ \t]*(\*\*|__)(?P<text>[^*_\n]{1,50})\1[ \t]*[：:]?[ \t]*")
# In a text without any marks: a short line by itself, a label rather than a sentence.
_LABEL = re.compile(r"(?!\d+$)[一-鿿A-Za-z0-9 、/·（）()“”]{2,16}")
_MARKED = re.compile(r"^[ \t]*(?:#{1,6}[ \t]*\S|\*\*|__)", re.MULTILINE)
_SENTENCE_END = re.compile(r"[。；;，,]\W*$")
_INTRO = re.compile(r"[：:]\W*$")
_LEFT_OVER_MARKS = re.compile(r"\*\*|__|~~|^[ \t]*#{1,6}[ \t]+|^[ \t]*>[ \t]?|<[a-zA-Z/][^>\n]*>|\|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """Units that belong together under one heading: a paragraph, or a list with the line before it."""

    heading: tuple[str, ...]
    section: int  # counts headings, so that two sections of one name stay two
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class _Heading:
    """A line that opens a section. One told by its looks alone may turn out to be an item of a list."""

    level: int
    name: str
    start: int
    end: int
    paragraph: int = -1  # the first line of the paragraph it stands in; -1 for a heading of Markdown's


_Event = _Heading | tuple[Unit, ...]


def read_blocks(article: Article) -> Iterator[Block]:
    """Yield an article's blocks in order; no unit holds or crosses an advertisement."""
    reader = _Reader(article, blank(article.text, article.promos))
    events = _with_lists(list(reader.events()), reader)
    return _with_intros(list(_sections(events, article)))


def plain(line: str) -> str:
    """A line as it is read: Markdown's inline marks dropped."""
    tokens = _INLINE.parseInline(line)[0].children or []
    text = "".join(
        "" if token.type in ("image", "html_inline") else token.content or " " * (token.type == "softbreak")
        for token in tokens
    )
    return squeeze(_LEFT_OVER_MARKS.sub(" ", text.replace("**", "").replace("__", "")))


class _Reader:
    """Walks an article's Markdown once; gives headings and units in the order of the text."""

    def __init__(self, article: Article, clean: str) -> None:
        self.article = article
        self.clean = clean
        self.lines = _line_starts(clean, article.body)
        self.groups = 0
        self.titled = False  # a heading has been read
        self.unmarked = not _MARKED.search(clean, article.body)

    def group(self) -> int:
        """Number a new list or table."""
        self.groups += 1
        return self.groups

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets of lines `first` to `last` (exclusive), counted from the body, blanks trimmed."""
        return trim(self.clean, self.lines[first], self.lines[min(last, len(self.lines) - 1)])

    def events(self) -> Iterator[_Event]:
        tokens = _MARKDOWN.parse(self.clean[self.article.body :])
        at = 0
        while at < len(tokens):
            token = tokens[at]
            close = _closing(tokens, at)
            events: Iterator[_Event] = iter(())
            if token.type == "heading_open" and token.map:
                events = iter([_Heading(int(token.tag[1]), tokens[at + 1].content, *self.span(*token.map))])
            elif token.type in ("paragraph_open", "fence", "blockquote_open") and token.map:
                events = self._paragraph(*token.map)
            elif token.type in ("bullet_list_open", "ordered_list_open") and token.map:
                events = self._list(tokens[at : close + 1], *token.map)
            elif token.type == "table_open" and token.map:
                events = self._table(*token.map)
            for event in events:
                self.titled |= isinstance(event, _Heading)
                if isinstance(event, _Heading) or (event := self.walled(event)):
                    yield event
            at = close + 1

    def _paragraph(self, first: int, last: int) -> Iterator[_Event]:
        """The lines of a paragraph: prose, or headings and items somebody wrote without Markdown."""
        units: list[Unit] = []
        group = -1
        for line in range(first, last):
            start, end = self.span(line, line + 1)
            text = self.clean[start:end]
            if not self._says(start, end):
                continue
            beside = self._is_item(line - 1, first, last) or self._is_item(line + 1, first, last)
            level = 0 if ITEM.match(text) and beside else self._heading_level(text)
            if not level and self.unmarked and last - first == 1 and _LABEL.fullmatch(text) and not ITEM.match(text):
                level = 2
            if level:
                yield tuple(units)
                units, group = [], -1
                # The article's own title cannot be an item.
                yield _Heading(level, _unbold(text), start, end, first if level > 1 else -1)
            elif ITEM.match(text):
                if group < 0:
                    group = self.group()
                    if units and _INTRO.search(self.clean[units[-1].start : units[-1].end]):
                        units[-1] = replace(units[-1], group=group)
                units += self.item(start, end, group)
            else:
                group = -1
                quote = QUOTE.match(text)
                inner = start + (quote.end() if quote else 0)
                units += [
                    Unit(*span, "sentence")
                    for span in sentences(self.clean, inner, end)
                    if WORD.search(self.clean, *span)
                ]
        yield tuple(units)

    def _is_item(self, line: int, first: int, last: int) -> bool:
        """Whether a line is one of a paragraph's, and marked as an item."""
        return first <= line < last and ITEM.match(self.clean, *self.span(line, line + 1)) is not None

    def _list(self, tokens: Sequence[Token], first: int, last: int) -> Iterator[_Event]:
        """A list, nested ones included: what an item says before, between and after its nested lists is a unit each."""
        maps = [token.map for token in tokens if token.type == "list_item_open" and token.map]
        owners = [-1] * (last - first)
        for number, (begin, end) in enumerate(maps):  # inner items come after the outer ones they stand in
            owners[begin - first : end - first] = [number] * (end - begin)
        runs = [[first + at for at, _ in run] for _, run in groupby(enumerate(owners), key=lambda pair: pair[1])]
        spans = [span for run in runs if self._says(*(span := self.span(run[0], run[-1] + 1)))]
        if len(maps) == len(spans) == 1:
            start, end = spans[0]
            heading = ITEM.sub("", self.clean[start:end], count=1)
            if "\n" not in heading and _BOLD_LINE.fullmatch(heading) and not _INTRO.search(heading):
                # “1. **某某**” alone, prose below: a numbered heading, not a list of one.
                yield _Heading(4, _unbold(heading), start, end, first)
                return
        group = self.group()
        yield tuple(unit for span in spans for unit in self.item(*span, group))

    def item(self, start: int, end: int, group: int) -> list[Unit]:
        """One list item as a unit with its marker; a very long one by its sentences."""
        marker = ITEM.match(self.clean, start, end)
        digits = marker and (marker["number"] or marker["bracket"])
        circle = marker and marker["circle"]
        order = int(digits) if digits else ord(circle) - ord("①") + 1 if circle else 0
        if end - start <= _LONG_ITEM:
            return [Unit(start, end, "item", group, order)]
        # The marker's own full stop ends no sentence.
        inner = marker.end() if marker else start
        spans = [span for span in sentences(self.clean, inner, end) if WORD.search(self.clean, *span)]
        return [
            Unit(start if at == 0 else span[0], span[1], "item", group, order if at == 0 else 0)
            for at, span in enumerate(spans)
        ]

    def _table(self, first: int, last: int) -> Iterator[_Event]:
        group = self.group()
        units: list[Unit] = []
        for line in range(first, last):
            start, end = self.span(line, line + 1)
            text = self.clean[start:end]
            if WORD.search(text) and not RULE.fullmatch(text):
                units.append(Unit(start, end, "row" if units else "header", group))
        yield tuple(units)

    def _says(self, start: int, end: int) -> bool:
        """Whether a stretch has words besides a list's marker."""
        marker = ITEM.match(self.clean, start, end)
        return WORD.search(self.clean, marker.end() if marker else start, end) is not None

    def walled(self, units: Sequence[Unit]) -> tuple[Unit, ...]:
        """The units, each cut at the advertisements in it; a piece without words is left out."""
        out: list[Unit] = []
        for unit in units:
            order = unit.order
            for span in _outside(unit, self.article.promos):
                start, end = trim(self.clean, *span)
                if self._says(start, end):
                    out.append(replace(unit, start=start, end=end, order=order))
                    order = 0
        return tuple(out)

    def _heading_level(self, text: str) -> int:
        """The level of a line that is a heading in all but Markdown, or 0."""
        bare = _unbold(text)
        if _SENTENCE_END.search(bare):
            return 0
        if not self.titled and _same(plain(bare), self.article.title):
            return 1
        if _NUMBERED.fullmatch(bare):
            return 2
        if _SUBNUMBERED.fullmatch(bare) and not bare.rstrip().endswith("）"):
            return 3
        return 4 if bare is not text and not _INTRO.search(text) else 0


def _outside(unit: Unit, promos: Sequence[Promo]) -> Iterator[tuple[int, int]]:
    """What of a unit's span no advertisement takes."""
    at = unit.start
    for promo in promos[bisect_right(promos, at, key=lambda promo: promo.end) :]:
        if promo.start >= unit.end:
            break
        yield at, max(promo.start, at)
        at = promo.end
    if at < unit.end:
        yield at, unit.end


def _with_lists(events: Sequence[_Event], reader: _Reader) -> Iterator[_Event]:
    """Make lines that look like headings the items of a list where only more such lines follow, and no text."""
    at = 0
    while at < len(events):
        lines: list[_Heading] = []
        behind: _Event | None = events[at]
        while behind is not None and _looks_like_heading(behind, lines):
            lines.append(behind)
            behind = events[at + len(lines)] if at + len(lines) < len(events) else None
        if len(lines) > 1 and isinstance(behind, tuple) and lines[-1].paragraph != lines[-2].paragraph:
            lines.pop()  # it stands alone and has text below: a heading after all
        if len(lines) > 1:
            group = reader.group()
            yield reader.walled([unit for line in lines for unit in reader.item(line.start, line.end, group)])
        else:
            lines = []
            yield events[at]
        at += max(len(lines), 1)


def _looks_like_heading(event: _Event, before: Sequence[_Heading]) -> TypeGuard[_Heading]:
    """Whether it is a line that only looks like a heading, of the same level as those before it."""
    return isinstance(event, _Heading) and event.paragraph >= 0 and (not before or event.level == before[0].level)


def _sections(events: Iterator[_Event], article: Article) -> Iterator[Block]:
    """Units under the headings that hold for them; the article's own title is no heading of its passages."""
    stack: list[tuple[int, str]] = []
    section = 0
    for event in events:
        if isinstance(event, tuple):
            yield Block(tuple(name for _, name in stack), section, event)
            continue
        name = plain(event.name.strip())
        section += 1
        if section == 1 and _same(name, article.title):
            continue
        while stack and stack[-1][0] >= event.level:
            stack.pop()
        if name:
            stack.append((event.level, name))


def _with_intros(blocks: Sequence[Block]) -> Iterator[Block]:
    """Join the line that introduces a list or table (“步骤如下：”) to it."""
    held: Block | None = None
    for block in blocks:
        if held is not None and held.section == block.section and block.units[0].kind != "sentence":
            *before, intro = held.units
            if before:
                yield replace(held, units=tuple(before))
            yield replace(block, units=(replace(intro, group=block.units[0].group), *block.units))
            held = None
            continue
        if held is not None:
            yield held
        held = block if block.units[-1].kind == "sentence" else None
        if held is None:
            yield block
    if held is not None:
        yield held


def _unbold(text: str) -> str:
    bold = _BOLD_LINE.fullmatch(text)
    return bold["text"] if bold else text


def _same(one: str, other: str) -> bool:
    strip = re.compile(r"\W")
    a, b = strip.sub("", one), strip.sub("", other)
    return bool(a) and (a == b or (len(a) > 4 and (a in b or b in a)))  # noqa: PLR2004 - shorter ones contain each other by chance


def _closing(tokens: Sequence[Token], at: int) -> int:
    """Index of the token that closes the one at `at` (itself where it has no inside)."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _line_starts(text: str, body: int) -> list[int]:
    starts = [body]
    starts += [body + found.end() for found in re.finditer("\n", text[body:])]
    starts.append(len(text))
    return starts
