"""Word vectors from counts: positive pointwise mutual information, a truncated SVD, and SIF weights.

Levy & Goldberg 2014 show that such vectors match word2vec; Arora et al. 2017 (SIF) that their weighted mean is
a strong sentence vector. Halko et al. 2011 give the randomised SVD. Knows nothing of text or of pairs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_CHUNK = 2_000_000  # tokens counted at a time: bounds the memory of the counting matrices
_SMOOTHING = 0.75  # context counts to this power, so that rare contexts do not rule (Levy et al. 2015)
_POWER_ITERATIONS = 4
_OVERSAMPLING = 32


@dataclass(frozen=True, slots=True)
class Counting:
    """How start vectors are made from counts."""

    dimensions: int = 256
    window: int = 5  # tokens to each side
    sif: float = 3e-4  # the share of all tokens at which a token's weight is one half


def stream(token_ids: Iterable[NDArray[np.int32]], window: int) -> NDArray[np.int32]:
    """Join texts into one array with `window` separators of -1 between them, so no window spans two texts."""
    gap = np.full(window, -1, dtype=np.int32)
    parts: list[NDArray[np.int32]] = []
    for ids in token_ids:
        parts += (ids, gap)
    return np.concatenate(parts) if parts else gap


def cooccurrence(tokens: NDArray[np.int32], size: int, window: int) -> sparse.csr_matrix:
    """Count neighbours up to `window` tokens away, a nearer one for more; shape (size, size), symmetric."""
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    for start in range(0, len(tokens), _CHUNK):
        chunk = tokens[start : start + _CHUNK + window]
        for distance in range(1, window + 1):
            left, right = chunk[:-distance], chunk[distance:]
            left, right = left[:_CHUNK], right[:_CHUNK]
            inside = (left >= 0) & (right >= 0)
            # A neighbour at distance d is seen by word2vec's random windows with probability (w - d + 1) / w.
            values = np.full(int(inside.sum()), (window - distance + 1) / window, dtype=np.float32)
            total = total + sparse.csr_matrix((values, (left[inside], right[inside])), shape=(size, size))
    return (total + total.T).tocsr()


def ppmi(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return max(0, log P(w, c) / (P(w) P(c))) with smoothed context probabilities; shape as `counts`."""
    coo = counts.tocoo()
    totals = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
    contexts = totals**_SMOOTHING
    information = np.log(coo.data) - np.log(totals[coo.row]) - np.log(contexts[coo.col] / contexts.sum())
    kept = information > 0
    cells = (information[kept].astype(np.float32), (coo.row[kept], coo.col[kept]))
    return sparse.csr_matrix(cells, shape=counts.shape)


def truncated_svd(matrix: sparse.csr_matrix, rank: int, seed: int) -> NDArray[np.float32]:
    """Return U * sqrt(S) of a randomised truncated SVD, shape (rows, rank); fewer columns are padded with zeros."""
    columns = min(rank + _OVERSAMPLING, matrix.shape[0])
    basis = np.random.default_rng(seed).standard_normal((matrix.shape[1], columns)).astype(np.float32)
    basis = np.linalg.qr(matrix @ basis)[0]
    for _ in range(_POWER_ITERATIONS):
        basis = np.linalg.qr(matrix.T @ basis)[0]
        basis = np.linalg.qr(matrix @ basis)[0]
    left, strength, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    rank_found = min(rank, len(strength))
    vectors = (basis @ left)[:, :rank_found] * np.sqrt(strength[:rank_found])
    return np.pad(vectors, ((0, 0), (0, rank - rank_found))).astype(np.float32)


def sif_weights(frequencies: NDArray[np.int64], a: float) -> NDArray[np.float32]:
    """Return a / (a + p) for every token, p being its share of all tokens; shape (size,)."""
    share = frequencies / max(1, int(frequencies.sum()))
    return (a / (a + share)).astype(np.float32)


def start_vectors(tokens: NDArray[np.int32], size: int, counting: Counting, seed: int) -> NDArray[np.float32]:
    """Make the rows the contrast starts from, shape (size, dimensions): unit vectors times their SIF weight.

    A token without neighbours gets a random direction: it can then still match itself.
    """
    vectors = truncated_svd(ppmi(cooccurrence(tokens, size, counting.window)), counting.dimensions, seed)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lonely = lengths[:, 0] < 1e-6  # noqa: PLR2004
    noise = np.random.default_rng(seed).standard_normal(vectors.shape).astype(np.float32)
    vectors[lonely], lengths[lonely] = noise[lonely], np.linalg.norm(noise[lonely], axis=1, keepdims=True)
    frequencies = np.bincount(tokens[tokens >= 0], minlength=size)
    weights = sif_weights(frequencies, counting.sif)
    return np.asarray(vectors / lengths * weights[:, None], dtype=np.float32)
