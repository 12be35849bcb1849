"""Misspelt questions: homophones, one wrong character in a long name, pinyin typed instead of characters.

A word is replaced only by one the guides or the field's own lists use, and only where what was typed is no word.
Only this file imports pypinyin. Knows nothing of scores.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from index.places import country_names
from index.segment import STOP_WORDS, is_word, words
from index.synonyms import concepts
from index.text import fold

_RUN = re.compile(r"(?:[㐀-鿿]|(?<![0-9])[a-z]+(?![0-9])){1,}")
_LONGEST = 5
_OFTEN = 3
_LONG_NAME = 3  # characters from which one wrong one may be forgiven
# Characters that stand next to anything: a window with one of them is chance, not a misspelling.
_LOOSE = frozenset(
    "的了吗呢吧啊是不没有在去到来给和跟过个一我你他她它们这那哪怎么什能会要可就都也还从把被对向上下里用想说看得"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words that a misspelling may stand for."""

    words: frozenset[str]
    by_sound: Mapping[str, str]  # syllables without tones, joined by blanks, to the word they most likely mean
    latin: frozenset[str]  # Latin words the guides use, and those of the synonyms
    single: frozenset[str]  # characters the guides use as words of their own


def vocabulary(texts: Iterable[str]) -> Vocabulary:
    """Collect the Chinese words of two to five characters that `texts`, the synonyms and the countries use."""
    counts: dict[str, int] = {}
    latin: set[str] = set()
    single: dict[str, int] = {}
    for text in texts:
        for word in words(text):
            if word.isascii():
                latin.add(word)
            elif len(word) == 1:
                single[word] = single.get(word, 0) + 1
            elif len(word) <= _LONGEST and word not in STOP_WORDS:
                counts[word] = counts.get(word, 0) + 1
    # jieba guesses words it does not know: a guess counts once the guides repeat it.
    counts = {word: count for word, count in counts.items() if is_word(word) or count >= _OFTEN}
    for word in concepts():
        if word.isascii():
            latin.update(word.split())
        elif 1 < len(word) <= _LONGEST:
            counts[word] = counts.get(word, 0) + 3
    for name in country_names():
        if not name.isascii() and len(name) <= _LONGEST:
            counts[name] = counts.get(name, 0) + 1
    by_sound: dict[str, str] = {}
    for word in sorted(counts, key=lambda word: (counts[word], word)):
        by_sound[_sound(word)] = word
    return Vocabulary(
        frozenset(counts),
        by_sound,
        frozenset(latin),
        frozenset(char for char, count in single.items() if count >= _OFTEN),
    )


@lru_cache(maxsize=65536)
def _sound(word: str) -> str:
    return " ".join(lazy_pinyin(word, style=Style.NORMAL))


def repair(text: str, known: Vocabulary) -> str:
    """Replace what is misspelt in folded `text` by the word it stands for; text without misspelling comes back as it is."""
    return _RUN.sub(lambda run: _repair_run(run[0], known), text)


def _pieces(run: str, known: Vocabulary) -> list[tuple[str, str]]:
    """Characters of a run with their sounds; a Latin stretch by its syllables where it is pinyin, else whole and soundless."""
    out: list[tuple[str, str]] = []
    for part in re.findall(r"[a-z]+|[^a-z]", run):
        if not part.isascii():
            out.append((part, _sound(part)))
        elif part in known.latin or not (syllables := _syllables(part)):
            out.append((part, ""))
        else:
            out += [(syllable, syllable) for syllable in syllables]
    return out


def _syllables(text: str) -> list[str]:
    """Pinyin cut into syllables, the longest first where more than one cut is possible; empty where it is no pinyin."""
    best: list[list[str] | None] = [[]] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 6), end):
            head = best[start]
            if (
                head is not None
                and text[start:end] in _all_syllables()
                and (best[end] is None or len(head) + 1 < len(best[end] or []))
            ):
                best[end] = [*head, text[start:end]]
    return best[-1] or []


@lru_cache(maxsize=1)
def _all_syllables() -> frozenset[str]:
    common = (chr(code) for code in range(0x4E00, 0x9FA6))
    return frozenset(sound for char in common if (sound := _sound(char)).isascii() and len(sound) > 1) | {"a", "e"}


def _repair_run(run: str, known: Vocabulary) -> str:
    pieces = _pieces(run, known)
    out, at = [], 0
    while at < len(pieces):
        for length in range(min(_LONGEST, len(pieces) - at), 1, -1):
            window = pieces[at : at + length]
            typed = "".join(text for text, _ in window)
            if any(not sound for _, sound in window):
                continue
            meant = (
                _meant_by_sound(window, known)
                if typed.isascii() or any(t.isascii() for t, _ in window)
                else _meant(typed, pieces, at, known)
            )
            if meant or typed in known.words:
                out.append(meant or typed)
                at += length
                break
        else:
            out.append(pieces[at][0])
            at += 1
    return "".join(out)


def _meant_by_sound(window: list[tuple[str, str]], known: Vocabulary) -> str | None:
    """The known word that this pinyin spells; characters among it must be that word's own."""
    word = known.by_sound.get(" ".join(sound for _, sound in window))
    return (
        word
        if word and all(text.isascii() or text == char for (text, _), char in zip(window, word, strict=True))
        else None
    )


def _meant(typed: str, pieces: list[tuple[str, str]], at: int, known: Vocabulary) -> str | None:
    """The known word that these characters misspell, or None."""
    if (
        typed in known.words
        or is_word(typed)
        or _LOOSE.intersection(typed)
        or any(name in typed for name in country_names())
    ):
        return None
    if _crossed("".join(text if len(text) == 1 else " " for text, _ in pieces), at, at + len(typed)):
        return None
    word = known.by_sound.get(_sound(typed))
    if word and len(typed) >= _LONG_NAME:
        return word
    # Of two characters one must be right, and the other no word in itself (销完号 is not 销完好).
    if (
        word
        and any(a == b for a, b in zip(word, typed, strict=True))
        and not any(a != b and b in known.single for a, b in zip(word, typed, strict=True))
    ):
        return word
    near = [
        name
        for name in _long_countries().get(len(typed), ())
        if sum(a != b for a, b in zip(name, typed, strict=True)) == 1
    ]
    return near[0] if len(near) == 1 else None


def _crossed(run: str, start: int, end: int) -> bool:
    """Whether an ordinary word lies across either edge of `run[start:end]`: then the window is chance."""
    return any(
        (first < edge < last) and is_word(run[first:last])
        for edge in (start, end)
        for first in range(max(0, edge - 3), edge)
        for last in range(edge + 1, min(len(run), first + 4) + 1)
    )


@lru_cache(maxsize=1)
def _long_countries() -> Mapping[int, tuple[str, ...]]:
    table: dict[int, list[str]] = {}
    for name in country_names():
        if not name.isascii() and len(name) >= _LONG_NAME:
            table.setdefault(len(name), []).append(fold(name))
    return {length: tuple(names) for length, names in table.items()}
