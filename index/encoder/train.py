"""Train the embedded sentence encoder from scratch: `python -m index.encoder.train --data DIR [--out DIR]`.

Four stages, each leaving its result in the work folder and skipped when that is there already: a tokeniser, start
vectors from counts, the contrast on pairs, and the export. Under 20 minutes on two cores.
"""

import argparse
import collections
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm

from index.encoder import card, contrast, data, pretrain, tokeniser

_HERE = Path(__file__).resolve().parent
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number that shapes the model."""

    tokens: int = 23_000  # 23,000 rows of 256 float32 numbers are 23.6 MB
    sample_characters: int = 8_000_000  # the tokeniser learns from this much, half documents, half pairs
    counting: pretrain.Counting = field(default_factory=pretrain.Counting)
    schedule: contrast.Schedule = field(default_factory=contrast.Schedule)


@dataclass(frozen=True, slots=True)
class Run:
    """One training run: what it reads, where it works, and how."""

    data: Path
    work: Path
    seed: int
    recipe: Recipe

    def file(self, stage: str, suffix: str) -> Path:
        """Name a stage's result after all that decides it, so that a changed recipe or folder starts afresh."""
        known = f"{data.fingerprint(self.data)} {self.seed} {asdict(self.recipe)}"
        return self.work / f"{stage}-{hashlib.sha256(known.encode()).hexdigest()[:12]}{suffix}"


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write through a neighbour and one rename: a stage's file is whole or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"partial-{path.name}")
    write(partial)
    partial.replace(path)


def make_tokeniser(run: Run, pairs: list[data.Pair]) -> Tokenizer:
    """Stage 1: learn the vocabulary, or read the one learnt before."""
    path = run.file("tokeniser", ".json")
    if not path.exists():
        half = run.recipe.sample_characters // 2
        texts = tokeniser.sample(data.load_documents(run.data), half, run.seed)
        texts += tokeniser.sample((f"{pair.query}\n{pair.passage}" for pair in pairs), half, run.seed)
        # Everyday speech is a hundredth of the text and most of the questions.
        texts += [f"{pair.query}\n{pair.passage}" for pair in pairs if pair.source == "own"] * 2
        with tqdm(total=1, desc="tokeniser (a few minutes)") as bar:
            learnt = tokeniser.train(texts, run.recipe.tokens)
            bar.update()
        _write(path, lambda partial: learnt.save(str(partial)))
    return Tokenizer.from_file(str(path))


def make_start(run: Run, vocabulary: Tokenizer, pairs: list[data.Pair]) -> NDArray[np.float32]:
    """Stage 2: vectors from counts over all documents and pairs, shape (tokens, dimensions)."""
    path = run.file("start", ".npz")
    if not path.exists():
        documents = list(data.load_documents(run.data))
        texts = documents + [f"{pair.query}\n{pair.passage}" for pair in pairs]
        tokens = pretrain.stream(tokeniser.encode(vocabulary, tqdm(texts, desc="counting")), run.recipe.counting.window)
        with tqdm(total=1, desc="singular vectors (a few minutes)") as bar:
            vectors = pretrain.start_vectors(tokens, vocabulary.get_vocab_size(), run.recipe.counting, run.seed)
            bar.update()
        _write(path, lambda partial: _save_array(partial, vectors))
    return _load_array(path)


def make_rows(
    run: Run, vocabulary: Tokenizer, start: NDArray[np.float32], pairs: list[data.Pair]
) -> NDArray[np.float32]:
    """Stage 3: the contrast, shape (tokens, dimensions)."""
    path = run.file("rows", ".npz")
    if not path.exists():
        examples = as_examples(vocabulary, pairs)
        with tqdm(total=run.recipe.schedule.steps, desc="contrast") as bar:

            def tick(loss: float) -> None:
                bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
                bar.update()

            rows = contrast.train(start, examples, run.recipe.schedule, run.seed, tick)
        _write(path, lambda partial: _save_array(partial, rows))
    return _load_array(path)


def as_examples(vocabulary: Tokenizer, pairs: list[data.Pair]) -> contrast.Examples:
    """Turn pairs into token ids, leaving out those of which a side holds no token at all."""
    queries = list(tokeniser.encode(vocabulary, (pair.query for pair in pairs)))
    passages = list(tokeniser.encode(vocabulary, (pair.passage for pair in pairs)))
    negatives = list(tokeniser.encode(vocabulary, (pair.negative or "" for pair in pairs)))
    kept = [row for row in range(len(pairs)) if len(queries[row]) and len(passages[row])]
    return contrast.Examples(
        queries=[queries[row] for row in kept],
        passages=[passages[row] for row in kept],
        negatives=[negatives[row] if len(negatives[row]) else None for row in kept],
        query_groups=_groups(pairs[row].query for row in kept),
        passage_groups=_groups(pairs[row].passage for row in kept),
        weights=np.array([pairs[row].weight for row in kept]),
        everyday=np.array(
            [at for at, row in enumerate(kept) if pairs[row].source == "own" and len(negatives[row])], dtype=np.int64
        ),
    )


def _groups(texts: Iterable[str]) -> NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)


def _save_array(path: Path, rows: NDArray[np.float32]) -> None:
    with path.open("wb") as file:  # given a name, numpy would add a suffix of its own
        np.savez(file, rows=rows)


def _load_array(path: Path) -> NDArray[np.float32]:
    with np.load(path, allow_pickle=False) as stored:
        return np.asarray(stored["rows"], dtype=np.float32)


def train(run: Run, out: Path) -> None:
    """Run every stage that is not done yet and save the model, with its card, to `out`.

    Raises:
        data.DataError: the data folder cannot be read.

    """
    began = time.monotonic()
    torch.set_num_threads(_THREADS)
    pairs = data.load_pairs(run.data, run.seed)
    vocabulary = make_tokeniser(run, pairs)
    rows = make_rows(run, vocabulary, make_start(run, vocabulary, pairs), pairs)
    counts = collections.Counter(pair.source for pair in pairs)
    text = card.render(run.data, counts, seed=run.seed, minutes=(time.monotonic() - began) / 60, shape=rows.shape)
    from index.encoder import export  # noqa: PLC0415  importing sentence-transformers takes seconds

    export.save(vocabulary, rows, text, out)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m index.encoder.train", description=(__doc__ or "").split(":")[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds train/, howto/, own/, docs/")
    parser.add_argument("--out", type=Path, default=_HERE / "model", metavar="DIR", help="where the model goes")
    parser.add_argument("--work", type=Path, default=Path(".encoder"), metavar="DIR", help="stage results (.encoder)")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Train from the command line; return 0, or 1 after one sentence on stderr."""
    options = _parse(arguments)
    try:
        train(Run(options.data, options.work, options.seed, Recipe()), options.out)
    except (data.DataError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    # The tokeniser's threads come from rayon, which reads its number from here.
    os.environ.setdefault("RAYON_NUM_THREADS", str(_THREADS))
    sys.exit(main())
