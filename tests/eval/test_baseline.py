"""The product against the committed baseline: no measure may fall below it by more than chance."""

from pathlib import Path

import pytest

from eval import compare, product
from eval.dataset import ArticleTexts, load_questions
from eval.judge import Library
from eval.run import PRODUCT, replier, run_questions

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "eval/sets/guides"
CHANCE = 0.01  # two-sided p-value from which a fall is taken for chance
LOWER_IS_BETTER = ("false_refusal", "wrong_entity@5", "ad_leak")


def fallen(rows: tuple[compare.Comparison, ...]) -> list[str]:
    return [
        f"{row.measure}: {row.a:.3f} to {row.b:.3f} (p {row.p:.4f})"
        for row in rows
        if row.p < CHANCE and (row.b > row.a) == (row.measure in LOWER_IS_BETTER)
    ]


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    questions = load_questions(GUIDES / "questions.jsonl")
    texts = ArticleTexts(ROOT / "articles")
    with product.temporary_index(ROOT / "articles", None) as folder:
        index, asker = product.open_index(folder, answers=True)
        library = Library.of(texts, index.articles, questions)
        run = run_questions(PRODUCT, questions, replier(PRODUCT, index, asker), library)
    return {one.id: {name: score.value for name, score in one.scores.items()} for one in run.results}


def test_no_measure_falls_below_the_baseline(scores: dict[str, dict[str, float]]) -> None:
    baseline = compare.load(GUIDES / "baseline.json").of(PRODUCT)
    assert baseline.keys() == scores.keys(), "the set has changed: measure it again and commit the new baseline"
    assert fallen(compare.compare(baseline, scores)) == []


def test_what_may_never_happen_does_not(scores: dict[str, dict[str, float]]) -> None:
    assert all(score.get("citation_valid", 1) == 1 for score in scores.values())
    assert not any(score.get("wrong_entity@5", 0) or score["ad_leak"] for score in scores.values())


def test_a_fall_is_noticed() -> None:
    good = {str(at): {"answer_hit": 1.0, "false_refusal": 0.0} for at in range(40)}
    bad = {str(at): {"answer_hit": float(at > 12), "false_refusal": float(at <= 12)} for at in range(40)}
    assert [line.split(":")[0] for line in fallen(compare.compare(good, bad))] == ["answer_hit", "false_refusal"]
    assert fallen(compare.compare(bad, good)) == []
