"""The training data on disk, read into pairs and documents, with the licence and the weight of every source.

Knows nothing of tokens, vectors or models.
"""

import gzip
import hashlib
import json
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PASSAGE_CHARS = 300  # an embedding is a mean: past this much text the topic only blurs
DOCUMENT_CHARS = 4000

PAIRS = Path(__file__).with_name("pairs.jsonl")  # everyday questions and formal sentences, written for this project
_FOLDERS = ("train", "howto", "own", "docs")  # never test/: those questions measure the model


class DataError(Exception):
    """The data folder is missing, or holds nothing this recipe can read."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One training row: a question or title, a passage that answers it and, at times, one that does not."""

    query: str
    passage: str
    negative: str | None
    source: str
    weight: float  # how often it is drawn, relative to a row of weight 1


@dataclass(frozen=True, slots=True)
class Policy:
    """How much one source counts: at most `cap` rows, each drawn `weight` times as often as a row of weight 1."""

    weight: float = 1.0
    cap: int | None = None


# Licences of train/ and docs/ as their repositories state them; rows of howto/ carry their own.
LICENCES = {
    "own": ("written for this project", "free to use"),
    "toyhom_medical": ("Toyhom/Chinese-medical-dialogue-data", "MIT"),
    "crud_title_news": ("IAAR-Shanghai/CRUD_RAG", "Apache-2.0"),
    "crud_quest_news": ("IAAR-Shanghai/CRUD_RAG", "Apache-2.0"),
    "crud_news": ("IAAR-Shanghai/CRUD_RAG", "Apache-2.0"),
    "lctt_question_headings": ("LCTT/TranslateProject", "Apache-2.0"),
    "kdconv_query_knowledge": ("thu-coai/KdConv", "Apache-2.0"),
    "kdconv_travel_kb": ("thu-coai/KdConv", "Apache-2.0"),
    "stsb_zh_pos": ("shibing624/text2vec", "Apache-2.0"),
    "sohu_match": ("shibing624/text2vec", "Apache-2.0"),
    "aliyun_ecs_faq_headings": ("AlibabaCloudDocs/ecs", "MIT"),
    "aliyun_ecs_docs": ("AlibabaCloudDocs/ecs", "MIT"),
    "dureader_demo": ("baidu/DuReader", "Apache-2.0"),
    "customer_chatbot_faq": ("WenRichard/Customer-Chatbot", "MIT"),
    "howtocook": ("Anduin2017/HowToCook", "Unlicense"),
}

# Share-alike text stays out of the weights: whether a model is an adaptation of it is an open question.
_SHARE_ALIKE = frozenset({"tidb_docs_cn"})

_POLICIES = {
    "own": Policy(weight=6.0),
    "toyhom_medical": Policy(weight=0.5, cap=3000),
    "crud_title_news": Policy(weight=0.5),
    "crud_quest_news": Policy(weight=1.0),
    "sohu_match": Policy(weight=0.5),
    "lctt_sections": Policy(weight=0.5),
    "kdconv_travel_kb": Policy(weight=2.0),
    "customer_chatbot_faq": Policy(weight=8.0),
    "dureader_demo": Policy(weight=3.0),
    "ms_partner_center": Policy(weight=3.0),
    "ms_alchemy": Policy(weight=3.0),
    "ms_d365_ops": Policy(weight=1.0),
    "aliyun_domain": Policy(weight=3.0),
    "aliyun_ccc": Policy(weight=3.0),
}
_MACHINE_TRANSLATED = 0.2  # clumsy, yet a third of some of the nearest sources


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        number = 0
        try:
            for line in lines:
                number += 1
                row = json.loads(line)
                if isinstance(row, dict):
                    yield row
        except json.JSONDecodeError as error:
            raise DataError(f"{path.name}, line {number}: not JSON ({error.msg})") from error
        except (EOFError, UnicodeDecodeError, gzip.BadGzipFile, zlib.error) as error:
            raise DataError(f"{path.name}: cannot be unpacked and read as UTF-8 ({error})") from error


def _files(data: Path, folders: tuple[str, ...]) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (data / folder).glob("*.jsonl*")
        if path.name.endswith((".jsonl", ".jsonl.gz")) and path.name.split(".")[0] not in _SHARE_ALIKE
    )


def _pair(row: dict[str, object]) -> Pair | None:
    query, passage, negative = row.get("query"), row.get("passage"), row.get("negative")
    source = str(row.get("source", "unknown"))
    if not isinstance(query, str) or not isinstance(passage, str) or source in _SHARE_ALIKE:
        return None
    if not query.strip() or not passage.strip():
        return None
    weight = _POLICIES.get(source, Policy()).weight * (_MACHINE_TRANSLATED if row.get("mt") else 1.0)
    return Pair(
        query=query[:PASSAGE_CHARS],
        passage=passage[:PASSAGE_CHARS],
        negative=negative[:PASSAGE_CHARS] if isinstance(negative, str) and negative.strip() else None,
        source=source,
        weight=weight,
    )


def load_pairs(data: Path, seed: int) -> list[Pair]:
    """Read every pair under `data`, sources in a fixed order, each cut to its cap by a seeded draw.

    Raises:
        DataError: there is no such folder, a line is not JSON, or there is no pair at all.

    """
    if not data.is_dir():
        raise DataError(f"{data}: no such folder")
    pairs: list[Pair] = []
    for path in (*_files(data, ("train", "howto", "own")), *([PAIRS] if PAIRS.exists() else [])):
        found = [pair for pair in map(_pair, _rows(path)) if pair is not None]
        cap = _POLICIES.get(path.name.split(".")[0], Policy()).cap
        if cap is not None and len(found) > cap:
            found = random.Random(seed).sample(found, cap)
        pairs.extend(found)
    if not any(_files(data, ("train", "howto", "own"))) or not pairs:
        raise DataError(f"{data}: no pairs found; expected train/, howto/ or own/ with .jsonl or .jsonl.gz files")
    return pairs


def load_documents(data: Path) -> Iterator[str]:
    """Yield the plain texts under docs/, each with its title in front and cut to `DOCUMENT_CHARS` characters."""
    for path in _files(data, ("docs",)):
        for row in _rows(path):
            title, text = row.get("title"), row.get("text")
            if isinstance(text, str) and text.strip():
                yield f"{title}\n{text}"[:DOCUMENT_CHARS] if title else text[:DOCUMENT_CHARS]


def count_documents(data: Path) -> dict[str, int]:
    """Count the rows of each file under docs/."""
    return {path.name.split(".")[0]: sum(1 for _ in _rows(path)) for path in _files(data, ("docs",))}


def manifest(data: Path) -> dict[str, tuple[str, str]]:
    """Read the repositories and the licence of each source of howto/ off its MANIFEST.json, if there is one."""
    path = data / "howto" / "MANIFEST.json"
    if not path.is_file():
        return {}
    entries = json.loads(path.read_text(encoding="utf-8"))
    return {
        source: (", ".join(entry["repos"]) or "several, see their own rows", str(entry["licence"]))
        for source, entry in entries.items()
        if isinstance(entry, dict) and "repos" in entry
    }


def fingerprint(data: Path) -> str:
    """Name the state of the data folder, and of the everyday pairs, by names and sizes, so that stale work is not resumed."""
    files = [*_files(data, _FOLDERS), *([PAIRS] if PAIRS.exists() else [])]
    listing = "".join(f"{path.name}:{path.stat().st_size};" for path in files)
    return hashlib.sha256(listing.encode()).hexdigest()[:12]
