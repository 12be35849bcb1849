"""Evaluation sets as records: a questions file or a BEIR folder in, checked line by line.

Knows nothing of indexes, systems or measures. Every fault is an InputError that names the file and the line.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from index.errors import ArticlesError, InputError

SPLITS = ("dev", "test")
QREL_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Gold:
    """A sentence that answers: `quote` stands verbatim in the text of `article`, a path in the articles folder."""

    article: str
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a questions file. Without gold the right answer is to abstain."""

    id: str
    question: str
    type: str
    gold: tuple[Gold, ...]
    keys: tuple[str, ...] = ()
    split: str = ""  # "dev", "test", or "" where the file does not say
    countries: tuple[str, ...] = ()  # Chinese names of the countries the question names
    carriers: tuple[str, ...] = ()  # the carriers it names


@dataclass(frozen=True, slots=True)
class Document:
    """One passage of a BEIR corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """One query of a BEIR set with its relevant documents: id to grade, every grade above 0."""

    id: str
    text: str
    relevant: Mapping[str, float]
    split: str = ""  # where the set is divided


@dataclass(frozen=True, slots=True)
class Beir:
    """A BEIR folder: all documents, and the queries somebody judged."""

    documents: tuple[Document, ...]
    queries: tuple[JudgedQuery, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One JSON object of a file, with the place to name when something is wrong with it."""

    place: str
    value: Mapping[str, object]

    def text(self, key: str, *, empty: bool = False) -> str:
        """Return the string under `key`; InputError where it is missing, no string, or empty and may not be."""
        value = self.value.get(key)
        if not isinstance(value, str) or not (empty or value.strip()):
            raise InputError(f"{self.place}的“{key}”应当是一段文字。")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the strings under `key`: none where it is missing or null, one where it is a string."""
        value = self.value.get(key)
        items = [] if value is None else value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) and item.strip() for item in items):
            raise InputError(f"{self.place}的“{key}”应当是一段文字或一列文字。")
        return tuple(items)


def decode(raw: bytes) -> str:
    """Decode an article as DESIGN.md says: UTF-8 with or without BOM, else GB18030; line ends as newlines.

    Written here once more on purpose: the product's own reader is what citation_valid holds to account.
    Raises UnicodeDecodeError where it is neither.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    return text.replace("\r\n", "\n").replace("\r", "\n")


