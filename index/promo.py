"""Advertisement spans of an article: where a guide stops informing and starts to sell.

Two steps. An *anchor* is something only an advertisement has: a contact handle, a link into a messenger, a referral
link, an image of nothing. The anchor then *grows* to what it belongs to: its brackets, its clause, its line.
Knows nothing of passages or of who is being advertised.
"""

import re
from collections.abc import Iterator, Sequence

from index.text import fold, sentences, trim
from index.types import Promo

_HANDLE = r"[a-z0-9][a-z0-9_\-]{3,}"
_MESSENGER = (
    r"(?:tg|telegram|电报|飞机号?|纸飞机|微信号?|薇信|威信|徽信|v信|v\s?x|wechat|weixin|wx|qq群?号?|扣扣群?|企鹅群?|whats\s?app|ws|line|discord|"
    r"skype|signal|公众号|交流群|客服号|客服微信)"
)
# Between the messenger's name and the handle stand arrows, plus signs, colons, any emoji.
_JOIN = r"[^\w\n一-鿿。！？；，]{0,8}(?:账号|帐号|号码|号|群|id|名|是|为|搜|搜索)?[^\w\n一-鿿。！？；，]{0,8}"

# An anchor is looked for in the folded text, whose offsets are those of the text itself.
_ANCHORS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("link", re.compile(r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|wa\.me|line\.me|discord\.gg|u\.wechat\.com|qm\.qq\.com)/[^\s)\]】）>，。]*")),
    ("link", re.compile(r"https?://[^\s)\]】）>，。]*[?&](?:ref|referral|referrer|invite|invitecode|aff|affid|aff_id|affiliate|promo|promocode|code|utm_[a-z]+|coupon|share_?id|from_?id)=[^\s)\]】）>，。]*")),
    ("link", re.compile(r"https?://[^\s)\]】）>，。]*/(?:invite|invitation|referral|refer|aff|ref|join|promo|coupon)(?:/[^\s)\]】）>，。]*|(?=[\s)\]】）>，。]|$))")),
    ("contact", re.compile(rf"(?<![a-z0-9]){_MESSENGER}{_JOIN}@?{_HANDLE}")),
    ("contact", re.compile(r"(?<![a-z0-9.])(?:tg|telegram|电报|飞机)[^\w\n一-鿿。！？；，]{1,8}@")),
    ("contact", re.compile(r"(?<![a-z0-9_.+\-])@[a-z0-9_][a-z0-9_.\-]{3,}(?![a-z0-9.\-]*@)")),
    ("contact", re.compile(r"(?:加|添加|扫)(?:我|我们|一下|下方|客服|小编|站长|顾问|老师|小助手|博主|群主|个)*(?:的)?(?:微信|薇信|威信|v信|vx|wx|qq|企业微信|tg|电报|飞机|好友|二维码)")),
    ("contact", re.compile(r"(?:扫码|扫描二维码|长按(?:识别)?二维码|扫一扫)[^。！？\n]{0,12}(?:添加|关注|领|进群|入群|加群|咨询|联系|好友|优惠|购|下单|加我|客服)")),
    ("contact", re.compile(r"(?:微信|qq|电报|tg|telegram|交流|粉丝|福利|互助)群?[^。！？\n]{0,8}(?:加群|进群|入群|拉群|群号)[^。！？\n]{0,4}\d{5,}")),
    ("contact", re.compile(r"(?:关注|搜索|订阅)(?:我们|我|本|下方|文末)?(?:的)?(?:微信)?(?:公众号|公号|视频号|频道|电报频道|tg频道)")),
    ("contact", re.compile(r"(?:私信|私聊|滴滴|戳)(?:我|我们|小编|博主|站长|客服)[^。！？\n]{0,12}(?:购|买|下单|领|优惠|报价|咨询|办理|获取|拿|代办|折)")),
    ("invitation", re.compile(r"(?:邀请码|推荐码|优惠码|折扣码|返利码|注册码|推广码|兑换码|口令)[^\w\n一-鿿]{0,4}(?:是|为)?[^\w\n一-鿿]{0,4}[a-z0-9]{3,}")),
    ("invitation", re.compile(r"(?:点击|点|戳|打开|复制|通过|使用|用)(?:下方|下面|文末|此|这个|这里|以下|本文|我的|我们的|专属|上方)?(?:的)?(?:专属)?(?:邀请|推广|返利|优惠|注册|购买|下单|推荐|专属)?链接[^。！？\n]{0,16}(?:购|注册|领|下单|享|优惠|立减|返|开卡|办理)")),
    ("invitation", re.compile(r"(?:点击|点|戳)(?:这里|此处|下方|下面)[^。！？\n]{0,10}(?:购买|下单|领取|立减|优惠|特价)")),
    ("invitation", re.compile(r"(?:邀请|推广|返利|推荐|专属|优惠)(?:注册|购买|购卡|开卡|下单)?链接[^\w\n一-鿿]{0,4}https?://")),
    ("invitation", re.compile(r"(?:限时|新人|新用户|粉丝|读者|独家|下单|首单|前\d+名)[^。！？\n]{0,10}(?:特惠|优惠|折扣|立减|返现|红包|福利|免费领|专享|送流量|[一二三四五六七八九\d.]+折)[^。！？\n]{0,30}(?:点击|链接|扫码|联系|私信|下单|购买|抢购|领取|加)")),
    ("invitation", re.compile(r"(?:广告位?|推广|赞助|合作|商务合作|商务洽谈|广告投放)\s*[:：]\s*\S")),
)
_IMAGE = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\((?P<url>[^)\n]*)\)|<img\b[^>\n]*>", re.IGNORECASE)
# An image with one of these for its description shows nothing a reader needs.
_BARE_ALT = re.compile(r"\s*(?:|image|img|图片?|截图|photo|picture|pic|二维码|扫码.*|qr.*|snipaste.*|screenshot.*|海报|广告.*|.*(?:微信|客服|优惠|加群|福利).*|[\w\-]+\.(?:png|jpe?g|gif|webp))\s*", re.IGNORECASE)

