"""The embedded default encoder: weights, model card, training recipe."""
