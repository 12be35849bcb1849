"""Files to articles: which files are read, how they are decoded, what is read off them.

Knows nothing of passages or of ranking.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from pathlib import Path

import yaml

from index.carriers import aliases, canonical, discover, is_owner
from index.errors import ArticlesError
from index.names import own_names
from index.places import find_places, read_country
from index.promo import blank, find_promos
from index.text import encodable, fold, squeeze
from index.types import Article, Skipped

SUFFIXES = (".md", ".markdown", ".txt")
MAX_BYTES = 5_000_000
_MAX_FRONT_MATTER = 16_000
_MAX_DEPTH = 20  # of brackets; each level takes YAML longer than the last
_MAX_TITLE = 80
_GENERAL = {"", "通用", "全球", "不限", "所有", "所有国家", "各国", "general", "global", "all", "any", "none"}
_FENCE = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LOOKS_LIKE_YAML = re.compile(r"\s*(?:#.*\n\s*)*[\w\-]+[ \t]*:(?:\s|$)")
_MARKS = re.compile(r"^[\s#>*_`~=\-]+|[\s*_`~#]+$")
_INLINE_MARKS = re.compile(r"[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}|!?\[([^\]\n]*)\]\([^)\n]*\)")
_EMPTY_BRACKETS = re.compile(r"[\[【（(「]\s*[\]】）)」]")
_DATE = re.compile(r"\d{4}-\d{1,2}(?:-\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder held: the articles in the order of their paths, and the files that were passed over."""

    articles: tuple[Article, ...]
    skipped: tuple[Skipped, ...]


class _UnreadableError(Exception):
    """A file is skipped; the message says why, in Chinese."""


def read_corpus(folder: Path, progress: Callable[[str, float], None] | None = None) -> Corpus:
    """Read every article of `folder` and its subfolders.

    Raises ArticlesError where the folder is missing or holds no article at all.
    """
    if not folder.is_dir():
        raise ArticlesError(f"找不到文章文件夹“{folder}”：请检查路径，或用 --articles 指定。")
    articles: list[Article] = []
    skipped: list[Skipped] = []
    paths = list(article_paths(folder))
    for count, path in enumerate(paths, start=1):
        name = path.relative_to(folder).as_posix()
        try:
            articles.append(read_article(path, name, root=folder))
        except _UnreadableError as error:
            skipped.append(Skipped(encodable(name), str(error)))
        if progress is not None:
            progress("读取文章", count / len(paths))
    if not articles:
        reason = f"，{len(skipped)} 个文件都无法读取（{skipped[0].path}：{skipped[0].reason}）" if skipped else ""
        raise ArticlesError(f"文件夹“{folder}”里没有可用的文章（.md、.markdown、.txt）{reason}。")
    return Corpus(tuple(articles), tuple(skipped))


def article_paths(folder: Path) -> Iterator[Path]:
    """Yield the files that may be articles, by path; hidden files and folders are not among them."""
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES and not hidden and (path.is_symlink() or path.is_file()):
            yield path


def file_hash(path: Path, root: Path) -> str | None:
    """Sha256 of a file inside `root`; None where it is missing, unreadable or a link that leads out."""
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()) or path.stat().st_size > MAX_BYTES:
            return None
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def is_readable(path: Path, root: Path) -> bool:
    """Whether a file inside `root` would be read as an article, rather than skipped."""
    try:
        _read(path, root)
    except _UnreadableError:
        return False
    return True


def _read(path: Path, root: Path) -> tuple[bytes, str, Mapping[str, object], int]:
    """Return a file's bytes, its text, its front matter's keys and the offset of its body."""
    name = path.relative_to(root).as_posix()
    if encodable(name) != name:
        raise _UnreadableError("文件名不是 UTF-8 编码")
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root.resolve()):
            raise _UnreadableError("链接指向文章文件夹之外")
        if real.stat().st_size > MAX_BYTES:
            raise _UnreadableError("文件超过 5 MB")
        raw = real.read_bytes()
    except OSError as error:
        raise _UnreadableError("文件打不开") from error
    text = _decode(raw)
    front, body = _front_matter(text)
    if not text[body:].strip():
        raise _UnreadableError("文件是空的")
    return raw, text, front, body


def read_article(path: Path, name: str, root: Path) -> Article:
    """Read one file; `name` is its path relative to `root` as citations will give it."""
    raw, text, front, body = _read(path, root)
    promos = find_promos(text, body)
    clean = blank(text, promos)
    title = _text(front.get("title")) or _title(clean, body) or Path(name).stem
    titled = find_promos(title)
    title = squeeze(_plain(blank(title, titled))) or Path(name).stem
    carriers = next((front[name] for name in ("carriers", "carrier") if name in front), None)
    given = [carrier for carrier in _texts(carriers) if carrier]
    return Article(
        id=str(Path(name).with_suffix("").as_posix()),
        path=name,
        title=title,
        text=text,
        body=body,
        sha256=hashlib.sha256(raw).hexdigest(),
        countries=_countries(front, title, clean[body:]),
        carriers=tuple(dict.fromkeys(given)) if carriers is not None else _carriers(f"{title}\n{clean[body:]}"),
        products=tuple(_texts(front.get("products"))),
        updated=_updated(front.get("updated")),
        sources=tuple(_texts(front.get("sources"))),
        questions=tuple(question for question in _texts(front.get("questions")) if not find_promos(question)),
        promos=promos,
    )


