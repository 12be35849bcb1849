"""Sentences → unit vectors. Only this file imports sentence-transformers, and only when a vector is asked for."""

import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.errors import EncoderError
from index.text import simplify

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]

DEFAULT = "default"
_OWN_MODEL = Path(__file__).parent / "encoder" / "model"
_BATCH = 64
_REMEMBERED = 50_000  # words and sentences whose vectors are kept: the next question needs them again
# What a model's makers ask to be put before a question where the model's own files do not say so.
_QUERY_PROMPTS = {"baai/bge-small-zh-v1.5": "为这个句子生成表示以用于检索相关文章：", "baai/bge-base-zh-v1.5": "为这个句子生成表示以用于检索相关文章：", "baai/bge-large-zh-v1.5": "为这个句子生成表示以用于检索相关文章："}  # fmt: skip


class Memory:
    """Vectors of texts that will be asked for again, each made once; the oldest are forgotten."""

    def __init__(self, make: Callable[[Sequence[str]], Vectors]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One vector for each of `texts`, of which there is at least one: shape (n, dimension)."""
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            if new:
                self._known.update(zip(new, self._make(new), strict=True))
            out = [self._known[text] for text in texts]
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return np.stack(out)


class Encoder:
    """A sentence-transformers model by path or name of the hub; loaded at its first use, once."""

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._memory = Memory(self.documents)
        self._model: SentenceTransformer | None = None

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._loaded().get_embedding_dimension() or 0)

    def fingerprint(self) -> str:
        """What tells this model from another: the sha256 of a local model's weights, else the hub's name."""
        folder = self._folder()
        if folder is None:
            return self.name
        digest = hashlib.sha256()
        for path in sorted([*folder.rglob("*.safetensors"), *folder.rglob("tokenizer.json")]):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def documents(self, texts: Sequence[str], progress: Callable[[str, float], None] | None = None) -> Vectors:
        """Embed passages: shape (n, dimension), each of length 1."""
        model, parts = self._loaded(), []
        for start in range(0, len(texts), _BATCH * 16):
            batch = [simplify(text) for text in texts[start : start + _BATCH * 16]]
            parts.append(
                model.encode_document(batch, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
            )
            if progress is not None:
                progress("计算向量", min((start + len(batch)) / len(texts), 1.0))
        return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, self.dimension), dtype=np.float32)

    def remembered(self, texts: Sequence[str]) -> Vectors:
        """Embed words and sentences that will be asked for again, each once: shape (n, dimension)."""
        return self._memory.vectors(texts) if texts else np.zeros((0, self.dimension), dtype=np.float32)

    def query(self, text: str) -> Vectors:
        """Embed a question: shape (dimension,), of length 1."""
        prompt = _QUERY_PROMPTS.get(self.name.lower())
        vector = self._loaded().encode_query(
            [simplify(text)], prompt=prompt, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vector[0], dtype=np.float32)

    def _folder(self) -> Path | None:
        path = _OWN_MODEL if self.name == DEFAULT else Path(self.name).expanduser()
        return path if path.is_dir() else None

    def _loaded(self) -> "SentenceTransformer":
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> "SentenceTransformer":
        folder = self._folder()
        if self.name == DEFAULT and folder is None:
            raise EncoderError("自带的向量模型不见了：请重新安装本项目，或用 --encoder 指定模型。")
        # A local model is read from disk alone; the hub is asked only where its name was given.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        for noisy in ("sentence_transformers", "transformers", "huggingface_hub", "httpx"):
            logging.getLogger(noisy).setLevel(logging.ERROR)
        try:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds of imports, not paid before needed

            return SentenceTransformer(
                str(folder) if folder else self.name, device="cpu", local_files_only=folder is not None
            )
        except Exception as error:  # the libraries below raise nearly anything for a bad model
            raise EncoderError(
                f"无法加载向量模型“{self.name}”：请检查名称或路径、确认能联网下载，或去掉 --encoder 改用自带模型重建索引。"
            ) from error
