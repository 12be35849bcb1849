"""The measures, each a pure function of one question's result. Knows nothing of files, indexes or reports.

A ranking is judged once, into `found`: for every rank, in order, the gold it covers (numbers of gold quotes,
or ids of relevant documents). All ranking measures are functions of that.
"""

import math
import re
import unicodedata
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

HALF = 0.5  # of a quote's characters must be covered to count as found

K = TypeVar("K", bound=Hashable)  # what names a piece of gold
Found = Sequence[Collection[K]]

_ADS = re.compile(
    r"""
      t\.me/ | telegram\.(?:me|org|dog)/ | joinchat/ | wa\.me/ | chat\.whatsapp\.com/ | discord\.gg/
    | (?<![\w.@/-])@[A-Za-z]\w{2,}                                    # a handle, not a mail address
    | (?<![A-Za-z])(?:tg|telegram|电报|纸飞机)\s*(?:群|号|频道)?\s*(?:💪|[+:@])
    | (?:加|添加)\s*(?:我|客服|小编|博主)?的?\s*(?:微信|薇信|wechat|weixin|vx|qq|tg|telegram)(?![A-Za-z])
    | (?<![A-Za-z])(?:微信|薇信|wechat|weixin|vx|wx|qq)\s*(?:号|群|id)?\s*[:+]\s*[A-Za-z0-9_-]{4,}
    | (?<![A-Za-z])qq\s*群 | 微信群 | 扫(?:描|一扫)?(?:下方|上方|左侧|右侧)?二维码(?:添加|加|进|入|领)
    | <img\b | user-attachments/assets | postimg\.cc | imgur\.com
    | (?:邀请码|推荐码|邀请链接|推广链接)\s*[:是] | [?&](?:ref|invite|invite_?code|aff|aff_?id|referral)=
    """,
    re.IGNORECASE | re.VERBOSE,
)
_IMAGE = re.compile(r"!\[[^\]]*\]")  # on the text as it is: folding widths would make one of “！[…]”


def coverage(start: int, end: int, text: str, quote: str) -> float:
    """Return the largest share of one occurrence of `quote` in `text` that the span [start, end) covers."""
    best, at = 0.0, text.find(quote)
    while at >= 0:
        best = max(best, (min(end, at + len(quote)) - max(start, at)) / len(quote))
        at = text.find(quote, at + 1)
    return best


def hit(found: Found[K], k: int) -> float:
    """1 where any of the first `k` ranks covers gold."""
    return float(any(found[:k]))


def recall(found: Found[K], wanted: int, k: int) -> float:
    """Return the share of the `wanted` gold that the first `k` ranks cover."""
    return len({gold for rank in found[:k] for gold in rank}) / wanted


def reciprocal_rank(found: Found[K], k: int) -> float:
    """1 / the first rank that covers gold, 0 where none of the first `k` does."""
    return next((1 / rank for rank, golds in enumerate(found[:k], start=1) if golds), 0.0)


def ndcg(found: Found[K], grades: Mapping[K, float], k: int) -> float:
    """Return the normalised discounted cumulative gain at `k` (Järvelin & Kekäläinen 2002), gains linear.

    A rank gains the grades of what it is the first to cover. In the ideal ranking gold found together stays
    together, and gold not found stands alone: 1 therefore means that no order of passages would do better.
    """
    seen: set[K] = set()
    gains = []
    for golds in found[:k]:
        gains.append(math.fsum(grades[gold] for gold in golds if gold not in seen))
        seen.update(golds)
    missing = [grade for gold, grade in grades.items() if gold not in seen]
    return _dcg(gains) / _dcg(sorted(gains + missing, reverse=True)[:k])


def contains_key(text: str, keys: Sequence[str]) -> bool:
    """Say whether any key phrase stands in `text`, whatever its width, case and spaces."""
    folded = _fold(text)
    return any(_fold(key) in folded for key in keys)


def advertisement(text: str) -> str | None:
    """Return the first piece of `text` that reads as an advertisement, by patterns independent of the product's."""
    found = _ADS.search(unicodedata.normalize("NFKC", text).replace("\u200b", "")) or _IMAGE.search(text)
    return found.group() if found else None


def _dcg(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
