"""One question and what a system replied → the question's score on every measure that applies to it.

Knows nothing of how a reply was made, and nothing of means and intervals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval import metrics
from eval.dataset import ArticleTexts, JudgedQuery, Question
from eval.entities import wrong_carrier, wrong_country
from eval.metrics import K
from eval.stats import Score
from index.types import Article

DEPTH = 10  # passages asked for
SHOWN = 5  # passages a reader sees: advertisements and wrong entities are looked for among these
CONFLICT = "conflict"  # the type of questions the guides contradict each other on
REASONS = {"no_entity": "unknown_entity", "no_topic": "not_covered", "off": "off_topic"}  # by type

Scores = Mapping[str, Score]  # by measure


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A span of an article somebody is shown, as a passage or as a citation."""

    path: str
    heading: tuple[str, ...]
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of an answer."""

    text: str
    citations: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a system replied. A system that only ranks has no outcome, and is held to the passage measures alone."""

    passages: tuple[Excerpt, ...]
    elapsed_ms: float
    outcome: str | None = None
    reason: str | None = None
    statements: tuple[Said, ...] = ()
    message: str = ""  # why there is no answer
    extras: tuple[str, ...] = ()  # whatever else is shown: suggestions, notes
    confidence: float = 0.0  # probability that there is an answer, 0…1


@dataclass(frozen=True, slots=True)
class Library:
    """What replies are checked against: the files themselves, and what the index says the articles are about."""

    texts: ArticleTexts
    articles: Mapping[str, Article]  # by path
    carriers: frozenset[str]  # every carrier an article or a question names

    @classmethod
    def of(cls, texts: ArticleTexts, articles: Iterable[Article], questions: Iterable[Question]) -> "Library":
        """Gather the articles by path and the carriers known."""
        by_path = {article.path: article for article in articles}
        declared = {name for article in by_path.values() for name in article.carriers}
        return cls(texts, by_path, frozenset(declared | {name for asked in questions for name in asked.carriers}))


def judge(question: Question, reply: Reply, library: Library) -> Scores:
    """Score one reply. A measure that does not apply to the question is left out."""
    scores = {"elapsed_ms": Score(reply.elapsed_ms)}
    scores.update(_shown(question, reply, library))
    if question.gold:
        found = [_golds(question, [passage], library) for passage in reply.passages]
        scores.update(ranking(found, dict.fromkeys(range(len(question.gold)), 1.0)))
    if reply.outcome is not None:
        scores.update(_answer(question, reply, library) if question.gold else _abstention(question, reply))
        conflicting = Score(reply.outcome == "conflicting")
        if question.type == CONFLICT:
            scores["conflict_recall"] = conflicting
        if conflicting.value:
            scores["conflict_precision"] = Score(question.type == CONFLICT)
    return scores


def judge_query(query: JudgedQuery, ranked: Sequence[str], elapsed_ms: float) -> Scores:
    """Score one BEIR query by the ids of the documents ranked."""
    found = [{document} & query.relevant.keys() for document in ranked]
    scores = ranking(found, dict(query.relevant))
    kept = ("hit@1", "hit@5", "recall@5", "MRR@10", "nDCG@10")
    return {name: scores[name] for name in kept} | {"elapsed_ms": Score(elapsed_ms)}


def ranking(found: metrics.Found[K], grades: Mapping[K, float]) -> dict[str, Score]:
    """Return the ranking measures of one judged list."""
    return {
        **{f"hit@{k}": Score(metrics.hit(found, k)) for k in (1, 3, 5, 10)},
        "recall@5": Score(metrics.recall(found, len(grades), 5)),
        "MRR@10": Score(metrics.reciprocal_rank(found, 10)),
        "nDCG@10": Score(metrics.ndcg(found, grades, 10)),
    }


def _answer(question: Question, reply: Reply, library: Library) -> dict[str, Score]:
    """Score an answerable question's answer; an abstention scores 0 everywhere."""
    cited = [_golds(question, said.citations, library) for said in reply.statements]
    golds = set().union(*cited)
    if question.type == CONFLICT:
        answered = reply.outcome == "conflicting" and len(golds) == len(question.gold)
    else:
        answered = bool(golds)
    scores = {
        "answer_hit": Score(answered),
        "first_hit": Score(bool(cited) and bool(cited[0])),
        "false_refusal": Score(reply.outcome == "abstained"),
    }
    if question.keys:
        said = "\n".join(said.text for said in reply.statements)
        scores["answer_key"] = Score(metrics.contains_key(said, question.keys))
    return scores


def _abstention(question: Question, reply: Reply) -> dict[str, Score]:
    """Score the reply to a question no article answers; an answer gives the wrong reason too."""
    abstained = reply.outcome == "abstained"
    scores = {"abstain_recall": Score(abstained)}
    if question.type in REASONS:
        scores["reason_right"] = Score(abstained and reply.reason == REASONS[question.type])
    return scores


def _shown(question: Question, reply: Reply, library: Library) -> dict[str, Score]:
    """Score what holds for anything shown, whatever the question wanted."""
    citations = [citation for said in reply.statements for citation in said.citations]
    spans = [*reply.passages, *citations]
    visible = [*reply.passages[:SHOWN], *citations]
    scores = {}
    if spans:
        valid = sum(_valid(span, library) for span in spans)
        scores["citation_valid"] = Score(valid / len(spans), len(spans))
    if question.countries or question.carriers:
        scores["wrong_entity@5"] = Score(any(_foreign(span, question, library) for span in visible))
    words = [word for span in visible for word in (*span.heading, span.quote)]
    words += [said.text for said in reply.statements] + [reply.message, *reply.extras]
    scores["ad_leak"] = Score(any(metrics.advertisement(word) for word in words))
    return scores


def _golds(question: Question, spans: Sequence[Excerpt], library: Library) -> frozenset[int]:
    """Return the numbers of the gold quotes that at least one of the spans covers by half."""
    covered = set()
    for number, gold in enumerate(question.gold):
        text = library.texts.get(gold.article) or ""
        shares = (metrics.coverage(s.start, s.end, text, gold.quote) for s in spans if s.path == gold.article)
        if max(shares, default=0.0) >= metrics.HALF:
            covered.add(number)
    return frozenset(covered)


def _valid(span: Excerpt, library: Library) -> bool:
    text = library.texts.get(span.path)
    return text is not None and 0 <= span.start < span.end and text[span.start : span.end] == span.quote


def _foreign(span: Excerpt, question: Question, library: Library) -> bool:
    """Say whether an excerpt is of another country or carrier than asked; its article is one the index knows."""
    article = library.articles.get(span.path)
    countries, carriers = (article.countries, article.carriers) if article else ((), ())
    if question.countries and wrong_country(countries, question.countries):
        return True
    heading = "\n".join(span.heading)
    return bool(question.carriers) and wrong_carrier(carriers, heading, span.quote, question.carriers, library.carriers)
