"""The foot of the page: what the index holds, whether it is fresh, what was left out, and the rebuild button."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Literal

import streamlit as st

from app.views.ask import verbatim
from app.views.rebuild import Rebuild
from index.types import IndexInfo, Skipped

_POLL_SECONDS = 0.3
_MOST_ROWS = 200
_KINDS = {"contact": "联系方式", "image": "图片", "link": "外链", "invitation": "招揽语"}


def library(
    info: IndexInfo | None, *, stale: bool, folder: str, job: Rebuild, running: bool, build: Callable[[], None]
) -> None:
    """Show the index status; `info` is None where no index can be read. `build` starts a rebuild."""
    with st.container(key="library"):
        with st.container(horizontal=True, vertical_alignment="center", key="state"):
            st.html(state_html(info, stale=stale))
            label = "建立索引" if info is None else "重建索引"
            kind: Literal["primary", "secondary"] = "primary" if info is None or stale else "secondary"
            st.button(label, key="rebuild", on_click=build, type=kind, disabled=running)
        if running:
            st.fragment(_progress, run_every=_POLL_SECONDS)(job)
        elif job.error:
            st.error(verbatim(job.error))
        st.html(facts_html(info, folder))


def state_html(info: IndexInfo | None, *, stale: bool) -> str:
    """Return one line that says whether the index can be relied on."""
    if info is None:
        state, kind = "还没有可用的索引", "zn-stale"
    elif stale:
        state, kind = "文章有改动，索引还没有更新", "zn-stale"
    else:
        state, kind = "索引与文章一致", "zn-fresh"
    return (
        '<div class="zn" lang="zh-CN"><h2 class="zn-small">指南库</h2>'
        f'<p class="zn-state {kind}" role="status">{state}</p></div>'
    )


def facts_html(info: IndexInfo | None, folder: str) -> str:
    """Return what the index holds and what was left out of it."""
    if info is None:
        place = f"<code>{escape(folder)}</code>"
        return f'<div class="zn" lang="zh-CN"><p class="zn-lead">文章放在 {place}，建立索引之后就能提问。</p></div>'
    facts = (
        ("指南", f"{info.articles} 篇"),
        ("段落", f"{info.passages} 段"),
        ("建立于", moment(info.built_at)),
        ("模型", "内置" if info.encoder == "default" else info.encoder),
        ("版本", info.version),
        ("文章目录", folder),
    )
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    return (
        f'<section class="zn zn-library" lang="zh-CN" aria-label="索引状态"><dl>{rows}</dl>{_left_out(info)}</section>'
    )


def _left_out(info: IndexInfo) -> str:
    html = ""
    if info.skipped:
        html += _folded(f"没有读入的文件（{len(info.skipped)}）", [_skipped(item) for item in info.skipped])
    if info.promos:
        kinds = Counter(_KINDS.get(promo.kind, promo.kind) for _, promo in info.promos)
        counts = "，".join(f"{kind} {count}" for kind, count in kinds.most_common())
        rows = [
            f'<li><span class="zn-date">{escape(path)}</span> <span>{escape(" ".join(promo.text.split()))}</span></li>'
            for path, promo in info.promos
        ]
        html += _folded(f"略去的推广内容（{len(info.promos)} 处：{counts}）", rows)
    return html


def moment(built_at: str) -> str:
    """Return an ISO 8601 moment in this machine's time, to the minute; as given if it is no such moment."""
    try:
        then = datetime.fromisoformat(built_at).astimezone()
    except ValueError:
        return built_at
    return f"{then.year}年{then.month}月{then.day}日 {then:%H:%M}"


def _skipped(item: Skipped) -> str:
    return f'<li><span class="zn-date">{escape(item.path)}</span> <span>{escape(item.reason)}</span></li>'


def _folded(title: str, rows: list[str]) -> str:
    more = f'<li class="zn-date">另有 {len(rows) - _MOST_ROWS} 项</li>' if len(rows) > _MOST_ROWS else ""
    return f"<details><summary>{escape(title)}</summary><ul>{''.join(rows[:_MOST_ROWS])}{more}</ul></details>"


def _progress(job: Rebuild) -> None:
    if not job.running:
        st.rerun()  # the whole page: it has a new index to open
    st.progress(job.share, text=f"{verbatim(job.stage)} {job.share:.0%}")
