"""The ask box and the suggested questions. Each widget's key lives here.

The address bar holds the question (`?q=`): these widgets only write it there.
"""

import re
from collections.abc import Sequence

import streamlit as st

_LONGEST = 500


def question_box(question: str) -> None:
    """Show the box, holding `question`; Enter or the button asks."""
    if st.session_state.get("asked") != question:  # a first visit, a suggestion or the browser's back button
        st.session_state["asked"] = question
        st.session_state["question"] = question
    with (
        st.form("ask", border=False),
        st.container(horizontal=True, wrap=False, vertical_alignment="bottom", key="askbar"),
    ):
        st.text_input(
            "你的问题",
            key="question",
            max_chars=_LONGEST,
            placeholder="比如：秘鲁 eSIM 怎么销户？",
            label_visibility="collapsed",
            autocomplete="off",
        )
        st.form_submit_button("提问", type="primary", on_click=_ask_written, width="content")


def suggested(questions: Sequence[str], *, title: str, key: str) -> None:
    """Offer questions the guides answer, each one click away."""
    if not questions:
        return
    with st.container(key=f"suggest-{key}", gap="small"):
        st.html(f'<h2 class="zn zn-small" lang="zh-CN">{title}</h2>')
        for number, question in enumerate(questions):
            st.button(
                verbatim(question), key=f"{key}-{number}", on_click=ask, args=(question,), width="stretch", wrap=True
            )


def ask(question: str) -> None:
    """Make `question` the one the page shows."""
    if question.strip():
        st.query_params["q"] = question.strip()
    elif "q" in st.query_params:
        del st.query_params["q"]


def verbatim(text: str) -> str:
    """Escape text for a label, which Streamlit reads as Markdown: it shows as exactly these characters."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def _ask_written() -> None:
    ask(st.session_state["question"])
