"""A report as one self-contained HTML page: tables, curve, bars, map and every miss. No script, nothing loaded.

Knows nothing of how figures came about; all text is escaped by the template engine.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from eval.atlas import Region
from eval.curve import Point, area, at
from eval.report import Block, Report

_WIDTH, _HEIGHT = 640, 300  # of the curve, in SVG units
_BARS = ("answer_hit", "hit@5", "abstain_recall", "false_refusal")
_COVER = {"covered": "有", "thin": "仅通用", "conflicting": "冲突", "absent": "无"}


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve made ready to draw: SVG path, marked point, and its figures."""

    path: str
    mark: tuple[float, float] | None
    point: Point | None
    area: float
    worst: float  # risk where everything is answered
    top: float  # risk at the upper edge of the drawing


def curve(points: Sequence[Point], threshold: float) -> Curve:
    """Lay the risk–coverage curve out in a box of 640 × 300."""
    top = max(math.ceil(max((point.risk for point in points), default=0.0) * 10), 1) / 10

    def spot(point: Point) -> tuple[float, float]:
        return point.coverage * _WIDTH, (1 - point.risk / top) * _HEIGHT

    chosen = at(points, threshold)
    path = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(map(spot, points)))
    worst = points[-1].risk if points else 0.0
    return Curve(path, spot(chosen) if chosen else None, chosen, area(points), worst, top)


def render(found: Report, drawn: Curve, regions: Sequence[Region]) -> str:
    """Return the page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("eval").joinpath("report.html").read_text("utf-8"))
    return template.render(
        report=found,
        product=found.systems[0],
        bars=_BARS,
        cover=_COVER,
        curve=drawn,
        regions=regions,
        width=_WIDTH,
        height=_HEIGHT,
        measures=_measures([one.overall for one in found.systems]),
        figure=_figure,
    )


def _measures(blocks: Sequence[Block]) -> list[str]:
    return list(dict.fromkeys(name for block in blocks for name in block))


def _figure(name: str, value: float) -> str:
    return f"{value:.1f} ms" if name.startswith("elapsed") else f"{value:.3f}"
