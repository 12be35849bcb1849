"""A question and a sentence → how near they are in meaning, by a small transformer of our own.

The encoder of embed.py is quick and finds passages; this one reads words in their order, and compares the sentences of
what was found. Its vectors of every sentence are made once, with the index. Only this file imports transformers.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index.embed import Memory, Vectors
from index.errors import EncoderError
from index.text import simplify

DIMENSION = 512
_OWN = Path(__file__).parent / "encoder" / "matcher"
_LONGEST = 96  # tokens of a sentence or a list; it was trained on sentences
_BATCH = 64
_LOADING = threading.Lock()

Halves = npt.NDArray[np.float16]


class Matcher:
    """The model and, by text, the vectors already made: those of an index's sentences, and those met since."""

    def __init__(self, texts: Sequence[str] = (), vectors: Halves | None = None) -> None:
        self._rows = {text: row for row, text in enumerate(texts)}
        self._vectors = np.zeros((0, DIMENSION), dtype=np.float16) if vectors is None else vectors
        self._memory = Memory(_embed)

    @staticmethod
    def fingerprint() -> str:
        """What tells one trained model from another: the sha256 of its weights and vocabulary."""
        digest = hashlib.sha256()
        try:
            for name in ("model.safetensors", "tokenizer.json"):
                digest.update((_OWN / name).read_bytes())
        except OSError as error:
            raise EncoderError("自带的句子模型不见了：请重新安装本项目。") from error
        return digest.hexdigest()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1, shape (n, DIMENSION)."""
        known = [self._rows.get(text, -1) for text in texts]
        out = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        stored = [at for at, row in enumerate(known) if row >= 0]
        out[stored] = self._vectors[[known[at] for at in stored]]
        fresh = [at for at, row in enumerate(known) if row < 0]
        if fresh:
            out[fresh] = self._memory.vectors([texts[at] for at in fresh])
        return out

    def make(self, texts: Sequence[str], progress: Callable[[str, float], None] | None = None) -> Halves:
        """Vectors to be kept with an index, shape (n, DIMENSION)."""
        parts = [np.zeros((0, DIMENSION), dtype=np.float16)]
        for start in range(0, len(texts), _BATCH * 8):
            parts.append(_embed(texts[start : start + _BATCH * 8]).astype(np.float16))
            if progress is not None:
                progress("细读句子", min((start + _BATCH * 8) / len(texts), 1.0))
        return np.concatenate(parts)


def _embed(texts: Sequence[str]) -> Vectors:
    import torch  # noqa: PLC0415 - seconds of imports, not paid before needed

    with _LOADING:
        tokenizer, model, threads = _ready(_OWN)
    rows = [encoding.ids for encoding in tokenizer.encode_batch([simplify(text) for text in texts])]
    out = np.zeros((len(rows), DIMENSION), dtype=np.float32)
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]))  # texts of a length share a batch
    # One question is too little to share: a second thread would wait for those numpy keeps spinning, 86 ms instead of 8.
    torch.set_num_threads(1 if len(texts) == 1 else threads)
    try:
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(rows[at]) for at in batch], batch_first=True)
            mask = (torch.arange(ids.shape[1]) < torch.tensor([[len(rows[at])] for at in batch])).long()
            with torch.inference_mode():
                first = model(input_ids=ids, attention_mask=mask).last_hidden_state[:, 0].float()
            out[batch] = torch.nn.functional.normalize(first, dim=-1).numpy()
    finally:
        torch.set_num_threads(threads)
    return out


@lru_cache(maxsize=1)  # one model in memory, however many indexes a rebuild has left open
def _ready(folder: Path) -> tuple[Tokenizer, Any, int]:
    """The tokeniser, the model, and how many threads torch had before any question narrowed them."""
    import torch  # noqa: PLC0415 - as above

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(_LONGEST)
        return tokenizer, load(folder), torch.get_num_threads()
    except Exception as error:  # the libraries below raise nearly anything for a bad file
        raise EncoderError("自带的句子模型无法加载：请重新安装本项目。") from error


def load(folder: Path) -> Any:  # noqa: ANN401 - transformers is not typed
    """Read a BERT whose matrices are kept as 8-bit numbers with a scale for each row."""
    import torch  # noqa: PLC0415 - as above
    from safetensors.torch import load_file  # noqa: PLC0415 - as above
    from transformers import BertConfig, BertModel  # noqa: PLC0415 - as above

    kept = load_file(folder / "model.safetensors")
    state = {
        name: tensor.float() * kept[f"{name}.scale"][:, None] if f"{name}.scale" in kept else tensor.float()
        for name, tensor in kept.items() if not name.endswith(".scale")
    }  # fmt: skip
    model = BertModel(BertConfig(**json.loads((folder / "config.json").read_text("utf-8"))), add_pooling_layer=False)
    model.load_state_dict(state)
    # bfloat16 where the processor multiplies it in hardware: 670 sentences a second instead of 256, and cosines differ by 4e-5.
    quick = torch.cpu._is_amx_tile_supported()  # noqa: SLF001 - torch has no public way to ask
    model.requires_grad_(requires_grad=False)
    return model.train(mode=False).to(torch.bfloat16 if quick else torch.float32)
