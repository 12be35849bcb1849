"""Fit the two evidence models on development questions, with whole articles held out for validation.

Writes `app/evidence.json`. Logistic regression by scikit-learn: weights that can be read. Only rows of the `dev`
split are ever looked at.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from app import evidence
from app.assistant import Assistant
from app.evidence import Evidence, Query
from eval.dataset import Question
from eval.metrics import coverage
from index.types import Passage

Matrix = npt.NDArray[np.float64]
_FOLDS = 5
_SEED = 7
_STRENGTH = 0.1  # inverse of the regularisation
_REFUSED = 0.07  # share of answerable development questions the threshold may refuse
_SYNTHETIC = 0.2  # weight of a question whose answer was taken away against one somebody wrote
_TEMPLATE = 0.3  # weight of a generated question against one somebody wrote
_SHRINK = 3.0  # L2 regularisation of the unit model


@dataclass(frozen=True, slots=True)
class Example:
    """One development question with its weighed units; `right` says of each whether it answers."""

    question: Question
    group: str  # the article its answer stands in: examples of one article are held out together
    assistant: Assistant
    query: Query
    units: tuple[Evidence, ...]
    right: tuple[bool, ...]
    answerable: bool
    written: bool = True  # by a person, not by the generator


@dataclass(frozen=True, slots=True)
class Validation:
    """What the models reach on articles they were not fitted on."""

    questions: int
    first: float  # share of answerable questions whose best unit answers
    auroc: float  # of the decision to answer
    abstained: float  # share of unanswerable questions refused at the threshold
    refused: float  # share of answerable questions refused at the threshold
    threshold: float


def examples(
    assistant: Assistant, questions: Sequence[Question], texts: Callable[[str], str | None], *, written: bool = True
) -> list[Example]:
    """Weigh the units of every development question that reaches the models; gates and unknown names come before them."""
    out: list[Example] = []
    for question in questions:
        answer = assistant.ask(question.question)
        if question.split != "dev" or answer.reason in ("unknown_entity", "off_topic", "invalid"):
            continue
        query, units = assistant.weighed(question.question)
        right = tuple(_right(unit, question, texts) for unit in units)
        group = question.gold[0].article if question.gold else f"none-{len(out) % _FOLDS}"
        out.append(
            Example(
                question, group, assistant, query, tuple(units), right, answerable=bool(question.gold), written=written
            )
        )
        if question.gold:
            # The same question where nobody wrote the answer down: what a guide leaves out looks like this.
            gold = {
                p.id
                for p in assistant.index.passages
                if any(_holds(p, quote.article, quote.quote, texts) for quote in question.gold)
            }
            query, units = assistant.weighed(question.question, gold)
            out.append(
                Example(
                    question,
                    group,
                    assistant,
                    query,
                    tuple(units),
                    (False,) * len(units),
                    answerable=False,
                    written=written,
                )
            )
    return out


def _holds(passage: Passage, path: str, quote: str, texts: Callable[[str], str | None]) -> bool:
    return passage.path == path and coverage(passage.start, passage.end, texts(path) or "", quote) > 0


def _right(unit: Evidence, question: Question, texts: Callable[[str], str | None]) -> bool:
    """Whether a unit covers half of a gold quote; a list, only where the gold is the list and not one item of it."""
    for gold in question.gold:
        if gold.article != unit.hit.passage.path:
            continue
        text = texts(gold.article) or ""
        if unit.unit.kind == "list" and len(gold.quote) < 0.5 * (unit.unit.end - unit.unit.start):
            continue
        if coverage(unit.unit.start, unit.unit.end, text, gold.quote) >= 0.5:  # noqa: PLR2004 - DESIGN.md's half
            return True
    return False


def fit(rows: Sequence[Example], target: Path) -> Validation:
    """Fit both models on `rows`, validate them with articles held out, and write them to `target`."""
    names = sorted({name for row in rows for unit in row.units for name in unit.features})
    out_of_fold = _cross_score(rows, names)
    held_out = [_rescored(row, scores) for row, scores in zip(rows, out_of_fold, strict=True)]
    answer_rows = [evidence.answer_features(row.assistant.index, row.query, row.units) for row in held_out]
    answer_names = sorted({name for features in answer_rows for name in features})
    x = _matrix(answer_rows, answer_names)
    y = np.array([row.answerable for row in rows])
    weights = np.array(
        [
            (1.0 if row.written else _TEMPLATE) * (1.0 if row.answerable or not row.question.gold else _SYNTHETIC)
            for row in rows
        ]
    )
    probability = _cross_probability(x, y, weights, [row.group for row in rows])
    asked = np.array([row.answerable or not row.question.gold for row in rows]) & np.array(
        [row.written for row in rows]
    )
    threshold = float(np.quantile(probability[y & asked], _REFUSED))
    unit_weights = _conditional([row for row in rows if row.answerable and any(row.right)], names)
    answer_model = _logistic(x, y, weights)
    models = {
        "unit": {"weights": _rounded(names, unit_weights)},
        "answer": _as_json(answer_model, answer_names, threshold),
    }
    target.write_text(json.dumps(models, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    answerable = [row for row in held_out if row.answerable and row.written]
    return Validation(
        questions=int(asked.sum()),
        first=float(np.mean([bool(row.right) and row.right[0] for row in answerable])),
        auroc=float(roc_auc_score(y[asked], probability[asked])),
        abstained=float(np.mean(probability[~y & asked] < threshold)),
        refused=float(np.mean(probability[y & asked] < threshold)),
        threshold=threshold,
    )


def _conditional(rows: Sequence[Example], names: Sequence[str]) -> Matrix:
    """Weights under which the units that answer win over the question's others (conditional logit, McFadden 1974)."""
    stacked = [_matrix([unit.features for unit in row.units], names) for row in rows]
    everything = np.vstack(stacked)
    spread = everything.std(axis=0)
    spread[spread == 0] = 1.0
    everything = everything / spread
    starts = np.cumsum([0, *(len(x) for x in stacked[:-1])])
    owner = np.repeat(np.arange(len(stacked)), [len(x) for x in stacked])
    right = np.concatenate([np.array(row.right, dtype=np.float64) for row in rows])
    importance = np.array([1.0 if row.written else _TEMPLATE for row in rows])

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


