"""What a (folded) sentence claims: amounts, whether it affirms or denies a word, online or in person, money kept or returned.

Read off the words by patterns. Knows nothing of questions, scores or guides.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from app.kinds import CURRENCY
from index.segment import content_words
from index.synonyms import concepts, groups

OpenAndClosed = tuple[frozenset[str], frozenset[str]]

_NUMERAL = r"\d[\d,]*(?:\.\d+)?|[一二两三四五六七八九十百千半]+"
# Ways to get something done, and people who may; words of each.
_CHANNELS = {
    "screen": r"在线|线上|网上|上网|官网|网页|网站|网络|网址|app|应用|账户里|自助页|小程序|二维码|扫码|表单|上传|手机上",
    "phone": r"电话|致电|热线|拨打?|来电|通话",
    "mail": r"邮寄|寄到|寄回|寄送|寄出|快递|挂号信|写信|亲笔|信函|邮局",
    "counter": r"柜台|营业厅|门店|窗口|到店|店里|当面|现场|线下|亲自|网点|门市|前台|上门",
}
_ACTORS = {
    "self": r"本人|亲自|机主|亲身",
    "other": r"代办|委托|代为|替|朋友|同学|家人|家属|亲友|别人|他人|谁都|任何人|代领|代理人",
}
_FREE = re.compile(
    r"免费|免收|不收(?:费|钱|取)|不要钱|白送|白给|赠送|不用(?:另|再|额外)?(?:付|交|掏|花)|无须(?:付费|缴费|支付)|不另收|分文不|一分钱?(?:都|也)?不(?:收|要)"
)
_CHARGED = re.compile(
    rf"收取|收费|工本费|手续费|缴纳|另付|另计|另掏|扣除?\s*(?:{_NUMERAL})|(?:交|付|掏|花|收|缴|要)了?\s*(?:{_NUMERAL})\s*(?:{CURRENCY})|售价|每[次张月天]\s*(?:{_NUMERAL})\s*(?:{CURRENCY})"
)
# What needs no time is an amount of time as well.
_AT_ONCE = re.compile(r"当场|当天|当日|立刻|立即|即时|马上|随即|即刻|几分钟|秒")

_AMOUNT = re.compile(
    rf"(?P<value>{_NUMERAL})\s*个?\s*(?P<half>半)?(?:(?:-|~|—|–|至|到)\s*(?P<upper>{_NUMERAL})\s*个?\s*)?"
    rf"(?P<unit>分钟|小时|钟头|(?:工作|自然)?[天日]|周|星期|礼拜|月|季度|年|账期|(?P<money>[一-鿿]{{0,2}}(?:{CURRENCY}))|%|[gmk]bps|[gm]b?(?![a-z])|次|份|张|台|岁|个(?=号|人))"
)
_DIGITS = dict(zip("一二两三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_SCALES = {"十": 10, "百": 100, "千": 1000}
_IN_DAYS = {
    "分钟": 1 / 1440, "小时": 1 / 24, "钟头": 1 / 24, "工作日": 1, "自然日": 1, "工作天": 1, "自然天": 1, "天": 1, "日": 1, "周": 7, "星期": 7,
    "礼拜": 7, "月": 30, "账期": 30, "季度": 90, "年": 365,
}  # fmt: skip
_CLAUSE = re.compile(r"[，,；;。！!：:、]|但是?|不过|然而|而是")
_DENIED = re.compile(
    r"(?:不(?:能|可以|可|支持|允许|必|用|需要?|要|会|得|应当?|该|建议|接受|受理|提供|予)|没法|没办法|没得|无法|无须|无需|没有必要|没必要|不得|禁止|切勿|别|未能|拒绝|[办退销改换用开查转]不[了成])[^，。；等到]{0,10}$"
)
_DENIED_AFTER = re.compile(r"^[^，。；]{0,3}不(?:了|成|掉|到|出|回|给|行)")
_CLOSED = re.compile(
    r"^[^，。；]{0,8}(?:不(?:行|成|能|可|给|受理|接受|予|支持|会|收|提供|认|办|得)|没有|没法|无法|[办退销改换用开查转]不[了成]|只会|概不|均不|都不|也不|停办|关闭)"
)
_AFFIRMED = re.compile(
    r"(?:可以|能够|能|支持|允许|必须|须|需要?|应当?|应该|要|务必|得先|建议|会|可|一律|应|直接|就)[^，。；]{0,14}$"
)
_UNSURE = re.compile(
    r"是否|能不能|可不可以|要不要|会不会|有没有|如果|若|假如|凡是|部分|有些|有的|某些|可能|或许|一般|通常|取决于|要看|不一定|未必"
)
SCREEN = r"(?:在线|线上|网上|官网|网页|网络|app|应用|手机上|电话|远程)"
COUNTER = r"(?:线下|到店|亲自|亲身|营业厅|当面|面对面|门店|柜台|店里|本人到场|指定地点|专业人员)"
_ONLINE = re.compile(
    rf"(?:允许|可以|能够|能|支持|实现了?|就能|直接)[^。;；]{{0,14}}{SCREEN}|{SCREEN}[^。;；]{{0,10}}(?:可以|能|办完|完成|搞定|支持|就行|即可)|{SCREEN}[里上内]?[^。;；不没无]{{0,6}}(?:提交|申请|注销|销户|销号|销掉|办|点)[^。;；]{{0,6}}(?:就行|即可|就可以|就好|完)"
    rf"|(?:不用|无须|无需|不必|不需要|用不着)[^。;；]{{0,6}}(?:跑|去|到)[^。;；]{{0,6}}{COUNTER}"
)
_IN_PERSON = re.compile(
    rf"(?:只能|仅支持|仅限|必须|都要|仍须|仍需|仍要|须由|须|一律|只接受|目前只|依然)[^。;；]{{0,16}}{COUNTER}|线下为主|(?:尚|还)?(?:无法|不能)(?:完全)?(?:在线|在网上|网上|实现在线)"
)
_NOT_ONLINE = re.compile(
    rf"(?:不支持|不能|无法|没有|不受理|不接受)[^。;；]{{0,8}}(?:在线|线上|网上|网络|app|应用)|{SCREEN}[^。;；]{{0,8}}(?:不给办|办不了|不能办|不受理|没有[^。;；]{{0,6}}入口|均无|都没有)"
)
MONEY = re.compile(r"押金|保证金|余额|话费|剩[^。,，]{0,4}钱|里的?钱|预存款?")
_KEPT = re.compile(r"不(?:予|能|会|可|给|再)?(?:退|返还)|清零|作废|归零|没收|一分(?:钱)?都?不|不翼而飞|拿不回")
_RETURNED = re.compile(r"(?:会|可以?|能|予以|全额|原路|都|照)[^。;；,，不]{0,8}退|退(?:到|回|还|至|给)|^退|返还")


@lru_cache(maxsize=4096)
def words(text: str) -> frozenset[str]:
    """Content words, each as the word that leads its group of synonyms."""
    return frozenset(groups()[min(concepts()[word])][0] if word in concepts() else word for word in content_words(text))


@lru_cache(maxsize=8192)
def amounts(text: str) -> frozenset[tuple[str, float]]:
    """Every amount as its measure (times in days, sums of any currency) and its value; of a range, both ends."""
    out: set[tuple[str, float]] = set()
    for found in _AMOUNT.finditer(text):
        unit, half = found["unit"], 0.5 if found["half"] else 0.0
        for number in (found["value"], found["upper"]):
            if number:
                value = _value(number) + half
                measure = "money" if found["money"] else unit
                out.add(("days", round(value * _IN_DAYS[unit], 4)) if unit in _IN_DAYS else (measure, value))
    if fee(text) > 0:
        out.add(("money", 0.0))
    if _AT_ONCE.search(text):
        out.add(("days", 0.0))
    return frozenset(out)


def _value(numeral: str) -> float:
    """The number a numeral of digits or of Chinese characters up to thousands stands for."""
    if numeral[0].isdigit():
        return float(numeral.replace(",", ""))
    total, digit = 0.0, 0
    for char in numeral:
        if char in _SCALES:
            total, digit = total + (digit or 1) * _SCALES[char], 0
        elif char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += 0.5
    return total + digit


@lru_cache(maxsize=8192)
def stance(text: str, lead: str) -> int:
    """1 or -1 as the clause with this word (or one that means the same) affirms or denies it; 0 where it does neither."""
    forms = groups()[min(concepts()[lead])] if lead in concepts() else (lead,)
    for clause in _CLAUSE.split(text):
        for form in forms:
            at = clause.find(form)
            if at < 0 or _UNSURE.search(clause):
                continue
            if _DENIED.search(clause[:at]) or _DENIED_AFTER.search(clause[at + len(form) :]):
                return -1
            if _AFFIRMED.search(clause[:at]):
                return 1
    return 0


@lru_cache(maxsize=8192)
def way(text: str) -> int:
    """1 where something can be done online, -1 where only in person, 0 where neither is told."""
    claim = told(text)
    if _IN_PERSON.search(claim) or _NOT_ONLINE.search(claim):
        return -1
    return 1 if _ONLINE.search(claim) else 0


@lru_cache(maxsize=8192)
def refund(text: str) -> int:
    """1 where money is given back, -1 where it is kept, 0 where neither is told."""
    claim = told(text)
    if not MONEY.search(text):
        return 0
    kept, returned = _KEPT.search(claim), _RETURNED.search(claim)
    # “满 5 元的退，不满的不退” gives back; what stands first is the rule.
    if kept and (not returned or kept.start() < returned.start()):
        return -1
    return 1 if returned else 0


@lru_cache(maxsize=8192)
def fee(text: str) -> int:
    """1 where something is free, -1 where it is charged for, 0 where neither is told."""
    claim = told(text)
    if _FREE.search(claim):
        return 1
    return -1 if _CHARGED.search(claim) else 0


@lru_cache(maxsize=8192)
def channels(text: str) -> OpenAndClosed:
    """Ways of getting something done that are open, and those that are closed."""
    return _sorted_out(text, _CHANNELS)


@lru_cache(maxsize=8192)
def actors(text: str) -> OpenAndClosed:
    """Who may do something, and who may not: the holder (`self`) or somebody `other`."""
    return _sorted_out(text, _ACTORS)


def _sorted_out(text: str, patterns: Mapping[str, str]) -> OpenAndClosed:
    allowed: set[str] = set()
    denied: set[str] = set()
    for clause in _CLAUSE.split(told(text)):
        for name, pattern in patterns.items():
            for found in re.finditer(pattern, clause):
                closed = _DENIED.search(clause[: found.start()]) or _CLOSED.search(clause[found.end() :])
                (denied if closed else allowed).add(name)
    return frozenset(allowed), frozenset(denied)


@lru_cache(maxsize=8192)
def told(text: str) -> str:
    """What a unit claims: questions in it, and clauses that leave the matter open, taken out."""
    claims = [part for part in re.split(r"(?<=[。!！?？\n;；])", text) if not re.search(r"[?？]\s*\W*$", part)]
    claim = re.sub(r"(?:^|\s)答\s*[:：]\s*", "", "".join(claims))
    return "，".join(clause for clause in re.split(r"[，,]", claim) if not _UNSURE.search(clause))
