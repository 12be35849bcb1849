import math
from dataclasses import replace
from pathlib import Path

import pytest

from eval.dataset import ArticleTexts, Gold, JudgedQuery, Question
from eval.judge import Excerpt, Library, Reply, Said, Scores, judge, judge_query
from eval.stats import Score
from index.types import Article

PERU = "秘鲁销户要到营业厅。秘鲁销户可以在网上办。"
RUSSIA = "俄罗斯流量卡要到店销户。"
STORE = Gold("peru.md", "秘鲁销户要到营业厅。")
ONLINE = Gold("peru.md", "秘鲁销户可以在网上办。")
ASKED = Question("q", "秘鲁怎么销户", "fact", (STORE, ONLINE), keys=("营业厅",), countries=("秘鲁",))
UNANSWERABLE = Question("q", "秘鲁怎么开户", "no_topic", ())


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "peru.md").write_text(PERU, encoding="utf-8")
    (tmp_path / "russia.md").write_text(RUSSIA, encoding="utf-8")
    articles = [
        Article("peru", "peru.md", "", PERU, 0, "", ("PE",)),
        Article("ru", "russia.md", "", RUSSIA, 0, "", ("RU",)),
    ]
    return Library.of(ArticleTexts(tmp_path), articles, [ASKED])


def excerpt(text: str, path: str = "peru.md") -> Excerpt:
    start = (PERU if path == "peru.md" else RUSSIA).index(text)
    return Excerpt(path, (), start, start + len(text), text)


def reply(*statements: Excerpt, outcome: str = "answered", passages: tuple[Excerpt, ...] = ()) -> Reply:
    return Reply(passages, 5.0, outcome, statements=tuple(Said(cited.quote, (cited,)) for cited in statements))


def values(scores: Scores) -> dict[str, float]:
    return {name: score.value for name, score in scores.items()}


def test_a_reply_without_outcome_has_passage_measures_only(library: Library) -> None:
    found = values(judge(ASKED, Reply((excerpt(RUSSIA, "russia.md"), excerpt(STORE.quote)), 5.0), library))
    assert found == {
        "elapsed_ms": 5,
        "citation_valid": 1,
        "wrong_entity@5": 1,
        "ad_leak": 0,
        "hit@1": 0,
        "hit@3": 1,
        "hit@5": 1,
        "hit@10": 1,
        "recall@5": 1 / 2,
        "MRR@10": 1 / 2,
        "nDCG@10": (1 / math.log2(3)) / (1 + 1 / math.log2(3)),
    }


def test_half_a_quote_is_found_and_less_is_not(library: Library) -> None:
    for shown, expected in ((STORE.quote[:5], 1), (STORE.quote[:4], 0)):
        found = judge(replace(ASKED, gold=(STORE,)), reply(excerpt(shown), passages=(excerpt(shown),)), library)
        assert found["hit@1"].value == found["answer_hit"].value == expected


def test_a_right_answer(library: Library) -> None:
    found = judge(ASKED, reply(excerpt(STORE.quote)), library)
    for name in ("answer_hit", "answer_key", "first_hit", "citation_valid"):
        assert found[name].value == 1
    assert found["false_refusal"].value == found["wrong_entity@5"].value == found["hit@10"].value == 0


def test_the_second_statement_hits_and_the_first_does_not(library: Library) -> None:
    found = judge(ASKED, reply(excerpt(RUSSIA, "russia.md"), excerpt(ONLINE.quote)), library)
    assert (found["answer_hit"].value, found["first_hit"].value, found["answer_key"].value) == (1, 0, 0)
    assert found["wrong_entity@5"].value == 1


def test_a_refusal_counts_as_nothing_found(library: Library) -> None:
    found = judge(ASKED, reply(outcome="abstained"), library)
    assert found["false_refusal"].value == 1
    for name in ("answer_hit", "answer_key", "first_hit", "hit@10", "recall@5", "MRR@10", "nDCG@10"):
        assert found[name].value == 0


@pytest.mark.parametrize(
    ("cited", "outcome", "expected"),
    [
        ((STORE, ONLINE), "conflicting", (1, 1)),
        ((STORE,), "conflicting", (0, 1)),
        ((STORE, ONLINE), "answered", (0, 0)),
    ],
)
def test_a_conflict_must_be_called_one_with_every_side_cited(
    library: Library, cited: tuple[Gold, ...], outcome: str, expected: tuple[int, int]
) -> None:
    said = reply(*(excerpt(gold.quote) for gold in cited), outcome=outcome)
    found = judge(replace(ASKED, type="conflict"), said, library)
    assert (found["answer_hit"].value, found["conflict_recall"].value) == expected
    assert ("conflict_precision" in found) == (outcome == "conflicting")


def test_calling_something_else_a_conflict_costs_precision(library: Library) -> None:
    found = judge(ASKED, reply(excerpt(STORE.quote), outcome="conflicting"), library)
    assert found["conflict_precision"].value == 0
    assert "conflict_recall" not in found


@pytest.mark.parametrize(
    ("outcome", "reason", "expected"),
    [("abstained", "not_covered", (1, 1)), ("abstained", "off_topic", (1, 0)), ("answered", None, (0, 0))],
)
def test_abstaining_and_why(library: Library, outcome: str, reason: str | None, expected: tuple[int, int]) -> None:
    found = judge(UNANSWERABLE, Reply((), 5.0, outcome, reason), library)
    assert (found["abstain_recall"].value, found["reason_right"].value) == expected
    assert not {"hit@1", "answer_hit", "false_refusal", "citation_valid", "wrong_entity@5"} & found.keys()


def test_no_reason_is_expected_of_other_types(library: Library) -> None:
    found = judge(replace(UNANSWERABLE, type="odd"), Reply((), 5.0, "abstained", "invalid"), library)
    assert "reason_right" not in found


def test_citations_are_held_to_the_file(library: Library) -> None:
    good = excerpt(STORE.quote)
    altered, moved, gone = (
        replace(good, quote="秘鲁销户要去营业厅。"),
        replace(good, start=good.start + 1),
        replace(good, path="chile.md"),
    )
    found = judge(ASKED, reply(good, altered, passages=(moved, gone)), library)
    assert found["citation_valid"] == Score(1 / 4, 4)


def test_entities_and_advertisements_are_looked_for_in_what_is_seen(library: Library) -> None:
    fine, foreign = excerpt(STORE.quote), excerpt(RUSSIA, "russia.md")
    ad = replace(fine, heading=("加微信：abc123",))
    for passages, expected in (
        ((*[fine] * 4, foreign, ad), (1, 0)),
        ((*[fine] * 5, foreign, ad), (0, 0)),
        ((ad,), (0, 1)),
    ):
        found = judge(ASKED, reply(passages=passages), library)
        assert (found["wrong_entity@5"].value, found["ad_leak"].value) == expected


def test_suggestions_may_hold_no_advertisement_either(library: Library) -> None:
    found = judge(
        UNANSWERABLE, Reply((), 5.0, "abstained", "not_covered", extras=("怎么注销？[TG💪+ @kafei1088]",)), library
    )
    assert found["ad_leak"].value == 1


def test_a_beir_query() -> None:
    found = values(judge_query(JudgedQuery("a", "", {"d1": 1.0, "d2": 1.0}), ["d3", "d2"], 7.0))
    assert found == {
        "hit@1": 0,
        "hit@5": 1,
        "recall@5": 1 / 2,
        "MRR@10": 1 / 2,
        "nDCG@10": (1 / math.log2(3)) / (1 + 1 / math.log2(3)),
        "elapsed_ms": 7,
    }
