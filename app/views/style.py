"""The stylesheet and the one script of the page. Both are files of ours, and nothing in them comes from elsewhere.

Colours are written once, in `style.css`, as `light-dark()` pairs: Streamlit sets `color-scheme` to the theme in
use. `focus.js` moves focus, marks the followed citation and closes the reader with Escape; links and forms work
without it. No text of an article ever passes through here.
"""

from functools import lru_cache
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent


def dress() -> None:
    """Apply stylesheet and script to the page."""
    st.html(f"<style>{_read('style.css')}</style>")
    st.html(f"<script>{_read('focus.js')}</script>", unsafe_allow_javascript=True)


@lru_cache
def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
