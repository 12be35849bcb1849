"""Article → Passages: cut along headings, never through a sentence, a list item or a table row.

markdown-it reads the blocks; its line numbers lead back to offsets. What guides write in place of Markdown
(bold lines and “一、” lines for headings, “1、” for items) is told by the line. Advertisement spans are walls:
no unit and no passage crosses one. Knows nothing of words, vectors or who asks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.promo import blank
from index.text import sentences, squeeze, trim
from index.types import Article, Passage, Promo, Unit

TARGET = 400  # characters a passage is filled up to
SMALL = 80  # a passage below this is joined to its neighbour under the same heading
_LONG_ITEM = 240  # an item above this is quoted by the sentence

# Set-down rules are off: “text” over “---” is a paragraph and a rule in these guides, indented prose is no code,
# and HTML is text like any other.
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable(["lheading", "code", "html_block", "reference"])
_INLINE = MarkdownIt("commonmark", {"html": True}).disable(["autolink"])

_ITEM = re.compile(r"[ \t]*(?:[-*+•·●○■◆▪–—][ \t]+|[•·●○■◆▪]|(?P<number>\d{1,2})[.)、．）][ \t]*(?!\d)|[（(](?P<bracket>\d{1,2})[)）][ \t]*|(?P<circle>[①-⑳])[ \t]*)")
_QUOTE = re.compile(r"^[ \t]*>[ \t]?")
# A heading without Markdown: 一、… or （一）… or 第一步… on a line of its own, or a line all in bold.
_NUMBERED = re.compile(r"[ \t]*(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]{1,3}[步章节部分]{1,2}[：:、\s])[^\n]{1,40}")
_SUBNUMBERED = re.compile(r"[ \t]*[（(][一二三四五六七八九十\d]{1,3}[)）][^\n]{1,40}")
_BOLD_LINE = re.compile(r"[ \t]*(\*\*|__)(?P<text>[^*_\n]{1,50})\1[ \t]*[：:]?[ \t]*")
_SENTENCE_END = re.compile(r"[。；;，,]\W*$")
_INTRO = re.compile(r"[：:]\W*$")
_WORD = re.compile(r"\w")
_RULE = re.compile(r"[ \t]*(?:\|?[ \t]*:?-{2,}:?[ \t]*)+\|?[ \t]*")
_LEFT_OVER_MARKS = re.compile(r"\*\*|__|~~|^[ \t]*#{1,6}[ \t]+|^[ \t]*>[ \t]?|<[a-zA-Z/][^>\n]*>|\|", re.MULTILINE)
_LINE_BREAK = re.compile(r"[ \t]*\n[ \t\n]*")


@dataclass(frozen=True, slots=True)
class _Block:
    """Units that belong together under one heading: a paragraph, or a list with the line before it."""

    heading: tuple[str, ...]
    section: int  # counts headings, so that two sections of one name stay two
    units: tuple[Unit, ...]


def chunk(article: Article, first_id: int = 0) -> tuple[Passage, ...]:
    """Cut an article into passages of about 80 to 400 characters, in order; ids run from `first_id`."""
    clean = blank(article.text, article.promos)
    passages: list[Passage] = []
    for _, blocks in groupby(_blocks(article, clean), key=lambda block: block.section):
        for units in _pack(list(blocks), article.promos):
            passages.append(_passage(article, units, first_id + len(passages)))
    return tuple(passages)


def readable(quote: str) -> str:
    """A quote as it is read: Markdown marks dropped, the lines of a list kept, a single item's marker dropped too."""
    lines = [line for line in quote.split("\n") if _WORD.search(line) and not _RULE.fullmatch(line)]
    single = len(lines) == 1
    out = []
    for line in lines:
        line = _QUOTE.sub("", line)
        item = _ITEM.match(line)
        body = line[item.end() :] if item else line
        number = item and (item["number"] or item["bracket"] or item["circle"])
        mark = "" if item is None or single else f"{number}. " if number else "- "
        out.append(mark + _plain(body.strip().strip("|")))
    return "\n".join(line for line in out if line)


def _plain(line: str) -> str:
    tokens = _INLINE.parseInline(line)[0].children or []
    text = "".join("" if token.type in ("image", "html_inline") else token.content or " " * (token.type == "softbreak") for token in tokens)
    return squeeze(_LEFT_OVER_MARKS.sub(" ", text.replace("**", "").replace("__", "")))


