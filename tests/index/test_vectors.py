"""The contract of every vector store, held against brute force. A new store is added to STORES and to nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from index.errors import IndexDamagedError
from index.vectors import FaissStore, Vectors, VectorStore


class Kind(NamedTuple):
    build: Callable[[Vectors], VectorStore]
    load: Callable[[Path], VectorStore]


STORES = {"faiss": Kind(FaissStore, FaissStore.load)}


@pytest.fixture(params=STORES)
def kind(request: pytest.FixtureRequest) -> Kind:
    return STORES[request.param]


def random(count: int, dimension: int, seed: int = 0) -> Vectors:
    return np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)


def unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / lengths, dtype=np.float32)


@pytest.mark.parametrize("count", [1, 2, 17, 1000])
@pytest.mark.parametrize("dimension", [1, 16, 257])
def test_scores_are_inner_products_in_the_order_of_the_rows(kind: Kind, count: int, dimension: int) -> None:
    vectors, query = unit(random(count, dimension)), unit(random(1, dimension, seed=1))[0]
    store = kind.build(vectors)
    scores = store.scores(query)
    assert (len(store), store.dimension) == (count, dimension)
    assert scores.shape == (count,)
    assert scores.dtype == np.float32
    assert scores == pytest.approx(vectors @ query, abs=1e-5)


def test_a_query_of_any_length_is_not_normalised_for_us(kind: Kind) -> None:
    vectors, query = unit(random(20, 8)), 7 * random(1, 8, seed=1)[0]
    assert kind.build(vectors).scores(query) == pytest.approx(vectors @ query, rel=1e-4, abs=1e-4)


def test_vectors_of_any_length_are_kept_as_they_are(kind: Kind) -> None:
    vectors = np.array([[3, 4], [0, 0], [-1, 0]], dtype=np.float32)
    assert kind.build(vectors).scores(np.array([1, 2], dtype=np.float32)) == pytest.approx([3 * 1 + 4 * 2, 0, -1])


def test_equal_vectors_each_keep_their_row(kind: Kind) -> None:
    vectors = np.tile(unit(random(1, 16)), (50, 1))
    assert kind.build(vectors).scores(vectors[0]) == pytest.approx(np.ones(50), abs=1e-5)


def test_a_zero_query_is_like_nothing(kind: Kind) -> None:
    assert np.array_equal(kind.build(random(5, 8)).scores(np.zeros(8, dtype=np.float32)), np.zeros(5))


def test_an_empty_store_answers_with_nothing(kind: Kind) -> None:
    store = kind.build(np.zeros((0, 16), dtype=np.float32))
    assert (len(store), store.dimension) == (0, 16)
    assert store.scores(random(1, 16)[0]).shape == (0,)


@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_may_lie_either_way(kind: Kind, order: str) -> None:
    vectors, query = random(30, 8), random(1, 8, seed=1)[0]
    laid = np.asfortranarray(vectors) if order == "F" else vectors
    assert kind.build(laid).scores(query) == pytest.approx(vectors @ query, abs=1e-4)


def test_what_is_saved_scores_alike(kind: Kind, tmp_path: Path) -> None:
    store, query = kind.build(random(40, 16)), random(1, 16, seed=1)[0]
    store.save(tmp_path / "vectors")
    again = kind.load(tmp_path / "vectors")
    assert (len(again), again.dimension) == (40, 16)
    assert np.array_equal(again.scores(query), store.scores(query))


@pytest.mark.parametrize("content", [None, b"", b"not an index", b"IxFI"], ids=["missing", "empty", "text", "short"])
def test_a_file_that_is_no_store_is_reported(kind: Kind, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "vectors").write_bytes(content)
    with pytest.raises(IndexDamagedError):
        kind.load(tmp_path / "vectors")


def test_half_a_file_is_reported(kind: Kind, tmp_path: Path) -> None:
    kind.build(random(40, 16)).save(tmp_path / "vectors")
    raw = (tmp_path / "vectors").read_bytes()
    (tmp_path / "vectors").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(IndexDamagedError):
        kind.load(tmp_path / "vectors")
