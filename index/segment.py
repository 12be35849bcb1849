"""Text → tokens: the same call when an index is built and when it is asked.

Two kinds of token side by side: jieba's words, which carry meaning, and character bigrams, which find what jieba cut
otherwise. Only this file imports jieba. Knows nothing of scores.
"""

import logging
import math
import re
from functools import lru_cache
from itertools import pairwise

import jieba

from index.synonyms import digest, groups
from index.text import fold

# Written into every index; an index made by another segmenter is refused.
SEGMENTER = f"jieba-0.42.1+bigrams-1+{digest()}"

_RUN = re.compile(r"[a-z0-9]+(?:[.\-+&'][a-z0-9]+)*|[㐀-鿿]+")
_LATIN = re.compile(r"[a-z0-9]")

# Words that ask rather than say; a question without them asks for the same thing.
STOP_WORDS = frozenset(
    "的 了 吗 呢 吧 啊 呀 哦 嘛 么 呗 哈 啦 嗯 哎 诶 咋 是 就 都 也 还 又 才 很 太 更 最 与 和 或 及 并 而 但 把 被 给 对 向 从 到 在 于 以 为 用 让 跟 "
    "我 你 他 她 它 我们 你们 他们 咱 咱们 自己 大家 这 那 这个 那个 这些 那些 这里 那里 这儿 那儿 哪 哪个 哪些 哪里 哪儿 什么 啥 怎么 怎样 如何 怎么样 咋样 为什么 为啥 "
    "请 请问 想 想问 问 问下 问一下 想知道 知道 告诉 谢谢 麻烦 一下 一个 一张 一些 有没有 是不是 能不能 可不可以 要不要 会不会 是否 能 能否 可以 可否 可 会 要 需要 应该 得 "
    "必须 不 没 没有 有 个 张 些 种 次 着 过 地 得 之 其 所 如果 要是 的话 假如 因为 所以 但是 不过 然后 现在 目前 一般 通常 具体 直接 到底 究竟 真的 其实 那么 这么 "
    "多少 几 几个 多久 多长 哪家 谁 呃 哈喽 你好 您好 您 各位 大佬 大神 求助 求问 急 在线等 亲 弱弱 说 说说 讲 讲讲 看 看看 弄 搞 做 行 行不行 好 好的 吧 上 下 里 中 后 前 时 去 来".split()
)


# What asks inside a word of jieba's (会怎样, 几点关门, 带什么): it says nothing of what is asked about.
_ASKING = re.compile(
    r"(?:第|好|十)?几(?!乎)(?:百|十)?(?:块钱|分钟|小时|月份|[天点张次号回台样年块条步周种岁个份成件遍瓶里元月])?|(?:多少|几多)[天钱]?|多[久长]|什么(?:时候|样)?|啥(?:时候|事)?|(?:怎么|咋)(?:样|办|弄|整|回事)?|怎样|哪[个些里儿条几天样家一]?|谁"
)


@lru_cache(maxsize=1)
def _cutter() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    cutter.initialize()
    for group in groups():
        for word in group:
            if not word.isascii() and len(word) > 1:
                cutter.add_word(word)
    return cutter


def is_word(text: str) -> bool:
    """Whether jieba's dictionary holds this exact word."""
    return bool(_cutter().FREQ.get(text))


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """Words that jieba's dictionary tags as names: of places (ns) and, as many foreign towns are, of persons (nr, nrt)."""
    with _cutter().get_dict_file() as lines:
        return frozenset(
            line.split()[0].decode() for line in lines if line.rstrip().endswith((b" ns", b" nr", b" nrt"))
        )


def is_name(word: str) -> bool:
    """Whether jieba's dictionary knows this word as a proper name."""
    return word in _names()


def rarity(word: str) -> float:
    """How rare a word is in Chinese at large, by jieba's counts: 0 (the commonest) to 1 (never seen)."""
    cutter = _cutter()
    seen = cutter.FREQ.get(fold(word)) or 0
    return 1 - math.log1p(seen) / math.log1p(cutter.total / 20)


def words(text: str) -> list[str]:
    """Cut folded `text` into jieba's words, in order, without punctuation."""
    return [word for word in _cutter().lcut(fold(text)) if _RUN.match(word)]


@lru_cache(maxsize=65536)
def word_set(text: str) -> frozenset[str]:
    """Every word a text can be cut into, the short ones inside long ones too."""
    return frozenset(_cutter().cut_for_search(fold(text), HMM=False))


def says(text: str, form: str) -> bool:
    """Whether folded `text` has this word: one of two characters as a word of its own (not 转网 in 跳转网页)."""
    return form in text if len(form) > 2 or form.isascii() else form in word_set(text)  # noqa: PLR2004 - longer ones seldom straddle words


@lru_cache(maxsize=65536)
def content_words(text: str) -> tuple[str, ...]:
    """The words that carry what is said or asked, stop words left out; jieba does not guess at words it does not know."""
    return tuple(
        part
        for word in _cutter().lcut(fold(text), HMM=False)
        if _RUN.match(word) and word not in STOP_WORDS
        for part in (_said(word) if _ASKING.search(word) else (word,))
    )


def _said(word: str) -> tuple[str, ...]:
    """What a word says beside asking: 关门 of 几点关门, nothing of 会怎样."""
    return tuple(
        part
        for part in _cutter().lcut(_ASKING.sub(" ", word), HMM=False)
        if _RUN.match(part) and part not in STOP_WORDS
    )


def tokens(text: str) -> list[str]:
    """Tokens for BM25: every jieba word but stop words, and every pair of neighbouring characters."""
    out: list[str] = []
    for run in _RUN.findall(fold(text)):
        if _LATIN.match(run):
            out.append(run)
            continue
        out += [word for word in _cutter().cut_for_search(run) if word not in STOP_WORDS]
        out += [f"{one}{two}_" for one, two in pairwise(run)]
    return out
