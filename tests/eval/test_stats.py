import pytest

from eval.stats import Score, estimate, median, p95, randomisation


def test_every_score_counts() -> None:
    found = estimate([Score(1), Score(0), Score(0), Score(1)])
    assert (found.value, found.n) == (2 / 4, 4)
    assert 0 <= found.low < found.value < found.high <= 1


def test_the_interval_is_the_same_every_time() -> None:
    scores = [Score(i % 3 == 0) for i in range(50)]
    assert estimate(scores) == estimate(scores)


def test_the_interval_is_as_wide_as_theory_says() -> None:
    found = estimate([Score(i < 200) for i in range(400)])
    half = 1.96 * (0.5 * 0.5 / 400) ** 0.5
    assert found.low == pytest.approx(0.5 - half, abs=0.01)
    assert found.high == pytest.approx(0.5 + half, abs=0.01)


def test_a_share_is_weighted_by_what_it_is_a_share_of() -> None:
    found = estimate([Score(1 / 1, 1), Score(2 / 3, 3)])
    assert found.value == pytest.approx((1 + 2) / (1 + 3))
    assert found.n == 1 + 3


def test_median_and_percentile() -> None:
    scores = [Score(float(value)) for value in range(101)]
    assert estimate(scores, median).value == 50
    assert estimate(scores, p95).value == 95


def test_randomisation_of_equal_systems_is_one() -> None:
    assert randomisation([0.0] * 10) == 1
    assert randomisation([1.0, -1.0]) == 1


def test_randomisation_counts_sign_flips() -> None:
    # All n differences alike: only “all plus” and “all minus” are as extreme.
    assert randomisation([1.0] * 5) == pytest.approx(2 / 2**5, abs=0.01)
    assert randomisation([0.1] * 3 + [0.0] * 7) == pytest.approx(2 / 2**3, abs=0.02)


def test_randomisation_is_two_sided_and_never_zero() -> None:
    assert randomisation([-1.0] * 40) == randomisation([1.0] * 40) == 1 / 10_001
