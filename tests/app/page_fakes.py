"""A tiny library for the page's tests: three guides, and an assistant that knows four answers by heart.

The page is what is tested; this stands where index and models would.
"""

import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import ClassVar

from app.types import Answer, Citation, IndexStamp, RankedPassage, Statement
from index.errors import IndexDamagedError, IndexMissingError, InputError, ZhinanError
from index.types import Article, IndexInfo, Promo, Skipped

AD = "更多优惠请加TG：@kafei1088"
HOSTILE = (
    '<script>window.hacked = 1</script> <img src=x onerror="window.hacked = 2"> [点我](javascript:alert(3)) '
    '$\\frac{1}{2}$ :material/delete: :red[红] <a href="https://elsewhere.example/">外站</a>'
)
PERU = f"""---
title: 秘鲁eSIM卡是否支持在线销户？
country: PE
updated: 2024-05-01
---
# 秘鲁eSIM卡是否支持在线销户？

提到秘鲁，很多人会想到马丘比丘。{AD}

## 一、什么是eSIM卡？

eSIM卡（嵌入式SIM卡）是直接集成在设备中的芯片，无需更换实体卡即可联网。它具有体积小、兼容性强的特点，尤其适合智能手机、智能手表等便携设备。

## 二、秘鲁eSIM卡销户的现状

目前，秘鲁市场上的eSIM卡主要由 **Claro**、**Movistar** 以及 Entel 提供。

### 1. Claro：部分支持在线销户

Claro允许用户通过官网或手机应用进行账户管理，包括充值、查询余额以及停机操作。但对于销户流程，**Claro目前仅支持线下办理**，即用户需前往营业厅提交申请并完成相关手续。

### 2. Movistar：线下为主

Movistar提供了账单查询、套餐变更等线上服务，但销户仍需亲自到店处理。

| 运营商 | 在线销户 | 所需材料 |
|---|---|---|
| Claro | 不支持 | 护照原件 |
| Entel | 不支持 | 护照原件、最近账单 |

## 三、线下销户的步骤

1. **结清欠款**：先在应用里确认没有未付账单。
2. 带上护照原件前往营业厅。
3. 填写销户申请，保留回执。

- 周末部分营业厅不办理
   请提前打电话确认。
- {HOSTILE}

{AD}
"""
PERU_CARD = """秘鲁手机卡如何注销？

更新日期：2022-11-20

## 注销方式

Claro的手机卡可以在官网直接提交注销申请，几分钟即可完成。注销后余额不退。
"""
PAKISTAN = """# 巴基斯坦流量卡销户指南

## 前提条件

销户前务必确保卡内余额已经清空。
"""
Q_FULL = "秘鲁 Claro 的 eSIM 怎么销户？"
Q_STEPS = "在秘鲁营业厅销户要哪几步？"
Q_CONFLICT = "秘鲁 Claro 能在线注销吗？"
Q_ABSTAIN = "智利的 eSIM 怎么退款？"
Q_ERROR = "出错"
Q_HOSTILE = "秘鲁营业厅周末 *办理* 吗 $5 :smile: <b>？"


def _guide(path: str, title: str, text: str, country: str, updated: str | None) -> Article:
    body = text.index("---\n", 4) + 4 if text.startswith("---") else 0
    promos = []
    at = text.find(AD)
    while at >= 0:
        promos.append(Promo(at, at + len(AD), "contact", AD))
        at = text.find(AD, at + 1)
    return Article(
        id=path.removesuffix(".md"),
        path=path,
        title=title,
        text=text,
        body=body,
        sha256="0" * 64,
        countries=(country,),
        updated=updated,
        promos=tuple(promos),
    )


ARTICLES = (
    _guide("peru-esim.md", "秘鲁eSIM卡是否支持在线销户？", PERU, "PE", "2024-05-01"),
    _guide("peru-sim.md", "秘鲁手机卡如何注销？", PERU_CARD, "PE", "2022-11-20"),
    _guide("pakistan.md", "巴基斯坦流量卡销户指南", PAKISTAN, "PK", None),
)


def cite(path: str, quote: str, *heading: str) -> Citation:
    guide = next(guide for guide in ARTICLES if guide.path == path)
    start = guide.text.index(quote)
    return Citation(guide.id, path, heading, start, start + len(quote), quote)


def passage(rank: int, score: float, path: str, first: str, last: str, *heading: str) -> RankedPassage:
    guide = next(guide for guide in ARTICLES if guide.path == path)
    start = guide.text.index(first)
    end = guide.text.index(last, start) + len(last)
    return RankedPassage(rank, score, guide.id, path, heading, start, end, guide.text[start:end])


