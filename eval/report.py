"""Scores of every question → means with intervals, as JSON for programs and as tables for people.

Knows nothing of how scores came about.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from eval.judge import Said
from eval.run import PRODUCT, Result, SystemRun
from eval.stats import Estimate, Statistic, estimate, mean, median, p95
from index.types import IndexInfo

# In the order of the report. What is timed gives two figures, everything else one.
MEASURES: tuple[tuple[str, str, Statistic], ...] = (
    *(
        (name, name, mean)
        for name in (
            "hit@1",
            "hit@3",
            "hit@5",
            "hit@10",
            "recall@5",
            "MRR@10",
            "nDCG@10",
            "answer_hit",
            "answer_key",
            "first_hit",
            "false_refusal",
            "abstain_recall",
            "reason_right",
            "conflict_recall",
            "conflict_precision",
            "wrong_entity@5",
            "ad_leak",
            "citation_valid",
        )
    ),
    ("elapsed_ms_median", "elapsed_ms", median),
    ("elapsed_ms_p95", "elapsed_ms", p95),
)
GRID = (
    "hit@1",
    "hit@5",
    "answer_hit",
    "first_hit",
    "false_refusal",
    "abstain_recall",
    "reason_right",
    "conflict_recall",
)
# A question is a miss where one of these is below 1, or one of those above 0.
_MUST = ("answer_hit", "abstain_recall", "conflict_precision", "citation_valid")
_MUST_NOT = ("wrong_entity@5", "ad_leak")
_RANKING_MUST = ("hit@5",)  # what a system that only ranks owes
_MISSES_LISTED = 15

Block = Mapping[str, Estimate]  # by measure


@dataclass(frozen=True, slots=True)
class SystemReport:
    """One system's measures: over all questions, by type and by split, and what they were made of."""

    run: SystemRun
    overall: Block
    by_type: Mapping[str, Block]
    by_split: Mapping[str, Block]


@dataclass(frozen=True, slots=True)
class Miss:
    """One question that went wrong, and the measures that say so."""

    id: str
    type: str
    question: str
    outcome: str | None
    reason: str | None
    message: str
    confidence: float
    shown: tuple[Said, ...]
    gold: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one run found out."""

    source: str  # the questions file or the BEIR folder
    systems: tuple[SystemReport, ...]
    misses: tuple[Miss, ...]  # of the product where it was measured, else of the first system
    index: IndexInfo


def report(source: str, runs: Sequence[SystemRun], index: IndexInfo) -> Report:
    """Summarise the runs of one set."""
    chosen = next((run for run in runs if run.system == PRODUCT), runs[0])
    misses = (_miss(result, ranks_only=chosen.system != PRODUCT) for result in chosen.results)
    return Report(source, tuple(map(_summary, runs)), tuple(miss for miss in misses if miss.failed), index)


def summarise(results: Sequence[Result]) -> Block:
    """Estimate every measure at least one of the questions has a score of."""
    block = {}
    for name, source, statistic in MEASURES:
        scores = [result.scores[source] for result in results if source in result.scores]
        if scores:
            block[name] = estimate(scores, statistic)
    return block


def to_json(found: Report) -> str:
    """Return the report as one JSON object, the scores of every single question included."""
    systems = {one.run.system: _system_json(one) for one in found.systems}
    index = {name: value for name, value in asdict(found.index).items() if name not in ("promos", "skipped")}
    misses = [asdict(miss) for miss in found.misses]
    whole = {"questions": found.source, "systems": systems, "misses": misses, "index": index}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def to_text(found: Report) -> str:
    """Return the report as aligned tables."""
    info = found.index
    lines = [f"{found.source} · {info.articles} 篇文章 · {info.passages} 个段落 · 编码器 {info.encoder}", ""]
    for one in found.systems:
        lines += [one.run.system, *_measures_table(one.overall), ""]
        for split, block in one.by_split.items():
            lines += [f"{one.run.system} · split {split}", *_measures_table(block), ""]
        if len(one.by_type) > 1:
            lines += [f"{one.run.system} · by type", *_grid(one), ""]
    lines += _misses_text(found.misses)
    return "\n".join(lines)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align columns of text: the first to the left, the others to the right."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    return [
        "  ".join([row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))])
        for row in rows
    ]


def _summary(run: SystemRun) -> SystemReport:
    return SystemReport(
        run,
        summarise(run.results),
        _blocks(run.results, lambda result: result.type),
        _blocks(run.results, lambda result: result.split),
    )


def _blocks(results: Sequence[Result], key: Callable[[Result], str]) -> dict[str, Block]:
    names = sorted({key(result) for result in results} - {""})
    return {name: summarise([result for result in results if key(result) == name]) for name in names}


def _miss(result: Result, *, ranks_only: bool) -> Miss:
    must = (*_RANKING_MUST, *_MUST) if ranks_only else _MUST
    values = {name: score.value for name, score in result.scores.items()}
    failed = [name for name in must if values.get(name, 1) < 1]
    failed += [name for name in _MUST_NOT if values.get(name, 0) > 0]
    return Miss(
        result.id,
        result.type,
        result.question,
        result.outcome,
        result.reason,
        result.message,
        result.confidence,
        result.shown,
        result.gold,
        tuple(failed),
    )


def _system_json(one: SystemReport) -> dict[str, object]:
    def block(measures: Block) -> dict[str, object]:
        return {
            name: {"value": round(e.value, 6), "low": round(e.low, 6), "high": round(e.high, 6), "n": e.n}
            for name, e in measures.items()
        }

    per_question = {
        result.id: {name: round(score.value, 6) for name, score in result.scores.items()} for result in one.run.results
    }
    return {
        "all": block(one.overall),
        "by_type": {name: block(measures) for name, measures in one.by_type.items()},
        "by_split": {name: block(measures) for name, measures in one.by_split.items()},
        "per_question": per_question,
    }


def _measures_table(block: Block) -> list[str]:
    rows = [("measure", "value", "95% interval", "n")]
    for name, e in block.items():
        digits = 1 if name.startswith("elapsed") else 3
        rows.append((name, f"{e.value:.{digits}f}", f"[{e.low:.{digits}f}, {e.high:.{digits}f}]", str(e.n)))
    return table(rows)


def _grid(one: SystemReport) -> list[str]:
    shown = [name for name in GRID if name in one.overall]
    rows = [("type", "n", *shown)]
    for kind, block in one.by_type.items():
        count = sum(result.type == kind for result in one.run.results)
        cells = (f"{block[name].value:.3f}" if name in block else "–" for name in shown)
        rows.append((kind, str(count), *cells))
    return table(rows)


def _misses_text(misses: Sequence[Miss]) -> list[str]:
    if not misses:
        return ["没有答错的问题。", ""]
    lines = [f"没做对的问题 {len(misses)} 个，前 {min(len(misses), _MISSES_LISTED)} 个："]
    for miss in misses[:_MISSES_LISTED]:
        first = (miss.shown[0].text if miss.shown else miss.message).replace("\n", " ")[:60]
        outcome = "" if miss.outcome is None else f" {miss.outcome}"
        lines.append(f"  {miss.id} [{miss.type}]{outcome} {','.join(miss.failed)}: {miss.question} → {first}")
    return [*lines, ""]
