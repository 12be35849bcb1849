"""Two result files of `eval run --json` → whether their difference is more than chance.

Knows nothing of questions and systems beyond what those files hold.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.report import table
from eval.stats import randomisation
from index.errors import InputError

PerQuestion = Mapping[str, Mapping[str, float]]  # question id → measure → value


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of two systems, over the `n` questions both have a score of."""

    measure: str
    a: float
    b: float
    p: float
    n: int


@dataclass(frozen=True, slots=True)
class Saved:
    """The scores of one result file: system → question → measure."""

    path: Path
    systems: Mapping[str, PerQuestion]

    def of(self, system: str) -> PerQuestion:
        """Return one system's scores; InputError where the file has none."""
        if system not in self.systems:
            raise InputError(f"结果文件 {self.path} 里没有系统 {system}，只有 {'、'.join(self.systems)}。")
        return self.systems[system]


def load(path: Path) -> Saved:
    """Read a result file."""
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        systems = {
            str(name): {
                str(question): {str(measure): float(value) for measure, value in scores.items()}
                for question, scores in one["per_question"].items()
            }
            for name, one in whole["systems"].items()
        }
    except OSError:
        raise InputError(f"读不到结果文件 {path}。") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path} 不是 eval run --json 的结果。") from None
    return Saved(path, systems)


def compare(a: PerQuestion, b: PerQuestion) -> tuple[Comparison, ...]:
    """Compare two systems on the questions both were asked, measure by measure, in the order of `a`."""
    shared = [question for question in a if question in b]
    if not shared:
        raise InputError("两个结果没有共同的问题，无法比较。")
    measures = dict.fromkeys(measure for question in shared for measure in a[question])
    rows = []
    for measure in measures:
        pairs = [
            (a[question][measure], b[question][measure])
            for question in shared
            if measure in a[question] and measure in b[question]
        ]
        if pairs:
            mean_a, mean_b = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
            p = randomisation([right - left for left, right in pairs])
            rows.append(Comparison(measure, mean_a, mean_b, p, len(pairs)))
    return tuple(rows)


def to_text(title: str, rows: tuple[Comparison, ...]) -> str:
    """Return the comparison as an aligned table."""
    cells = [("measure", "A", "B", "B-A", "p", "n")]
    cells += [(r.measure, f"{r.a:.3f}", f"{r.b:.3f}", f"{r.b - r.a:+.3f}", f"{r.p:.4f}", str(r.n)) for r in rows]
    return "\n".join([title, *table(cells), "", ""])
