"""The everyday pairs: well formed, each its own, and nothing in them of the guides or of the questions that measure."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAIRS = [json.loads(line) for line in (ROOT / "index/encoder/pairs.jsonl").read_text("utf-8").splitlines()]
RUN = 14  # characters in a row that two texts do not share by chance
QUESTION = 8  # questions are short: a whole one of this length may not come back


def bare(text: str) -> str:
    return re.sub(r"\W", "", text)


def runs(text: str) -> set[str]:
    plain = bare(text)
    return {plain[at : at + RUN] for at in range(len(plain) - RUN + 1)}


def test_every_pair_has_its_parts_and_comes_once() -> None:
    assert all(pair["query"] and pair["passage"] and pair["negative"] for pair in PAIRS)
    assert len({pair["query"] for pair in PAIRS}) == len(PAIRS)
    assert len({pair["passage"] for pair in PAIRS}) == len(PAIRS)


def test_no_pair_holds_a_sentence_of_a_guide_or_a_question_of_an_evaluation_set() -> None:
    seen: set[str] = set()
    for guide in [*(ROOT / "articles").glob("*.md"), *(ROOT / "eval/sets").rglob("articles/*")]:
        seen |= runs(guide.read_text("utf-8"))
    for file in (*(ROOT / "eval/sets").rglob("corpus.jsonl"), *(ROOT / "eval/sets").rglob("queries.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            seen |= runs(json.loads(line)["text"])
    questions = set()
    for file in (ROOT / "eval/sets").rglob("questions.jsonl"):
        for line in file.read_text("utf-8").splitlines():
            question = bare(json.loads(line)["question"])
            seen |= runs(question)
            questions.add(question)
    shared = [pair["query"] for pair in PAIRS for text in pair.values() if runs(text) & seen]
    shared += [
        pair["query"] for pair in PAIRS if len(bare(pair["query"])) >= QUESTION and bare(pair["query"]) in questions
    ]
    assert shared == []