def _passage(article: Article, units: Sequence[tuple[tuple[str, ...], Unit]], number: int) -> Passage:
    start, end = units[0][1].start, units[-1][1].end
    return Passage(
        id=number, article=article.id, path=article.path, title=article.title, heading=units[0][0],
        start=start, end=end, text=article.text[start:end], units=tuple(unit for _, unit in units),
    )  # fmt: skip


def _pack(blocks: list[_Block], promos: tuple[Promo, ...]) -> Iterator[list[tuple[tuple[str, ...], Unit]]]:
    """Fill passages with whole blocks; a block too long for one is cut between its units."""
    pieces: list[list[tuple[tuple[str, ...], Unit]]] = []
    for block in blocks:
        for part in _split(block, promos):
            wall = pieces and _walled(pieces[-1][-1][1].end, part[0].start, promos)
            if pieces and not wall and part[-1].end - pieces[-1][0][1].start <= TARGET and (
                pieces[-1][-1][1].end - pieces[-1][0][1].start < SMALL or part[-1].end - part[0].start < SMALL
                or part[-1].end - pieces[-1][0][1].start <= TARGET // 2
            ):  # fmt: skip
                pieces[-1].extend((block.heading, unit) for unit in part)
            else:
                pieces.append([(block.heading, unit) for unit in part])
    yield from pieces


def _split(block: _Block, promos: tuple[Promo, ...]) -> Iterator[list[Unit]]:
    part: list[Unit] = []
    for at, unit in enumerate(block.units):
        # The line that introduces a list is never left alone at a passage's end.
        lone_intro = at == 1 and block.units[0].kind == "sentence" and unit.kind != "sentence"
        if part and (_walled(part[-1].end, unit.start, promos) or (unit.end - part[0].start > TARGET and not lone_intro)):
            yield part
            part = []
        part.append(unit)
    if part:
        yield part


def _walled(end: int, start: int, promos: tuple[Promo, ...]) -> bool:
    return any(promo.start < start and promo.end > end for promo in promos)


class _Reader:
    """Walks an article's blocks once; holds where in the headings we are."""

    def __init__(self, article: Article, clean: str) -> None:
        self.article = article
        self.clean = clean
        self.lines = _line_starts(clean, article.body)
        self.stack: list[tuple[int, str]] = []
        self.section = 0
        self.groups = 0
        self.seen_title = False

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets of lines `first` to `last` (exclusive), counted from the body."""
        return self.lines[first], self.lines[min(last, len(self.lines) - 1)]

    def enter(self, level: int, text: str) -> None:
        """Open a section; the article's own title is no heading of its passages."""
        name = _plain(text.strip())
        self.section += 1
        if not self.seen_title and not self.stack:
            self.seen_title = True
            if _same(name, self.article.title):
                return
        while self.stack and self.stack[-1][0] >= level:
            self.stack.pop()
        if name:
            self.stack.append((level, name))

    @property
    def heading(self) -> tuple[str, ...]:
        return tuple(name for _, name in self.stack)

    def block(self, units: Sequence[Unit]) -> _Block:
        return _Block(self.heading, self.section, tuple(units))


def _same(one: str, other: str) -> bool:
    strip = re.compile(r"\W")
    a, b = strip.sub("", one), strip.sub("", other)
    return bool(a) and (a == b or (len(a) > 4 and (a in b or b in a)))  # noqa: PLR2004 - shorter ones contain each other by chance


def _blocks(article: Article, clean: str) -> Iterator[_Block]:
    reader = _Reader(article, clean)
    tokens = _MARKDOWN.parse(clean[article.body :])
    blocks: list[_Block] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        close = _closing(tokens, at)
        if token.type == "heading_open" and token.map:
            reader.enter(int(token.tag[1]), tokens[at + 1].content)
        elif token.type in ("paragraph_open", "fence", "blockquote_open") and token.map:
            blocks += _paragraph(reader, *token.map)
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            blocks += _list(reader, tokens[at : close + 1])
        elif token.type == "table_open" and token.map:
            blocks += _table(reader, *token.map)
        at = close + 1
    yield from _with_intros(blocks)