# Clauses that lead up to an advertisement in the same sentence belong to it.
_LEAD_IN = re.compile(r"更多|咨询|联系|添加|优惠|福利|客服|小助手|私信|欢迎|购买|下单|办理请|需要的|想要|有需要|有疑问|有问题|不懂|代办|代销|专业|团队|点击|扫码|关注|加入|领取|立减|折")
_CLAUSE = re.compile(r"[，,、；;：:]")
_OPEN = {"[": "]", "【": "】", "（": "）", "(": ")", "「": "」", "《": "》", "<": ">"}
_CLOSE = {close: mark for mark, close in _OPEN.items()}
_CHUNK = re.compile(r"[\s|｜/／·•—–]+")
# Marks that may be left over around a cut: they are cut along.
_RESIDUE = re.compile(r"[\s\[\]【】()（）*_~|｜\-—–+＋👉👇➡→⬇💪🔥✅📱☎📞✈️:：]*")


def find_promos(text: str, start: int = 0) -> tuple[Promo, ...]:
    """Return the advertisement spans of `text[start:]`, in order, none overlapping another.

    `start` is a code-point offset, where the front matter ends.
    """
    folded = fold(text)
    title_end = _title_end(text, start)
    spans = [
        (*_grow(text, first, last, in_title=first < title_end), kind) for first, last, kind in _anchors(text, folded, start)
    ]
    return tuple(Promo(first, last, kind, text[first:last]) for first, last, kind in _merge(text, spans) if first < last)


def blank(text: str, promos: Sequence[Promo]) -> str:
    """`text` with every advertisement turned into spaces: same length, line ends kept."""
    out = list(text)
    for promo in promos:
        for at in range(promo.start, promo.end):
            if out[at] != "\n":
                out[at] = " "
    return "".join(out)


def _anchors(text: str, folded: str, start: int) -> Iterator[tuple[int, int, str]]:
    for kind, pattern in _ANCHORS:
        for found in pattern.finditer(folded, start):
            yield found.start(), found.end(), kind
    for found in _IMAGE.finditer(text, start):
        if found["alt"] is None or (_BARE_ALT.fullmatch(found["alt"]) and found["url"].strip().startswith(("http", "//", "data:"))):
            yield found.start(), found.end(), "image"


