"""Characters: folding for comparison and sentence spans. Every function keeps offsets.

Knows nothing of files, Markdown or words.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from opencc import OpenCC

_T2S = OpenCC("t2s")

# A sentence ends at a final mark (with the closing quotes and brackets behind it) or at a line's end.
# An English full stop ends one only before a space or the end, so that 3.5 and example.com stay whole; an English
# question mark does not before a letter or digit, so that https://example.com/?page=2 does.
_MARK = r"(?:[。！？…]|[!?](?![a-zA-Z0-9&=%/#_]))"
_SENTENCE = re.compile(
    rf"(?:[^。！？!?…\n]|[!?](?=[a-zA-Z0-9&=%/#_]))*?(?:{_MARK}+[”’」』）)】\]*_~]*|\.(?=[ \n]|$)|\n|$)"
)
_BLANK = re.compile(r"\s+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@lru_cache(maxsize=65536)
def _fold_char(char: str) -> str:
    # Some characters fold into several (㎏, …): those stay as they are, so that offsets hold.
    plain = unicodedata.normalize("NFKC", char)
    lower = plain.lower() if len(plain) == 1 else char
    return lower if len(lower) == 1 else char


def encodable(text: str) -> str:
    """Replace each half of a surrogate pair (a damaged paste), which has no UTF-8; same length."""
    return _SURROGATE.sub("\ufffd", text)


def simplify(text: str) -> str:
    """Traditional to simplified Chinese (OpenCC), of the same length as `text`."""
    if text.isascii():
        return text
    text = encodable(text)  # OpenCC takes UTF-8
    plain = _T2S.convert(text)
    if len(plain) == len(text):
        return str(plain)
    return "".join(out if len(out := _T2S.convert(char)) == 1 else char for char in text)


@lru_cache(maxsize=32768)  # the same passages are read for every question
def fold(text: str) -> str:
    """Fold width, case and script (NFKC, lower case, simplified); `len(fold(text)) == len(text)`."""
    return simplify("".join(map(_fold_char, text)))


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the `(start, end)` of each sentence of `text[start:end]`, blanks trimmed, empty ones left out."""
    stop = len(text) if end is None else end
    at = start
    while at < stop:
        found = _SENTENCE.match(text, at, stop)
        # The pattern can match nothing only at the end: step on, so that the loop always ends.
        last = found.end() if found and found.end() > at else stop
        span = trim(text, at, last)
        if span[0] < span[1]:
            yield span
        at = last


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Shrink a span past the blanks at both of its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def squeeze(text: str) -> str:
    """One space for every run of blanks, none at the ends."""
    return _BLANK.sub(" ", text).strip()
