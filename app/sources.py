"""The files behind the index, read again: a citation is shown only if the file still says so."""

import hashlib
from pathlib import Path

from app.types import Citation
from index.corpus import decode
from index.types import Article


class Sources:
    """Checks citations against the articles folder; a file is read again only when it has changed on disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: dict[str, tuple[tuple[int, int], str, str]] = {}

    def unchanged(self, article: Article) -> bool:
        """Whether the file is there and still the one that was indexed, byte for byte."""
        read = self._read(article.path)
        return read is not None and read[0] == article.sha256

    def says(self, citation: Citation) -> bool:
        """Whether the file's text at the citation's offsets is its quote."""
        read = self._read(citation.path)
        return read is not None and bool(citation.quote) and read[1][citation.start : citation.end] == citation.quote

    def _read(self, name: str) -> tuple[str, str] | None:
        path = self._root / name
        try:
            stat = path.stat()
            stamp = stat.st_mtime_ns, stat.st_size
            seen = self._seen.get(name)
            if seen is None or seen[0] != stamp:
                raw = path.read_bytes()
                seen = self._seen[name] = (stamp, hashlib.sha256(raw).hexdigest(), decode(raw))
        except (OSError, UnicodeDecodeError):
            return None
        return seen[1], seen[2]
