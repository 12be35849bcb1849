"""What the guides of a template corpus say: countries, products, carriers and the facts drawn for each.

Knows no wording. Everything comes out of the random generator it is handed.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Literal

from babel import Locale

from eval.templates_text import Texts
from index.errors import InputError

LEFT_OUT = 0.25  # the share of slots a guide says nothing of
_CODES = re.findall(
    r"\w+",
    "AL AM AO AR AT AZ BB BD BE BG BJ BO BR BT BW BY BZ CL CM CO CR CU CY CZ DK DM DO DZ EC EE EG ER ES ET FI FJ "
    "GA GE GH GM GN GQ GR GT GY HN HR HT HU ID IE IN IQ IS IT JM JO KE KG KH KW KZ LA LB LK LR LT LV MA MD ME MG "
    "ML MM MN MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NZ OM PA PG PH PK PL PT PY QA RO RS RU RW SA SD SE SI SK "
    "SN SO SS SV TG TH TJ TN TR TZ UA UG UY UZ VE VN VU YE ZA ZM ZW ",
)
_OUTSIDE = 20  # countries kept out of every corpus, to be asked about in vain
MOST = len(_CODES) - _OUTSIDE

Kind = Literal["single", "agree", "contradict", "products"]


@dataclass(frozen=True, slots=True)
class Value:
    """One thing a slot may say, with the numbers it may say it with."""

    name: str
    numbers: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Slot:
    """One kind of fact. `opposites` are values that contradict each other; the same twice: by number."""

    name: str
    group: str
    values: tuple[Value, ...]
    opposites: tuple[tuple[str, str], ...] = ()
    carrier: bool = False  # may differ by carrier
    missable: bool = True  # where it is left out, nothing else in the guide answers it by half


def _flags(*names: str) -> tuple[Value, ...]:
    return tuple(Value(name) for name in names)


_DAYS = (5, 7, 10, 14, 15, 20, 30)
_LONG = (30, 45, 60, 90, 120, 180)
_MONEY = (8, 12, 15, 20, 25, 35, 40, 60, 85)
SLOTS = (
    Slot("online", "way", _flags("yes", "no", "app"), (("yes", "no"),), carrier=True),
    Slot("steps", "way", _flags("yes", "no", "app"), missable=False),
    Slot("proxy", "way", _flags("yes", "no", "letter"), (("yes", "no"),), carrier=True),
    Slot(
        "hours",
        "way",
        (Value("weekday", (4, 5, 6)), Value("saturday", (4, 5, 6)), Value("daily", (8, 9, 10))),
        (("weekday", "daily"),),
    ),
    Slot("language", "way", _flags("yes", "no"), (("yes", "no"),)),
    Slot("documents", "prep", _flags("items"), missable=False),
    Slot("arrears", "prep", _flags("block", "settle"), (("block", "settle"),)),
    Slot("contract", "prep", (Value("block"), Value("penalty", _MONEY)), (("block", "penalty"),)),
    Slot("unbind", "prep", (Value("before"), Value("grace", _DAYS)), missable=False),
    Slot("review", "flow", (Value("days", (3, 4, 5, 6, 7, 8, 10, 12, 15)),), (("days", "days"),), carrier=True),
    Slot("withdraw", "flow", _flags("yes", "no"), (("yes", "no"),)),
    Slot("notice", "flow", _flags("sms", "mail", "letter"), (("sms", "letter"),)),
    Slot(
        "fee",
        "money",
        (Value("free"), Value("amount", _MONEY), Value("months", (3, 6, 12, 18))),
        (("free", "amount"), ("amount", "amount")),
        carrier=True,
    ),
    Slot("balance", "money", _flags("refund", "transfer", "forfeit"), (("refund", "forfeit"),), carrier=True),
    Slot("deposit", "money", (Value("days", _DAYS), Value("days", _DAYS), Value("none")), (("days", "days"),)),
    Slot("traffic", "money", _flags("void", "month", "gift"), (("void", "month"),)),
    Slot("keep", "after", (Value("days", _LONG),), (("days", "days"),), carrier=True),
    Slot("reuse", "after", (Value("no"), Value("days", _DAYS)), (("no", "days"),)),
    Slot("suspend", "after", (Value("fee", _MONEY), Value("no")), (("fee", "no"),)),
    Slot("lost", "card", _flags("direct", "reissue", "police"), (("direct", "reissue"),)),
    Slot("chip", "card", _flags("return", "keep"), (("return", "keep"),)),
    Slot("proof", "card", (Value("months", (3, 6, 9, 12, 18, 24)),), (("months", "months"),)),
)
_BY_NAME = {slot.name: slot for slot in SLOTS}
DOCUMENTS = range(7)  # the items a list of documents draws from


@dataclass(frozen=True, slots=True)
class Fact:
    """What one guide says on one slot."""

    value: str
    number: int = 0
    items: tuple[int, ...] = ()


Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Country:
    """A country with its Chinese name and a slug for file names."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product under the name the guides use and the ones people use."""

    name: str
    slug: str
    aliases: tuple[str, ...]


