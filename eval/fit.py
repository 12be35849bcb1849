"""Fit the evidence models on development questions, with whole corpora held out for validation.

Writes `app/evidence.json`, weights that can be read, and `app/decision.json` and `app/conflict.json`, trees grown by
scikit-learn. Only rows of the `dev` split are ever looked at.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import precision_recall_curve, roc_auc_score
from sklearn.model_selection import LeaveOneGroupOut

from app import conflict, decision, evidence
from app.assistant import Assistant
from app.evidence import Evidence, Weighed
from app.trees import Trees
from eval.dataset import Question
from eval.grow import Matrix, grow, held_out, matrix, names_of
from eval.judge import CONFLICT
from eval.metrics import coverage

_OPPOSED = 5.0  # weight of a pair that contradicts itself against one of the hundreds that do not
_REFUSED = 0.08  # share of answerable development questions the threshold may refuse
_UNUSUAL = 0.3  # weight of a question over an unusual collection, between units and between pairs of them
_HALF = 0.5  # share of a gold quote from which a unit answers (DESIGN.md)
_SHRINK = 3.0  # L2 regularisation of the unit model


@dataclass(frozen=True, slots=True)
class Example:
    """One development question with its weighed units; `right` says of each whether it answers."""

    question: Question
    corpus: str  # the collection it is about: examples of one are held out together
    assistant: Assistant
    weighed: Weighed
    texts: Callable[[str], str | None]  # an article's text, by path
    right: tuple[bool, ...]
    usual: bool = True  # a collection as people's are: neither generated nor made of contradictions

    @property
    def units(self) -> tuple[Evidence, ...]:
        """The units the question may be answered by."""
        return self.weighed.units

    @property
    def answerable(self) -> bool:
        """Whether the guides hold an answer."""
        return bool(self.question.gold)


@dataclass(frozen=True, slots=True)
class Validation:
    """What the models reach on collections they were not fitted on."""

    questions: int
    first: float  # share of answerable questions whose best unit answers
    auroc: float  # of the decision to answer
    abstained: float  # share of unanswerable questions refused at the threshold
    refused: float  # share of answerable questions refused at the threshold
    threshold: float
    conflict_recall: float
    conflict_precision: float


def examples(
    assistant: Assistant,
    questions: Sequence[Question],
    texts: Callable[[str], str | None],
    corpus: str,
    *,
    usual: bool = True,
) -> list[Example]:
    """Weigh the units of every development question that reaches the models; gates and unknown names come before them."""
    out: list[Example] = []
    for question in questions:
        answer = assistant.ask(question.question)
        if question.split != "dev" or answer.reason in ("unknown_entity", "off_topic", "invalid"):
            continue
        weighed = assistant.weighed(question.question)
        right = tuple(_right(unit, question, texts) for unit in weighed.units)
        if weighed.units:
            out.append(Example(question, corpus, assistant, weighed, texts, right, usual=usual))
    return out


def _right(unit: Evidence, question: Question, texts: Callable[[str], str | None]) -> bool:
    """Whether a unit covers half of a gold quote; a list, only where the gold is the list and not one item of it."""
    for gold in question.gold:
        if gold.article != unit.hit.passage.path:
            continue
        text = texts(gold.article) or ""
        if unit.unit.kind == "list" and len(gold.quote) < 0.5 * (unit.unit.end - unit.unit.start):
            continue
        if coverage(unit.unit.start, unit.unit.end, text, gold.quote) >= _HALF:
            return True
    return False


def fit(rows: Sequence[Example], folder: Path) -> Validation:
    """Fit the models on `rows`, validate them with whole corpora held out, and write them to `folder`."""
    names = names_of([unit.features for row in rows for unit in row.units])
    held = [_rescored(row, *scores) for row, scores in zip(rows, _cross_score(rows, names), strict=True)]
    weights = _conditional([row for row in rows if row.answerable and any(row.right)], names)
    _write(folder / "evidence.json", json.dumps(_rounded(names, weights), ensure_ascii=False, indent=1, sort_keys=True))

    found = [decision.features(row.assistant.index, row.weighed) for row in held]
    y = np.array([row.answerable for row in rows])
    x = matrix(found, names_of(found))
    probability = held_out(x, y, [row.corpus for row in rows])
    usual = np.array([row.usual for row in rows])
    threshold = float(np.quantile(probability[y & usual], _REFUSED))
    _write_trees(folder / "decision.json", grow(x, y, names_of(found), threshold))

    recall, precision = _fit_conflict(held, folder)
    answerable = [row for row in held if row.answerable and row.usual]
    return Validation(
        questions=int(usual.sum()),
        first=float(np.mean([row.right[0] for row in answerable])),
        auroc=float(roc_auc_score(y[usual], probability[usual])),
        abstained=float(np.mean(probability[~y & usual] < threshold)),
        refused=float(np.mean(probability[y & usual] < threshold)),
        threshold=threshold,
        conflict_recall=recall,
        conflict_precision=precision,
    )


def _fit_conflict(held: Sequence[Example], folder: Path) -> tuple[float, float]:
    """Fit when two units contradict each other; recall and precision over answerable questions of collections as they usually are."""
    pairs = [
        (at, found, row.question.type == CONFLICT and _sides_differ(row, one, other))
        for at, row in enumerate(held)
        for one, other, found in conflict.candidates(row.assistant.index, row.weighed.query, row.units)
    ]
    names = names_of([found for _, found, _ in pairs])
    x, y = matrix([found for _, found, _ in pairs], names), np.array([opposed for _, _, opposed in pairs])
    weight = np.where(y, _OPPOSED, 1.0) * [1.0 if held[at].usual else _UNUSUAL for at, _, _ in pairs]
    probability = held_out(x, y, [held[at].corpus for at, _, _ in pairs], weight)
    likeliest = np.zeros(len(held))
    np.maximum.at(likeliest, [at for at, _, _ in pairs], probability)
    judged = np.array([row.answerable and row.usual for row in held])
    truth = np.array([row.question.type == CONFLICT for row in held])[judged]
    precision, recall, thresholds = precision_recall_curve(truth, likeliest[judged])
    # F1: two guides set against each other for nothing cost as much as a conflict untold.
    best = int(np.argmax(2 * precision * recall / np.maximum(precision + recall, 1e-9)))
    _write_trees(folder / "conflict.json", grow(x, y, names, float(thresholds[best]), weight))
    return float(recall[best]), float(precision[best])


def _sides_differ(row: Example, one: Evidence, other: Evidence) -> bool:
    """Whether two units answer by different gold quotes."""
    sides = [
        {
            gold for gold in row.question.gold
            if gold.article == e.hit.passage.path and coverage(e.unit.start, e.unit.end, row.texts(gold.article) or "", gold.quote) >= _HALF
        }
        for e in (one, other)
    ]  # fmt: skip
    return bool(sides[0] and sides[1]) and sides[0] != sides[1]


def _write_trees(path: Path, trees: Trees) -> None:
    _write(path, json.dumps(asdict(trees), ensure_ascii=False).replace("]], [[", "]],\n[["))


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", "utf-8")


def _conditional(rows: Sequence[Example], names: Sequence[str]) -> Matrix:
    """Weights under which the units that answer win over the question's others (conditional logit, McFadden 1974)."""
    stacked = [matrix([unit.features for unit in row.units], names) for row in rows]
    everything = np.vstack(stacked)
    spread = everything.std(axis=0)
    spread[spread == 0] = 1.0
    everything = everything / spread
    starts = np.cumsum([0, *(len(x) for x in stacked[:-1])])
    owner = np.repeat(np.arange(len(stacked)), [len(x) for x in stacked])
    right = np.concatenate([np.array(row.right, dtype=np.float64) for row in rows])
    importance = np.array([1.0 if row.usual else _UNUSUAL for row in rows])

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        scores = everything @ weights
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        total, won = np.add.reduceat(shares, starts), np.maximum(np.add.reduceat(shares * right, starts), 1e-12)
        slope = everything.T @ ((shares / total[owner] - shares * right / won[owner]) * importance[owner])
        return float(
            -(importance * np.log(won / total)).sum() + _SHRINK * weights @ weights
        ), slope + 2 * _SHRINK * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread)


