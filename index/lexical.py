"""BM25 over tokens. Only this file imports bm25s. Knows nothing of how text becomes tokens."""

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

from index.errors import IndexDamagedError

Scores = npt.NDArray[np.float32]


class Lexical:
    """BM25 in Lucene's variant (Kamphuis et al. 2020), k1 = 1.5, b = 0.75, over `n` token lists."""

    def __init__(self, engine: bm25s.BM25) -> None:
        self._engine = engine
        data, ends = engine.scores["data"], engine.scores["indptr"]
        # The best score any passage gets from each token: what a question could reach at most.
        self._best = np.array([data[start:end].max(initial=0.0) for start, end in pairwise(ends)], dtype=np.float32)

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> "Lexical":
        """Index one token list for each passage, in order."""
        engine = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        rows = [list(document) for document in documents]
        # bm25s fails without a single row or token: it gets one that nobody asks for.
        engine.index(rows if any(rows) else [[""], *rows[1:]], show_progress=False)
        engine.scores["num_docs"] = len(rows)
        return cls(engine)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which is made."""
        self._engine.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> "Lexical":
        """Read what `save` wrote; IndexDamagedError where that cannot be."""
        try:
            return cls(bm25s.BM25.load(str(folder), show_progress=False, verbosity=0))
        except (OSError, EOFError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise IndexDamagedError("索引中的词表已损坏：请重新建立索引。") from error

    def __len__(self) -> int:
        """How many passages were indexed."""
        return int(self._engine.scores["num_docs"])

    def scores(self, tokens: Sequence[str]) -> Scores:
        """Score every passage: shape (n,), from 0 (no token in common) towards 1 (all of them, as well as anywhere)."""
        vocabulary = self._engine.vocab_dict
        ids = [vocabulary[token] for token in tokens if token in vocabulary]
        if not ids:
            return np.zeros(len(self), dtype=np.float32)
        raw: Scores = self._engine.get_scores_from_ids(ids).astype(np.float32)
        best = float(self._best[ids].sum())
        return raw / best if best > 0 else raw

    def rarity(self, token: str) -> float:
        """How rare a token is: 1 in one passage or none, falling with the logarithm of their number to 0 in all of them."""
        number = self._engine.vocab_dict.get(token)
        if number is None or len(self) < 2:  # noqa: PLR2004 - one passage tells nothing apart
            return 1.0
        held = int(self._engine.scores["indptr"][number + 1] - self._engine.scores["indptr"][number])
        return 1.0 - math.log(max(held, 1)) / math.log(len(self))

    def weight(self, token: str) -> float:
        """How telling a token is: the best score a passage gets from it; 0 for a token of no passage."""
        number = self._engine.vocab_dict.get(token)
        return float(self._best[number]) if number is not None else 0.0
