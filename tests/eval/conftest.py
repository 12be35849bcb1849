"""A product of forty lines: three guides, an index that counts shared characters, an assistant that cites."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.types import Answer, Citation, IndexStamp, RankedPassage, Statement
from eval.run import Ranking
from index.types import Article, Hit, IndexInfo, Passage

GUIDES = {
    "peru.md": ("秘鲁手机卡销户要带护照。", ("PE",), ("Claro", "Movistar")),
    "russia.md": ("俄罗斯流量卡可以在网上销户。", ("RU",), ()),
    "general.md": ("销户以前先备份短信。", (), ()),
}
QUESTIONS = [
    {
        "id": "q1",
        "question": "秘鲁手机卡销户要带什么",
        "type": "fact",
        "gold": [{"article": "peru.md", "quote": "秘鲁手机卡销户要带护照。"}],
        "keys": ["护照"],
        "split": "dev",
        "country": "秘鲁",
    },
    {
        "id": "q2",
        "question": "俄罗斯流量卡可以在网上销户吗",
        "type": "fact",
        "gold": [{"article": "russia.md", "quote": "俄罗斯流量卡可以在网上销户。"}],
        "keys": ["实体店"],
        "split": "test",
        "country": ["俄罗斯"],
    },
    {"id": "q3", "question": "明天天气怎样", "type": "off", "gold": [], "keys": [], "split": "test"},
]


@dataclass(frozen=True)
class FakeIndex:
    articles: tuple[Article, ...]
    info: IndexInfo

    def search(self, question: str, top_k: int = 5, *, system: Ranking = "hybrid") -> list[Hit]:
        del system
        ranked = sorted(self.articles, key=lambda article: -len(set(article.text) & set(question)))
        return [
            Hit(rank, 1 / rank, Passage(0, a.id, a.path, a.title, (), 0, len(a.text), a.text, ()))
            for rank, a in enumerate(ranked[:top_k], start=1)
        ]


@dataclass(frozen=True)
class FakeAssistant:
    index: FakeIndex

    def ask(self, question: str, *, top_k: int = 5) -> Answer:
        stamp = IndexStamp("1", "2025-01-01T00:00:00Z")
        if "天气" in question:
            return Answer(question, "abstained", "off_topic", "指南里没有提到天气。", (), (), (), stamp, 1.0)
        passages = tuple(
            RankedPassage(h.rank, h.score, p.article, p.path, p.heading, p.start, p.end, p.text)
            for h in self.index.search(question, top_k)
            for p in [h.passage]
        )
        best = passages[0]
        citation = Citation(best.article, best.path, (), best.start, best.end, best.text)
        said = (Statement(best.text, (citation,)),)
        return Answer(question, "answered", None, "", said, passages, (), stamp, 1.0, 0.9)


def fake_index(articles: Sequence[Article], folder: str) -> FakeIndex:
    count = len(articles)
    return FakeIndex(tuple(articles), IndexInfo("1", "2025", folder, "fake", 1, "none", count, count, (), ()))


@pytest.fixture
def guides(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, (text, _, _) in GUIDES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def index(guides: Path) -> FakeIndex:
    articles = [
        Article(name.removesuffix(".md"), name, name, text, 0, "", countries, carriers)
        for name, (text, countries, carriers) in GUIDES.items()
    ]
    return fake_index(articles, str(guides))


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in QUESTIONS), encoding="utf-8")
    return path


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    folder.mkdir()
    corpus = [{"_id": "d1", "title": "梵文", "text": "古老的语言"}, {"_id": "d2", "text": "销户要带护照"}]
    queries = [
        {"_id": "a", "text": "销户带什么", "answers": ["护照"]},
        {"_id": "b", "text": "没有人评过的问题"},
        {"_id": "c", "text": ""},
    ]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\na\td2\t1\na\td1\t0\nc\td1\t1\n", encoding="utf-8")
    return folder


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch, index: FakeIndex) -> SimpleNamespace:
    """Put the fake product where `python -m eval` opens the real one."""

    @contextmanager
    def temporary_index(articles: Path, encoder: str | None) -> Iterator[Path]:
        del encoder
        yield articles

    def open_index(folder: Path, *, answers: bool) -> tuple[FakeIndex, FakeAssistant | None]:
        del folder
        return index, FakeAssistant(index) if answers else None

    def index_of(passages: Sequence[Passage], encoder: str | None) -> FakeIndex:
        del encoder
        return fake_index([Article(p.article, p.path, p.title, p.text, 0, "") for p in passages], "")

    fake = SimpleNamespace(
        eager=lambda folder: FakeAssistant(index),  # noqa: ARG005
        country_names=lambda articles: {"PE": "秘鲁", "RU": "俄罗斯"},  # noqa: ARG005
        threshold=lambda: 0.5,
        open_index=open_index,
        temporary_index=temporary_index,
        index_of=index_of,
    )
    monkeypatch.setattr("eval.product", fake, raising=False)
    return fake
