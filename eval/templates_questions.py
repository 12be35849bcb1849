"""The questions on a template corpus: what its guides answer, what they leave out, and what nobody wrote about.

Rows are of the form of DESIGN.md. Knows nothing of how guides are written beyond where their facts stand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from eval.templates_facts import SLOTS, Country, Product, Slot, Unit, applies, chance
from eval.templates_guides import Written
from eval.templates_noise import noisy
from eval.templates_text import Bank, Texts, Wordings

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Told:
    """A unit with its guides written out."""

    unit: Unit
    written: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    """Something to ask about, and the places that answer it: none when the guides leave it out."""

    slot: Slot
    country: Country
    product: Product
    golds: tuple[Row, ...] = ()
    keys: tuple[str, ...] = ()
    carrier: str = ""
    alone: bool = False  # the country has this one product only


def ask(rng: Random, corpus: Sequence[Told], outside: Sequence[Country], texts: Texts, bank: Bank) -> list[Row]:
    """Return the rows of all countries, numbered, each question once."""
    carriers = [carrier for told in corpus for carrier in told.unit.carriers]
    asker = _Asker(rng, texts, outside, carriers)
    rows: dict[str, Row] = {}
    for told in corpus:
        for row in asker.of(told):
            rows.setdefault(str(row["question"]), row)
    wanted = min(len(texts.frame["off"]), max(2, len(corpus) // 3))
    for question in rng.sample(texts.frame["off"], wanted):
        rows.setdefault(question, {"question": question, "type": "off", "gold": [], "keys": []})
    return [{"id": f"{bank}{number:05d}", **row, "split": bank} for number, row in enumerate(rows.values(), start=1)]


class _Asker:
    """One person's way of asking, in the words of one bank."""

    def __init__(self, rng: Random, texts: Texts, outside: Sequence[Country], carriers: Sequence[str]) -> None:
        self.rng, self.texts, self.outside, self.carriers = rng, texts, outside, carriers

    def of(self, told: Told) -> Iterator[Row]:
        """Yield the questions on one country, a few of each type."""
        general, named, missing = _targets(told)
        disputed = [target for target in general if target.slot.name in told.unit.contradicted]
        settled = [target for target in general if target not in disputed and target.slot.name != "steps"]
        yield from self._settled(settled)
        for target in disputed:
            words = self._words(target)
            for templates in (words.direct, words.colloquial, words.yes_no):
                if templates:
                    yield self._row("conflict", target, templates)
        if "online" not in told.unit.contradicted:
            yield from self._steps([target for target in (*general, *named) if target.slot.name == "steps"])
        for target in self._some([target for target in named if target.slot.name != "steps"], 3):
            yield self._row("entity", target, self._either(target))
        for target in self._some(missing, 2):
            yield self._row("no_topic", target, self._either(target))
        yield self._row("no_topic", _target(told, SLOTS[0], nothing=True), self.texts.frame["outside"])
        yield from self._strangers(told, settled)

    def _settled(self, targets: Sequence[_Target]) -> Iterator[Row]:
        """Ask what the guides answer with one voice."""
        for target in self._some(targets, 2):
            yield self._row("direct", target, self._words(target).direct)
        for target in self._some(targets, 4):
            yield self._row("colloquial", target, self._words(target).colloquial)
        for target in self._some([target for target in targets if self._words(target).yes_no], 2):
            yield self._row("yes_no", target, self._words(target).yes_no)
        for target in self._some(targets, 2):
            row = self._row("noisy", target, self._either(target))
            yield row | {"question": noisy(self.rng, str(row["question"]), self.texts)}

    def _steps(self, targets: Sequence[_Target]) -> Iterator[Row]:
        for target in self._some(targets, 1):
            yield self._row("steps", target, self._words(target).direct)
            yield self._row("steps", target, self._words(target).colloquial)

    def _strangers(self, told: Told, targets: Sequence[_Target]) -> Iterator[Row]:
        """Ask what the guide answers, of a country that has none and of a carrier that is not there."""
        about = self.rng.choice(targets) if targets else _target(told, SLOTS[0], nothing=True)
        elsewhere = _Target(about.slot, self.rng.choice(self.outside), about.product, alone=True)
        yield self._row("no_entity", elsewhere, self._either(elsewhere))
        others = [carrier for carrier in self.carriers if carrier not in told.unit.carriers]
        pool = others if others and chance(self.rng, 0.7) else self.texts.frame["strangers"]
        slot = self.rng.choice([slot for slot in SLOTS if slot.carrier])
        stranger = _Target(slot, about.country, about.product, carrier=self.rng.choice(pool))
        cards = [form for form in self.texts.frame["carrier_cards"] if "{c}" in form]
        forms = cards if pool is others else self.texts.frame["carrier_cards"]
        yield self._row("no_entity", stranger, self._either(stranger), forms)

    def _row(self, kind: str, target: _Target, templates: Sequence[str], forms: Sequence[str] = ()) -> Row:
        formal = not target.carrier and templates in (self._words(target).direct, self._words(target).yes_no)
        card = target.country.name + target.product.name if formal else self._card(target, forms)
        template = self.rng.choice(templates)
        row: Row = {"question": template.replace("{card}", card), "type": kind}
        row |= {"gold": list(target.golds), "keys": list(target.keys)}
        if target.country.name in card:
            row["country"] = target.country.name
        if target.carrier:
            row["carrier"] = target.carrier
        return row

    def _card(self, target: _Target, forms: Sequence[str]) -> str:
        """Name what is asked about the way people do."""
        called = self.rng.choice(target.product.aliases) if target.alone else target.product.name
        kind = "carrier_cards" if target.carrier else "cards"
        form = self.rng.choice(forms or self.texts.frame[kind])
        if target.carrier.isascii() and called[0].isascii():
            form = form.replace("{k}{p}", "{k} {p}")
        return form.format_map({"c": target.country.name, "p": called, "k": target.carrier})

    def _either(self, target: _Target) -> tuple[str, ...]:
        words = self._words(target)
        return words.direct if chance(self.rng, 0.25) else words.colloquial

    def _words(self, target: _Target) -> Wordings:
        return self.texts.slots[target.slot.name]

    def _some(self, targets: Sequence[_Target], count: int) -> list[_Target]:
        return self.rng.sample(targets, min(count, len(targets)))