def _matrix(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Matrix:
    return np.array([[row.get(name, 0.0) for name in names] for row in rows], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Fitted:
    scaler: StandardScaler
    model: LogisticRegression

    def probability(self, x: Matrix) -> Matrix:
        return np.asarray(self.model.predict_proba(self.scaler.transform(x))[:, 1])


def _logistic(x: Matrix, y: npt.NDArray[np.bool_], weights: Matrix | None = None) -> _Fitted:
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=_STRENGTH, max_iter=3000, random_state=_SEED)
    return _Fitted(scaler, model.fit(scaler.transform(x), y, sample_weight=weights))


def _as_json(fitted: _Fitted, names: Sequence[str], threshold: float) -> dict[str, object]:
    """The weights with the scaling folded in, so that they apply to features as they are."""
    weights = fitted.model.coef_[0] / fitted.scaler.scale_
    bias = float(fitted.model.intercept_[0] - (weights * fitted.scaler.mean_).sum())
    return {"weights": _rounded(names, weights), "bias": round(bias, 5), "threshold": round(threshold, 5)}


def _rounded(names: Sequence[str], weights: Matrix) -> dict[str, float]:
    return {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)}


def _cross_score(rows: Sequence[Example], names: Sequence[str]) -> list[Matrix]:
    """Each example's unit scores from a model that never saw its article."""
    scores: list[Matrix] = [np.zeros(0)] * len(rows)
    for train, test in GroupKFold(_FOLDS).split(rows, groups=[row.group for row in rows]):
        weights = _conditional([rows[at] for at in train if rows[at].answerable and any(rows[at].right)], names)
        for at in test:
            if rows[at].units:
                scores[at] = _matrix([unit.features for unit in rows[at].units], names) @ weights
    return scores


def _rescored(row: Example, logits: Matrix) -> Example:
    order = sorted(range(len(row.units)), key=lambda at: -logits[at])
    shares = evidence.softmax([float(logit) for logit in logits])
    units = tuple(replace(row.units[at], logit=float(logits[at]), score=shares[at]) for at in order)
    return replace(row, units=units, right=tuple(row.right[at] for at in order))


def _cross_probability(x: Matrix, y: npt.NDArray[np.bool_], weights: Matrix, groups: Sequence[str]) -> Matrix:
    out = np.zeros(len(y))
    for train, test in GroupKFold(_FOLDS).split(x, y, groups):
        out[test] = _logistic(x[train], y[train], weights[train]).probability(x[test])
    return out
