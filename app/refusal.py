"""“指南里没有提到”: what is missing, said for a reader, and the nearest questions the guides do answer."""

import re
from collections.abc import Callable, Iterable, Sequence

from app import kinds
from app.evidence import Evidence, Query
from index.places import country_name
from index.scope import Asked
from index.search import Index
from index.segment import says
from index.text import fold
from index.types import Article

# Kinds of fact that stand in the guides or do not, as a reader would call them.
_FACTS = {"price": "具体费用", "phone": "联系号码", "date": "具体时间", "count": "具体数目", "duration": "需要多久"}
_SHOWN = 3
_TRIED = 8
_STEERING = re.compile(
    r"忽略(?:之前|以上|上面|前面|所有|你)|无视(?:之前|以上|上面)|系统提示|提示词|system\s*prompt|ignore (?:all|previous|the above|your)|disregard|"
    r"开发者模式|developer mode|jailbreak|越狱模式|你(?:现在|从现在起)?(?:扮演|是一个|是一名|不再是)|假装你|act as|pretend|不要引用|"
    r"^你(?:是谁|叫什么|是什么(?:东西|模型|程序|人)|会(?:干|做)?(?:什么|啥)|几岁|多大)|谁(?:做|开发|创造|训练|发明)[^，。]{0,3}你|"
    r"写(?:一?[个首段篇份封]|代码)|讲(?:一?个)?(?:笑话|故事)|翻译(?:成|一下|下面)|translate|唱(?:首)?歌|作诗|写诗|algorithm|python|javascript"
)


def is_steering(asked: Asked) -> bool:
    """Whether the words are an order to the program, or ask for something to be made, rather than a question to guides."""
    return _STEERING.search(asked.text) is not None


def is_off_topic(query: Query, ranked: Sequence[Evidence]) -> bool:
    """Whether a question that found no answer is not of the guides' field at all."""
    scope = query.asked.scope
    if scope.actions or scope.carriers or scope.products:
        return False
    known = sum(term.weight for term in query.terms if term.known)
    total = sum(term.weight for term in query.terms)
    best = ranked[0] if ranked else None
    return best is None or (total > 0 and known < total / 2 and best.features["cover"] < 0.5 and best.hit.lexical < 0.3)  # noqa: PLR2004 - fitted on the development questions


def unknown_message(countries: Iterable[str], carriers: Sequence[str], covered: Iterable[str]) -> str:
    """Name the countries and carriers no guide speaks of."""
    places = "、".join(country_name(code) for code in countries)
    names = "、".join(f"“{name}”" for name in carriers)
    where = "、".join(country_name(code) for code in sorted(covered))
    if places and names:
        return f"指南里没有提到{places}，也没有提到{names}。"
    if names:
        return f"指南里没有提到{where and where + '的'}{names}。"
    return f"指南里没有提到{places}。"


def missing_message(query: Query, ranked: Sequence[Evidence]) -> str:
    """Name what of the question none of the passages found speaks of: words they never use, or a fact of the kind asked for."""
    texts = {e.hit.passage.id: fold(f"{e.hit.passage.title}\n{e.hit.passage.text}") for e in ranked}.values()
    missing = [
        t.word for t in query.terms
        if not any(says(text, form) for text in texts for form in t.forms)
    ]  # fmt: skip
    facts = [
        name
        for kind, name in _FACTS.items()
        if kind in query.kinds and not any(kinds.settles(kind, query.asked.text, e.text) for e in ranked)
    ]
    where = "、".join(country_name(code) for code in sorted(query.asked.scope.countries))
    what = "、".join([*(f"“{word}”" for word in missing[:3]), *facts])
    if not what:
        return f"{where and f'关于{where}，'}指南里没有提到这个问题的答案。"
    return f"指南里没有提到{where and where + '的'}{what}。"


class Suggester:
    """Questions the guides answer: their own 相似问, and titles and headings that ask."""

    def __init__(self, index: Index, answered: Callable[[str], bool]) -> None:
        self._index = index
        self._answered = answered
        self._checked: dict[str, bool] = {}
        self._pool = [(question, article) for article in index.articles for question in _questions(article)]

    def nearest(self, asked: Asked, count: int = _SHOWN) -> list[str]:
        """The questions most like the one asked, of the same country first."""
        if not self._pool:
            return []
        scores = self._index.similarity(asked.text, [question for question, _ in self._pool])
        countries = asked.scope.countries
        order = sorted(
            zip(scores, self._pool, strict=True),
            key=lambda row: (not countries & set(row[1][1].countries) if countries else False, -row[0]),
        )
        return self._first([question for _, (question, _) in order[:_TRIED]], count)

    def examples(self, count: int) -> tuple[str, ...]:
        """Questions of as many guides as possible."""
        firsts: dict[str, list[str]] = {}
        for question, article in self._pool:
            firsts.setdefault(article.path, []).append(question)
        rounds = max((len(questions) for questions in firsts.values()), default=0)
        order = [questions[at] for at in range(rounds) for questions in firsts.values() if at < len(questions)]
        return tuple(self._first(order, count))

    def _first(self, questions: Iterable[str], count: int) -> list[str]:
        out: list[str] = []
        for question in questions:
            if len(out) == count:
                break
            if question not in self._checked:
                self._checked[question] = self._answered(question)
            if self._checked[question] and question not in out:
                out.append(question)
        return out


def _questions(article: Article) -> tuple[str, ...]:
    if article.questions:
        return article.questions
    # A guide without front matter asks in its title, as far as the first question mark.
    title = re.match(r"[^?？]*[?？]", article.title)
    return (title[0],) if title else ()
