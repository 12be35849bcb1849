"""Two rankings → one. Knows nothing of text."""

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]

DENSE_WEIGHT = 0.6


def zscores(scores: Scores) -> Scores:
    """Scores in standard deviations from their mean; all 0 where they are all alike."""
    spread = float(scores.std())
    return ((scores - scores.mean()) / spread).astype(np.float32) if spread > 0 else np.zeros_like(scores)


def fuse(lexical: Scores, dense: Scores, weight: float = DENSE_WEIGHT) -> Scores:
    """Weighted sum of the two rankings' z-scores, (n,) and (n,) to (n,) (score normalisation, Wu & Crestani 2006)."""
    return ((1 - weight) * zscores(lexical) + weight * zscores(dense)).astype(np.float32)


def top(scores: Scores, count: int) -> list[int]:
    """Rows of the `count` highest scores, best first; equal scores keep the order of their rows."""
    return [int(row) for row in np.argsort(-scores, kind="stable")[:count]]
