"""The index: built from a folder of articles, opened from disk, asked for ranked passages."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from index import folder as disk
from index.chunk import chunk, lists, quoted
from index.corpus import article_paths, file_hash, is_readable, read_corpus
from index.embed import DEFAULT, Encoder
from index.errors import EncoderError, IndexDamagedError, IndexMissingError
from index.lexical import Lexical, Scores
from index.matcher import Matcher
from index.places import placeless
from index.rank import fuse, top
from index.scope import passage_scope
from index.segment import SEGMENTER, content_words, rarity, tokens
from index.text import encodable, fold
from index.types import Article, Hit, IndexInfo, Passage, Promo, Scope, Skipped, Unit
from index.vectors import FaissStore, VectorStore

System = Literal["bm25", "dense", "hybrid"]
Progress = Callable[[str, float], None]
_LEAST_TELLING = 1e-3  # weight of a word that says nothing, so that a text of such words still has a mean
FORMAT = 2  # of the files; an index of another format is refused


class Alignment(NamedTuple):
    """How near the words of some texts and those of a question come to each other, as cosines from 0."""

    near: Scores  # (texts, words): each text's nearest word to each word of the question
    echoed: Scores  # (texts,): how near the question comes to each of a text's own words, the mean by their rarity


class Index:
    """Passages that can be searched. Reading only: many threads may share one."""

    def __init__(
        self,
        articles: Sequence[Article],
        passages: Sequence[Passage],
        lexical: Lexical,
        vectors: VectorStore,
        encoder: Encoder,
        info: IndexInfo,
        matcher: Matcher | None = None,
    ) -> None:
        self.articles = tuple(articles)
        self.passages = tuple(passages)
        self.info = info
        self._lexical = lexical
        self._vectors = vectors
        self._encoder = encoder
        # A transformer knows sentences; single words it knows less well than the embedded static encoder (eval/LOG.md).
        self._words = encoder if encoder.name == DEFAULT else Encoder()
        self._matcher = matcher or Matcher()

    @classmethod
    def build(
        cls, articles: Path, folder: Path, *, encoder: str | None = None, progress: Progress | None = None
    ) -> IndexInfo:
        """Read `articles`, and write a new version of the index beside the old one.

        Raises ArticlesError, EncoderError, IndexBusyError or IndexWriteError; the old version then still answers.
        """
        corpus = read_corpus(articles, progress)
        passages = _cut(corpus.articles, progress)
        index = cls.of(
            passages,
            encoder=encoder,
            articles=corpus.articles,
            skipped=corpus.skipped,
            articles_dir=articles,
            progress=progress,
        )
        sentences = list(dict.fromkeys(text for passage in passages for text in _sentences(passage)))
        readings = Matcher().make(sentences, progress)

        def save(version: Path) -> None:
            index._save(version)  # noqa: SLF001 - its own
            _dump(version / "sentences.jsonl", sentences)
            np.save(version / "sentences.npy", readings)

        fingerprints = {"fingerprint": index._encoder.fingerprint(), "matcher": Matcher.fingerprint()}  # noqa: SLF001 - its own
        version = disk.write_version(folder, {**_info_json(index.info), "format": FORMAT, **fingerprints}, save)
        if progress is not None:
            progress("完成", 1.0)
        return replace(index.info, version=version)

    @classmethod
    def of(
        cls, passages: Sequence[Passage], *, encoder: str | None = None, articles: Sequence[Article] = (),
        skipped: Sequence[Skipped] = (), articles_dir: Path = Path(), progress: Progress | None = None,
    ) -> "Index":  # fmt: skip
        """Index passages in memory: what `build` writes, and what evaluations on other collections use."""
        model = Encoder(encoder or DEFAULT)
        texts = [context(passage) for passage in passages]
        lexical = Lexical.build([tokens(text) for text in texts])
        vectors = FaissStore(model.documents(texts, progress))
        info = IndexInfo(
            version="", built_at=datetime.now(UTC).isoformat(timespec="seconds"), articles_dir=str(articles_dir.resolve()),
            encoder=model.name, dimension=vectors.dimension, segmenter=SEGMENTER, articles=len(articles), passages=len(passages),
            promos=tuple((article.path, promo) for article in articles for promo in article.promos), skipped=tuple(skipped),
        )  # fmt: skip
        return cls(articles, passages, lexical, vectors, model, info)

    @classmethod
    def open(cls, folder: Path) -> "Index":
        """Open the version that is current now. Raises IndexMissingError or IndexDamagedError."""
        version, manifest = disk.open_version(folder)
        try:
            if manifest["format"] != FORMAT or manifest["segmenter"] != SEGMENTER:
                raise IndexDamagedError("索引是用另一个版本的程序建立的：请重新建立索引。")
            info, fingerprint = _info(manifest), manifest["fingerprint"]
            if manifest["matcher"] != Matcher.fingerprint():
                raise IndexDamagedError("索引是用另一个版本的程序建立的：请重新建立索引。")
            articles = [_article(row) for row in _rows(version / "articles.jsonl")]
            passages = [_passage(row) for row in _rows(version / "passages.jsonl")]
            sentences = _rows(version / "sentences.jsonl")
            readings = np.load(version / "sentences.npy", allow_pickle=False)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamagedError(f"索引“{folder}”已损坏：请重新建立索引。") from error
        vectors = FaissStore.load(version / "vectors.faiss")
        lexical = Lexical.load(version / "bm25")
        whole = len(vectors) == len(lexical) == len(passages) and len(readings) == len(sentences)
        if not whole or vectors.dimension != info.dimension:
            raise IndexDamagedError(f"索引“{folder}”的文件彼此不符：请重新建立索引。")
        encoder = Encoder(info.encoder)
        if encoder.fingerprint() != fingerprint:
            raise IndexDamagedError(f"向量模型“{info.encoder}”和建立索引时不同：请重新建立索引。")
        return cls(articles, passages, lexical, vectors, encoder, info, Matcher(sentences, readings))

    @staticmethod
    def current_version(folder: Path) -> str | None:
        """Name of the version that answers now; None where there is none."""
        return disk.current_version(folder)

    @staticmethod
    def is_stale(folder: Path, articles: Path | None = None) -> bool:
        """Whether the articles differ from those the index was built from, or it cannot be used at all."""
        try:
            version, manifest = disk.open_version(folder)
            source = Path(manifest["articles_dir"])
            fresh = manifest["format"] == FORMAT and manifest["segmenter"] == SEGMENTER
            fresh &= Encoder(manifest["encoder"]).fingerprint() == manifest["fingerprint"]
            fresh &= manifest["matcher"] == Matcher.fingerprint()
            known = {row["path"]: row["sha256"] for row in _rows(version / "articles.jsonl")}
            skipped = {row["path"] for row in manifest["skipped"]}
        except (IndexMissingError, IndexDamagedError, EncoderError, OSError, ValueError, KeyError, TypeError):
            return True
        if not fresh or (articles is not None and articles.resolve() != source) or not source.is_dir():
            return True
        found = {encodable(path.relative_to(source).as_posix()): path for path in article_paths(source)}
        if found.keys() != known.keys() | skipped:
            return True
        return any(file_hash(found[name], source) != digest for name, digest in known.items()) or any(
            is_readable(found[name], source) for name in skipped
        )

    def search(
        self, question: str, top_k: int = 5, *, system: System = "hybrid", among: Collection[int] | None = None
    ) -> list[Hit]:
        """Rank passages, best first, at most `top_k`; `among` keeps the ranking to passages with these ids."""
        lexical = self._lexical.scores(tokens(question))
        dense = self._vectors.scores(self._encoder.query(question)) if system != "bm25" else np.zeros_like(lexical)
        ids = np.arange(len(self.passages)) if among is None else np.fromiter(sorted(among), dtype=np.int64)
        if not len(ids):
            return []
        ranking = {"bm25": lexical, "dense": dense}[system] if system != "hybrid" else fuse(lexical, dense)
        kept = ranking[ids]
        return [
            Hit(
                rank=rank, score=_readable(float(lexical[row]), float(dense[row]), system), passage=self.passages[row],
                lexical=float(lexical[row]), dense=float(dense[row]),
            )
            for rank, row in enumerate((int(ids[at]) for at in top(kept, top_k)), start=1)
        ]  # fmt: skip

    def similarity(self, question: str, texts: Sequence[str]) -> list[float]:
        """Cosine of a question with each of `texts`, -1…1."""
        if not texts:
            return []
        return [float(x) for x in self._encoder.remembered(texts) @ self._encoder.query(question)]

    def likeness(self, texts: Sequence[str]) -> Scores:
        """Cosines of texts with each other, shape (texts, texts)."""
        vectors = self._encoder.remembered(texts)
        return vectors @ vectors.T

    def closeness(self, texts: Sequence[str], others: Sequence[str]) -> Scores:
        """How near each of `others` comes to each of `texts`, read in their word order: shape (texts, others), cosines."""
        if not texts or not others:
            return np.zeros((len(texts), len(others)), dtype=np.float32)
        return self._matcher.vectors(texts) @ self._matcher.vectors(others).T

    def alignment(self, words: Sequence[str], texts: Sequence[str]) -> Alignment:
        """Compare texts with a question word by word (late interaction: MaxSim, Khattab & Zaharia 2020), by the embedded encoder's vectors of words."""
        cut = [content_words(text) or ("",) for text in texts]
        every = sorted({word for text in cut for word in text})
        if not words or not every:
            return Alignment(np.zeros((len(texts), len(words)), np.float32), np.zeros(len(texts), np.float32))
        rows = {word: row for row, word in enumerate(every)}
        near = np.clip(self._words.remembered(every) @ self._words.remembered(list(words)).T, 0.0, 1.0)
        telling = np.array([max(rarity(word), _LEAST_TELLING) for word in every], dtype=np.float32)
        flat = np.concatenate([[rows[word] for word in text] for text in cut])
        starts = np.cumsum([0, *(len(text) for text in cut[:-1])])
        echoed = np.add.reduceat((near.max(axis=1) * telling)[flat], starts) / np.add.reduceat(telling[flat], starts)
        return Alignment(np.maximum.reduceat(near[flat], starts, axis=0), echoed.astype(np.float32))

    def asked_before(self, question: str, paths: Collection[str]) -> dict[str, float]:
        """How near a question comes to the 相似问 of each of these articles: the best cosine by path, 0 without any."""
        listed = [(a.path, q) for a in self.articles if a.path in paths for q in a.questions]
        best: dict[str, float] = {}
        if listed:
            near = self._encoder.remembered([q for _, q in listed]) @ self._encoder.query(question)
            for (path, _), score in zip(listed, near, strict=True):
                best[path] = max(best.get(path, 0.0), float(score))
        return best

    def rarity(self, token: str) -> float:
        """How rare a token is in this collection: 1 for one passage or none, towards 0 for all of them."""
        return self._lexical.rarity(token)

    def weight(self, token: str) -> float:
        """How telling a token is in this collection; 0 for one no passage has."""
        return self._lexical.weight(token)

    @cached_property
    def root(self) -> Path:
        """The folder the articles were read from."""
        return Path(self.info.articles_dir)

    def _save(self, version: Path) -> None:
        _dump(version / "articles.jsonl", (asdict(article) for article in self.articles))
        _dump(version / "passages.jsonl", (_passage_json(passage) for passage in self.passages))
        self._lexical.save(version / "bm25")
        self._vectors.save(version / "vectors.faiss")


