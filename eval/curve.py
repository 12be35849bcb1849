"""The risk–coverage curve: how often answers are wrong when only the surest share of all questions is answered.

El-Yaniv & Wiener 2010. Knows nothing of how an answer or its confidence came about.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """Answering every question of at least this confidence: the share answered, and the share of those answered wrongly."""

    confidence: float
    coverage: float
    risk: float


def risk_coverage(answers: Sequence[tuple[float, bool]]) -> tuple[Point, ...]:
    """Return the curve of (confidence, right) of every question, surest first; questions of one confidence are one point."""
    ordered = sorted(answers, key=lambda answer: -answer[0])
    points: list[Point] = []
    wrong = 0
    for count, (confidence, right) in enumerate(ordered, start=1):
        wrong += not right
        if count < len(ordered) and ordered[count][0] == confidence:
            continue
        points.append(Point(confidence, count / len(ordered), wrong / count))
    return tuple(points)


def area(points: Sequence[Point]) -> float:
    """Mean risk over all shares of coverage (AURC): 0 is perfect; answering in random order gives the risk at the end."""
    total, before = 0.0, 0.0
    for point in points:
        total += point.risk * (point.coverage - before)
        before = point.coverage
    return total / before if before else 0.0


def at(points: Sequence[Point], threshold: float) -> Point | None:
    """The point where everything of at least `threshold` is answered; None where nothing is."""
    return next((point for point in reversed(points) if point.confidence >= threshold), None)
