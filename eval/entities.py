"""Whether what a reader is shown belongs to another country or carrier than the one asked about.

Countries are compared by what an article declares, carriers also by the words of heading and passage.
Knows nothing of rankings and answers.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache

from babel import Locale

# Names people use that are no part of the CLDR name.
_EVERYDAY = {"阿联酋": "AE", "波黑": "BA", "象牙海岸": "CI"}


@cache
def country_codes(name: str) -> frozenset[str]:
    """Return the ISO codes a country's Chinese name may mean: 秘鲁 → PE, 香港 → HK. Empty for an unknown name."""
    territories = {code: str(full) for code, full in Locale("zh").territories.items() if code.isalpha()}
    if name.upper() in territories:
        return frozenset((name.upper(),))
    if name in _EVERYDAY:
        return frozenset((_EVERYDAY[name],))
    exact = frozenset(code for code, full in territories.items() if full == name)
    return exact or frozenset(code for code, full in territories.items() if name in full)


def wrong_country(declared: Collection[str], asked: Sequence[str]) -> bool:
    """Say whether an article that declares the ISO codes `declared` excludes every country asked about.

    An article that declares none is general, and never wrong.
    """
    return bool(declared) and not any(country_codes(name) & set(declared) for name in asked)


def wrong_carrier(
    declared: Collection[str], heading: str, text: str, asked: Sequence[str], known: Collection[str]
) -> bool:
    """Say whether a passage belongs to another carrier than any asked about.

    It does when its article declares carriers and none of those, or its heading names one of the `known`
    carriers, unless heading or text name one of those asked about.
    """
    if names_any(heading, asked) or names_any(text, asked):
        return False
    wanted = {_fold(name) for name in asked}
    excluded = bool(declared) and not wanted & {_fold(name) for name in declared}
    return excluded or names_any(heading, [name for name in known if _fold(name) not in wanted])


def names_any(text: str, names: Collection[str]) -> bool:
    """Say whether any of `names` stands in `text`, a Latin name only as a whole word (AIS is not in RAISE)."""
    folded = _fold(text)
    return any(_pattern(_fold(name)).search(folded) for name in names)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name.isascii() else re.escape(name))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
