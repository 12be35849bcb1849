"""Article text to HTML that cannot run: every character is escaped, every tag is one of ours.

A reader's rendering, not a Markdown engine: headings, lists, tables and bold are recognised line by line,
their marks dropped, and everything else (links, images, HTML, formulas) stays the plain text it is.
Works on offsets into the article's text, so a cited span can be highlighted wherever it lies.
Knows nothing of streamlit.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby, pairwise

_HEADING = re.compile(r"\s{0,3}(?:#{2,6}\s*|#\s+)(?=[^#\s])")
_ITEM = re.compile(r"(\s*)(?:([-*+])\s+|([•·])\s*|(\d{1,3})(?:[.)]\s+|、\s*))(?=\S)")
_RULE = re.compile(r"\s*(?:([-*_])(?:\s*\1){2,}|={3,}|`{3,}.*|~{3,}.*)\s*")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_DELIMITER = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|?)+\s*")
_IMAGE = re.compile(r"!\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\([^)\n]{0,2000}\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![*\d])\*(?=[^\s*])[^*\n]+?(?<=[^\s*])\*(?![*\d])")
_STRAY = re.compile(r"\*\*+|~~|`+")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to highlight, in offsets of the article's text. `id` makes it a place a link can lead to."""

    start: int
    end: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the text and what it was read as; the content is `text[start:end]`."""

    kind: str  # "text" | "heading" | "item" | "row" | "quote" | "blank" | "rule"
    start: int
    end: int
    level: int = 0  # a heading's depth, an item's indentation
    number: int = 0  # an ordered item's own number


@dataclass(slots=True)
class _Painter:
    """Writes spans of the text as escaped HTML, with marks, bold and anchors, and never a cut character."""

    text: str
    marks: Sequence[Mark]
    cuts: Sequence[tuple[int, int]]
    anchors: list[tuple[int, str]]
    placed: set[str] = field(default_factory=set)

    def visible(self, start: int, end: int) -> list[bool]:
        """Per character of `text[start:end]`: not cut away as an advertisement."""
        shown = [True] * (end - start)
        for left, right in self.cuts:
            for at in range(max(left, start), min(right, end)):
                shown[at - start] = False
        return shown

    def paint(self, start: int, end: int) -> str:
        """Return the inline HTML of `text[start:end]`, which lies within one line."""
        raw = self.text[start:end]
        shown = self.visible(start, end)
        bold = [False] * len(raw)
        for found in _BOLD.finditer(raw):
            bold[found.start(2) : found.end(2)] = [True] * (found.end(2) - found.start(2))
        for left, right in _syntax(raw):
            shown[left:right] = [False] * (right - left)
        breaks = {found.start() for found in _BREAK.finditer(raw)}
        styles = ["break" if at in breaks else "strong" if bold[at] else "" for at in range(len(raw))]
        owner = self._owners(start, end)
        pieces: list[str] = []
        written = (at for at in range(len(raw)) if shown[at] or at in breaks)
        for mark, run in groupby(written, key=lambda at: owner[at]):
            places = list(run)
            pieces.append(self._anchors_before(start + places[0] + 1))
            body = "".join(_styled(raw, list(part), style) for style, part in groupby(places, key=styles.__getitem__))
            pieces.append(body if mark is None else self._marked(body, self.marks[mark]))
        return "".join(pieces).strip()

    def _owners(self, start: int, end: int) -> list[int | None]:
        owner: list[int | None] = [None] * (end - start)
        for index, mark in enumerate(self.marks):
            for at in range(max(mark.start, start), min(mark.end, end)):
                if owner[at - start] is None:
                    owner[at - start] = index
        return owner

    def _marked(self, body: str, mark: Mark) -> str:
        if not mark.id:
            return f"<mark>{body}</mark>"
        if mark.id in self.placed:  # the same span, on a later line
            return f'<mark data-of="{escape(mark.id)}">{body}</mark>'
        self.placed.add(mark.id)
        return f'<mark id="{escape(mark.id)}" tabindex="-1">{body}</mark>'

    def _anchors_before(self, offset: int) -> str:
        due = [name for at, name in self.anchors if at < offset]
        self.anchors = [(at, name) for at, name in self.anchors if at >= offset]
        return "".join(f'<span class="zn-anchor" id="{escape(name)}" tabindex="-1"></span>' for name in due)

    def rest(self) -> str:
        """Return the places whose text is not shown, so that every link still leads somewhere."""
        missing = [mark.id for mark in self.marks if mark.id and mark.id not in self.placed]
        self.placed.update(missing)
        self.anchors += [(len(self.text), name) for name in missing]
        return self._anchors_before(len(self.text) + 1)


def prose(
    text: str,
    start: int,
    end: int,
    *,
    marks: Sequence[Mark] = (),
    cuts: Sequence[tuple[int, int]] = (),
    anchors: Mapping[str, int] | None = None,
) -> str:
    """Render `text[start:end]` for reading.

    `cuts` are spans left out (advertisements); `anchors` are ids and the offsets they stand at.
    Offsets are code points of `text`.
    """
    places = sorted((at, name) for name, at in (anchors or {}).items())
    painter = _Painter(text, sorted(marks, key=lambda mark: mark.start), cuts, places)
    lines = list(_lines(painter, start, end))
    html: list[str] = []
    at = 0
    while at < len(lines):
        kind = lines[at].kind
        stop = at + 1
        while stop < len(lines) and _continues(kind, lines, at, stop):
            stop += 1
        html.append(_block(painter, lines[at:stop]))
        at = stop
    return "".join(html) + painter.rest()


def plain(text: str) -> str:
    """Return one line with its Markdown marks dropped, unescaped, for comparing what a reader would see."""
    shown = [True] * len(text)
    prefix = _HEADING.match(text)
    if prefix:
        shown[: prefix.end()] = [False] * prefix.end()
    for left, right in _syntax(text):
        shown[left:right] = [False] * (right - left)
    return "".join(char for char, keep in zip(text, shown, strict=True) if keep).strip()


def _styled(raw: str, places: Sequence[int], style: str) -> str:
    if style == "break":
        return "<br>"
    body = escape("".join(raw[at] for at in places))
    return f"<strong>{body}</strong>" if style else body


def _syntax(raw: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of a line that are marks and not words."""
    for found in _IMAGE.finditer(raw):
        yield found.start(), found.start(1)
        yield found.end(1), found.end()
    for found in _LINK.finditer(raw):
        yield found.start(), found.start(1)
        yield found.end(1), found.end(1) + 1  # the address stays, as text
    for found in _BOLD.finditer(raw):
        yield found.start(), found.start(2)
        yield found.end(2), found.end()
    for found in _EMPHASIS.finditer(raw):
        yield found.start(), found.start() + 1
        yield found.end() - 1, found.end()
    for pattern in (_STRAY, _BREAK):
        for found in pattern.finditer(raw):
            yield found.span()


