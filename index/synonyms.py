"""Synonyms of the field, from a file in the usual search-engine format (one group a line, commas between)."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from index.text import fold


@lru_cache(maxsize=1)
def groups() -> tuple[tuple[str, ...], ...]:
    """Every group of words that mean the same, folded, the guides' own word first."""
    lines = files("index").joinpath("synonyms.txt").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.strip() and not line.startswith("#")]
    return tuple(tuple(fold(word.strip()) for word in row.split(",") if word.strip()) for row in rows)


def digest() -> str:
    """Eight characters that change with the synonyms: jieba learns its words from them."""
    return hashlib.sha256(repr(groups()).encode()).hexdigest()[:8]


@lru_cache(maxsize=1)
def concepts() -> Mapping[str, frozenset[int]]:
    """Each word to the numbers of the groups it stands in."""
    table: dict[str, set[int]] = {}
    for number, group in enumerate(groups()):
        for word in group:
            table.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in table.items()}
