"""Carriers and travel-card brands in running text: those the guides name, and those known from a list.

A name is compared folded and without blanks (`key`). Knows nothing of countries' names or of questions.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from index.segment import is_word, rarity
from index.text import fold

# Latin words of the field that are nobody's name.
COMMON_LATIN = frozenset(
    "sim sims esim usim uim iccid imei eid imsi pin puk pin1 pin2 puk1 puk2 app apps apk logo id ids qr qrcode wifi wi-fi wlan gps nfc apn vpn ip "
    "sms mms ussd otp email e-mail mail gmail url http https www web pdf jpg png pos atm pc ai ok vip faq diy usb kyc aml cpf dni nit "
    "2g 3g 4g 5g 6g lte volte vowifi gsm cdma wcdma gprs mb gb kb tb g m k gmt utc usd eur cny rmb iphone ipad ipod ios android apple google samsung "
    "huawei xiaomi oppo harmonyos windows mac macos whatsapp telegram wechat line facebook instagram twitter x tiktok paypal alipay visa mastercard "
    "unionpay tg image img prepaid postpaid roaming data card mvno mnp".split()
)
_NAME = re.compile(r"[A-Z][A-Za-z0-9&+.'’\-]*[A-Za-z0-9+](?: (?:[A-Z][A-Za-z0-9]+|U\+))?|[a-z]+[A-Z][A-Za-z0-9]+")
_CUE = re.compile(
    r"运营商|服务商|供应商|电信公司|通信公司|通讯公司|电信企业|通信平台|通讯平台|卡品牌|品牌卡|网络商|虚拟商"
)
_LIST = re.compile(
    r"(?:包括|有|是|为|例如|比如|譬如|如|像|分别是|主要是|：|:|（如|（例如|（包括)+\s*(?P<names>[^。！？\n；;）)]{2,80})"
)
_KIND = r"(?:电信|移动|通信|电讯|通讯|联通|无线|电话公司)"  # what Chinese carriers are called
_COMPANY = re.compile(rf"[一-鿿]{{1,6}}{_KIND}")
# The same words as common nouns: 移动网络, 通信公司, 无线网.
_COMMON_NOUN = r"(?!网络|网|数据|支付|设备|应用|端|通信|通讯|电话|互联网|运营|公司|行业|服务商|服务|业务|录|费|管理|路由|局域|信号|电源|硬盘)"
_RUN_BEFORE = re.compile(rf"(?P<before>[一-鿿]{{2,8}}?)(?P<kind>{_KIND}){_COMMON_NOUN}")
# Characters no company's name begins with or holds, but running text does.
_LOOSE = frozenset("的了是在用办选买去和与或及到把被给对两家这那每各个有无不要可能请找问从由为等向按叫只都也就还")
_STEM = (4, 3, 2)  # characters of a company's own name
_REPEATED = 2  # times a guide must use a name nobody listed
_RARE = 0.6  # rarity from which a dictionary word (橡山 is none, 沙棘 is one) may be a company's own name
# What only a carrier has, after its name: “Foonet 的营业厅”, “Foonet 停机每月…”.
_HAS = re.compile(
    r"\s*(?:的\s*)?(?:[一-鿿\d\s]{0,4}?)(?:e?sim|卡|号码|号|套餐|流量|月租|话费|余额|营业厅|直营店|门店|柜台|网点|热线|客服|用户|官网|app|信号|停机|销户|销号|注销|补卡|充值|查余额|开通)",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^\s{0,3}(?:#{1,6}\s*|\*\*\s*)(?:[（(]?[\d一二三四五六七八九十]+[)）.、．]\s*)*(?P<rest>[^\n]*)", re.MULTILINE
)
_DISTINCT = 4  # letters from which a Latin name is not one of the field's abbreviations by chance
# One company under two names: 沙屿通信（Dunelo）, Mekora（湄科移动）.
_BOTH = re.compile(
    r"(?P<han>[一-鿿]{2,8})\s*[（(]\s*(?P<latin>[A-Z][A-Za-z0-9&+\-]{3,})\s*[)）]"
    r"|(?P<first>[A-Z][A-Za-z0-9&+\-]{3,})\s*[（(]\s*(?P<second>[一-鿿]{2,8})\s*[)）]"
)
_SPLIT = re.compile(r"\s*(?:、|，|,|以及|及|和|与|或|/|／|等)\s*")


def key(name: str) -> str:
    """The form under which a carrier's spellings are one: folded, no blanks, no dots or hyphens."""
    return re.sub(r"[\s.\-·’']", "", fold(name))