def _lines(painter: _Painter, start: int, end: int) -> Iterator[_Line]:
    at = start
    while at < end:
        stop = painter.text.find("\n", at, end)
        stop = end if stop < 0 else stop
        yield _read(painter, at, stop)
        at = stop + 1


def _read(painter: _Painter, start: int, end: int) -> _Line:
    raw = painter.text[start:end]
    kept = "".join(char for char, keep in zip(raw, painter.visible(start, end), strict=True) if keep)
    if not kept.strip() or (kept != raw and not plain(kept).strip("#-*+>|!()[]【】 \t")):
        return _Line("blank", start, start)
    if _RULE.fullmatch(raw):
        return _Line("rule", start, start)
    if found := _HEADING.match(raw):
        tail = re.search(r"\s+#+\s*$", raw)
        stop = tail.start() if tail else len(raw)
        return _Line("heading", start + found.end(), start + stop, level=found[0].count("#"))
    if found := _ITEM.match(raw):
        depth = min(len(found[1].expandtabs(4)) // 2, 3)
        return _Line("item", start + found.end(), end, depth, int(found[4] or 0))
    found = _QUOTE.match(raw)
    kind = "row" if raw.lstrip().startswith("|") and raw.count("|") > 1 else "quote" if found else "text"
    return _Line(kind, start + (found.end() if found else 0), end, level=len(raw) - len(raw.lstrip()))


def _continues(kind: str, lines: Sequence[_Line], first: int, at: int) -> bool:
    """Whether line `at` belongs to the block that began at line `first`."""
    line = lines[at]
    if kind == "item":
        if line.kind == "blank":  # a list goes on over a blank line
            later = next((other for other in lines[at:] if other.kind != "blank"), None)
            return later is not None and _same_list(lines[first], later)
        if line.kind == "text":  # the item's own second line
            return line.level > 1 or lines[at - 1].kind == "item"
        return _same_list(lines[first], line)
    return kind in {"text", "quote", "row"} and line.kind == kind


def _same_list(first: _Line, line: _Line) -> bool:
    if line.kind == "text":
        return line.level > 1
    return line.kind == "item" and (line.level > first.level or bool(line.number) == bool(first.number))


def _block(painter: _Painter, lines: Sequence[_Line]) -> str:
    first = lines[0]
    match first.kind:
        case "blank":
            return ""
        case "rule":
            return "<hr>"
        case "item":
            return _list(painter, lines)
        case "row":
            return _table(painter, lines)
    tag = {"quote": "blockquote", "text": "p"}.get(first.kind) or f"h{min(first.level + 2, 6)}"  # the title is h2
    body = "<br>".join(filter(None, (painter.paint(line.start, line.end) for line in lines)))
    return f"<{tag}>{body}</{tag}>" if body else ""


def _list(painter: _Painter, lines: Sequence[_Line]) -> str:
    items: list[str] = []
    for line in lines:
        body = painter.paint(line.start, line.end)
        if line.kind == "text" and items:
            items[-1] += f"<br>{body}"
        elif line.kind == "item" and body:
            number = f' value="{line.number}"' if line.number else ' class="zn-dot"'
            depth = f' style="margin-inline-start:{line.level * 1.2:g}em"' if line.level else ""
            items.append(f"<li{number}{depth}>{body}")
    tag = "ol" if lines[0].number else "ul"
    return f"<{tag}>" + "".join(f"{item}</li>" for item in items) + f"</{tag}>"


def _table(painter: _Painter, lines: Sequence[_Line]) -> str:
    rows: list[str] = []
    headed = len(lines) > 1 and _DELIMITER.fullmatch(painter.text[lines[1].start : lines[1].end]) is not None
    for at, line in enumerate(lines):
        raw = painter.text[line.start : line.end]
        if _DELIMITER.fullmatch(raw):
            continue
        tag = "th" if headed and at == 0 else "td"
        bars = [found.start() for found in re.finditer(r"\|", raw)]
        edges = [*bars, len(raw)] if raw[bars[-1] + 1 :].strip() else bars
        cells = (painter.paint(line.start + left + 1, line.start + right) for left, right in pairwise(edges))
        rows.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>")
    return f'<div class="zn-table" tabindex="0" role="region" aria-label="表格"><table>{"".join(rows)}</table></div>'
