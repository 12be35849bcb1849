"""The ranked passages as HTML, with the cited sentences highlighted.

Pure: plain data in, escaped HTML out. Knows nothing of streamlit.
"""

from html import escape

from app.types import Answer, RankedPassage
from app.views.prose import Mark, prose
from app.views.sources import Sources


def passages_html(answer: Answer, sources: Sources) -> str:
    """Return the passages in rank order, those with a cited sentence unfolded; nothing when there are none."""
    if not answer.passages:
        return ""
    used = answer.outcome != "abstained"
    head = "查到的段落" if used else "最接近的段落"
    lead = "按相关程度排列，标出的是回答引用的句子。" if used else "它们没有回答这个问题，只供参考。"
    rows = "".join(_passage(passage, sources) for passage in answer.passages)
    return (
        f'<section class="zn zn-passages" lang="zh-CN" aria-label="{head}">'
        f'<h2 class="zn-small">{head}</h2><p class="zn-lead">{lead}</p><ol>{rows}</ol></section>'
    )


def _passage(passage: RankedPassage, sources: Sources) -> str:
    cited = sources.within(passage)
    marks = [
        Mark(reference.citation.start - passage.start, reference.citation.end - passage.start) for reference in cited
    ]
    share = max(0.0, min(passage.score, 1.0))
    heading = " › ".join(passage.heading)
    trail = f'<span class="zn-trail">{escape(heading)}</span>' if heading else ""
    badge = '<span class="zn-note">已引用</span>' if cited else ""
    arrow = '<span aria-hidden="true"> →</span>'
    link = f'<p class="zn-open"><a href="#{sources.anchor(passage)}">在原文里看这一段{arrow}</a></p>'
    title = escape(sources.title(passage.path))
    text = prose(passage.text, 0, len(passage.text), marks=marks)
    return (
        f"<li><details{' open' if cited else ''}><summary>"
        f'<span class="zn-rank" aria-hidden="true">{passage.rank}</span>'
        f'<span class="zn-what"><span class="zn-title">{title}{badge}</span>{trail}</span>'
        f'<span class="zn-score" title="相关程度，最高为 1"><span class="zn-hidden">相关程度 </span>{share:.2f}'
        f'<span class="zn-bar" aria-hidden="true"><span style="width:{share:.0%}"></span></span></span>'
        f'</summary><div class="zn-prose">{text}</div>{link if passage.path in sources.articles else ""}</details></li>'
    )
