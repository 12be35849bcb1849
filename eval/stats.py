"""Numbers with their uncertainty: bootstrap intervals and the paired randomisation test.

Knows nothing of what the numbers measure. The seed is fixed: the same scores give the same report.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
PERMUTATIONS = 10_000
SEED = 20_240_601
LEVEL = (2.5, 97.5)  # percentiles of a 95% interval
_BLOCK = 1_000  # permutations held in memory at once

Floats = NDArray[np.float64]
Statistic = Callable[[Floats, Floats], Floats]  # (…, n) values and weights → (…)


@dataclass(frozen=True, slots=True)
class Score:
    """One question's value of one measure. `weight` is the number of things it is a share of."""

    value: float
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure over many questions with its 95% bootstrap interval; `n` sums the weights."""

    value: float
    low: float
    high: float
    n: int


def mean(values: Floats, weights: Floats) -> Floats:
    """Weighted mean over the last axis."""
    return np.asarray((values * weights).sum(axis=-1) / weights.sum(axis=-1))


def median(values: Floats, _weights: Floats) -> Floats:
    """Median over the last axis; every question counts once."""
    return np.asarray(np.median(values, axis=-1))


def p95(values: Floats, _weights: Floats) -> Floats:
    """95th percentile over the last axis; every question counts once."""
    return np.asarray(np.percentile(values, 95, axis=-1))


def estimate(scores: Sequence[Score], statistic: Statistic = mean) -> Estimate:
    """Estimate a statistic of one or more scores, by 1,000 resamples of the questions (Efron 1979)."""
    values = np.array([score.value for score in scores], dtype=np.float64)
    weights = np.array([score.weight for score in scores], dtype=np.float64)
    draws = np.random.default_rng(SEED).integers(0, len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(statistic(values[draws], weights[draws]), LEVEL)
    value = float(statistic(values, weights))
    return Estimate(value, float(low), float(high), sum(score.weight for score in scores))


def randomisation(differences: Sequence[float]) -> float:
    """Return the two-sided p-value of paired differences (Smucker et al. 2007): signs flipped 10,000 times.

    The observed signs count as one permutation more, so p is never 0.
    """
    kept = np.array([difference for difference in differences if difference], dtype=np.float64)
    observed = abs(kept.sum()) - 1e-9  # sums of the same numbers differ in their last bits
    rng = np.random.default_rng(SEED)
    extreme = 0
    for _ in range(PERMUTATIONS // _BLOCK):
        signs = rng.integers(0, 2, size=(_BLOCK, len(kept)), dtype=np.int8) * 2.0 - 1.0
        extreme += int((np.abs(signs @ kept) >= observed).sum())
    return (extreme + 1) / (PERMUTATIONS + 1)
