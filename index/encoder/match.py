"""Train the matcher: `python -m index.encoder.match --start DIR [--out DIR]`.

A BERT of four layers, started from a published one (warm.py), is contrasted on the project's own everyday pairs: each
question against its sentence, the sentences of the others in the batch and every pair's own negative (InfoNCE, van den
Oord et al. 2018). Matrices are kept as 8-bit numbers with a scale for each row. Half an hour on two cores that multiply
bfloat16; the work is not kept between runs.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from index.encoder import match_card, warm
from index.encoder.data import PAIRS
from index.text import simplify

_HERE = Path(__file__).resolve().parent
_THREADS = 2
_BYTE = 127.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number that shapes the model."""

    epochs: int = 2
    batch: int = 128
    learning_rate: float = 1e-4  # rises over the first tenth of the steps, then falls to 0
    weight_decay: float = 0.01
    scale: float = 30.0  # 1 / temperature
    question_tokens: int = 40
    sentence_tokens: int = 64
    together: int = 64  # texts of about one length that go through the model at once
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Rows:
    """The pairs as token ids; equal group numbers mean equal texts."""

    questions: Sequence[Sequence[int]]
    sentences: Sequence[Sequence[int]]
    negatives: Sequence[Sequence[int]]
    question_groups: NDArray[np.int64]
    sentence_groups: NDArray[np.int64]


def read_pairs(tokenizer: Tokenizer, recipe: Recipe, path: Path = PAIRS) -> Rows:
    """Read the project's own pairs, every one of which has a negative."""
    pairs = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    questions, sentences = [pair["query"] for pair in pairs], [pair["passage"] for pair in pairs]
    return Rows(
        _ids(tokenizer, questions, recipe.question_tokens),
        _ids(tokenizer, sentences, recipe.sentence_tokens),
        _ids(tokenizer, [pair["negative"] for pair in pairs], recipe.sentence_tokens),
        _groups(questions),
        _groups(sentences),
    )


def _ids(tokenizer: Tokenizer, texts: Sequence[str], longest: int) -> list[list[int]]:
    tokenizer.enable_truncation(longest)
    return [encoding.ids for encoding in tokenizer.encode_batch([simplify(text) for text in texts])]


def _groups(texts: Sequence[str]) -> NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)


def build(start: warm.Start) -> Any:  # noqa: ANN401 - transformers is not typed
    """Make the model of a start, ready to be trained."""
    from transformers import BertConfig, BertModel  # noqa: PLC0415 - seconds of imports

    model = BertModel(BertConfig(**start.config), add_pooling_layer=False)
    model.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in start.arrays.items()})
    return model.train()


def vectors(model: Any, rows: Sequence[Sequence[int]], together: int) -> Tensor:  # noqa: ANN401 - as above
    """Vectors of length 1 of the first token, shape (rows, dimensions), in bfloat16 inside."""
    order = np.argsort([len(row) for row in rows])
    parts = []
    for start in range(0, len(order), together):
        batch = [rows[at] for at in order[start : start + together]]
        ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in batch], batch_first=True)
        mask = (torch.arange(ids.shape[1]) < torch.tensor([[len(row)] for row in batch])).long()
        with torch.autocast("cpu", torch.bfloat16):
            parts.append(model(input_ids=ids, attention_mask=mask).last_hidden_state[:, 0])
    back = torch.from_numpy(np.argsort(order))
    return functional.normalize(torch.cat(parts).float()[back], dim=-1)


def loss(model: Any, rows: Rows, drawn: NDArray[np.int64], recipe: Recipe) -> Tensor:  # noqa: ANN401 - as above
    """Mean InfoNCE of a batch; what equals a pair's own question or sentence is no negative of it."""
    count = len(drawn)
    texts = [part[row] for part in (rows.questions, rows.sentences, rows.negatives) for row in drawn]
    embedded = vectors(model, texts, recipe.together)
    scores = embedded[:count] @ embedded[count:].T * recipe.scale
    same = np.zeros((count, count), dtype=bool)
    for groups in (rows.question_groups[drawn], rows.sentence_groups[drawn]):
        same |= groups[:, None] == groups[None, :]
    blocked = torch.from_numpy(same & ~np.eye(count, dtype=bool))
    within = scores[:, :count].masked_fill(blocked, -1e4)
    return functional.cross_entropy(torch.cat([within, scores[:, count:]], dim=1), torch.arange(count))


