"""Where vectors are kept and compared: the protocol, and FAISS. Only this file imports faiss.

Knows nothing of where vectors come from.
"""

from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import IndexDamagedError

Vectors = npt.NDArray[np.float32]


class VectorStore(Protocol):
    """n vectors of one dimension, compared by inner product."""

    def __len__(self) -> int:
        """How many vectors are kept."""
        ...

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        ...

    def scores(self, query: Vectors) -> Vectors:
        """Inner product of `query`, shape (dimension,), with every vector: shape (n,), by row."""
        ...

    def save(self, path: Path) -> None:
        """Write the store to `path`."""
        ...


class FaissStore:
    """Exact inner product (FAISS IndexFlatIP): fastest and without loss at the sizes a folder of guides has."""

    def __init__(self, vectors: Vectors) -> None:
        self._index: faiss.Index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        """How many vectors are kept."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._index.d)

    def scores(self, query: Vectors) -> Vectors:
        """Inner product of `query`, shape (dimension,), with every vector: shape (n,), by row."""
        out = np.zeros(len(self), dtype=np.float32)
        if len(self):
            # FAISS returns k sorted columns: put them back in the order of the rows.
            found, rows = self._index.search(query.reshape(1, -1), len(self))
            out[rows[0]] = found[0]
        return out

    def save(self, path: Path) -> None:
        """Write the store to `path`."""
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> "FaissStore":
        """Read what `save` wrote; IndexDamagedError where that cannot be."""
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise IndexDamagedError("索引中的向量文件已损坏：请重新建立索引。") from error
        store = cls.__new__(cls)
        store._index = index  # noqa: SLF001 - its own: read from disk instead of made from vectors
        return store
