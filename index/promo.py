"""Advertisement spans of an article: where a guide stops informing and starts to sell.

Two steps. An *anchor* is something only an advertisement has: a contact handle, a link into a messenger, a referral
link, an image of nothing. The anchor then *grows* to what it belongs to: its brackets, its clause and the clauses
that sell beside it, its line. Knows nothing of passages or of who is being advertised.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from index.promo_patterns import BARE_ALT, BEGINS, HONEST, IMAGE, LEADS_UP, SELLS, STRONG, WEAK
from index.text import fold, sentences, trim
from index.types import Promo

_TITLE = 8  # characters a title has at least
_REACH = 500  # characters an advertisement grows over at most, each way: a line may be a whole book

_OPEN = dict(zip("[【（(「《<〔〖『［｛{〈", "]】）)」》>〕〗』］｝}〉", strict=True))
_CLOSE = {close: mark for mark, close in _OPEN.items()}
_ASIDE = "（(「《『〈"  # brackets a guide may put its own words into, before an advertisement's

_CUT = r"[，,、；;：:]|\]\([^)\n]*\)|(?<=[一-鿿])[ \u3000]+(?=[^\w\s]*\s?[一-鿿➕])"
_CLAUSE = re.compile(_CUT)
_TITLE_CLAUSE = re.compile(rf"[\s|｜/／·•—–]+|{_CUT}")
_MARKER = re.compile(r"(?:[ \t]*(?:>|#{1,6}(?=\s)|[-*+•](?=\s)|\d{1,2}[.)、]))*[ \t]*")
# Marks that may be left over around a cut: they are cut along.
_RESIDUE = re.compile(r"[\s\[\]【】()（）*_~|｜\-—–+＋:：]*")
_WORD = re.compile(r"\w")
_POINTING = "—–｜·~+＋>→"  # left of an advertisement: what leads the eye to it


def find_promos(text: str, start: int = 0) -> tuple[Promo, ...]:
    """Return the advertisement spans of `text[start:]`, in order, none overlapping another.

    `start` is a code-point offset, where the front matter ends.
    """
    folded = fold(text)
    title_end = _title_end(text, start)
    spans: list[tuple[int, int, str]] = []
    reached = start
    for first, last, kind, weak in sorted(_anchors(text, folded, start)):
        if last <= reached:
            # Inside one that has grown: only its kind counts.
            spans.append((first, last, kind))
            continue
        line = _line(text, first, last, start)
        if weak and HONEST.search(folded, *_sentence(text, first, last, *line)):
            continue
        grown = _grow(text, folded, (first, last), line, in_title=first < title_end or text.startswith("#", line[0]))
        begin, reached = _settle(text, *grown, *line)
        spans.append((begin, reached, kind))
        if first < title_end <= reached and not _WORD.search(text, line[0], begin):
            title_end = _title_end(text, reached)  # a first line that is all advertisement is no title
    return tuple(
        Promo(first, last, kind, text[first:last]) for first, last, kind in _merge(text, spans) if first < last
    )


def blank(text: str, promos: Sequence[Promo]) -> str:
    """`text` with every advertisement turned into spaces: same length, line ends kept."""
    out = list(text)
    for promo in promos:
        for at in range(promo.start, promo.end):
            if out[at] != "\n":
                out[at] = " "
    return "".join(out)


def _anchors(text: str, folded: str, start: int) -> Iterator[tuple[int, int, str, bool]]:
    """Start, end and kind of every anchor, and whether an honest sentence may hold it."""
    for patterns, weak in ((STRONG, False), (WEAK, True)):
        for kind, pattern in patterns:
            for found in pattern.finditer(folded, start):
                yield found.start(), found.end(), kind, weak
    for found in IMAGE.finditer(text, start):
        remote = found["alt"] is not None and found["url"].strip().startswith(("http", "//", "data:"))
        if found["alt"] is None or (remote and BARE_ALT.fullmatch(found["alt"])):
            yield found.start(), found.end(), "image", False


def _title_end(text: str, start: int) -> int:
    first, _ = trim(text, start, len(text))
    line = text.find("\n", first)
    return len(text) if line < 0 else line


def _line(text: str, first: int, last: int, start: int) -> tuple[int, int]:
    """The line of a span, or what of it lies within reach."""
    line_start = max(text.rfind("\n", 0, first) + 1, first - _REACH, start)
    line_end = text.find("\n", last)
    return line_start, min(len(text) if line_end < 0 else line_end, last + _REACH)


def _sentence(text: str, first: int, last: int, line_start: int, line_end: int) -> tuple[int, int]:
    """The sentence of a line that an anchor begins in, to the anchor's end at least."""
    spans = (span for span in sentences(text, line_start, line_end) if span[0] <= first < span[1])
    start, end = next(spans, (first, last))
    return start, max(end, last)


def _grow(text: str, folded: str, anchor: tuple[int, int], line: tuple[int, int], *, in_title: bool) -> tuple[int, int]:
    first, last = anchor
    bracket = _brackets(text, first, last, *line)
    if bracket is not None and text[bracket[0]] == "<":
        link = re.compile(r"<a\b", re.IGNORECASE).match(text, bracket[0])
        closed = re.compile(r"</a\s*>", re.IGNORECASE).search(text, bracket[1], line[1]) if link else None
        if link:
            return bracket[0], closed.end() if closed else line[1]
        first, last = bracket if text.startswith("<http", bracket[0]) else anchor
    elif bracket is not None:
        if text[bracket[0]] not in _ASIDE or text[bracket[1] - 1] != _OPEN[text[bracket[0]]]:
            return bracket
        inner = bracket[0] + 1
        begin = _lead(text, folded, first, inner, _CLAUSE)
        return bracket if begin == inner else (begin, bracket[1] - 1)
    if text.startswith("!", first) or text.startswith("<img", first):
        return first, last
    if text[line[0] : line[1]].lstrip().startswith("|"):
        # A table's row: no further than the cell.
        cell = text.rfind("|", line[0], first) + 1
        end = text.find("|", last, line[1])
        return _lead(text, folded, first, trim(text, cell, first)[0], _CLAUSE), end if end >= 0 else line[1]
    marker = _MARKER.match(text, line[0], line[1])
    return _prose(text, folded, (first, last), (marker.end() if marker else line[0], line[1]), in_title=in_title)


