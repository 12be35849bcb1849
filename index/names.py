"""Names only one country's guides use: streets, airports, towns, shops and brands that tell which country is meant.

Read off the guides themselves, so that 明洞 or a shop nobody listed scopes a question like its country's name would.
Knows nothing of questions' meaning.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from index.carriers import COMMON_LATIN, latin_names
from index.places import Place, find_places
from index.segment import STOP_WORDS, is_name, is_word, rarity, words
from index.synonyms import concepts
from index.types import Article

# A street, an airport, an island: a name of this form counts wherever one country's guides alone use it.
_LANDMARK = re.compile(r"(?P<name>[一-鿿]{2,5}?)(?:大街|街|路|大道|机场|广场|车站|岛|寺|湖|市|镇|商场)")
_HAN = re.compile(r"[㐀-鿿]")
_REPEATED = 3  # uses from which characters that always stand together are a name
_SHORTEST, _LONGEST = 2, 5  # characters of a name
_WHOLE = 0.9  # share of a character's uses in which its neighbour must be the same
_UNUSUAL = 0.5  # rarity in Chinese of the character a name is grown from (屿 .66, 玛 .58; 卡 .46, 证 .45)
_RARE = 0.55  # rarity from which a word of the question may be a name
_LATIN = 4  # letters from which a Latin word is a name and no abbreviation


def own_names(text: str) -> tuple[str, ...]:
    """Names a guide keeps using that no dictionary has: unusual characters that always stand in the same company.

    蒲甘通, 屿鸥; `text` is folded.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, char in enumerate(text):
        if _HAN.match(char):
            places[char].append(at)
    grown = (
        _grow(text, char, uses) for char, uses in places.items() if len(uses) >= _REPEATED and rarity(char) >= _UNUSUAL
    )
    return tuple(
        dict.fromkeys(
            name
            for name in grown
            if _SHORTEST <= len(name) <= _LONGEST
            and not is_word(name)
            and not find_places(name)
            and not _is_compound(name)
        )
    )


def _grow(text: str, name: str, uses: Sequence[int]) -> str:
    """The longest run around these uses of a character that is (nearly) always the same."""

    def always(offset: int) -> str:
        char, count = Counter(text[at + offset] if 0 <= at + offset < len(text) else "" for at in uses).most_common(1)[
            0
        ]
        return char if _HAN.match(char) and count >= _WHOLE * len(uses) else ""

    left, right = 0, 0
    while len(name) <= _LONGEST and (char := always(right + 1)):
        name, right = name + char, right + 1
    while len(name) <= _LONGEST and (char := always(-left - 1)):
        name, left = char + name, left + 1
    return name


def _is_compound(name: str) -> bool:
    """Whether a run is everyday words put together (银行账户, 登记表)."""
    cut = words(name)
    return sum(len(word) == 1 for word in cut) <= 1 and all(
        is_word(word) and not is_name(word) for word in cut if len(word) > 1
    )


def _may_be_name(word: str) -> bool:
    """Whether a Chinese word of a question is a proper name, or one that no dictionary has and no word of grammar is in."""
    if len(word) < _SHORTEST or not _HAN.match(word) or rarity(word) < _RARE:
        return False
    return is_name(word) or not (is_word(word) or any(stop in word for stop in STOP_WORDS))


class LocalNames:
    """What of a question's words stands in the guides of one country alone."""

    def __init__(self, texts: Sequence[tuple[str, Article]]) -> None:
        """Read the folded `texts` of these articles, advertisements blanked: what a seller calls himself tells nothing."""
        self._texts = texts
        grown = {name for text, _ in self._texts for name in own_names(text)}
        self._own: Mapping[str, str] = {name: code for name in grown if (code := self._country(name))}
        self._ordinary = {word for phrase in concepts() if phrase.isascii() for word in phrase.split()} | COMMON_LATIN

    def find(self, text: str) -> tuple[Place, ...]:
        """The country that folded `text` means by a name of its own, as one place; empty where no name tells, or two disagree."""
        # The surest kind of name first: one the guides keep using, one in letters, a street, what a dictionary calls a name.
        kinds = (
            [name for name in self._own if name in text],
            [word for word in latin_names(text, self._ordinary) if len(word) >= _LATIN],
            self._landmarks(text),
            [word for word in words(text) if _may_be_name(word)],
        )
        for names in kinds:
            told = {code: name for name in names if (code := self._country(name))}
            if len(told) == 1:
                ((code, name),) = told.items()
                start = text.find(name)
                return (Place(code, name, start, start + len(name), city=True),)
        return ()

    def _landmarks(self, text: str) -> list[str]:
        return [
            name
            for found in _LANDMARK.finditer(text)
            for start in range(found.start(), found.end("name") - 1)
            if not is_word(name := text[start : found.end()])
        ]

    def _country(self, name: str) -> str | None:
        """The one country whose guides use a name; None where no guide does, more than one country's or a general one."""
        pattern = re.compile(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name.isascii() else re.escape(name))
        codes = {article.countries for text, article in self._texts if pattern.search(text)}
        only = codes.pop() if len(codes) == 1 else ()
        return only[0] if len(only) == 1 else None
