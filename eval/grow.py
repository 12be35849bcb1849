"""Growing regression trees with scikit-learn, and taking them out of it as numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import LeaveOneGroupOut

from app.trees import Trees

Matrix = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]
_SEED = 7
# Shallow and slow: a few thousand questions are few for trees.
_SHAPE: Mapping[str, float] = {
    "max_iter": 200, "learning_rate": 0.04, "max_leaf_nodes": 8, "min_samples_leaf": 25, "l2_regularization": 5.0, "max_features": 0.3,
}  # fmt: skip


def matrix(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Matrix:
    """Features as a matrix, rows × names; one that is missing is 0."""
    return np.array([[row.get(name, 0.0) for name in names] for row in rows], dtype=np.float64)


def names_of(rows: Sequence[Mapping[str, float]]) -> list[str]:
    """Every feature that occurs, sorted."""
    return sorted({name for row in rows for name in row})


def held_out(x: Matrix, y: Truth, groups: Sequence[str], weight: Matrix | None = None) -> Matrix:
    """Probability of each row from trees that never saw its group."""
    out = np.zeros(len(y))
    for train, test in LeaveOneGroupOut().split(x, y, groups):
        out[test] = _grow(x[train], y[train], None if weight is None else weight[train]).predict_proba(x[test])[:, 1]
    return out


def grow(x: Matrix, y: Truth, names: Sequence[str], threshold: float, weight: Matrix | None = None) -> Trees:
    """Fit trees on every row, as numbers. scikit-learn has no public way to them, so what comes out is held to its own predictions."""
    model = _grow(x, y, weight)
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
    some = x[:2000]
    got = [out.probability(dict(zip(names, row, strict=True))) for row in some.tolist()]
    if not np.allclose(model.predict_proba(some)[:, 1], got, atol=1e-3):
        raise RuntimeError("this version of scikit-learn keeps its trees in another form")
    return out


def _grow(x: Matrix, y: Truth, weight: Matrix | None) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(random_state=_SEED, **_SHAPE).fit(x, y, sample_weight=weight)
