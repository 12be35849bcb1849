"""BM25 against its own formula, worked out by hand."""

from math import log
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexDamagedError
from index.lexical import Lexical

DOCUMENTS = [["销户", "护照"], ["销户", "销户", "退款", "余额"], ["补卡"]]
N, AVERAGE = 3, (2 + 4 + 1) / 3
K1, B = 1.5, 0.75


def idf(documents: int) -> float:
    """Lucene's: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    return log(1 + (N - documents + 0.5) / (documents + 0.5))


def bm25(times: int, length: int, documents: int) -> float:
    return idf(documents) * times / (times + K1 * (1 - B + B * length / AVERAGE))


@pytest.fixture(scope="module")
def lexical() -> Lexical:
    return Lexical.build(DOCUMENTS)


def test_one_token_scores_as_the_formula_over_its_best(lexical: Lexical) -> None:
    raw = [bm25(1, 2, 2), bm25(2, 4, 2), 0.0]
    assert lexical.scores(["销户"]) == pytest.approx([score / max(raw) for score in raw], abs=1e-6)


def test_several_tokens_add_up_over_what_they_could_reach(lexical: Lexical) -> None:
    reach = max(bm25(1, 2, 2), bm25(2, 4, 2)) + bm25(1, 2, 1)
    raw = [bm25(1, 2, 2) + bm25(1, 2, 1), bm25(2, 4, 2), 0.0]
    assert lexical.scores(["销户", "护照"]) == pytest.approx([score / reach for score in raw], abs=1e-6)


def test_weight_is_the_best_score_of_a_token(lexical: Lexical) -> None:
    assert lexical.weight("补卡") == pytest.approx(bm25(1, 1, 1))
    assert lexical.weight("销户") == pytest.approx(max(bm25(1, 2, 2), bm25(2, 4, 2)))
    assert lexical.weight("火星") == 0


@pytest.mark.parametrize("asked", [[], ["火星"], ["火星", "水星"]])
def test_no_token_in_common_scores_nothing(lexical: Lexical, asked: list[str]) -> None:
    assert np.array_equal(lexical.scores(asked), np.zeros(N, dtype=np.float32))


def test_scores_lie_between_nothing_and_all() -> None:
    random = np.random.default_rng(7)
    words = [f"词{number}" for number in range(30)]
    lexical = Lexical.build([list(random.choice(words, size=random.integers(1, 20))) for _ in range(40)])
    for size in (1, 3, 10, 60):
        scores = lexical.scores(list(random.choice(words, size=size)))
        assert scores.shape == (40,)
        assert scores.dtype == np.float32
        assert 0 <= scores.min() <= scores.max() <= 1 + 1e-6


def test_what_is_saved_scores_alike(lexical: Lexical, tmp_path: Path) -> None:
    lexical.save(tmp_path / "bm25")
    again = Lexical.load(tmp_path / "bm25")
    assert len(again) == len(lexical) == N
    for asked in (["销户"], ["护照", "退款"], ["火星"]):
        assert np.array_equal(again.scores(asked), lexical.scores(asked))


def test_nothing_is_pickled(lexical: Lexical, tmp_path: Path) -> None:
    lexical.save(tmp_path / "bm25")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".npy", ".json", ".jsonl"}
    for path in files:
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)


@pytest.mark.parametrize(
    "name",
    ["params.index.json", "vocab.index.json", "data.csc.index.npy", "indptr.csc.index.npy", "indices.csc.index.npy"],
)
@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"\x93NUMPY\x01\x00", b"[1, 2]"], ids=["missing", "empty", "brace", "npy", "list"]
)
def test_a_file_that_is_missing_or_no_index_is_reported(
    lexical: Lexical, tmp_path: Path, name: str, content: bytes | None
) -> None:
    lexical.save(tmp_path / "bm25")
    path = tmp_path / "bm25" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexDamagedError):
        Lexical.load(tmp_path / "bm25")


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError):
        Lexical.load(tmp_path / "nowhere")


def test_a_document_without_tokens_keeps_its_row() -> None:
    lexical = Lexical.build([["销户"], [], ["退款"]])
    assert len(lexical) == 3
    assert list(lexical.scores(["退款"]).nonzero()[0]) == [2]


def test_documents_without_any_token_at_all() -> None:
    lexical = Lexical.build([[], []])
    assert np.array_equal(lexical.scores(["销户"]), np.zeros(2, dtype=np.float32))