class ArticleTexts:
    """The texts of an articles folder, read from disk when first asked for."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ArticlesError(f"找不到文章目录 {folder}，无法核对引用。")
        self.folder = folder
        self._texts: dict[str, str | None] = {}

    def get(self, path: str) -> str | None:
        """Return the text of the article at `path`, or None where no such file can be read."""
        if path not in self._texts:
            try:
                self._texts[path] = decode((self.folder / path).read_bytes())
            except (OSError, UnicodeDecodeError):
                self._texts[path] = None
        return self._texts[path]


def load_questions(path: Path, split: str | None = None) -> tuple[Question, ...]:
    """Read a questions file, or the rows of one split of it."""
    questions = []
    seen: set[str] = set()
    for row in _rows(path):
        question = _question(row)
        if question.id in seen:
            raise InputError(f"{row.place}的编号 {question.id} 与前面的重复。")
        seen.add(question.id)
        questions.append(question)
    if not questions:
        raise InputError(f"评测集 {path} 里没有问题。")
    chosen = tuple(question for question in questions if split in (None, question.split))
    if not chosen:
        raise InputError(f"评测集 {path} 里没有 split 为 {split} 的问题。")
    return chosen


def check_gold(questions: tuple[Question, ...], texts: ArticleTexts, path: Path) -> None:
    """Raise InputError unless every gold quote stands verbatim in its article."""
    for question in questions:
        for gold in question.gold:
            text = texts.get(gold.article)
            if text is None:
                raise InputError(
                    f"评测集 {path} 的问题 {question.id}：文章目录 {texts.folder} 里读不到 {gold.article}。"
                )
            if gold.quote not in text:
                quote = gold.quote[:20].replace("\n", " ")
                raise InputError(f"评测集 {path} 的问题 {question.id}：{gold.article} 里没有原文“{quote}”。")


def load_beir(folder: Path, split: str | None = None) -> Beir:
    """Read corpus.jsonl, queries.jsonl and qrels.tsv. A query nobody judged is left out, as BEIR does.

    Queries may carry a `split`; given one, only its queries are asked.
    """
    documents = {
        row.text("_id"): Document(row.text("_id"), _title(row), row.text("text", empty=True))
        for row in _rows(folder / "corpus.jsonl")
    }
    # an empty query, as cmrc2018_trial has one, counts like any other
    rows = list(_rows(folder / "queries.jsonl"))
    texts = {row.text("_id"): row.text("text", empty=True) for row in rows}
    splits = {row.text("_id"): str(row.value.get("split") or "") for row in rows}
    relevant = _qrels(folder / "qrels.tsv", documents, texts)
    if not relevant:
        raise InputError(f"{folder / 'qrels.tsv'} 里没有相关的文档。")
    queries = tuple(
        JudgedQuery(query, text, relevant[query], splits[query])
        for query, text in texts.items()
        if query in relevant and split in (None, splits[query])
    )
    if not queries:
        raise InputError(f"评测集 {folder} 里没有 split 为 {split} 的问题。")
    return Beir(tuple(documents.values()), queries)


def _question(row: Row) -> Question:
    golds = row.value.get("gold")
    if not isinstance(golds, list):
        raise InputError(f"{row.place}缺少“gold”，不该回答的问题请写空列表。")
    split = row.value.get("split")
    if split not in (None, *SPLITS):
        raise InputError(f"{row.place}的“split”只能是 dev 或 test。")
    return Question(
        id=row.text("id"),
        question=row.text("question", empty=True),  # an empty question is a fair test of “invalid”
        type=row.text("type"),
        gold=tuple(_gold(row.place, gold) for gold in golds),
        keys=row.texts("keys"),
        split=str(split or ""),
        countries=row.texts("country"),
        carriers=row.texts("carrier"),
    )


def _gold(place: str, value: object) -> Gold:
    if not isinstance(value, dict):
        raise InputError(f"{place}的“gold”每一项都应当有 article 和 quote。")
    row = Row(f"{place}的 gold ", value)
    return Gold(row.text("article"), row.text("quote"))


def _title(row: Row) -> str:
    return row.text("title", empty=True) if row.value.get("title") is not None else ""


def _qrels(path: Path, documents: Mapping[str, Document], queries: Mapping[str, str]) -> dict[str, dict[str, float]]:
    relevant: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_lines(path), start=1):
        if number == 1 or not line.strip():  # the header
            continue
        place, columns = _place(path, number), line.split("\t")
        if len(columns) != QREL_COLUMNS:
            raise InputError(f"{place}应当是三列：query-id、corpus-id、score。")
        query, document, score = columns
        if query not in queries:
            raise InputError(f"{place}的问题 {query} 不在 queries.jsonl 里。")
        if document not in documents:
            raise InputError(f"{place}的文档 {document} 不在 corpus.jsonl 里。")
        try:
            grade = float(score)
        except ValueError:
            raise InputError(f"{place}的 score 不是数字：{score}。") from None
        if grade > 0:
            relevant.setdefault(query, {})[document] = grade
    return relevant


def _rows(path: Path) -> Iterator[Row]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        place = _place(path, number)
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            raise InputError(f"{place}不是合法的 JSON。") from None
        if not isinstance(value, dict):
            raise InputError(f"{place}不是一个 JSON 对象。")
        yield Row(place, value)


def _lines(path: Path) -> list[str]:
    try:
        # not splitlines(): U+2028 and its kin may stand inside a JSON string
        return path.read_text(encoding="utf-8-sig").split("\n")
    except OSError:
        raise InputError(f"读不到评测集文件 {path}。") from None
    except UnicodeDecodeError:
        raise InputError(f"评测集文件 {path} 不是 UTF-8 编码。") from None


def _place(path: Path, number: int) -> str:
    return f"{path} 第 {number} 行"
