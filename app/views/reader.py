"""The guides an answer cites, each as one whole article opened at the cited place.

Which article shows is decided by the link that was followed (`:target` in the stylesheet), so opening one
needs no round trip and the browser's back button works. Pure: escaped HTML out. Knows nothing of streamlit.
"""

from html import escape

from app.types import Answer
from app.views.prose import Mark, plain, prose
from app.views.sources import Sources
from index.types import Article


def reader_html(answer: Answer, sources: Sources) -> str:
    """Return the reading pane with every guide the answer or its passages come from, cited ones first."""
    if not sources.articles:
        return ""
    guides = "".join(_guide(guide, answer, sources) for guide in sources.articles.values())
    kind = "zn-reader" if sources.references else "zn-reader zn-quiet"  # nothing cited: opens only when asked
    return f'<aside class="zn {kind}" lang="zh-CN" aria-label="指南原文">{guides}</aside>'


def article_html(guide: Article, marks: tuple[Mark, ...] = (), anchors: dict[str, int] | None = None) -> str:
    """Return the article's text from behind its front matter, advertisements cut out, `marks` highlighted."""
    start = _behind_title(guide, min((mark.start for mark in marks), default=len(guide.text)))
    cuts = tuple((promo.start, promo.end) for promo in guide.promos)
    return prose(guide.text, start, len(guide.text), marks=marks, cuts=cuts, anchors=anchors)


def _guide(guide: Article, answer: Answer, sources: Sources) -> str:
    own = [reference for reference in sources.references if reference.citation.path == guide.path]
    marks = tuple(Mark(item.citation.start, item.citation.end, item.anchor) for item in own)
    anchors = {sources.anchor(passage): passage.start for passage in answer.passages if passage.path == guide.path}
    steps = "".join(
        f'<a class="zn-cite" href="#{item.anchor}" aria-label="跳到引用 {item.number}">{item.number}</a>'
        for item in own
    )
    places = f'<nav aria-label="本篇的引用">引用 {steps}</nav>' if steps else ""
    date = f"<span>更新于 {escape(guide.updated)}</span>" if guide.updated else ""
    cut = f"<span>已略去 {len(guide.promos)} 处推广内容</span>" if guide.promos else ""
    return (
        f'<article class="zn-guide" aria-label="{escape(guide.title)}"><header>'
        f'<div class="zn-top"><a class="zn-close" href="#{sources.stem}-closed">← 返回回答</a>{places}</div>'
        f"<h2>{escape(guide.title)}</h2>"
        f'<p class="zn-meta"><span>{escape(guide.path)}</span>{date}{cut}</p></header>'
        '<div class="zn-page" tabindex="0" role="region" aria-label="全文">'
        f'<div class="zn-prose">{article_html(guide, marks, anchors)}</div></div></article>'
    )


def _behind_title(guide: Article, first: int) -> int:
    """Return where reading begins: behind a first line that only repeats the title, unless it is cited."""
    at = guide.body
    while at < len(guide.text):
        stop = guide.text.find("\n", at)
        stop = len(guide.text) if stop < 0 else stop
        kept = "".join(
            guide.text[place]
            for place in range(at, stop)
            if not any(promo.start <= place < promo.end for promo in guide.promos)
        )
        if kept.strip():
            same = plain(kept).strip("*# ") == guide.title.strip() and first > stop
            return min(stop + 1, len(guide.text)) if same else guide.body
        at = stop + 1
    return guide.body