def _prose(
    text: str, folded: str, anchor: tuple[int, int], line: tuple[int, int], *, in_title: bool
) -> tuple[int, int]:
    """The anchor's clause, the selling clauses before it, the sentence's rest, and the sentences after it that sell."""
    first, last = anchor
    spans = list(sentences(text, *line))
    at = next((at for at, span in enumerate(spans) if span[0] <= first < span[1]), None)
    if at is None:
        return anchor
    start, end = spans[at]
    begin = _lead(text, folded, first, start, _TITLE_CLAUSE if in_title else _CLAUSE)
    if in_title:
        # The clause an anchor ends may be the title itself.
        if begin == start and not (LEADS_UP.search(folded, begin, first) or BEGINS.search(folded, begin, first)):
            begin = first
        # Behind one that begins the line, the title may follow.
        rest = _TITLE_CLAUSE.search(text, last, end)
        if (
            rest
            and end - rest.end() >= _TITLE
            and not _WORD.search(text, start, first)
            and not LEADS_UP.search(folded, rest.end(), end)
        ):
            return begin, rest.start()
    end = max(last, end)
    for other in spans[at + 1 :]:
        if other[0] >= end and SELLS.search(folded, *other):
            end = other[1]
        elif other[0] >= end:
            break
    return begin, end


def _lead(text: str, folded: str, first: int, start: int, cut: re.Pattern[str]) -> int:
    """Where the anchor's clause begins, or the first of the selling clauses right before it."""
    cuts = [start, *(found.end() for found in cut.finditer(text, start, first))]
    at = len(cuts) - 1
    while at > 0 and LEADS_UP.search(folded, cuts[at - 1], cuts[at]):
        at -= 1
    return cuts[at]


def _brackets(text: str, first: int, last: int, line_start: int, line_end: int) -> tuple[int, int] | None:
    """The outermost brackets on this line around the anchor, a link's target included; None without any."""
    best: tuple[int, int] | None = None
    stack: list[tuple[str, int]] = []
    for at in range(line_start, line_end):
        char = text[at]
        if char in _OPEN:
            stack.append((char, at))
        elif char in _CLOSE and any(mark == _CLOSE[char] for mark, _ in stack):
            while stack[-1][0] != _CLOSE[char]:
                stack.pop()
            _, opened = stack.pop()
            if opened <= first and at + 1 >= last:
                best = opened, at + 1
    if best is None:
        # A closing bracket may be missing: broken Markdown at the end of a line.
        unclosed = [at for mark, at in stack if mark in "[【" and first - 4 <= at < first]
        return (unclosed[0], line_end) if unclosed else None
    return _whole_link(text, *best, line_start, line_end)


def _whole_link(text: str, first: int, last: int, line_start: int, line_end: int) -> tuple[int, int]:
    """Brackets with the other half of a Markdown link, and the mark before an image."""
    if text[first] == "(" and text[first - 1 : first] == "]":
        opened = text.rfind("[", line_start, first)
        first = opened if opened >= 0 else first
    if text[last - 1] == "]" and text[last : last + 1] == "(":
        closed = text.find(")", last, line_end)
        last = closed + 1 if closed >= 0 else last
    if text[first] == "[" and first > line_start and text[first - 1] == "!":
        first -= 1
    return first, last


def _settle(text: str, first: int, last: int, line_start: int, line_end: int) -> tuple[int, int]:
    """Take in the emoji and pointing marks around a cut; leave the half of a pair of Markdown's marks."""
    before = first
    while before > line_start and (
        text[before - 1].isspace() or _is_symbol(text[before - 1]) or text[before - 1] in _POINTING
    ):
        before -= 1
        first = first if text[before].isspace() else before
    after = last
    while after < line_end and (_is_symbol(text[after]) or text[after].isspace()):
        after += 1
    if after == line_end or text[after] in "*_":
        last = trim(text, first, after)[1]
    for mark in ("**", "__"):
        if text.startswith(mark, last) and text.endswith(mark, line_start, first):
            first, last = first - 2, last + 2
        elif text.count(mark, first, last) % 2:
            if text.endswith(mark, line_start, first):
                first -= 2
            elif text.endswith(mark, first, last):
                last -= 2
    return first, last


def _is_symbol(char: str) -> bool:
    """Whether a character is an emoji, or one of the unseen ones an emoji is made of."""
    return unicodedata.category(char) in ("So", "Sk") or char in "\u200d\ufe0f"


def _merge(text: str, spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Join spans that overlap or have only marks between them."""
    out: list[tuple[int, int, str]] = []
    for first, last, kind in sorted(spans):
        if (
            out
            and "\n" not in text[out[-1][1] : first]
            and _RESIDUE.fullmatch(text, out[-1][1], max(first, out[-1][1]))
        ):
            start, end, old = out[-1]
            out[-1] = start, max(end, last), old if old == "contact" else kind if kind == "contact" else old
        else:
            out.append((first, last, kind))
    return out
