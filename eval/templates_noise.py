"""How people mistype a question: traditional characters, homophones, pinyin, chat around it."""

from collections.abc import Mapping
from functools import cache
from random import Random

from opencc import OpenCC

from eval.templates_facts import chance
from eval.templates_text import Texts

_SCRIPTS = ("s2t", "s2tw", "s2hk")


def noisy(rng: Random, question: str, texts: Texts) -> str:
    """Return the question mistyped in one way, now and then with chat around it; never unchanged."""
    kinds = {"homophones": texts.homophones, "pinyin": texts.pinyin}
    kind = rng.choice(("script", *kinds))
    typed = _script(rng, question) if kind == "script" else _swap(rng, question, kinds[kind])
    if typed == question:
        typed = _script(rng, question)
    if typed == question or chance(rng, 0.3):
        typed = rng.choice(texts.frame["chat"]).replace("{q}", typed)
    return typed.rstrip("？") if chance(rng, 0.5) else typed


def _script(rng: Random, question: str) -> str:
    return str(_converter(rng.choice(_SCRIPTS)).convert(question))


def _swap(rng: Random, question: str, words: Mapping[str, str]) -> str:
    """Mistype one or two of the words that stand in the question."""
    found = [word for word in words if word in question]
    for word in rng.sample(found, min(len(found), rng.randint(1, 2))):
        question = question.replace(word, words[word], 1)
    return question


@cache
def _converter(script: str) -> OpenCC:
    return OpenCC(script)
