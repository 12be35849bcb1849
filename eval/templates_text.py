"""The wordings of the template corpora: two banks, dev and test, that share none.

Reads the .toml files beside it and fills their slots. Knows nothing of which fact is drawn or asked.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Bank = Literal["dev", "test"]

_HERE = Path(__file__).parent
_KEY = re.compile(r"«([^»]*)»")
_SEAM = re.compile(r"(?<=[一-鿿])([«»]?)(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])([«»]?)(?=[一-鿿])")
_DIGITS = "零一二三四五六七八九"
_HUNDRED, _TEN = 100, 10


@dataclass(frozen=True, slots=True)
class Wordings:
    """All the ways one bank says and asks one slot."""

    label: str
    headings: tuple[str, ...]
    direct: tuple[str, ...]
    colloquial: tuple[str, ...]
    yes_no: tuple[str, ...]
    lead: tuple[str, ...]  # before a list
    values: Mapping[str, tuple[str, ...]]  # a value → sentences
    cells: Mapping[str, str]  # a value → what stands in a table
    lists: Mapping[str, tuple[tuple[str, ...], ...]]  # a value → ordered lists
    items: tuple[str, ...]  # what a bullet list draws from


@dataclass(frozen=True, slots=True)
class Texts:
    """One bank: the slots, the frame around them, and the advertisements to plant."""

    slots: Mapping[str, Wordings]
    frame: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]
    latin: tuple[tuple[str, ...], ...]  # beginnings and ends of carriers' names
    chinese: tuple[tuple[str, ...], ...]
    homophones: Mapping[str, str]
    pinyin: Mapping[str, str]
    ads: Mapping[str, tuple[str, ...]]  # by place: "title", "line", "tail"; and "brand", names to fill in


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence as it stands in a guide, and the words of it an answer turns on."""

    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typing:
    """How the writer of one guide types: 3个 or 3 个 or 三个, and whether what matters is bold."""

    spaced: bool = False
    numerals: bool = False
    bold: bool = False


@cache
def load(bank: Bank) -> Texts:
    """Return the wordings of one bank."""
    frame = _toml("frame")[bank]
    return Texts(
        slots={name: _wordings(slot) for name, slot in _toml(bank)["slots"].items()},
        frame={name: tuple(value) for name, value in frame.items() if _sentences(value)},
        groups={name: tuple(value) for name, value in frame["groups"].items()},
        latin=tuple(tuple(part) for part in frame["latin"]),
        chinese=tuple(tuple(part) for part in frame["chinese"]),
        homophones=frame["homophones"],
        pinyin=frame["pinyin"],
        ads={place: tuple(value) for place, value in _toml("ads")[bank].items()},
    )


def phrase(template: str, card: str, number: int = 0, typing: Typing | None = None) -> Phrase:
    """Fill one template and part its words from its key marks."""
    typing = typing or Typing()
    written = chinese_number(number) if typing.numerals else str(number)
    marked = template.replace("{card}", card).replace("{n}", written)
    if typing.spaced:
        marked = _SEAM.sub(_space, marked)
    keys = tuple(key.strip() for key in _KEY.findall(marked))
    bold = typing.bold and not marked.lstrip("- ").startswith("«")
    return Phrase(_KEY.sub(r"**\1**" if bold else r"\1", marked), keys)


def phrases(lines: Iterable[str], card: str, typing: Typing, *, ordered: bool) -> Phrase:
    """Write a whole list as one quotation; only its items' own marks are keys."""
    filled = [phrase(line, card, 0, Typing(spaced=typing.spaced)) for line in lines]
    marks = [f"{number}. " if ordered else "- " for number in range(1, len(filled) + 1)]
    text = "\n".join(mark + line.text for mark, line in zip(marks, filled, strict=True))
    return Phrase(text, tuple(key for line in filled for key in line.keys))


def chinese_number(number: int) -> str:
    """Write 0 to 999 as one counts in Chinese: 15 → 十五, 120 → 一百二十."""
    hundreds, rest = divmod(number, _HUNDRED)
    tens, ones = divmod(rest, _TEN)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones or not number else "")


def _space(seam: re.Match[str]) -> str:
    mark = seam[1] or seam[2] or ""
    return f" {mark}" if mark == "«" else f"{mark} "


def _wordings(slot: Mapping[str, Any]) -> Wordings:
    """Read one slot of a file; what it has no use for stays empty."""
    return Wordings(
        label=slot["label"],
        headings=tuple(slot["headings"]),
        direct=tuple(slot["direct"]),
        colloquial=tuple(slot["colloquial"]),
        yes_no=tuple(slot.get("yes_no", ())),
        lead=tuple(slot.get("lead", ())),
        values={value: tuple(sentences) for value, sentences in slot.get("values", {}).items()},
        cells=dict(slot.get("cells", {})),
        lists={value: tuple(map(tuple, lists)) for value, lists in slot.get("lists", {}).items()},
        items=tuple(slot.get("items", ())),
    )


def _sentences(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(line, str) for line in value)


@cache
def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_HERE / f"templates_{name}.toml").read_text(encoding="utf-8"))