def decode(raw: bytes) -> str:
    """Decode an article's bytes: UTF-8 with or without BOM, else GB18030; line ends become newlines.

    Raises UnicodeDecodeError where the bytes are neither.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(raw: bytes) -> str:
    if not raw.strip():
        raise _UnreadableError("文件是空的")
    if b"\x00" in raw:
        raise _UnreadableError("不是文本文件")
    try:
        text = decode(raw)
    except UnicodeDecodeError as error:
        raise _UnreadableError("既不是 UTF-8 也不是 GB18030 编码") from error
    # GB18030 takes nearly any bytes: noise shows in control characters and in code points nobody assigned.
    odd = sum(unicodedata.category(char) in ("Cc", "Cn", "Co") and char not in "\n\t\f" for char in text)
    if odd > len(text) * 0.02:
        raise _UnreadableError("不是文本文件")
    return text


def _front_matter(text: str) -> tuple[Mapping[str, object], int]:
    """Return the front matter's keys and the offset where the body begins; broken front matter has no keys."""
    found = _FENCE.match(text)
    if found is None or len(found["yaml"]) > _MAX_FRONT_MATTER or not _LOOKS_LIKE_YAML.match(found["yaml"]):
        return {}, 0
    if _depth(found["yaml"]) > _MAX_DEPTH:
        return {}, found.end()
    try:
        # Aliases are what a “billion laughs” is built from, and no guide needs one.
        if any(
            isinstance(event, yaml.events.AliasEvent) for event in yaml.parse(found["yaml"], Loader=yaml.SafeLoader)
        ):
            return {}, found.end()
        loaded = yaml.safe_load(found["yaml"])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, found.end()
    if not isinstance(loaded, dict):
        return {}, found.end()
    return {str(name).strip().lower(): value for name, value in loaded.items()}, found.end()


def _depth(text: str) -> int:
    """How deep the brackets of a text nest."""
    steps = ((char in "[{") - (char in "]}") for char in text)
    return max(accumulate(steps), default=0)


def _text(value: object) -> str:
    return squeeze(str(value)) if isinstance(value, str | int | float) else ""


def _texts(value: object) -> list[str]:
    """A list of strings, whether the front matter gives a list, one string with commas, or nothing."""
    if isinstance(value, str):
        return [part for part in map(squeeze, re.split(r"[,，、;；\n]", value)) if part]
    return [text for item in value if (text := _text(item))] if isinstance(value, list) else []


def _updated(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    found = _DATE.search(str(value)) if isinstance(value, str) else None
    return found[0] if found else None


def _plain(line: str) -> str:
    """A line without its Markdown marks."""
    bare = _INLINE_MARKS.sub(lambda found: found[1] or "", _MARKS.sub("", line))
    return _EMPTY_BRACKETS.sub("", _MARKS.sub("", bare)).strip()


def _title(clean: str, body: int) -> str:
    """The first line that has words: a heading, bold or plain; a long sentence is no title."""
    for line in clean[body:].split("\n"):
        plain = squeeze(_plain(line))
        if any(char.isalnum() for char in plain):
            return plain if len(plain) <= _MAX_TITLE and not plain.endswith(("。", "，", "；")) else ""
    return ""


def _carriers(text: str) -> tuple[str, ...]:
    """Whom a guide speaks of: carriers known by their form or a list, and names of its own that it uses as theirs."""
    found = discover(text)
    own = (name for name in own_names(fold(text)) if is_owner(name, fold(text)))
    found = (*found, *(name for name in own if not any(name in fold(other) for other in found)))
    spellings = {canonical(name): name for pair in aliases(text, found) for name in pair}
    return tuple(({canonical(name): name for name in found} | spellings).values())


def _countries(front: Mapping[str, object], title: str, body: str) -> tuple[str, ...]:
    """ISO codes of the countries a guide is about: as given, else by its title, else by what it mostly names."""
    key = next((name for name in ("country", "countries") if name in front), None)
    if key is not None:
        given = _texts(front[key])
        codes = [code for value in given if (code := read_country(value))]
        if codes or all(value.lower() in _GENERAL for value in given):
            return tuple(dict.fromkeys(codes))
    named = dict.fromkeys(place.country for place in find_places(title))
    if named:
        return tuple(named)
    counts = Counter(place.country for place in find_places(body))
    if not counts:
        return ()
    (most, times), total = counts.most_common(1)[0], counts.total()
    # A guide that names a country in passing holds anywhere; one that keeps naming it is about it.
    often, share = 3, 0.6
    return (most,) if times >= often and times >= share * total else ()
