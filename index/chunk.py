"""Article → Passages: whole units of one section, filled up to a size. Advertisement spans are walls.

Knows nothing of Markdown's blocks, of words, of vectors or of who asks.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby

from index.blocks import ITEM, QUOTE, RULE, WORD, Block, plain, read_blocks
from index.types import Article, Passage, Promo, Unit

TARGET = 400  # characters a passage is filled up to
SMALL = 80  # a passage below this is joined to its neighbour under the same heading


def chunk(article: Article, first_id: int = 0) -> tuple[Passage, ...]:
    """Cut an article into passages of about 80 to 400 characters, in order; ids run from `first_id`."""
    passages: list[Passage] = []
    for _, blocks in groupby(read_blocks(article), key=lambda block: block.section):
        for units in _pack(list(blocks), article.promos):
            passages.append(_passage(article, units, first_id + len(passages)))
    return tuple(passages)


def readable(quote: str) -> str:
    """A quote as it is read: Markdown marks dropped, the lines of a list kept, a single item's marker dropped too."""
    lines = [line for line in quote.split("\n") if WORD.search(line) and not RULE.fullmatch(line)]
    single = len(lines) == 1
    out = []
    for line in lines:
        bare = QUOTE.sub("", line)
        item = ITEM.match(bare)
        body = bare[item.end() :] if item else bare
        number = item and (item["number"] or item["bracket"] or item["circle"])
        mark = "" if item is None or single else f"{number}. " if number else "- "
        # A table row is read cell by cell.
        cells = body.strip().strip("|").split("|") if body.lstrip().startswith("|") else [body.strip()]
        out.append(mark + " · ".join(cell for cell in map(plain, cells) if cell))
    return "\n".join(line for line in out if line)


def lists(passage: Passage) -> list[Unit]:
    """Each list of a passage, with the line that introduces it, as one unit: what steps and materials are answered by."""
    members: dict[int, list[Unit]] = {}
    for unit in passage.units:
        if unit.group >= 0 and unit.kind in ("item", "sentence"):
            members.setdefault(unit.group, []).append(unit)
    return [
        Unit(units[0].start, units[-1].end, "list", group, max(unit.order for unit in units))
        for group, units in members.items()
        if sum(unit.kind == "item" for unit in units) > 1
    ]


def quoted(passage: Passage, unit: Unit) -> str:
    """What a unit of this passage says, marks and all."""
    return passage.text[unit.start - passage.start : unit.end - passage.start]


def _passage(article: Article, units: Sequence[tuple[tuple[str, ...], Unit]], number: int) -> Passage:
    start, end = units[0][1].start, units[-1][1].end
    return Passage(
        id=number, article=article.id, path=article.path, title=article.title, heading=units[0][0],
        start=start, end=end, text=article.text[start:end], units=tuple(unit for _, unit in units),
    )  # fmt: skip


def _pack(blocks: list[Block], promos: tuple[Promo, ...]) -> Iterator[list[tuple[tuple[str, ...], Unit]]]:
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


def _split(block: Block, promos: tuple[Promo, ...]) -> Iterator[list[Unit]]:
    part: list[Unit] = []
    for at, unit in enumerate(block.units):
        # The line that introduces a list is never left alone at a passage's end.
        lone_intro = at == 1 and block.units[0].kind == "sentence" and unit.kind != "sentence"
        if part and (
            _walled(part[-1].end, unit.start, promos) or (unit.end - part[0].start > TARGET and not lone_intro)
        ):
            yield part
            part = []
        part.append(unit)
    if part:
        yield part


def _walled(end: int, start: int, promos: tuple[Promo, ...]) -> bool:
    """Whether an advertisement stands between two units."""
    at = bisect_right(promos, end, key=lambda promo: promo.end)
    return at < len(promos) and promos[at].start < start
