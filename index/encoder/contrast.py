"""Contrastive training of token vectors on pairs: InfoNCE over in-batch negatives (van den Oord et al. 2018).

A text is the mean of its tokens' rows, scaled to unit length. A second loss over everyday pairs matches token by token
(MaxSim, Khattab & Zaharia 2020): what must match by itself, and not only in a mean, carries over to new sentences.
Knows nothing of files or tokenisers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

Ids = NDArray[np.int32]
_DROP_FROM = 4  # tokens; what is shorter would lose its meaning


@dataclass(frozen=True, slots=True)
class Examples:
    """Pairs as token ids. Every array of ids has shape (tokens,), the others (pairs,)."""

    queries: Sequence[Ids]
    passages: Sequence[Ids]
    negatives: Sequence[Ids | None]
    query_groups: NDArray[np.int64]  # equal numbers: equal queries
    passage_groups: NDArray[np.int64]
    weights: NDArray[np.float64]
    everyday: NDArray[np.int64]  # rows of everyday questions, each with a sentence that looks like the answer


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the contrast runs."""

    steps: int = 1500
    batch: int = 1024
    learning_rate: float = 0.003
    scale: float = 20.0  # 1 / temperature
    short: float = 0.3  # share of passages cut to a sentence or so
    short_tokens: tuple[int, int] = (8, 32)
    dropout: float = 0.1  # share of query and passage tokens left out
    matched: int = 64  # everyday pairs a step that are matched token by token
    matched_tokens: tuple[int, int] = (24, 40)  # of a question and of a sentence, at most


def draw(examples: Examples, schedule: Schedule, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw one batch of row numbers, shape (batch,), by weight and without repeats."""
    weights = examples.weights
    count = min(schedule.batch, len(weights))
    # Exponential races (Efraimidis & Spirakis 2006): a weighted draw without replacement in one pass.
    races = rng.exponential(size=len(weights)) / weights
    return np.argpartition(races, count - 1)[:count]


def shorten(ids: Ids, schedule: Schedule, rng: np.random.Generator) -> Ids:
    """Cut some passages to the length of a sentence, since sentences are compared with questions too."""
    if rng.random() < schedule.short:
        ids = ids[: int(rng.integers(schedule.short_tokens[0], schedule.short_tokens[1] + 1))]
    return ids


def drop(ids: Ids, schedule: Schedule, rng: np.random.Generator) -> Ids:
    """Leave some tokens out, so that no single one carries a pair."""
    if schedule.dropout == 0 or len(ids) < _DROP_FROM:
        return ids
    return ids[rng.random(len(ids)) >= schedule.dropout]


def _embed(weight: Tensor, texts: Sequence[Ids]) -> Tensor:
    """Embed texts as unit vectors, shape (texts, dimensions)."""
    flat = torch.from_numpy(np.concatenate(texts).astype(np.int64))
    offsets = torch.from_numpy(np.cumsum([0] + [len(ids) for ids in texts[:-1]]))
    # Only the rows in use are gathered first: the sparse gradient then has no repeats to add up.
    rows, local = torch.unique(flat, return_inverse=True)
    table = functional.embedding(rows, weight, sparse=True)
    return functional.normalize(functional.embedding_bag(local, table, offsets, mode="mean"), dim=-1)


def loss(
    weight: Tensor, examples: Examples, rows: NDArray[np.int64], schedule: Schedule, rng: np.random.Generator
) -> Tensor:
    """Return the mean InfoNCE loss of one batch: each query against every passage and negative in it."""
    queries = [drop(examples.queries[row], schedule, rng) for row in rows]
    passages = [drop(shorten(examples.passages[row], schedule, rng), schedule, rng) for row in rows]
    negatives = [shorten(found, schedule, rng) for row in rows if (found := examples.negatives[row]) is not None]
    count = len(rows)
    vectors = _embed(weight, queries + passages + negatives)
    scores = vectors[:count] @ vectors[count:].T * schedule.scale
    same = _same(examples.query_groups[rows]) | _same(examples.passage_groups[rows])
    blocked = torch.from_numpy(same & ~np.eye(count, dtype=bool))
    within = scores[:, :count].masked_fill(blocked, -torch.inf)
    target = torch.arange(count)
    return functional.cross_entropy(torch.cat([within, scores[:, count:]], dim=1), target)


def matching_loss(weight: Tensor, examples: Examples, schedule: Schedule, rng: np.random.Generator) -> Tensor:
    """Return the mean InfoNCE loss of some everyday pairs, a question scored by its tokens' nearest in each sentence."""
    rows = rng.choice(examples.everyday, min(schedule.matched, len(examples.everyday)), replace=False)
    longest_query, longest = schedule.matched_tokens
    queries = [drop(examples.queries[row], schedule, rng)[:longest_query] for row in rows]
    negatives = [found[:longest] for row in rows if (found := examples.negatives[row]) is not None]
    sentences = [examples.passages[row][:longest] for row in rows] + negatives
    flat = np.concatenate([*queries, *sentences]).astype(np.int64)
    used, local = torch.unique(torch.from_numpy(flat), return_inverse=True)
    table = functional.embedding(used, weight, sparse=True)
    texts = torch.split(local, [len(ids) for ids in (*queries, *sentences)])
    asked, asked_mask = _padded(texts[: len(queries)])
    said, said_mask = _padded(texts[len(queries) :])
    lengths = (
        table.norm(dim=-1)[asked].detach() * asked_mask
    )  # a long row is a telling token: in a mean it counts for more
    unit = functional.normalize(table, dim=-1)
    near = torch.einsum("qad,sbd->qasb", unit[asked], unit[said]).masked_fill(~said_mask, -1.0).amax(dim=-1)
    scores = (near * lengths[:, :, None]).sum(dim=1) / lengths.sum(dim=1, keepdim=True).clamp_min(1e-6)
    return functional.cross_entropy(scores * schedule.scale, torch.arange(len(queries)))


def _padded(texts: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Stack texts of unequal length, shape (texts, longest), with a mask of what is no padding."""
    ids = nn.utils.rnn.pad_sequence(list(texts), batch_first=True, padding_value=-1)
    return ids.clamp_min(0), ids >= 0


def _same(groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.equal(groups[:, None], groups[None, :])


def train(
    start: NDArray[np.float32],
    examples: Examples,
    schedule: Schedule,
    seed: int,
    tick: Callable[[float], None],
) -> NDArray[np.float32]:
    """Return the trained rows, shape as `start`; `tick` is called with the loss after every step."""
    weight = nn.Parameter(torch.from_numpy(start.copy()))
    optimiser = torch.optim.SparseAdam([weight], lr=schedule.learning_rate)
    for step in range(schedule.steps):
        for group in optimiser.param_groups:
            group["lr"] = schedule.learning_rate * (1 - step / schedule.steps)
        rng = np.random.default_rng([seed, step])
        value = loss(weight, examples, draw(examples, schedule, rng), schedule, rng)
        if len(examples.everyday):
            value = value + matching_loss(weight, examples, schedule, rng)
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimiser.step()  # type: ignore[no-untyped-call]
        tick(value.item())
    return weight.detach().numpy()
