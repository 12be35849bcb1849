"""The head of the page and what the guides cover. Pure: escaped HTML out. Knows nothing of streamlit."""

from collections import Counter
from collections.abc import Iterable
from html import escape

from index.places import country_name
from index.types import Article

_MOST_COUNTRIES = 24


def header_html(*, small: bool) -> str:
    """Return name and promise: large on the first page, one quiet line once there is an answer to read."""
    promise = "问一句话，答案全是指南原文，每一句都能点开核对；没写到的，就说没有。"
    return (
        f'<header class="zn zn-head{" zn-head-small" if small else ""}" lang="zh-CN">'
        f'<h1><a href="?" target="_self">指南问答</a></h1><p>{promise}</p></header>'
    )


def coverage_html(articles: Iterable[Article]) -> str:
    """Return the countries the guides are about, the most written-about first."""
    counts = Counter(code for article in articles for code in article.countries)
    if not counts:
        return ""
    names = [
        f"<li>{escape(country_name(code))}<span>{count} 篇</span></li>"
        for code, count in counts.most_common(_MOST_COUNTRIES)
    ]
    if len(counts) > _MOST_COUNTRIES:
        names.append(f"<li>等 {len(counts)} 个国家和地区</li>")
    return (
        '<section class="zn zn-coverage" lang="zh-CN" aria-label="收录范围">'
        f'<h2 class="zn-small">写到的国家和地区</h2><ul>{"".join(names)}</ul></section>'
    )
