"""Fit the two evidence models on development questions, with whole corpora held out for validation.

Writes `app/evidence.json`, weights that can be read, and `app/decision.json`, trees grown by scikit-learn. Only rows of the
`dev` split are ever looked at.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import LeaveOneGroupOut

from app import decision, evidence
from app.assistant import Assistant
from app.decision import Trees
from app.evidence import Evidence, Query
from eval.dataset import Question
from eval.metrics import coverage

Matrix = npt.NDArray[np.float64]
_SEED = 7
_REFUSED = 0.08  # share of answerable development questions the threshold may refuse
_TEMPLATE = 0.3  # weight of a generated question against one somebody wrote, between units
_SHRINK = 3.0  # L2 regularisation of the unit model
# Shallow and slow: 1,800 questions are few for trees.
_TREES: Mapping[str, float] = {
    "max_iter": 200, "learning_rate": 0.04, "max_leaf_nodes": 8, "min_samples_leaf": 25, "l2_regularization": 5.0, "max_features": 0.3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One development question with its weighed units; `right` says of each whether it answers."""

    question: Question
    corpus: str  # the collection it is about: examples of one are held out together
    assistant: Assistant
    query: Query
    units: tuple[Evidence, ...]
    right: tuple[bool, ...]
    written: bool = True  # by a person, not by the generator

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


def examples(
    assistant: Assistant,
    questions: Sequence[Question],
    texts: Callable[[str], str | None],
    corpus: str,
    *,
    written: bool = True,
) -> list[Example]:
    """Weigh the units of every development question that reaches the models; gates and unknown names come before them."""
    out: list[Example] = []
    for question in questions:
        answer = assistant.ask(question.question)
        if question.split != "dev" or answer.reason in ("unknown_entity", "off_topic", "invalid"):
            continue
        query, units = assistant.weighed(question.question)
        right = tuple(_right(unit, question, texts) for unit in units)
        if units:
            out.append(Example(question, corpus, assistant, query, tuple(units), right, written=written))
    return out


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


def fit(rows: Sequence[Example], folder: Path) -> Validation:
    """Fit both models on `rows`, validate them with whole corpora held out, and write them to `folder`."""
    names = sorted({name for row in rows for unit in row.units for name in unit.features})
    held_out = [_rescored(row, scores) for row, scores in zip(rows, _cross_score(rows, names), strict=True)]
    found = [decision.features(row.assistant.index, row.query, row.units) for row in held_out]
    found_names = sorted({name for features in found for name in features})
    x = _matrix(found, found_names)
    y = np.array([row.answerable for row in rows])
    probability = np.zeros(len(y))
    for train, test in LeaveOneGroupOut().split(x, y, [row.corpus for row in rows]):
        probability[test] = _grow(x[train], y[train]).predict_proba(x[test])[:, 1]
    written = np.array([row.written for row in rows])
    threshold = float(np.quantile(probability[y & written], _REFUSED))
    weights = _conditional([row for row in rows if row.answerable and any(row.right)], names)
    trees = _as_trees(_grow(x, y), found_names, threshold, x)
    _write(folder / "evidence.json", json.dumps(_rounded(names, weights), ensure_ascii=False, indent=1, sort_keys=True))
    _write(folder / "decision.json", json.dumps(asdict(trees), ensure_ascii=False).replace("]], [[", "]],\n[["))
    answerable = [row for row in held_out if row.answerable and row.written]
    return Validation(
        questions=int(written.sum()),
        first=float(np.mean([row.right[0] for row in answerable])),
        auroc=float(roc_auc_score(y[written], probability[written])),
        abstained=float(np.mean(probability[~y & written] < threshold)),
        refused=float(np.mean(probability[y & written] < threshold)),
        threshold=threshold,
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", "utf-8")


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


def _grow(x: Matrix, y: npt.NDArray[np.bool_]) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(random_state=_SEED, **_TREES).fit(x, y)


def _as_trees(model: HistGradientBoostingClassifier, names: Sequence[str], threshold: float, x: Matrix) -> Trees:
    """The fitted trees as numbers. scikit-learn has no public way to them, so what comes out is held to its own predictions."""
    trees = [
        [
            [round(float(node["value"]), 6)]
            if node["is_leaf"]
            else [int(node["feature_idx"]), float(node["num_threshold"]), int(node["left"]), int(node["right"])]
            for node in stage[0].nodes
        ]
        for stage in model._predictors  # noqa: SLF001 - see above
    ]
    out = Trees(names, float(model._baseline_prediction[0, 0]), round(threshold, 5), trees)  # noqa: SLF001 - as above
    wanted = model.predict_proba(x)[:, 1]
    got = [out.probability(dict(zip(names, row, strict=True))) for row in x.tolist()]
    if not np.allclose(wanted, got, atol=1e-3):
        raise RuntimeError("this version of scikit-learn keeps its trees in another form")
    return out


def _rounded(names: Sequence[str], weights: Matrix) -> dict[str, float]:
    return {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)}


def _cross_score(rows: Sequence[Example], names: Sequence[str]) -> list[Matrix]:
    """Each example's unit scores from a model that never saw its corpus."""
    scores: list[Matrix] = [np.zeros(0)] * len(rows)
    for train, test in LeaveOneGroupOut().split(rows, groups=[row.corpus for row in rows]):
        weights = _conditional([rows[at] for at in train if rows[at].answerable and any(rows[at].right)], names)
        for at in test:
            scores[at] = _matrix([unit.features for unit in rows[at].units], names) @ weights
    return scores


def _rescored(row: Example, logits: Matrix) -> Example:
    order = sorted(range(len(row.units)), key=lambda at: -logits[at])
    shares = evidence.softmax([float(logit) for logit in logits])
    units = tuple(replace(row.units[at], logit=float(logits[at]), score=shares[at]) for at in order)
    return replace(row, units=units, right=tuple(row.right[at] for at in order))
