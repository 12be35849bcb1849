"""A drawn guide → the article somebody might have written: its text, its file's bytes, where each fact stands.

Knows nothing of questions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Literal

import yaml

from eval.templates_ads import Ad, Block, Kind, Piece, plant, spans
from eval.templates_facts import SLOTS, Fact, Facts, Guide, chance
from eval.templates_text import Phrase, Texts, Typing, chinese_number, phrase, phrases

_BROKEN = 0.15  # the share of guides whose Markdown is a little broken
_ROWS = 2  # what a table needs at least
_SHARE_TABLE = 0.35

Layout = Literal["own", "grouped", "labels"]
Encoding = Literal["utf-8", "utf-8-sig", "gb18030"]


@dataclass(frozen=True, slots=True)
class Style:
    """How one author writes."""

    typing: Typing
    layout: Layout  # a heading for each fact, paragraphs under group headings, or labelled items
    heading: str  # what a heading begins with; empty in plain text
    numbered: bool
    tight: bool  # no blank line after a heading
    broken: bool
    title: tuple[str, str]  # the marks around the title
    front: bool
    suffix: Literal[".md", ".txt"]
    encoding: Encoding
    newline: Literal["\n", "\r\n"]


@dataclass(frozen=True, slots=True)
class Written:
    """One article; `places` tells by slot and carrier (or "") the words that state the fact."""

    guide: Guide
    path: str
    text: str
    raw: bytes
    ads: tuple[Ad, ...]
    places: Mapping[tuple[str, str], Phrase]


def draw_style(rng: Random) -> Style:
    """Draw an author."""
    plain = chance(rng, 0.15)
    broken = chance(rng, _BROKEN)
    heading = "" if plain else rng.choice(("## ", "### ", "### ", "## "))
    titles = [("", "")] if plain else [("# ", ""), ("# ", ""), ("**", "**"), ("", "")]
    return Style(
        typing=Typing(chance(rng, 0.4), chance(rng, 0.15), chance(rng, 0.15) and not plain),
        layout=rng.choice(("own", "own", "grouped", "labels")),
        heading=heading,
        numbered=plain or chance(rng, 0.6),
        tight=chance(rng, 0.25),
        broken=broken,
        title=("**", "") if broken and not plain and chance(rng, 0.5) else rng.choice(titles),
        front=chance(rng, 0.5),
        suffix=".txt" if plain or chance(rng, 0.15) else ".md",
        encoding=rng.choices(("utf-8", "utf-8-sig", "gb18030"), (76, 12, 12))[0],
        newline=rng.choices(("\n", "\r\n"), (8, 2))[0],
    )


def write_guide(rng: Random, guide: Guide, texts: Texts, stem: str, foreign: Sequence[tuple[str, str]]) -> Written:
    """Write one guide out. `foreign` are countries and carriers that may be named in passing."""
    style = draw_style(rng)
    author = _Author(rng, guide, texts, style, foreign)
    author.write()
    if chance(rng, 0.5):
        plant(rng, author.blocks, texts, guide)
    front = _front(rng, author.title, guide) if style.front else ""
    pieces = list(_joined(author.blocks, tight=style.tight))
    text = front + "".join(piece.text for piece in pieces)
    raw = text.replace("\n", style.newline).encode(style.encoding)
    return Written(guide, stem + style.suffix, text, raw, spans(pieces, len(front)), author.places)


class _Author:
    """One guide in the making: the blocks so far and where each fact was said."""

    def __init__(
        self, rng: Random, guide: Guide, texts: Texts, style: Style, foreign: Sequence[tuple[str, str]]
    ) -> None:
        self.rng, self.guide, self.texts, self.style, self.foreign = rng, guide, texts, style, foreign
        self.card = guide.country.name + guide.product.name
        self.blocks: list[Block] = []
        self.places: dict[tuple[str, str], Phrase] = {}
        self.sections = 0
        self.words = {"card": self.card, "c": guide.country.name, "p": guide.product.name}
        self.fillers = [*texts.frame["fillers"], *self._innocents()]
        rng.shuffle(self.fillers)
        self.title = self._any("titles")

    def write(self) -> None:
        """Write title, opening, sections and ending."""
        before, after = self.style.title
        self.blocks.append(Block("title", [Piece(before), Piece(self.title), Piece(after)]))
        self._open()
        facts = dict(self.guide.facts)
        tabled = self._tabled(facts)
        groups = list(dict.fromkeys(slot.group for slot in SLOTS))
        self.rng.shuffle(groups)
        for group in groups:
            self._group(group, {name: facts[name] for name in self._members(group) if name in facts.keys() - tabled})
        if tabled:
            self._table({name: facts[name] for name in facts if name in tabled})
        if self.guide.by_carrier:
            self._carriers()
        self._heading(self._any("end_headings"))
        self._block("para", self._any("ends"))

    def _open(self) -> None:
        self._block("para", self._any("intros"))
        if chance(self.rng, 0.5):
            self._heading(self._any("why_headings"))
            broken = "**" if self.style.broken else ""
            self._block("para", broken + self._any("whys"))
        if self.guide.carriers:
            named = "、".join(self.guide.carriers)
            self._block("para", self._any("carriers_lines", ks=named) + self._filler(0.4))
        if self.foreign and chance(self.rng, 0.35):
            country, carrier = self.rng.choice(self.foreign)
            self._block("para", self._any("passing", abroad=country, k=carrier))

    def _group(self, group: str, facts: Facts) -> None:
        lists = [name for name in facts if name in ("steps", "documents")]
        said = [name for name in facts if name not in lists]
        if self.style.layout == "own":
            for name in self.rng.sample(sorted(facts), len(facts)):
                self._heading(self.rng.choice(self.texts.slots[name].headings))
                self._tell([name], facts)
            return
        if facts:
            self._heading(self.rng.choice(self.texts.groups[group]))
        if self.style.layout == "labels":
            self._labels({name: facts[name] for name in said})
            said = []
        while said:
            size = self.rng.randint(1, 2)
            self._tell(said[:size], facts)
            said = said[size:]
        for name in lists:  # last, with a line before it: two lists in a row would be one
            self._list(name, facts[name], self.card)

    def _tell(self, names: Sequence[str], facts: Facts) -> None:
        """Tell one or two facts in a paragraph, or a list."""
        if names[0] in ("steps", "documents"):
            self._list(names[0], facts[names[0]], self.card)
            return
        said = "".join(self._say(name, facts[name], self.card, "") for name in names)
        self._block("para", self._filler(0.3) + said + self._filler(0.4))

    def _say(self, name: str, fact: Fact, card: str, carrier: str, *, again: bool = False) -> str:
        """Choose a sentence for the fact and remember it; where the section has named the carrier, others may not.

        No sentence of a carrier is said twice in a guide: its place would not tell whose it is.
        """
        sentences = self.texts.slots[name].values[fact.value]
        choices = [sentence for sentence in sentences if not carrier or "{card}" in sentence]
        sentence = self.rng.choice(choices)
        called = card
        if (again or not carrier) and chance(self.rng, 0.5):
            called = self._any("carrier_again" if carrier else "card_again")
        said = phrase(sentence, called, fact.number, self.style.typing)
        if any(said.text == other.text for other in self.places.values()):
            said = phrase(sentence, card, fact.number, self.style.typing)
        self.places[name, carrier] = said
        return said.text

    def _labels(self, facts: Facts) -> None:
        if facts:
            said = {name: self._say(name, fact, self.card, "") for name, fact in facts.items()}
            lines = [f"- **{self.texts.slots[name].label}**：{sentence}" for name, sentence in said.items()]
            self._block("list", self.rng.choice(("\n", "\n  \n")).join(lines))

    def _list(self, name: str, fact: Fact, card: str, carrier: str = "") -> None:
        words = self.texts.slots[name]
        ordered = name == "steps"
        lines = self.rng.choice(words.lists[fact.value]) if ordered else [words.items[i] + "。" for i in fact.items]
        said = phrases(lines, card, self.style.typing, ordered=ordered)
        self._block("lead", phrase(self.rng.choice(words.lead), card, 0, self.style.typing).text)
        self._block("list", said.text)
        self.places[name, carrier] = said

    def _tabled(self, facts: Facts) -> frozenset[str]:
        """Return the slots told in a table: those with short numbers, in some guides."""
        short = [name for name, fact in facts.items() if fact.value in self.texts.slots[name].cells]
        fits = self.style.heading and len(short) >= _ROWS and chance(self.rng, _SHARE_TABLE)
        return frozenset(short if fits else ())

    def _table(self, facts: Facts) -> None:
        self._heading(self._any("table_headings"))
        self._block("lead", self._any("table_leads"))
        rows = [f"| {' | '.join(self.texts.frame['table_heads'])} |", "| --- | --- |"]
        for name, fact in facts.items():
            words = self.texts.slots[name]
            typing = Typing(self.style.typing.spaced, self.style.typing.numerals)
            cell = phrase(words.cells[fact.value], self.card, fact.number, typing)
            rows.append(f"| {words.label} | {cell.text} |")
            self.places[name, ""] = Phrase(rows[-1], cell.keys)
        self._block("table", "\n".join(rows))

    def _carriers(self) -> None:
        """Write a section for each carrier under one heading."""
        self._heading(self._any("carriers_headings"))
        self._block("para", self._any("carriers_leads"))
        deeper = "#" + self.style.heading if self.style.heading else "· "
        for number, (carrier, facts) in enumerate(self.guide.by_carrier.items(), start=1):
            self._block("heading", deeper + (f"{number}. " if self.style.numbered else "") + carrier)
            space = " " if carrier.isascii() and self.guide.product.name.isascii() else ""
            card = carrier + space + self.guide.product.name
            names = [name for name in facts if name != "steps"]
            self.rng.shuffle(names)
            said = [self._say(name, facts[name], card, carrier, again=name != names[0]) for name in names]
            self._block("para", "".join(said))
            if "steps" in facts:
                self._list("steps", facts["steps"], card, carrier)

    def _heading(self, words: str) -> None:
        self.sections += 1
        number = f"{chinese_number(self.sections)}、" if self.style.numbered else ""
        marks = self.style.heading.rstrip() if self.style.broken and chance(self.rng, 0.3) else self.style.heading
        self._block("heading", f"{marks}{number}{words}")

    def _block(self, kind: Kind, text: str) -> None:
        self.blocks.append(Block(kind, [Piece(text)]))

    def _filler(self, share: float) -> str:
        return self.fillers.pop() if self.fillers and chance(self.rng, share) else ""

    def _any(self, name: str, **more: str) -> str:
        return self.rng.choice(self.texts.frame[name]).format_map(self.words | more)

    def _innocents(self) -> list[str]:
        """Choose lines that look a little like advertisements and are none."""
        lines = self.rng.sample(self.texts.frame["innocents"], 4)
        sites = [carrier for carrier in self.guide.carriers if carrier.isascii()]
        if not sites:
            lines = [line for line in lines if "{site}" not in line]
        else:
            carrier = self.rng.choice(sites)
            self.words |= {"k": carrier, "site": f"{carrier.lower()}.{self.guide.country.slug[:2]}"}
        # a space keeps an address or a picture from running into the next sentence
        return [line.format_map(self.words) + ("" if line.endswith("。") else " ") for line in lines]

    @staticmethod
    def _members(group: str) -> Iterator[str]:
        return (slot.name for slot in SLOTS if slot.group == group)


def _joined(blocks: Sequence[Block], *, tight: bool) -> Iterator[Piece]:
    """Yield the pieces of an article with the line breaks between its blocks."""
    for place, block in enumerate(blocks):
        if place:
            yield Piece("\n" if tight and blocks[place - 1].kind == "heading" else "\n\n")
        yield from block.pieces


def _front(rng: Random, title: str, guide: Guide) -> str:
    """Write front matter; each key but the title may be missing."""
    keys: dict[str, object] = {"country": guide.country.name, "products": [guide.product.name]}
    if guide.carriers:
        keys["carriers"] = list(guide.carriers)
    keys["updated"] = date(rng.randint(2024, 2026), rng.randint(1, 12), rng.randint(1, 28))
    keys["sources"] = ["读者投稿"]
    kept = {"title": title} | {key: value for key, value in keys.items() if chance(rng, 0.8)}
    return f"---\n{yaml.safe_dump(kept, allow_unicode=True, sort_keys=False)}---\n\n"
