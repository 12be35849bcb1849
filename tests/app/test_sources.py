"""A citation is shown only while the file still says so."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.sources import Sources
from app.types import Citation
from index.corpus import read_corpus
from index.types import Article

TEXT = "# 秘鲁指南\n\n销户要带护照。\n"
QUOTE = "销户要带护照。"


@pytest.fixture
def article(tmp_path: Path) -> Article:
    (tmp_path / "guide.md").write_text(TEXT, encoding="utf-8")
    return read_corpus(tmp_path).articles[0]


@pytest.fixture
def citation() -> Citation:
    start = TEXT.index(QUOTE)
    return Citation("guide", "guide.md", (), start, start + len(QUOTE), QUOTE)


def test_a_file_as_it_was_indexed(tmp_path: Path, article: Article, citation: Citation) -> None:
    sources = Sources(tmp_path)
    assert sources.unchanged(article)
    assert sources.says(citation)


@pytest.mark.parametrize(
    "encoded",
    [TEXT.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + TEXT.encode(), TEXT.encode("gb18030")],
    ids=["crlf", "bom", "gb18030"],
)
def test_offsets_hold_in_every_encoding(tmp_path: Path, citation: Citation, encoded: bytes) -> None:
    (tmp_path / "guide.md").write_bytes(encoded)
    assert Sources(tmp_path).says(citation)


def test_an_edit_is_seen_at_once_and_taken_back_too(tmp_path: Path, article: Article, citation: Citation) -> None:
    sources, path = Sources(tmp_path), tmp_path / "guide.md"
    assert sources.says(citation)
    path.write_text(TEXT.replace("护照", "签证"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert not sources.says(citation)
    assert not sources.unchanged(article)
    path.write_text(TEXT, encoding="utf-8")
    assert sources.says(citation)
    assert sources.unchanged(article)


def test_an_edit_elsewhere_leaves_the_words_but_not_the_file(
    tmp_path: Path, article: Article, citation: Citation
) -> None:
    (tmp_path / "guide.md").write_text(TEXT + "又一句。\n", encoding="utf-8")
    assert Sources(tmp_path).says(citation)
    assert not Sources(tmp_path).unchanged(article)


@pytest.mark.parametrize("raw", [None, b"\xff\xfe\xff\xff", b""], ids=["missing", "undecodable", "empty"])
def test_a_file_that_is_gone_or_no_text_says_nothing(
    tmp_path: Path, article: Article, citation: Citation, raw: bytes | None
) -> None:
    path = tmp_path / "guide.md"
    path.unlink()
    if raw is not None:
        path.write_bytes(raw)
    assert not Sources(tmp_path).says(citation)
    assert not Sources(tmp_path).unchanged(article)


def test_a_quote_must_be_the_characters_at_its_offsets(tmp_path: Path, article: Article, citation: Citation) -> None:
    del article
    sources = Sources(tmp_path)
    wrong = [
        replace(citation, start=citation.start + 1),
        replace(citation, end=citation.end + 1),
        replace(citation, quote="销户要带签证。"),
        replace(citation, start=3, end=3, quote=""),
        replace(citation, path="other.md"),
    ]
    assert not any(sources.says(one) for one in wrong)
