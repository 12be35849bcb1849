"""The answer as HTML: statements with numbered citations, two sides, or an honest “没有提到”.

Pure: an `Answer` in, escaped HTML out. Knows nothing of streamlit.
"""

import re
from collections.abc import Sequence
from html import escape

from app.types import Answer, Statement
from app.views.sources import Reference, Sources

_STEP = re.compile(r"\s*(?:(\d{1,3})(?:[.)]\s*|、\s*)|[-*•·]\s*)(?=\S)")
_REFUSALS = {
    "unknown_entity": "没有提到",
    "not_covered": "没有提到",
    "off_topic": "不在指南的范围里",
    "invalid": "没能读懂这个问题",
}


def answer_html(answer: Answer, sources: Sources) -> str:
    """Return the answer card. Every statement is followed by links to its cited places in the reader."""
    if answer.outcome == "abstained":
        return _refusal(answer)
    if answer.outcome == "conflicting":
        head, body = "指南的说法不一致", _sides(answer, sources)
        lead = '<p class="zn-lead">下面把各自的原话并排放着，请以较新的、或官方的说法为准。</p>'
    else:
        head, lead = "指南这样说", ""
        body = "".join(_statement(statement, sources) for statement in answer.statements)
    missing = f'<p class="zn-missing">{escape(answer.message)}</p>' if answer.message else ""  # of a second country
    return (
        f'<section class="zn zn-answer zn-{answer.outcome}" lang="zh-CN" aria-label="回答">'
        f'<div role="status"><h2 class="zn-kicker">{head}</h2></div>{lead}{body}{missing}{_origins(sources)}</section>'
    )


def statement_text(text: str) -> str:
    """Return a statement's text as HTML: lines that are numbered or dotted become steps, the rest paragraphs."""
    html: list[str] = []
    tag = ""
    for line in filter(str.strip, text.split("\n")):
        found = _STEP.match(line) if "\n" in text.strip() else None
        wanted = "" if found is None else "ol" if found[1] else "ul"
        if wanted != tag:
            html.append(f"</{tag}>" * bool(tag) + f"<{wanted}>" * bool(wanted))
            tag = wanted
        if found is None:
            html.append(f"<p>{escape(line.strip())}</p>")
        else:
            number = f' value="{int(found[1])}"' if found[1] else ""
            html.append(f"<li{number}>{escape(line[found.end() :].strip())}</li>")
    return "".join(html) + f"</{tag}>" * bool(tag)


def _statement(statement: Statement, sources: Sources) -> str:
    chips = "".join(_chip(reference, sources) for reference in sources.of(statement))
    cites = f'<span class="zn-cites">{chips}</span>'
    note = f'<span class="zn-note">{escape(statement.note)}</span>' if statement.note else ""
    text = statement_text(statement.text)
    if text.endswith("</p>"):  # the numbers stand right behind the last word
        text = f"{text[:-4]}{cites}{note}</p>"
    else:
        text += f'<p class="zn-after">{cites}{note}</p>'
    return f'<blockquote class="zn-said">{text}</blockquote>'


def _chip(reference: Reference, sources: Sources) -> str:
    where = f"引用 {reference.number}：{sources.title(reference.citation.path)}"
    return (
        f'<a class="zn-cite" href="#{reference.anchor}" aria-label="{escape(where)}" title="{escape(where)}">'
        f"{reference.number}</a>"
    )


def _sides(answer: Answer, sources: Sources) -> str:
    """Give each guide a column; a guide at odds with itself gets one for each of its first two statements."""
    sides: dict[str, list[Statement]] = {}
    for statement in answer.statements:
        sides.setdefault(statement.citations[0].path, []).append(statement)
    columns = list(sides.items())
    rest: list[Statement] = []
    if len(columns) == 1:
        [(path, (one, other, *rest))] = columns
        columns = [(path, [one]), (path, [other])]
    beside = "".join(_side(path, said, sources) for path, said in columns)
    below = "".join(_statement(statement, sources) for statement in rest)
    return f'<div class="zn-sides">{beside}</div>{below}'


def _side(path: str, said: Sequence[Statement], sources: Sources) -> str:
    guide = sources.articles.get(path)
    date = f'<span class="zn-date">更新于 {escape(guide.updated)}</span>' if guide and guide.updated else ""
    undated = "" if date else '<span class="zn-date">没有注明日期</span>'
    body = "".join(_statement(statement, sources) for statement in said)
    title = escape(sources.title(path))
    return f'<div class="zn-side"><h3>{title}</h3>{date}{undated}{body}</div>'


def _origins(sources: Sources) -> str:
    """List the guides behind the numbers: title and date once, then each place under its headings."""
    guides: dict[str, dict[tuple[str, ...], list[Reference]]] = {}
    for reference in sources.references:
        places = guides.setdefault(reference.citation.path, {})
        places.setdefault(reference.citation.heading, []).append(reference)
    rows = []
    for path, places in guides.items():
        guide = sources.articles.get(path)
        date = f'<span class="zn-date">{escape(guide.updated)}</span>' if guide and guide.updated else ""
        trails = "".join(
            f"<li>{''.join(_chip(reference, sources) for reference in references)}"
            f"<span>{escape(' › '.join(heading) or '开头')}</span></li>"
            for heading, references in places.items()
        )
        rows.append(f"<li><p><span>{escape(sources.title(path))}</span>{date}</p><ul>{trails}</ul></li>")
    return f'<h3 class="zn-small">出处</h3><ol class="zn-origins">{"".join(rows)}</ol>' if rows else ""


def _refusal(answer: Answer) -> str:
    head = _REFUSALS.get(answer.reason or "", "没有提到")
    near = "下面是指南能回答的相近问题。" if answer.suggestions else ""
    return (
        '<section class="zn zn-answer zn-abstained" lang="zh-CN" aria-label="回答">'
        f'<div role="status"><h2 class="zn-kicker">{head}</h2></div>'
        f'<p class="zn-message">{escape(answer.message)}</p>'
        f'<p class="zn-lead">没有原文可引，就不作答。{near}</p></section>'
    )
