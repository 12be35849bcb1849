"""Fusion of two rankings, by hand."""

from math import sqrt

import numpy as np
import pytest

from index.rank import fuse, top, zscores


def array(*numbers: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(numbers, dtype=np.float32)


def test_zscores() -> None:
    spread = sqrt(((1 - 3) ** 2 + (3 - 3) ** 2 + (5 - 3) ** 2) / 3)
    assert zscores(array(1, 3, 5)) == pytest.approx([(1 - 3) / spread, 0, (5 - 3) / spread])


@pytest.mark.parametrize("scores", [array(2, 2, 2), array(0), array(7)])
def test_scores_all_alike_say_nothing(scores: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
    assert np.array_equal(zscores(scores), np.zeros_like(scores))


def test_fusion_is_the_weighted_sum_of_zscores() -> None:
    # (0, 0, 3) has mean 1 and spread √2; (1, 0, −1) has mean 0 and spread √(2/3).
    a, b = [-1 / sqrt(2), -1 / sqrt(2), 2 / sqrt(2)], [1 / sqrt(2 / 3), 0, -1 / sqrt(2 / 3)]
    expected = [(1 - 0.25) * x + 0.25 * y for x, y in zip(a, b, strict=True)]
    assert fuse(array(0, 0, 3), array(1, 0, -1), weight=0.25) == pytest.approx(expected, rel=1e-5)


def test_fusion_does_not_mind_the_scale_of_either() -> None:
    lexical, dense = array(0.1, 0.7, 0.3), array(0.9, 0.2, 0.4)
    assert fuse((100 * lexical + 5).astype(np.float32), (dense / 10).astype(np.float32)) == pytest.approx(
        fuse(lexical, dense), abs=1e-4
    )


def test_the_best_come_first_and_equals_keep_their_order() -> None:
    assert top(array(0.5, 0.9, 0.5, 0.1), 3) == [1, 0, 2]


@pytest.mark.parametrize(("count", "rows"), [(0, []), (2, [1, 0]), (9, [1, 0])])
def test_never_more_than_there_are(count: int, rows: list[int]) -> None:
    assert top(array(0.2, 0.8), count) == rows
