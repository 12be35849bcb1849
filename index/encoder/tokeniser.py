"""A unigram tokeniser (Kudo 2018) that carries its own normalisation, so training and use cannot differ.

Knows nothing of pairs, weights or vectors.
"""

import random
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

UNKNOWN = "<unk>"
UNKNOWN_ID = 0

# Runs of Chinese, or of letters and digits ("esim", "5g", "12306"). Whatever is left, punctuation and
# white space, is dropped: in a mean of vectors a full stop can only dilute.
_BATCH = 1024
_LONGEST = 4  # characters in a token; longer ones are set phrases that hide the words inside them


def _blank() -> Tokenizer:
    tokeniser = Tokenizer(models.Unigram())
    tokeniser.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokeniser.pre_tokenizer = pre_tokenizers.Split(
        Regex(r"\p{Han}+|[\p{L}\p{N}&&[^\p{Han}]]+"), behavior="removed", invert=True
    )
    return tokeniser


def train(texts: Iterable[str], size: int, longest: int = _LONGEST) -> Tokenizer:
    """Learn a vocabulary of at most `size` tokens from `texts`."""
    tokeniser = _blank()
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        unk_token=UNKNOWN,
        special_tokens=[UNKNOWN],
        max_piece_length=longest,
        show_progress=False,
    )
    tokeniser.train_from_iterator(texts, trainer=trainer)
    return tokeniser


def sample(texts: Iterable[str], characters: int, seed: int) -> list[str]:
    """Draw texts, without repeats, until they hold about `characters` characters."""
    pool = list(texts)
    random.Random(seed).shuffle(pool)
    taken: list[str] = []
    for text in pool:
        if characters <= 0:
            break
        taken.append(text)
        characters -= len(text)
    return taken


def encode(tokeniser: Tokenizer, texts: Iterable[str]) -> Iterator[NDArray[np.int32]]:
    """Yield the token ids of each text, in order, as an array of shape (tokens,)."""
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            yield from _encode(tokeniser, batch)
            batch = []
    yield from _encode(tokeniser, batch)


def _encode(tokeniser: Tokenizer, texts: list[str]) -> Iterator[NDArray[np.int32]]:
    for encoding in tokeniser.encode_batch_fast(texts, add_special_tokens=False):
        yield np.asarray(encoding.ids, dtype=np.int32)