PRODUCTS = (
    Product("流量卡", "data-card", ("流量卡", "上网卡", "数据卡")),
    Product("eSIM", "esim", ("eSIM", "esim", "eSIM卡")),
    Product("手机卡", "phone-card", ("手机卡", "电话卡", "SIM卡")),
)


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide before it has words. A slot told carrier by carrier is not in `facts`."""

    country: Country
    product: Product
    facts: Facts
    carriers: tuple[str, ...] = ()  # those named
    by_carrier: Mapping[str, Facts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """All the guides of one country, and the slots on which two of them contradict each other."""

    country: Country
    kind: Kind
    carriers: tuple[str, ...]
    guides: tuple[Guide, ...]
    contradicted: frozenset[str] = frozenset()


def chance(rng: Random, share: float) -> bool:
    """Say yes in `share` of the cases."""
    return rng.random() < share


def applies(slot: Slot, sold: Product) -> bool:
    """Say whether the product has what the slot speaks of: an eSIM is no piece of plastic."""
    return not (slot.name == "chip" and sold.slug == "esim")


def draw_countries(rng: Random, wanted: int) -> tuple[tuple[Country, ...], tuple[Country, ...]]:
    """Return the countries of the corpus and those that stay outside; InputError for too many or none."""
    if not 1 <= wanted <= MOST:
        raise InputError(f"国家数应当在 1 到 {MOST} 之间。")
    chinese, english = Locale("zh").territories, Locale("en").territories
    drawn = [Country(str(chinese[code]), _slug(str(english[code]))) for code in rng.sample(_CODES, len(_CODES))]
    return tuple(drawn[:wanted]), tuple(drawn[-_OUTSIDE:])


def draw_carriers(rng: Random, texts: Texts, wanted: int) -> tuple[str, ...]:
    """Invent carriers' names, two in three of them Latin, none twice."""
    chinese = ["".join(parts) for parts in product(*texts.chinese)]
    latin = ["".join(parts) for parts in product(*texts.latin)]
    few = min(wanted // 3, len(chinese))
    names = rng.sample(chinese, few) + rng.sample(latin, wanted - few)
    rng.shuffle(names)
    return tuple(names)


def draw_unit(rng: Random, country: Country, carriers: tuple[str, ...], kind: Kind) -> Unit:
    """Draw the guides of one country."""
    one, other = rng.sample(PRODUCTS, 2)
    facts = _facts(rng, one)
    if kind == "single":
        return Unit(country, kind, carriers, (_single(rng, country, one, facts, carriers),))
    contradicted: tuple[str, ...] = ()
    if kind == "products":
        second = Guide(country, other, _facts(rng, other))
    else:
        disputed = [name for name, fact in facts.items() if opposite(rng, name, fact)]
        if kind == "contradict":
            contradicted = tuple(rng.sample(disputed, min(len(disputed), rng.randint(1, 3))))
        second = Guide(country, one, _second(rng, facts, one, contradicted))
    return Unit(country, kind, carriers, (Guide(country, one, facts, carriers), second), frozenset(contradicted))


def opposite(rng: Random, name: str, fact: Fact) -> Fact | None:
    """Draw a fact that contradicts this one, or None where nothing flatly does."""
    slot = _BY_NAME[name]
    against = [b if a == fact.value else a for a, b in slot.opposites if fact.value in (a, b)]
    if not against:
        return None
    wanted = rng.choice(against)
    value = next(value for value in slot.values if value.name == wanted)
    numbers = [number for number in value.numbers if value.name != fact.value or number != fact.number]
    return Fact(value.name, rng.choice(numbers))


def _facts(rng: Random, sold: Product) -> dict[str, Fact]:
    drawn = {}
    for slot in SLOTS:
        if applies(slot, sold) and not chance(rng, LEFT_OUT):
            drawn[slot.name] = _fact(rng, slot)
    return _consistent(drawn)


def _fact(rng: Random, slot: Slot) -> Fact:
    value = rng.choice(slot.values)
    items = tuple(sorted(rng.sample(DOCUMENTS, rng.randint(3, 5)))) if slot.name == "documents" else ()
    return Fact(value.name, rng.choice(value.numbers), items)


def _consistent(facts: dict[str, Fact]) -> dict[str, Fact]:
    """Let the steps follow from whether it is done online; where that is left out, so are they."""
    if "online" in facts and "steps" in facts:
        facts["steps"] = Fact(facts["online"].value)
    else:
        facts.pop("steps", None)
    return facts


def _second(rng: Random, first: Facts, sold: Product, contradicted: Sequence[str]) -> dict[str, Fact]:
    """Draw a second guide's facts: its own gaps, the same facts where both speak, but for the contradicted."""
    drawn = _facts(rng, sold) | {name: first[name] for name in contradicted}
    for name, fact in first.items():
        if name in drawn:
            drawn[name] = (opposite(rng, name, fact) if name in contradicted else None) or fact
    return _consistent(drawn)


def _single(rng: Random, country: Country, sold: Product, facts: dict[str, Fact], carriers: tuple[str, ...]) -> Guide:
    """Draw the only guide of a country: some name no carrier, some tell a few slots carrier by carrier."""
    if len(carriers) == 1 or chance(rng, LEFT_OUT):
        return Guide(country, sold, facts, rng.choice((carriers, ())))
    split = rng.sample([slot for slot in SLOTS if slot.carrier], rng.randint(2, 4))
    by_carrier: dict[str, dict[str, Fact]] = {}
    for number, carrier in enumerate(carriers):
        kept = [slot for place, slot in enumerate(split) if place == number or not chance(rng, LEFT_OUT)]
        by_carrier[carrier] = {slot.name: _fact(rng, slot) for slot in kept}
    shown = by_carrier[carriers[0]]
    if "steps" in facts and "online" in shown:  # the steps are told of the first carrier
        by_carrier[carriers[0]] = shown | {"steps": Fact(shown["online"].value)}
    left = {name: fact for name, fact in facts.items() if name not in {slot.name for slot in split}}
    return Guide(country, sold, _consistent(left), carriers, by_carrier)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", "-", plain.lower()).strip("-")
