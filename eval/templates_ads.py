"""Advertisements planted into a guide: in the title, as lines of their own, at the end of paragraphs.

All names, numbers and addresses are invented; the phone numbers are of the range kept for fiction. Knows nothing
of how the product finds advertisements.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from eval.templates_facts import Guide, chance
from eval.templates_text import Texts

Kind = Literal["title", "heading", "para", "lead", "list", "table"]
_LETTERS = "abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an article's text; an advertisement or not."""

    text: str
    ad: bool = False


@dataclass(slots=True)
class Block:
    """One block of Markdown, made of pieces."""

    kind: Kind
    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The block as it stands in the file."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Ad:
    """The exact place of one planted advertisement in an article's text."""

    start: int
    end: int
    text: str


def plant(rng: Random, blocks: list[Block], texts: Texts, guide: Guide) -> None:
    """Put one to three advertisements into the blocks, each at another kind of place."""
    makers = {"title": _in_title, "first": _first, "between": _between, "tail": _tail, "last": _last}
    words = _words(rng, texts, guide)
    for place in rng.sample(sorted(makers), rng.randint(1, 3)):
        template = rng.choice(texts.ads[place if place in texts.ads else "line"])
        makers[place](rng, blocks, template.format_map(words))


def spans(pieces: Sequence[Piece], offset: int) -> tuple[Ad, ...]:
    """Return where the advertisements stand when the pieces are written one after another from `offset`."""
    found, at = [], offset
    for piece in pieces:
        if piece.ad:
            found.append(Ad(at, at + len(piece.text), piece.text))
        at += len(piece.text)
    return tuple(found)


def _in_title(rng: Random, blocks: list[Block], ad: str) -> None:
    """Put it after the title's words, before the marks that close it."""
    pieces = blocks[0].pieces
    gap = [Piece(" ")] if chance(rng, 0.5) else []
    pieces[2:2] = [*gap, Piece(ad, ad=True)]


def _first(rng: Random, blocks: list[Block], ad: str) -> None:
    blocks.insert(rng.randint(0, 1), Block("para", [Piece(ad, ad=True)]))


def _between(rng: Random, blocks: list[Block], ad: str) -> None:
    """Put it where a block of text or a heading begins, never between a list and the line before it."""
    places = [place for place, block in enumerate(blocks) if place > 1 and block.kind in ("para", "heading")]
    blocks.insert(rng.choice(places), Block("para", [Piece(ad, ad=True)]))


def _tail(rng: Random, blocks: list[Block], ad: str) -> None:
    block = rng.choice([block for block in blocks if block.kind == "para" and not block.pieces[-1].ad])
    block.pieces.append(Piece(ad, ad=True))


def _last(rng: Random, blocks: list[Block], ad: str) -> None:
    """Put it under the last line, or right behind it, as the guides in the wild do."""
    if blocks[-1].kind == "para" and not blocks[-1].pieces[-1].ad and chance(rng, 0.3):
        blocks[-1].pieces.append(Piece(ad, ad=True))
    else:
        blocks.append(Block("para", [Piece(ad, ad=True)]))


def _words(rng: Random, texts: Texts, guide: Guide) -> dict[str, str]:
    """Invent what the advertisements of one guide point to."""

    def letters(count: int) -> str:
        return "".join(rng.choices(_LETTERS, k=count))

    return {
        "h": f"{letters(3)}{rng.choice(('sim', 'esim', 'ka', '_card', '88'))}{rng.randint(100, 9999)}",
        "wx": rng.choice((f"{letters(4)}{rng.randint(1000, 99999)}", f"{letters(2)}_{letters(5)}")),
        "qq": str(rng.randint(100_000_000, 999_999_999)),
        "code": "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=rng.randint(5, 7))),
        "phone": f"+44 7700 900{rng.randint(100, 999)}",
        "host": f"{letters(2)}-{letters(7)}.{rng.choice(('com', 'shop', 'top', 'xyz', 'cc'))}",
        "brand": rng.choice(texts.ads["brand"]),
        "c": guide.country.name,
        "p": guide.product.name,
    }