def _closing(tokens: Sequence[Token], at: int) -> int:
    """Index of the token that closes the one at `at` (itself where it has no inside)."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _paragraph(reader: _Reader, first: int, last: int) -> Iterator[_Block]:
    """The lines of a paragraph: prose, or headings and items somebody wrote without Markdown."""
    units: list[Unit] = []
    group = -1
    for line in range(first, last):
        start, end = trim(reader.clean, *reader.span(line, line + 1))
        text = reader.clean[start:end]
        if not _WORD.search(text):
            continue
        level = _heading_level(text, reader)
        item = _ITEM.match(text)
        if level:
            if units:
                yield reader.block(units)
                units, group = [], -1
            reader.enter(level, _unbold(text))
        elif item:
            if group < 0:
                group = reader.groups = reader.groups + 1
                if units and _INTRO.search(reader.clean[units[-1].start : units[-1].end]):
                    units[-1] = replace(units[-1], group=group)
            units += _item(reader.clean, start, end, group)
        else:
            group = -1
            quote = _QUOTE.match(text)
            inner = start + (quote.end() if quote else 0)
            units += [Unit(*span, "sentence") for span in sentences(reader.clean, inner, end) if _WORD.search(reader.clean, *span)]
    if units:
        yield reader.block(units)


def _unbold(text: str) -> str:
    bold = _BOLD_LINE.fullmatch(text)
    return bold["text"] if bold else text


def _heading_level(text: str, reader: _Reader) -> int:
    """The level of a line that is a heading in all but Markdown, or 0."""
    bare = _unbold(text)
    if _SENTENCE_END.search(bare):
        return 0
    if not reader.seen_title and not reader.stack and _same(_plain(bare), reader.article.title):
        return 1
    if _NUMBERED.fullmatch(bare):
        return 2
    if _SUBNUMBERED.fullmatch(bare) and not bare.rstrip().endswith("）"):
        return 3
    return 4 if bare is not text and not _INTRO.search(text) else 0


def _item(clean: str, start: int, end: int, group: int) -> list[Unit]:
    """One list item as a unit with its marker; a very long one by its sentences."""
    marker = _ITEM.match(clean, start, end)
    digits = marker and (marker["number"] or marker["bracket"])
    order = int(digits) if digits else ord(marker["circle"]) - ord("①") + 1 if marker and marker["circle"] else 0
    if end - start <= _LONG_ITEM:
        return [Unit(start, end, "item", group, order)]
    spans = list(sentences(clean, start, end))
    return [Unit(*span, "item", group, order if at == 0 else 0) for at, span in enumerate(spans) if _WORD.search(clean, *span)]


def _list(reader: _Reader, tokens: Sequence[Token]) -> Iterator[_Block]:
    """A list, nested ones included: each item up to its first nested item is one unit."""
    reader.groups += 1
    maps = [token.map for token in tokens if token.type == "list_item_open" and token.map]
    starts = sorted(first for first, _ in maps)
    units: list[Unit] = []
    for first, last in sorted(maps):
        inner = next((other for other in starts if first < other < last), last)
        start, end = trim(reader.clean, *reader.span(first, inner))
        if not _WORD.search(reader.clean, start, end):
            continue
        heading = _ITEM.sub("", reader.clean[start:end], count=1)
        if len(maps) == 1 and "\n" not in heading and _BOLD_LINE.fullmatch(heading) and not _INTRO.search(heading):
            # “1. **某某**” alone, prose below: a numbered heading, not a list of one.
            reader.enter(4, _unbold(heading))
            return
        units += _item(reader.clean, start, end, reader.groups)
    if units:
        yield reader.block(units)


def _table(reader: _Reader, first: int, last: int) -> Iterator[_Block]:
    reader.groups += 1
    units = []
    for line in range(first, last):
        start, end = trim(reader.clean, *reader.span(line, line + 1))
        text = reader.clean[start:end]
        if _WORD.search(text) and not _RULE.fullmatch(text):
            units.append(Unit(start, end, "row" if units else "header", reader.groups))
    if units:
        yield reader.block(units)


def _with_intros(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """Join the line that introduces a list or table (“步骤如下：”) to it."""
    held: _Block | None = None
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


def _line_starts(text: str, body: int) -> list[int]:
    starts = [body]
    starts += [body + found.end() for found in re.finditer("\n", text[body:])]
    starts.append(len(text))
    return starts