def _title_end(text: str, start: int) -> int:
    first, _ = trim(text, start, len(text))
    line = text.find("\n", first)
    return len(text) if line < 0 else line


def _grow(text: str, first: int, last: int, *, in_title: bool) -> tuple[int, int]:
    line_start = text.rfind("\n", 0, first) + 1
    line_end = text.find("\n", last)
    line_end = len(text) if line_end < 0 else line_end
    bracket = _brackets(text, first, last, line_start, line_end)
    if bracket is not None:
        return bracket
    if text.startswith("!", first) or text.startswith("<", first):
        return first, last
    return _chunk(text, first, last, line_start, line_end) if in_title else _clauses(text, first, last, line_start, line_end)


def _brackets(text: str, first: int, last: int, line_start: int, line_end: int) -> tuple[int, int] | None:
    """The outermost brackets on this line around the anchor, a link's target included; None without any.

    A bracket round a whole sentence of a guide with more than the advertisement in it does not count.
    """
    best: tuple[int, int] | None = None
    stack: list[tuple[str, int]] = []
    for at in range(line_start, line_end):
        char = text[at]
        if char in _OPEN:
            stack.append((char, at))
        elif char in _CLOSE and any(mark == _CLOSE[char] for mark, _ in stack):
            while stack[-1][0] != _CLOSE[char]:
                stack.pop()
            _, opened = stack.pop()
            overlaps = opened < last and at >= first
            if overlaps and (best is None or opened <= best[0]):
                best = min(opened, first), max(at + 1, last)
    if best is None:
        # A closing bracket may be missing: broken Markdown at the end of a line.
        unclosed = [at for mark, at in stack if mark in "[【" and at < first and at >= first - 4]
        return (unclosed[0], line_end) if unclosed else None
    if text[best[0] - 1 : best[0]] == "!" and text[best[0]] == "[":
        best = best[0] - 1, best[1]
    if text[best[0]] == "(" and text[best[0] - 1 : best[0]] == "]":
        opened = text.rfind("[", line_start, best[0])
        best = (opened, best[1]) if opened >= 0 else best
    if text[best[1] - 1] == "]" and text[best[1] : best[1] + 1] == "(":
        closed = text.find(")", best[1], line_end)
        best = (best[0], closed + 1) if closed >= 0 else best
    return best


def _chunk(text: str, first: int, last: int, line_start: int, line_end: int) -> tuple[int, int]:
    """In a title: from the blank or bar before the anchor to the end of its sentence."""
    for start, end in sentences(text, line_start, line_end):
        if start <= first < end:
            breaks = [found.end() for found in _CHUNK.finditer(text, start, first)]
            rest = _CHUNK.search(text, last, end)
            tail = end if rest is None or _LEAD_IN.search(text, last, end) or end - last < 12 else rest.start()
            return (breaks[-1] if breaks else start if start > line_start else first), max(last, tail)
    return first, last


def _clauses(text: str, first: int, last: int, line_start: int, line_end: int) -> tuple[int, int]:
    """In prose: the anchor's clause and what leads up to it, to the end of the sentence."""
    for start, end in sentences(text, line_start, line_end):
        if start <= first < end:
            cuts = [start, *(found.end() for found in _CLAUSE.finditer(text, start, first))]
            at = len(cuts) - 1
            while at > 0 and _LEAD_IN.search(text, cuts[at - 1], cuts[at]):
                at -= 1
            return cuts[at], max(last, end)
    return first, last


def _merge(text: str, spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Join spans that overlap or have only marks between them, and take in the marks around them."""
    out: list[tuple[int, int, str]] = []
    for first, last, kind in sorted(spans):
        if out and _RESIDUE.fullmatch(text, out[-1][1], max(first, out[-1][1])) and "\n" not in text[out[-1][1] : first]:
            start, end, old = out[-1]
            out[-1] = start, max(end, last), old if old == "contact" else kind if kind == "contact" else old
        else:
            out.append((first, last, kind))
    return out