_NOW = "二、秘鲁eSIM卡销户的现状"
OFFLINE = cite(
    "peru-esim.md",
    "但对于销户流程，**Claro目前仅支持线下办理**，即用户需前往营业厅提交申请并完成相关手续。",
    _NOW,
    "1. Claro：部分支持在线销户",
)
MANAGE = cite(
    "peru-esim.md",
    "Claro允许用户通过官网或手机应用进行账户管理，包括充值、查询余额以及停机操作。",
    _NOW,
    "1. Claro：部分支持在线销户",
)
ONLINE = cite("peru-sim.md", "Claro的手机卡可以在官网直接提交注销申请，几分钟即可完成。", "注销方式")
STEPS = cite(
    "peru-esim.md",
    "1. **结清欠款**：先在应用里确认没有未付账单。\n2. 带上护照原件前往营业厅。\n3. 填写销户申请，保留回执。",
    "三、线下销户的步骤",
)
HOSTILE_CITE = cite("peru-esim.md", HOSTILE, "三、线下销户的步骤")
PASSAGES = (
    passage(1, 0.91, "peru-esim.md", "Claro允许", "相关手续。", _NOW, "1. Claro：部分支持在线销户"),
    passage(2, 0.64, "peru-sim.md", "Claro的", "余额不退。", "注销方式"),
    passage(3, 0.41, "peru-esim.md", "eSIM卡（嵌", "便携设备。", "一、什么是eSIM卡？"),
    passage(4, 0.22, "peru-esim.md", "1. **结清", "外站</a>", "三、线下销户的步骤"),
)
SUGGESTIONS = (Q_STEPS, Q_CONFLICT, Q_FULL)
_BLANK = Answer(
    question="",
    outcome="answered",
    reason=None,
    message="",
    statements=(),
    passages=PASSAGES,
    suggestions=SUGGESTIONS,
    index=IndexStamp("v1", "2026-11-20T09:30:00+00:00"),
    elapsed_ms=12.3,
)
ANSWERS = {
    Q_FULL: replace(
        _BLANK,
        statements=(
            Statement(OFFLINE.quote.replace("**", ""), (OFFLINE,)),
            Statement(MANAGE.quote, (MANAGE, OFFLINE), note="通用指南"),
        ),
    ),
    Q_STEPS: replace(
        _BLANK,
        statements=(Statement(STEPS.quote.replace("**", ""), (STEPS,)),),
        passages=PASSAGES[3:],
    ),
    Q_CONFLICT: replace(
        _BLANK,
        outcome="conflicting",
        statements=(
            Statement(OFFLINE.quote.replace("**", ""), (OFFLINE,)),
            Statement(ONLINE.quote, (ONLINE,)),
        ),
        passages=PASSAGES[:2],
    ),
    Q_ABSTAIN: replace(
        _BLANK,
        outcome="abstained",
        reason="unknown_entity",
        message="指南里没有提到智利。现有的指南写到秘鲁和巴基斯坦。",
        passages=(),
        suggestions=(Q_FULL, Q_STEPS),
    ),
    Q_HOSTILE: replace(
        _BLANK, statements=(Statement(HOSTILE, (HOSTILE_CITE,), note="<b>注</b>"),), passages=PASSAGES[3:]
    ),
}


@dataclass
class Shelf:
    """What the fakes share: stands where the index folder would."""

    version: str | None = "v1"
    stale: bool = False
    opened: int = 0
    asked: list[str] = field(default_factory=list)
    built_with: list[str | None] = field(default_factory=list)
    failure: ZhinanError | None = None
    build_seconds: float = 0.0


class FakeAssistant:
    shelf: ClassVar[Shelf]

    def __init__(self, version: str) -> None:
        self.version = version
        self.articles = ARTICLES

    @classmethod
    def open(cls, folder: Path) -> "FakeAssistant":
        if cls.shelf.version is None:
            raise IndexMissingError(f"{folder} 里还没有索引。")
        if cls.shelf.version == "damaged":
            raise IndexDamagedError("索引文件已损坏，请重建。")
        cls.shelf.opened += 1
        return cls(cls.shelf.version)

    @property
    def info(self) -> IndexInfo:
        promos = tuple((guide.path, promo) for guide in ARTICLES for promo in guide.promos)
        return IndexInfo(
            version=self.version,
            built_at="2026-11-20T09:30:00+00:00",
            articles_dir="articles",
            encoder="default",
            dimension=256,
            segmenter="jieba",
            articles=3,
            passages=11,
            promos=promos,
            skipped=(Skipped("旧稿.docx", "不是文本文件"),),
        )

    def ask(self, question: str, *, top_k: int = 5) -> Answer:
        self.shelf.asked.append(question)
        if question == Q_ERROR:
            raise InputError("这个问题太长了，请缩短 *一些*。")
        found = ANSWERS.get(question, ANSWERS[Q_ABSTAIN])
        stamp = replace(found.index, version=self.version)
        return replace(found, question=question, index=stamp, passages=found.passages[:top_k])

    def examples(self, n: int = 6) -> tuple[str, ...]:
        return (*SUGGESTIONS, Q_HOSTILE)[:n]

    def article(self, path: str) -> Article:
        return next(guide for guide in ARTICLES if guide.path == path)


class FakeIndex:
    shelf: ClassVar[Shelf]

    @classmethod
    def build(
        cls,
        articles: Path,
        folder: Path,
        *,
        encoder: str | None = None,
        progress: Callable[[str, float], None] | None = None,
    ) -> IndexInfo:
        del articles, folder
        cls.shelf.built_with.append(encoder)
        for step in range(5):
            if progress:
                progress("正在计算向量", step / 5)
            time.sleep(cls.shelf.build_seconds / 5)
        if cls.shelf.failure:
            raise cls.shelf.failure
        cls.shelf.version, cls.shelf.stale = "v2", False
        return FakeAssistant("v2").info

    @classmethod
    def is_stale(cls, folder: Path, articles: Path | None = None) -> bool:
        del folder, articles
        return cls.shelf.stale

    @classmethod
    def current_version(cls, folder: Path) -> str | None:
        del folder
        return cls.shelf.version


def install(modules: MutableMapping[str, ModuleType], shelf: Shelf | None = None) -> Shelf:
    """Put the fakes where the page imports the real ones from."""
    shelf = shelf or Shelf()
    FakeAssistant.shelf = FakeIndex.shelf = shelf
    assistant, search = ModuleType("app.assistant"), ModuleType("index.search")
    assistant.__dict__["Assistant"] = FakeAssistant
    search.__dict__["Index"] = FakeIndex
    modules["app.assistant"], modules["index.search"] = assistant, search
    return shelf
