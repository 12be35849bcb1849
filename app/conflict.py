"""Whether two units of different guides contradict each other on what was asked.

Features that can be read (opposite stances, in person against online, money kept or returned, numbers that differ) and
fitted trees over them, in `conflict.json` (`python -m eval fit`). Knows nothing of how units were found.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from app import trees
from app.answer import similar
from app.evidence import Evidence, Query, nameless
from index.search import Index
from index.segment import content_words, rarity
from index.synonyms import concepts, groups
from index.text import fold

_FIRST = 4  # best units that another may contradict
_REACH = 20  # best units among which the other may stand
_SAME_MATTER, _SAME_SENSE = 0.34, 0.45  # share of their words, by rarity, and cosine that speak for one matter

_NUMBER = re.compile(
    r"(?P<value>\d+(?:\.\d+)?|[一二两三四五六七八九十半]+)\s*个?\s*(?P<unit>分钟|小时|工作日|天|日|周|星期|礼拜|月|年|账期|元|美元|%|次|份|张)"
)
_DIGITS = {
    "半": 0.5,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_IN_DAYS = {
    "分钟": 1 / 1440,
    "小时": 1 / 24,
    "工作日": 1,
    "天": 1,
    "日": 1,
    "周": 7,
    "星期": 7,
    "礼拜": 7,
    "月": 30,
    "账期": 30,
    "年": 365,
}
_CLAUSE = re.compile(r"[，,；;。！!：:、]|但是?|不过|然而|而是")
_DENIED = re.compile(
    r"(?:不(?:能|可以|可|支持|允许|必|用|需要?|要|会|得|应当?|该|建议|接受|提供|予)|无法|无须|无需|没有必要|没必要|不得|禁止|切勿|别|未能|拒绝|没法)[^，。；等到]{0,6}$"
)
_AFFIRMED = re.compile(
    r"(?:可以|能够|能|支持|允许|必须|须|需要?|应当?|应该|要|务必|得先|建议|会|可|一律|应)[^，。；]{0,8}$"
)
_UNSURE = re.compile(
    r"是否|能不能|可不可以|要不要|会不会|有没有|如果|若|假如|凡是|部分|有些|有的|某些|可能|或许|一般|通常|取决于|要看|不一定|未必"
)
_SCREEN = r"(?:在线|线上|网上|官网|网页|网络|app|应用|手机上|电话|远程)"
_COUNTER = r"(?:线下|到店|亲自|亲身|营业厅|当面|面对面|门店|柜台|店里|本人到场|指定地点|专业人员)"
_ONLINE = re.compile(
    rf"(?:允许|可以|能够|能|支持|实现了?|就能|直接)[^。;；]{{0,14}}{_SCREEN}|{_SCREEN}[^。;；]{{0,10}}(?:可以|能|办完|完成|搞定|支持|就行|即可)|{_SCREEN}[里上内]?[^。;；不没无]{{0,6}}(?:提交|申请|注销|销户|销号|销掉|办|点)[^。;；]{{0,6}}(?:就行|即可|就可以|就好|完)"
    rf"|(?:不用|无须|无需|不必|不需要|用不着)[^。;；]{{0,6}}(?:跑|去|到)[^。;；]{{0,6}}{_COUNTER}"
)
_IN_PERSON = re.compile(
    rf"(?:只能|仅支持|仅限|必须|都要|仍须|仍需|仍要|须由|须|一律|只接受|目前只|依然)[^。;；]{{0,16}}{_COUNTER}|线下为主|(?:尚|还)?(?:无法|不能)(?:完全)?(?:在线|在网上|网上|实现在线)"
)
_NOT_ONLINE = re.compile(
    rf"(?:不支持|不能|无法|没有|不受理|不接受)[^。;；]{{0,8}}(?:在线|线上|网上|网络|app|应用)|{_SCREEN}[^。;；]{{0,8}}(?:不给办|办不了|不能办|不受理|没有[^。;；]{{0,6}}入口|均无|都没有)"
)
_WAY_ASKED = re.compile(
    rf"{_SCREEN}|{_COUNTER}|跑|过去|现场|人在|人已经|回国|走了|哪里|哪儿|上哪|在家|不出门|[到去]店|出面"
)
_BACK_ASKED = re.compile(r"退|还[给我吗是会]|拿回|拿得|打水漂|没了|清零|归|怎么(?:办|处理)|要回|作废|提出来|取出")
_MONEY = re.compile(r"押金|保证金|余额|话费|剩[^。,，]{0,4}钱|里的?钱|预存款?")
_KEPT = re.compile(r"不(?:予|能|会|可|给|再)?(?:退|返还)|清零|作废|归零|没收|一分(?:钱)?都?不|不翼而飞|拿不回")
_RETURNED = re.compile(r"(?:会|可以?|能|予以|全额|原路|都|照)[^。;；,，不]{0,8}退|退(?:到|回|还|至|给)|^退|返还")
_NO = re.compile("[不没无别未勿]")
_ONLY = re.compile("只能|必须|一律|仅|只接受|都要|须")
_MAY = re.compile("可以|(?<![只不])能|支持|允许|就行|即可")
# Features of which a pair must have one: two sentences that oppose each other in no way agree, whatever else they share.
_OPPOSED = ("opposed", "amounts_differ", "one_denies", "one_insists")
_CANCEL = frozenset(groups()[min(concepts()["注销"])])


def disagreement(index: Index, query: Query, ranked: Sequence[Evidence]) -> tuple[Evidence, Evidence] | None:
    """The two units of different guides that most likely cannot both hold; None where no two are likely enough."""
    model = trees.load("conflict")
    judged = [(model.probability(found), one, other) for one, other, found in candidates(index, query, ranked)]
    likely, one, other = max(judged, key=lambda pair: pair[0], default=(0.0, None, None))
    return (one, other) if one and other and likely >= model.threshold else None


def candidates(
    index: Index, query: Query, ranked: Sequence[Evidence]
) -> Iterator[tuple[Evidence, Evidence, dict[str, float]]]:
    """Every pair of good units that might contradict each other, the better one first, with its features."""
    units = [e for e in ranked if e.unit.kind != "list"][:_REACH]
    texts = [nameless(e.text, query.names) for e in units]
    headed = [f"{nameless(_heading(e), query.names)} {text}" for e, text in zip(units, texts, strict=True)]
    for at, one in enumerate(units[:_FIRST]):
        others = [
            to for to in range(at + 1, len(units))
            if units[to].hit.passage.path != one.hit.passage.path and _comparable(query, one, units[to])
        ]  # fmt: skip
        if others:
            cosines = index.similarity(texts[at], [texts[to] for to in others])
            wider = index.similarity(headed[at], [headed[to] for to in others])
            for to, cosine, wide in zip(others, cosines, wider, strict=True):
                found = _features(query, one, units[to])
                found |= {"rank": at, "rank_other": to, "best": units[0].logit, "behind": one.logit - units[0].logit}
                found |= {"behind_other": units[to].logit - units[0].logit, "cos": cosine, "cos_heading": wide}
                found["one_matter"] = float(found["shared"] >= _SAME_MATTER and cosine >= _SAME_SENSE)
                if any(found[name] for name in _OPPOSED) or found["ways"] < 0 or found["refunds"] < 0:
                    yield one, units[to], found


def _features(query: Query, one: Evidence, other: Evidence) -> dict[str, float]:
    a, b = one.text, other.text
    words_a, words_b = _words(a), _words(b)
    both = words_a & words_b
    weight = {word: rarity(word) for word in words_a | words_b}
    least = min(sum(weight[w] for w in words_a), sum(weight[w] for w in words_b)) or 1.0
    amounts_a, amounts_b = _amounts(a), _amounts(b)
    measures = {kind for kind, _ in amounts_a} & {kind for kind, _ in amounts_b}
    stances = {word: _stance(a, word) * _stance(b, word) for word in both}
    asked = {word for term in query.terms for word in _words(term.word)}
    told_a, told_b = _told(a), _told(b)
    scope_a, scope_b = one.hit.passage.scope, other.hit.passage.scope
    question = query.asked.text
    return {
        "alike": similar(a, b), "alike_heading": similar(_heading(one), _heading(other)),
        "shared": sum(weight[w] for w in both) / least, "shared_words": float(len(both)),
        "measures": float(len(measures)), "amounts_same": float(len(amounts_a & amounts_b)),
        "amounts_differ": float(bool(measures) and not amounts_a & amounts_b),
        "opposed": float(sum(x < 0 for x in stances.values())), "agreed": float(sum(x > 0 for x in stances.values())),
        "opposed_asked": float(sum(x < 0 for word, x in stances.items() if word in asked)),
        "agreed_asked": float(sum(x > 0 for word, x in stances.items() if word in asked)),
        "ways": float(_way(a) * _way(b)), "way": float(_way(a)), "way_other": float(_way(b)),
        "refunds": float(_refund(a) * _refund(b)),
        "refunds_asked": float(_refunds_differ(query, a, b)), "ways_asked": float(_ways_differ(query, a, b)),
        "numbers_asked": float(_numbers_differ(query, a, b)),
        "one_denies": float(bool(_NO.search(told_a)) != bool(_NO.search(told_b))),
        "one_insists": float(bool(_ONLY.search(told_a)) != bool(_ONLY.search(told_b))),
        "one_allows": float(bool(_MAY.search(told_a)) != bool(_MAY.search(told_b))),
        "asks_way": float(bool(_WAY_ASKED.search(question))), "asks_back": float(bool(_BACK_ASKED.search(question))),
        "asks_money": float(bool(_MONEY.search(question))), "asks_yes_no": float("yes_no" in query.kinds),
        "asks_number": float(bool(query.kinds & {"duration", "count", "price", "date"})),
        "asks_list": float(bool(query.kinds & {"steps", "materials", "list"})),
        "general": float(not scope_a.countries or not scope_b.countries), "named": float(bool(query.asked.scope.countries)),
        "product": float(bool(scope_a.products & scope_b.products)), "carrier": float(bool(scope_a.carriers & scope_b.carriers)),
        **{f"{name}_least": min(one.features[name], other.features[name]) for name in ("cover_heading", "cos_heading", "soft_heading")},
        "length": float(min(len(a), len(b))), "length_gap": float(abs(len(a) - len(b))),
    }  # fmt: skip


def _heading(e: Evidence) -> str:
    return fold(" ".join(e.hit.passage.heading[-1:]))


def _comparable(query: Query, one: Evidence, other: Evidence) -> bool:
    """Whether two units are about the same country and carrier as far as they say, and the product that was asked about."""
    a, b = one.hit.passage.scope, other.hit.passage.scope
    products = query.asked.scope.products
    if products and any(scope.products and not scope.products & products for scope in (a, b)):
        return False
    return all(not x or not y or bool(x & y) for x, y in ((a.countries, b.countries), (a.carriers, b.carriers)))


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    """Content words, each as the word that leads its group of synonyms."""
    return frozenset(groups()[min(concepts()[word])][0] if word in concepts() else word for word in content_words(text))


@lru_cache(maxsize=8192)
def _amounts(text: str) -> frozenset[tuple[str, float]]:
    out: set[tuple[str, float]] = set()
    for found in _NUMBER.finditer(text):
        value, unit = found["value"], found["unit"]
        number = float(value) if value[0].isdigit() else float(sum(_DIGITS[char] for char in value))
        out.add(("days", round(number * _IN_DAYS[unit], 4)) if unit in _IN_DAYS else (unit, number))
    return frozenset(out)


def _numbers_differ(query: Query, one: str, other: str) -> bool:
    """Whether both give a number of the same measure, and none in common, to a question that wants one."""
    # A yes/no question wants one only where it names one itself (“留半年够不够”).
    if not query.kinds & {"duration", "count", "price", "date"} and not (
        "yes_no" in query.kinds and _amounts(query.asked.text)
    ):
        return False
    a, b = _amounts(one), _amounts(other)
    return bool({kind for kind, _ in a} & {kind for kind, _ in b}) and not a & b


@lru_cache(maxsize=8192)
def _stance(text: str, lead: str) -> int:
    """1 or -1 as the clause with this word (or one that means the same) affirms or denies it; 0 where it does neither."""
    forms = groups()[min(concepts()[lead])] if lead in concepts() else (lead,)
    for clause in _CLAUSE.split(text):
        for form in forms:
            at = clause.find(form)
            if at < 0 or _UNSURE.search(clause):
                continue
            if _DENIED.search(clause[:at]):
                return -1
            if _AFFIRMED.search(clause[:at]):
                return 1
    return 0


def _ways_differ(query: Query, one: str, other: str) -> bool:
    """Whether one lets something be cancelled online and the other only in person, where that is what was asked."""
    if not _WAY_ASKED.search(query.asked.text) or "materials" in query.kinds:
        return False
    if not (
        "cancel" in query.asked.scope.actions and all(any(word in text for word in _CANCEL) for text in (one, other))
    ):
        return False
    return _way(one) * _way(other) < 0


@lru_cache(maxsize=8192)
def _way(text: str) -> int:
    told = _told(text)
    if _IN_PERSON.search(told) or _NOT_ONLINE.search(told):
        return -1
    return 1 if _ONLINE.search(told) else 0


def _refunds_differ(query: Query, one: str, other: str) -> bool:
    """Whether one gives back the very money the other keeps, where money is what was asked about."""
    if not (_MONEY.search(query.asked.text) and _BACK_ASKED.search(query.asked.text)):
        return False
    deposit = {bool(re.search("押金|保证金", text)) for text in (one, other)}
    return len(deposit) == 1 and _refund(one) * _refund(other) < 0


@lru_cache(maxsize=8192)
def _refund(text: str) -> int:
    told = _told(text)
    if not _MONEY.search(text):
        return 0
    kept, returned = _KEPT.search(told), _RETURNED.search(told)
    # “满 5 元的退，不满的不退” gives back; what stands first is the rule.
    if kept and (not returned or kept.start() < returned.start()):
        return -1
    return 1 if returned else 0


@lru_cache(maxsize=8192)
def _told(text: str) -> str:
    """What a unit claims: questions in it, and clauses that leave the matter open, taken out."""
    claims = [part for part in re.split(r"(?<=[。!！?？\n;；])", text) if not re.search(r"[?？]\s*\W*$", part)]
    told = re.sub(r"(?:^|\s)答\s*[:：]\s*", "", "".join(claims))
    return "，".join(clause for clause in re.split(r"[，,]", told) if not _UNSURE.search(clause))
