"""The risk–coverage curve, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.curve import Point, area, at, risk_coverage

ANSWERS = [(0.9, True), (0.8, False), (0.8, True), (0.1, False)]


def test_the_surest_are_answered_first_and_equals_together() -> None:
    assert risk_coverage(ANSWERS) == (Point(0.9, 0.25, 0.0), Point(0.8, 0.75, 1 / 3), Point(0.1, 1.0, 0.5))


def test_the_area_is_the_mean_risk() -> None:
    assert area(risk_coverage(ANSWERS)) == pytest.approx(0.25 * 0 + 0.5 / 3 + 0.25 * 0.5)
    assert area(()) == 0


def test_the_point_of_a_threshold() -> None:
    points = risk_coverage(ANSWERS)
    assert at(points, 0.8) == points[1]
    assert at(points, 0.85) == points[0]
    assert at(points, 0.95) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_the_curve_ends_where_everything_is_answered(answers: list[tuple[float, bool]]) -> None:
    points = risk_coverage(answers)
    assert points[-1].coverage == 1
    assert points[-1].risk == pytest.approx(sum(not right for _, right in answers) / len(answers))
    assert 0 <= area(points) <= 1
