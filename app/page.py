"""The page: `streamlit run app/page.py`, with its folders in ZHINAN_INDEX and ZHINAN_ARTICLES.

Only wires views to the assistant; the assistant is opened once per process and index version.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app.views.answer import answer_html
from app.views.ask import question_box, suggested, verbatim
from app.views.front import coverage_html, header_html
from app.views.library import library
from app.views.passages import passages_html
from app.views.reader import reader_html
from app.views.rebuild import Rebuild
from app.views.sources import gather
from app.views.style import dress
from index.errors import IndexMissingError, ZhinanError

if TYPE_CHECKING:
    from app.assistant import Assistant
    from app.types import Answer
    from index.types import Article

_EXAMPLES = 6
_NEXT = 3


@st.cache_resource(show_spinner=False, max_entries=2)
def open_assistant(folder: str, version: str | None) -> "Assistant":
    """Open the index; `version` is part of the key, so that a rebuild is picked up and nothing is loaded twice."""
    from app.assistant import Assistant  # noqa: PLC0415 - takes seconds; the head of the page is on screen first

    del version
    return Assistant.open(Path(folder))


@st.cache_resource(show_spinner=False)
def rebuild_of(folder: str) -> Rebuild:
    """Return the one rebuild of this folder that all open pages share."""
    del folder
    return Rebuild()


def main() -> None:
    """Draw the page from top to bottom."""
    folder = os.environ.get("ZHINAN_INDEX", ".index")
    articles = os.environ.get("ZHINAN_ARTICLES", "articles")
    question = st.query_params.get("q", "").strip()
    st.set_page_config(page_title="指南问答", page_icon="📖", layout="centered")
    dress()
    st.html(header_html(small=bool(question)))
    question_box(question)

    job = rebuild_of(folder)
    running = job.running  # read before the index is opened: one that ends meanwhile is then still waited for
    assistant, stale = None, True
    try:
        with st.spinner("正在打开指南库…"):
            assistant, stale = _open(folder, articles)
        if question:
            _answer(assistant, question)
        else:
            _welcome(assistant)
    except IndexMissingError:
        pass  # said at the foot, beside the button that mends it
    except ZhinanError as error:
        st.error(verbatim(str(error)))

    info = assistant.info if assistant else None

    def rebuild() -> None:
        from index.search import Index  # noqa: PLC0415 - as for the assistant

        encoder = info.encoder if info else None
        job.start(lambda progress: Index.build(Path(articles), Path(folder), encoder=encoder, progress=progress))

    library(info, stale=stale, folder=articles, job=job, running=running, build=rebuild)


def _open(folder: str, articles: str) -> "tuple[Assistant, bool]":
    from index.search import Index  # noqa: PLC0415 - as for the assistant

    return open_assistant(folder, Index.current_version(Path(folder))), Index.is_stale(Path(folder), Path(articles))


def _welcome(assistant: "Assistant") -> None:
    suggested(assistant.examples(_EXAMPLES), title="可以这样问", key="example")
    if covered := coverage_html(assistant.articles):
        st.html(covered)


def _answer(assistant: "Assistant", question: str) -> None:
    key = (assistant.info.version, question)
    if st.session_state.get("answer_key") != key:
        with st.spinner("正在翻阅指南…"):
            st.session_state["answer"] = assistant.ask(question)
        st.session_state["answer_key"] = key
    answer: Answer = st.session_state["answer"]

    def article(path: str) -> "Article | None":
        try:
            return assistant.article(path)
        except (KeyError, ZhinanError):
            return None

    sources = gather(answer, article)
    st.html(answer_html(answer, sources) + reader_html(answer, sources))  # as one: a number never waits for its guide
    others = answer.suggestions or assistant.examples(_EXAMPLES)
    title = "指南能回答这些" if answer.outcome == "abstained" else "还可以问"
    suggested([other for other in others if other != question][:_NEXT], title=title, key="next")
    if found := passages_html(answer, sources):
        st.html(found)


if __name__ == "__main__":
    main()
