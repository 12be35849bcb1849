"""Corpora of look-alike guides from templates, with questions whose answers are known and ads whose places are known.

The guides of many countries are written over the same templates with other facts. The two banks, dev and test,
share no sentence, question or carrier, so what is tuned on one is not tested on its own words. The same arguments
always write the same bytes. Knows nothing of the product.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

from eval.templates_facts import Kind, Unit, chance, draw_carriers, draw_countries, draw_unit
from eval.templates_guides import Written, write_guide
from eval.templates_questions import Told, ask
from eval.templates_text import Bank, Texts, load
from index.errors import InputError

_KINDS: tuple[Kind, ...] = ("contradict", "single", "agree", "single", "contradict", "single", "products", "single")


def write_corpus(folder: Path, *, countries: int, seed: int, bank: Bank = "dev") -> Path:
    """Write `articles/`, `questions.jsonl` and `ads.json` into the folder and return it.

    Every question's split is the bank. `ads.json` lists the planted advertisements as code-point spans of the
    decoded articles. Raises InputError for a number of countries there are not, or articles already there.
    """
    articles = folder / "articles"
    if articles.exists() and any(articles.iterdir()):
        raise InputError(f"{articles} 里已经有文章，请换一个空的文件夹。")
    rng, texts = Random(f"{bank} {seed}"), load(bank)
    inside, outside = draw_countries(rng, countries)
    numbers = [rng.randint(1, 3) for _ in inside]
    names = iter(draw_carriers(rng, texts, sum(numbers)))
    units = [
        draw_unit(rng, country, tuple(next(names) for _ in range(number)), _KINDS[place % len(_KINDS)])
        for place, (country, number) in enumerate(zip(inside, numbers, strict=True))
    ]
    corpus = _written(rng, units, texts)
    articles.mkdir(parents=True, exist_ok=True)
    for written in (written for told in corpus for written in told.written):
        (articles / written.path).write_bytes(written.raw)
    _write(folder / "ads.json", json.dumps(_ads(corpus), ensure_ascii=False, indent=1))
    rows = ask(rng, corpus, outside, texts, bank)
    _write(folder / "questions.jsonl", "\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return folder


def _written(rng: Random, units: Sequence[Unit], texts: Texts) -> list[Told]:
    """Write out every guide, under a file name of its own."""
    corpus, taken = [], set[str]()
    for unit in units:
        foreign = [(other.country.name, name) for other in units if other is not unit for name in other.carriers]
        told: list[Written] = []
        for guide in unit.guides:
            english = f"{unit.country.slug}-{guide.product.slug}"
            stem = english if chance(rng, 0.7) else unit.country.name + guide.product.name
            stem = f"{stem}-2" if stem in taken else stem
            taken.add(stem)
            told.append(write_guide(rng, guide, texts, stem, foreign))
        corpus.append(Told(unit, tuple(told)))
    return corpus


def _ads(corpus: Iterable[Told]) -> list[Mapping[str, object]]:
    return [
        {"path": written.path, "start": ad.start, "end": ad.end, "text": ad.text}
        for told in corpus
        for written in told.written
        for ad in written.ads
    ]


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