def context(passage: Passage) -> str:
    """What is indexed: the article's title and the headings, without which look-alike guides are all alike, then the text."""
    return "\n".join((passage.title, " ".join(passage.heading), passage.text))


def _sentences(passage: Passage) -> list[str]:
    """What the evidence compares with questions: every unit and list, alone and below its heading."""
    texts = [compared(quoted(passage, unit)) for unit in (*passage.units, *lists(passage))]
    heading = compared(passage.heading[-1] if passage.heading else "")
    return texts + [f"{heading} {text}" for text in texts]


def compared(text: str) -> str:
    """A text as it is compared for its meaning: folded, without the countries and towns that tell look-alike guides apart."""
    return placeless(fold(text))


def _cut(articles: Sequence[Article], progress: Progress | None) -> list[Passage]:
    passages: list[Passage] = []
    for count, article in enumerate(articles, start=1):
        cut = chunk(article, len(passages))
        passages += [replace(passage, scope=passage_scope(passage, article)) for passage in cut]
        if progress is not None:
            progress("切分段落", count / len(articles))
    return passages


def _readable(lexical: float, dense: float, system: System) -> float:
    parts = {"bm25": lexical, "dense": dense, "hybrid": (lexical + max(dense, 0.0)) / 2}
    return round(min(max(parts[system], 0.0), 1.0), 4)


