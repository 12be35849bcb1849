"""The trained rows as a sentence-transformers folder with its model card. The only file here that imports it."""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer


def save(tokeniser: Tokenizer, rows: NDArray[np.float32], card: str, out: Path) -> None:
    """Write the model to `out` (rows of shape (tokens, dimensions), float32), replacing what was there.

    float32 and not float16: sentence-transformers would compute in the stored type, and in float16 a text
    without any known token comes out as NaN.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        fresh = Path(scratch) / "model"
        module = StaticEmbedding(tokeniser, embedding_weights=torch.from_numpy(rows))
        model = SentenceTransformer(modules=[module, Normalize()], device="cpu")
        model.save(str(fresh), create_model_card=False)
        for path in fresh.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        # One line instead of a line for every number: a third of the size.
        vocabulary = fresh / "tokenizer.json"
        whole = json.loads(vocabulary.read_text(encoding="utf-8"))
        vocabulary.write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        (fresh / "README.md").write_text(card, encoding="utf-8")
        shutil.rmtree(out, ignore_errors=True)
        fresh.rename(out)
