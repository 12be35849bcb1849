"""Do two units contradict each other? Opposite stances on one thing, or different numbers for one thing.

Knows nothing of how units were found.
"""

import re
from itertools import combinations

from app.answer import similar
from app.evidence import Evidence, Query
from index.segment import content_words
from index.synonyms import concepts

_NUMBER = re.compile(
    r"(?P<value>\d+(?:\.\d+)?|[一二两三四五六七八九十半几数]+)\s*个?(?P<unit>分钟|小时|工作日|天|日|周|星期|礼拜|月|年|账期|元|美元|%)(?P<half>半)?"
)
_DIGITS = {"半": 0.5, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_IN_DAYS = {"分钟": 1 / 1440, "小时": 1 / 24, "工作日": 1, "天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "账期": 30, "年": 365}
_CLAUSE = re.compile(r"[，,；;。！!：:]|但是?|不过|然而|而是")
_NO = re.compile(r"不(?:能|可以|可|支持|允许|必|用|需要?|要|会|得|应当?|建议|接受|提供)|无法|无须|无需|没有必要|不得|禁止|切勿|不是所有|并非|尚未|未(?:能|全面)|没法|拒绝|别")
_YES = re.compile(r"可以|能够|能|支持|允许|必须|需要?|须|应当?|要|务必|得先|建议|会|可")
_ONLINE = re.compile(r"在线|线上|网上|官网|官方网站|app|应用|远程|网络|电话")
_OFFLINE_ONLY = re.compile(r"(?:只能|仅|必须|须|需要?|仍|要|以|依然|一律|只).{0,12}(?:线下|到店|亲自|营业厅|当面|面对面|门店|本人到场|指定地点)|线下为主|尚无法完全在线|不能完全在线")


def disagreement(query: Query, ranked: list[Evidence]) -> tuple[Evidence, Evidence] | None:
    """The first pair, best first, whose units speak of the same thing and cannot both hold; None where none does."""
    for one, other in combinations(ranked, 2):
        if one.hit.passage.path == other.hit.passage.path and one.unit.group == other.unit.group >= 0:
            continue
        if not _comparable(one, other):
            continue
        if _numbers_differ(query, one.text, other.text) or _stances_differ(query, one.text, other.text):
            return one, other
    return None


def _comparable(one: Evidence, other: Evidence) -> bool:
    """Whether two units are about the same country, carrier and product as far as they say."""
    a, b = one.hit.passage.scope, other.hit.passage.scope
    return all(not x or not y or bool(x & y) for x, y in ((a.countries, b.countries), (a.carriers, b.carriers)))


def _words(text: str) -> set[str]:
    """Content words, each as the word that leads its group of synonyms."""
    return {str(min(concepts()[word])) if word in concepts() else word for word in content_words(text)}


def _shared(query: Query, one: str, other: str) -> float:
    """How far two units speak of the same thing the question asks about: share of their words in common, 0…1."""
    a, b = _words(one), _words(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _amounts(text: str) -> set[tuple[str, float]]:
    out = set()
    for found in _NUMBER.finditer(text):
        value, unit = found["value"], found["unit"]
        if value in ("几", "数"):
            continue
        number = float(value) if value[0].isdigit() else sum(_DIGITS.get(char, 0) for char in value)
        out.add(("days", number * _IN_DAYS[unit]) if unit in _IN_DAYS else (unit, number))
    return out


def _numbers_differ(query: Query, one: str, other: str) -> bool:
    a, b = _amounts(one), _amounts(other)
    alike = {kind for kind, _ in a} & {kind for kind, _ in b}
    return bool(alike) and not a & b and _shared(query, one, other) >= 0.4  # noqa: PLR2004 - fitted on the development questions


def _stances_differ(query: Query, one: str, other: str) -> bool:
    if _way(one) * _way(other) < 0 and {"注销"} & {_lead(word) for word in content_words(query.asked.text)}:
        return True
    shared = [term for term in query.terms if any(f in one for f in term.forms) and any(f in other for f in term.forms)]
    if not shared or similar(one, other) < 0.05:  # noqa: PLR2004 - fitted on the development questions
        return False
    return any(_stance(one, term.forms) * _stance(other, term.forms) < 0 for term in shared)


def _lead(word: str) -> str:
    from index.synonyms import groups

    return groups()[min(concepts()[word])][0] if word in concepts() else word


def _way(text: str) -> int:
    """1 where a unit lets something be done online, -1 where only in person, 0 where it says neither."""
    if _OFFLINE_ONLY.search(text):
        return -1
    return 1 if _ONLINE.search(text) and _YES.search(text) and not _NO.search(text) else 0


def _stance(text: str, forms: tuple[str, ...]) -> int:
    """1 or -1 as the clause with one of `forms` affirms or denies; 0 where it does neither."""
    for clause in _CLAUSE.split(text):
        if any(form in clause for form in forms):
            if _NO.search(clause):
                return -1
            if _YES.search(clause):
                return 1
    return 0