def train(model: Any, rows: Rows, recipe: Recipe) -> None:  # noqa: ANN401 - as above
    """Contrast the model on the pairs, in place."""
    bare = [p for name, p in model.named_parameters() if "bias" in name or "LayerNorm" in name]
    rest = [p for name, p in model.named_parameters() if "bias" not in name and "LayerNorm" not in name]
    groups = [{"params": rest, "weight_decay": recipe.weight_decay}, {"params": bare, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=recipe.learning_rate)
    steps = len(rows.questions) * recipe.epochs // recipe.batch
    with tqdm(total=steps, desc="contrast") as bar:
        for step, drawn in zip(range(steps), _batches(len(rows.questions), recipe), strict=False):
            for group in optimiser.param_groups:
                group["lr"] = recipe.learning_rate * min((step + 1) / (0.1 * steps), (steps - step) / (0.9 * steps))
            value = loss(model, rows, drawn, recipe)
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            bar.set_postfix(loss=f"{value.item():.3f}", refresh=False)
            bar.update()


def _batches(count: int, recipe: Recipe) -> Iterator[NDArray[np.int64]]:
    rng = np.random.default_rng(recipe.seed)
    order = np.concatenate([rng.permutation(count) for _ in range(recipe.epochs + 1)])
    for start in range(0, len(order) - recipe.batch + 1, recipe.batch):
        yield order[start : start + recipe.batch]


def compressed(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Matrices as 8-bit numbers with the scale of each row beside them (`NAME.scale`); the rest as it is."""
    out = {}
    for name, tensor in state.items():
        if tensor.ndim == 2:  # noqa: PLR2004 - a matrix
            scale = tensor.abs().amax(dim=1).clamp_min(1e-12) / _BYTE
            out[name], out[f"{name}.scale"] = torch.round(tensor / scale[:, None]).to(torch.int8), scale
        else:
            out[name] = tensor.contiguous()
    return out


def save(model: Any, start: warm.Start, card: str, out: Path) -> None:  # noqa: ANN401 - as above
    """Write the model to `out`, replacing what was there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        fresh = Path(scratch) / "model"
        fresh.mkdir()
        state = {name: value.detach() for name, value in model.state_dict().items() if value.is_floating_point()}
        save_file(compressed(state), fresh / "model.safetensors")
        (fresh / "config.json").write_text(json.dumps(start.config, indent=1) + "\n", "utf-8")
        (fresh / "tokenizer.json").write_text(
            json.dumps(start.tokenizer, ensure_ascii=False, separators=(",", ":")), "utf-8"
        )
        (fresh / "README.md").write_text(card, "utf-8")
        shutil.rmtree(out, ignore_errors=True)
        fresh.rename(out)
        for path in (out, *out.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)


def main(arguments: list[str] | None = None) -> int:
    """Train from the command line; return 0, or 1 after one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="python -m index.encoder.match", description="Train the matcher.")
    parser.add_argument(
        "--start", type=Path, required=True, metavar="DIR", help="a published bge-small-zh-v1.5 in ONNX"
    )
    parser.add_argument("--out", type=Path, default=_HERE / "matcher", metavar="DIR", help="where the model goes")
    options = parser.parse_args(arguments)
    began, recipe = time.monotonic(), Recipe()
    torch.set_num_threads(_THREADS)
    torch.manual_seed(recipe.seed)
    try:
        start = warm.read(options.start)
    except warm.WarmStartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    rows = read_pairs(Tokenizer.from_str(json.dumps(start.tokenizer)), recipe)
    model = build(start)
    train(model, rows, recipe)
    minutes = (time.monotonic() - began) / 60
    save(
        model,
        start,
        match_card.render(len(rows.questions), len(start.tokenizer["model"]["vocab"]), minutes),
        options.out,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
