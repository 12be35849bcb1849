"""Do two units contradict each other? Opposite stances on one act, in person against online, or different numbers.

Built to stay silent when in doubt: guides that merely stress different things must not be set against each other.
Knows nothing of how units were found.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

from app.evidence import Evidence, Query
from index.search import Index
from index.segment import content_words, rarity
from index.synonyms import concepts, groups

_FIRST = 2  # best units that another may contradict
_NEAREST = 5  # units of which two may be set against each other on the act that was asked about alone
_SAME_MATTER = 0.34  # share of their words, by rarity, that two units must have in common
_SAME_SENSE = 0.45  # cosine that two units must reach
_REACH = 20  # best units among which the other side of a matter that was asked about may stand

_NUMBER = re.compile(
    r"(?P<value>\d+(?:\.\d+)?|[一二两三四五六七八九十半]+)\s*个?\s*(?P<unit>分钟|小时|工作日|天|日|周|星期|礼拜|月|年|账期|元|美元|%|次|份|张)"
)
_VAGUE = re.compile(r"几(?:分钟|小时|天|周|个月)")
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
_CANCEL = frozenset(groups()[min(concepts()["注销"])])


def disagreement(index: Index, query: Query, ranked: Sequence[Evidence]) -> tuple[Evidence, Evidence] | None:
    """The first pair, best first, of two guides that speak of the same thing and cannot both hold; None without one."""
    units = [e for e in ranked if e.unit.kind != "list"]
    for one, other in product(units[:_FIRST], units):
        if one.hit.passage.path == other.hit.passage.path or not _comparable(query, one, other):
            continue
        near = other in units[:_REACH]
        if near and (_refunds_differ(query, one.text, other.text) or _ways_differ(query, one.text, other.text)):
            return one, other
        if _asked_stances_differ(query, one, other, units):
            return one, other
        if not _same_matter(index, one.text, other.text):
            continue
        if _numbers_differ(query, one.text, other.text) or _stances_differ(one.text, other.text):
            return one, other
    return None


def _asked_stances_differ(query: Query, one: Evidence, other: Evidence, units: Sequence[Evidence]) -> bool:
    """Whether two of the best units take opposite stances on the very act a yes/no question is about."""
    if "yes_no" not in query.kinds or other not in units[:_NEAREST]:
        return False
    about = {word for term in query.terms for word in _words(term.word)} - {"注销"}
    acts = about & _words(one.text) & _words(other.text)
    return any(_stance(one.text, act) * _stance(other.text, act) < 0 for act in acts)


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


def _same_matter(index: Index, one: str, other: str) -> bool:
    a, b = _words(one), _words(other)
    weigh = {word: rarity(word) for word in a | b}
    least = min(sum(weigh[w] for w in a), sum(weigh[w] for w in b))
    if not least or sum(weigh[w] for w in a & b) / least < _SAME_MATTER:
        return False
    return index.similarity(one, [other])[0] >= _SAME_SENSE


def _amounts(text: str) -> set[tuple[str, float]]:
    out: set[tuple[str, float]] = set()
    for found in _NUMBER.finditer(text):
        value, unit = found["value"], found["unit"]
        number = float(value) if value[0].isdigit() else float(sum(_DIGITS[char] for char in value))
        out.add(("days", round(number * _IN_DAYS[unit], 4)) if unit in _IN_DAYS else (unit, number))
    return out


def _numbers_differ(query: Query, one: str, other: str) -> bool:
    """Whether both give a number of the same measure, and none in common, to a question that wants one."""
    # A yes/no question wants one only where it names one itself (“留半年够不够”).
    if not query.kinds & {"duration", "count", "price", "date"} and not (
        "yes_no" in query.kinds and _amounts(query.asked.text)
    ):
        return False
    a, b = _amounts(one), _amounts(other)
    return bool({kind for kind, _ in a} & {kind for kind, _ in b}) and not a & b


def _stances_differ(one: str, other: str) -> bool:
    """Whether one tells to do, or allows, what the other forbids, or calls needless."""
    shared = _words(one) & _words(other)
    return any(_stance(one, word) * _stance(other, word) < 0 for word in shared)


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


def _refund(text: str) -> int:
    told = _told(text)
    if not _MONEY.search(text):
        return 0
    kept, returned = _KEPT.search(told), _RETURNED.search(told)
    # “满 5 元的退，不满的不退” gives back; what stands first is the rule.
    if kept and (not returned or kept.start() < returned.start()):
        return -1
    return 1 if returned else 0


def _told(text: str) -> str:
    """What a unit claims: questions in it, and clauses that leave the matter open, taken out."""
    claims = [part for part in re.split(r"(?<=[。!！?？\n;；])", text) if not re.search(r"[?？]\s*\W*$", part)]
    told = re.sub(r"(?:^|\s)答\s*[:：]\s*", "", "".join(claims))
    return "，".join(clause for clause in re.split(r"[，,]", told) if not _UNSURE.search(clause))