def _targets(told: Told) -> tuple[list[_Target], list[_Target], list[_Target]]:
    """Return what the guides answer in general, what they answer of a carrier, and what they leave out."""
    general, named = [], []
    products = list(dict.fromkeys(written.guide.product for written in told.written))
    for slot in SLOTS:
        for product in products:
            target = _target(told, slot, product)
            general += [target] if target.golds else []
        named += [target for carrier in told.unit.carriers if (target := _target(told, slot, None, carrier)).golds]
    missing = [_target(told, slot, product) for slot in SLOTS for product in products if _left_out(told, slot)]
    missing += [
        _target(told, slot, None, carrier)
        for written in told.written
        for carrier, facts in written.guide.by_carrier.items()
        for slot in SLOTS
        if slot.missable and slot.name not in facts and _split(written, slot)
    ]
    return general, named, missing


def _target(
    told: Told, slot: Slot, product: Product | None = None, carrier: str = "", *, nothing: bool = False
) -> _Target:
    """Gather every place of a country's guides that states the slot, of one product or one carrier, or none."""
    product = product or told.written[0].guide.product
    places = [
        (written.path, said)
        for written in told.written
        if not nothing and written.guide.product == product and (said := written.places.get((slot.name, carrier)))
    ]
    golds: list[Row] = [{"article": path, "quote": said.text} for path, said in places]
    keys: Mapping[str, None] = dict.fromkeys(key for _, said in places for key in said.keys)
    return _Target(
        slot, told.unit.country, product, tuple(golds), tuple(keys), carrier, alone=told.unit.kind != "products"
    )


def _left_out(told: Told, slot: Slot) -> bool:
    """Say whether no guide of the country says anything on the slot, though it could."""
    if not slot.missable or any(not applies(slot, written.guide.product) for written in told.written):
        return False
    return not any(slot.name in written.guide.facts or _split(written, slot) for written in told.written)


def _split(written: Written, slot: Slot) -> bool:
    """Say whether the guide tells the slot carrier by carrier."""
    return any(slot.name in facts for facts in written.guide.by_carrier.values())