def _rounded(names: Sequence[str], weights: Matrix) -> dict[str, float]:
    return {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)}


def _cross_score(rows: Sequence[Example], names: Sequence[str]) -> list[tuple[Matrix, Matrix]]:
    """Each example's scores, of its units and of those outside its scope, from a model that never saw its corpus."""
    scores = [(np.zeros(0), np.zeros(0))] * len(rows)
    for train, test in LeaveOneGroupOut().split(rows, groups=[row.corpus for row in rows]):
        weights = _conditional([rows[at] for at in train if rows[at].answerable and any(rows[at].right)], names)
        for at in test:
            weighed = rows[at].weighed
            scores[at] = (_score(weighed.units, names, weights), _score(weighed.outside, names, weights))
    return scores


def _score(units: Sequence[Evidence], names: Sequence[str], weights: Matrix) -> Matrix:
    return matrix([unit.features for unit in units], names) @ weights if units else np.zeros(0)


def _rescored(row: Example, logits: Matrix, outside: Matrix) -> Example:
    order = np.argsort(-logits, kind="stable")
    shares = evidence.softmax(logits.tolist())
    units = tuple(replace(row.units[at], logit=float(logits[at]), score=shares[at]) for at in order)
    others = (replace(e, logit=float(logit)) for e, logit in zip(row.weighed.outside, outside, strict=True))
    weighed = replace(row.weighed, units=units, outside=tuple(sorted(others, key=lambda e: -e.logit)))
    return replace(row, weighed=weighed, right=tuple(row.right[at] for at in order))