def _dump(path: Path, rows: Any) -> None:  # noqa: ANN401 - any JSON rows
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def _info_json(info: IndexInfo) -> dict[str, Any]:
    row = asdict(info)
    row["promos"] = [{"path": path, **asdict(promo)} for path, promo in info.promos]
    return row


def _info(manifest: Mapping[str, Any]) -> IndexInfo:
    plain = {name: manifest[name] for name in IndexInfo.__slots__ if name not in ("promos", "skipped")}
    promos = tuple(
        (row["path"], Promo(row["start"], row["end"], row["kind"], row["text"])) for row in manifest["promos"]
    )
    return IndexInfo(**plain, promos=promos, skipped=tuple(Skipped(**row) for row in manifest["skipped"]))


def _article(row: dict[str, Any]) -> Article:
    listed = {name: tuple(row[name]) for name in ("countries", "carriers", "products", "sources", "questions")}
    return Article(**{**row, **listed, "promos": tuple(Promo(**promo) for promo in row["promos"])})


def _passage_json(passage: Passage) -> dict[str, Any]:
    row = asdict(passage)
    row["scope"] = {name: sorted(values) for name, values in row["scope"].items()}
    return row


def _passage(row: dict[str, Any]) -> Passage:
    scope = Scope(**{name: frozenset(values) for name, values in row["scope"].items()})
    return Passage(
        **{
            **row,
            "heading": tuple(row["heading"]),
            "units": tuple(Unit(**unit) for unit in row["units"]),
            "scope": scope,
        }
    )