@lru_cache(maxsize=1)
def known_carriers() -> Mapping[str, str]:
    """Every listed spelling, as a key, to the key of the carrier it names."""
    names: dict[str, str] = {}
    for line in files("index").joinpath("carriers.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            for carrier in line.split("\t")[1:]:
                spellings = carrier.split("|")
                for spelling in spellings:
                    names.setdefault(key(spelling), key(spellings[0]))
    return names


def canonical(name: str) -> str:
    """The key that all spellings of this carrier share."""
    return known_carriers().get(key(name), key(name))


def discover(text: str) -> tuple[str, ...]:
    """Read off a guide's text which carriers it speaks of, in their own spelling.

    A Latin name counts when it is listed, when a sentence about carriers enumerates it, when a heading begins with it, or
    when the guide keeps using it as an owner's; a Chinese one when it is listed or enumerated as a company.
    """
    found: dict[str, str] = {}
    for name in _NAME.findall(text):
        if (
            key(name) in known_carriers()
            and not _is_common(name)
            and (len(key(name)) >= _DISTINCT or is_owner(name, text))
        ):
            found.setdefault(canonical(name), name)
    for sentence in re.split(r"[。！？\n]", text):
        cue = _CUE.search(sentence)
        if cue is None:
            continue
        for listed in _LIST.finditer(sentence, max(cue.start() - 30, 0)):
            for item in _SPLIT.split(listed["names"]):
                match = _NAME.match(item.strip()) or _COMPANY.fullmatch(item.strip())
                if match and not _is_common(match[0]):
                    found.setdefault(canonical(match[0]), match[0])
    for heading in _HEADING.finditer(text):
        match = _NAME.match(heading["rest"])
        if match and not _is_common(match[0]) and re.match(r"\s*(?:[：:（(]|的|$)", heading["rest"][match.end() :]):
            found.setdefault(canonical(match[0]), match[0])
    han = [name for name in known_carriers() if not name.isascii() and name in fold(text)]
    for name in (*han, *_owners(text), *_companies(text)):
        found.setdefault(canonical(name), name)
    return tuple(found.values())


def aliases(text: str, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of a Chinese and a Latin name that a guide gives to one company, one of them among `names` or called a company."""
    known = {key(name) for name in names}
    pairs = [
        (_own(found["han"] or found["second"], known), found["latin"] or found["first"])
        for found in _BOTH.finditer(text)
    ]
    return tuple(
        dict.fromkeys(
            (han, latin)
            for han, latin in pairs
            if not _is_common(latin) and han and (known & {key(han), key(latin)} or re.search(rf"{_KIND}$", han))
        )
    )


def _own(run: str, known: Collection[str]) -> str:
    """The name at the end of a run of characters: a known one, else all of a short run that may be a name."""
    ends = (run[start:] for start in range(len(run) - 1))
    may_be = is_own_name(run) and not set(run) & _LOOSE and len(run) <= _STEM[0] + 2
    return next((end for end in ends if key(end) in known), run if may_be else "")


def _owners(text: str) -> list[str]:
    """Latin names nobody listed that a guide keeps using as the owner of cards, shops and numbers."""
    names = dict.fromkeys(name.split()[0] for name in _NAME.findall(text))
    return [name for name in names if not _is_common(name) and len(name) >= _DISTINCT and is_owner(name, text)]


def is_owner(name: str, text: str) -> bool:
    """Whether a guide keeps using a name as that of somebody who has cards, shops and numbers."""
    uses = list(re.finditer(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text))
    cues = sum(_HAS.match(text, use.end()) is not None for use in uses)
    return len(uses) > _REPEATED and cues >= (1 if name.isascii() else _REPEATED)


def _companies(text: str) -> list[str]:
    """Chinese company names nobody listed that a guide keeps using, each with the kind of company it is called."""
    counts: Counter[str] = Counter()
    for found in _RUN_BEFORE.finditer(text):
        before = found["before"]
        counts.update(before[-size:] + found["kind"] for size in _STEM if size <= len(before))
    names: list[str] = []
    for name, count in sorted(counts.items(), key=lambda item: -len(item[0])):
        stem = re.sub(rf"{_KIND}$", "", name)
        # The longest form that is (nearly) always written whole: 阿特莱电信, not 特莱电信, not 选阿特莱电信.
        whole = counts[stem[-2:] + name[len(stem) :]]
        if count < max(_REPEATED, 0.8 * whole) or set(stem) & _LOOSE or not is_own_name(stem):
            continue
        if not any(longer.endswith(name) for longer in names):
            names.append(name)
    return names


def is_own_name(stem: str) -> bool:
    """Whether characters may be a company's own name: no word, or none that is common."""
    return not is_word(stem) or rarity(stem) >= _RARE


def short_name(name: str) -> str | None:
    """What people call a Chinese company for short: 青榕 for 青榕通信; None where that would be an everyday word."""
    stem = re.sub(rf"(?:{_KIND}|(?<!联)通)$", "", name)  # 极乐鸟通 too, but 联通 is no 联
    return stem if stem != name and len(stem) > 1 and is_own_name(stem) else None


def _is_common(name: str) -> bool:
    return all(word in COMMON_LATIN for word in fold(name).split())


def find_carriers(text: str, names: Iterable[str]) -> frozenset[str]:
    """Keys of those of `names` that stand in `text` as whole words."""
    return frozenset(carrier for carrier, _, _ in spot_carriers(text, names))


def spot_carriers(text: str, names: Iterable[str]) -> tuple[tuple[str, int, int], ...]:
    """Each mention of one of `names` in `text`: the carrier's key, and where it begins and ends in the folded text."""
    return _spot(fold(text), tuple(sorted(set(names))))


def _spot(folded: str, names: tuple[str, ...]) -> tuple[tuple[str, int, int], ...]:
    if not names:
        return ()
    whole = _whole_names(names)
    return tuple(
        (whole.get(found[0]) or canonical(found[0]), found.start(), found.end())
        for found in _pattern(names).finditer(folded)
    )


@lru_cache(maxsize=64)
def _whole_names(names: tuple[str, ...]) -> Mapping[str, str]:
    """Key of the whole name of each short one."""
    return {short: canonical(name) for name in names if (short := short_name(fold(name)))}


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        "|".join(
            _word(name)
            for name in sorted(
                {fold(n).strip() for n in (*names, *_whole_names(names)) if n.strip()}, key=len, reverse=True
            )
        )
    )


def _word(name: str) -> str:
    # A Latin name ends where another letter would make it another word; blanks and hyphens in it may be left out.
    loose = r"[\s\-]?".join(map(re.escape, re.split(r"[\s\-]+", name)))
    return rf"(?<![a-z0-9]){loose}(?![a-z0-9])" if name.isascii() else loose


def latin_names(text: str, ordinary: Collection[str]) -> tuple[str, ...]:
    """Latin words of `text` that are neither of the field nor among `ordinary` words: somebody's name, most likely."""
    words = re.findall(r"[a-z][a-z0-9&+\-]*[a-z0-9+]", fold(text))
    return tuple(word for word in words if word not in COMMON_LATIN and word not in ordinary)
