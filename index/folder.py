"""The index folder on disk: a version is whole before anybody sees it. Knows nothing of what the files mean.

    .index/
    ├── current              the name of the version that answers, and its manifest's sha256; replaced in one rename
    ├── lock                 held by the build that is writing
    └── 20261120T101500Z-…/  one version: its files, and manifest.json, written last

A reader reads `current` once and then only that version's folder: it sees the old index or the new one.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import IndexBusyError, IndexDamagedError, IndexMissingError, IndexWriteError

_CURRENT, _LOCK, _MANIFEST = "current", "lock", "manifest.json"
_VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


def current_version(folder: Path) -> str | None:
    """Name of the version that answers now; None where there is none."""
    pointer = _pointer(folder)
    return pointer[0] if pointer else None


def _pointer(folder: Path) -> tuple[str, str] | None:
    try:
        name, _, digest = (folder / _CURRENT).read_text("ascii").strip().partition(" ")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(f"索引文件夹“{folder}”读不出来：请重新建立索引。") from error
    if not _VERSION.fullmatch(name) or not digest:
        raise IndexDamagedError(f"索引文件夹“{folder}”已损坏：请重新建立索引。")
    return name, digest


def open_version(folder: Path) -> tuple[Path, Mapping[str, Any]]:
    """Return the current version's folder and manifest, every file's checksum verified.

    Raises IndexMissingError without an index, IndexDamagedError where a file is missing or altered.
    """
    pointer = _pointer(folder)
    if pointer is None:
        raise IndexMissingError(f"还没有索引（{folder}）：请先运行 python -m index build。")
    version = folder / pointer[0]
    try:
        raw = (version / _MANIFEST).read_bytes()
        manifest = json.loads(raw)
        sound = _digest(raw) == pointer[1] and all(
            _digest((version / name).read_bytes()) == digest for name, digest in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"索引“{folder}”缺少文件或已损坏：请重新建立索引。") from error
    if not sound:
        raise IndexDamagedError(f"索引“{folder}”的文件被改动过：请重新建立索引。")
    return version, manifest


def write_version(folder: Path, manifest: Mapping[str, Any], fill: Callable[[Path], None]) -> str:
    """Let `fill` write a new version's files, then its manifest, then make it the current one. Return its name.

    The version that answered before is kept: somebody may still be reading it.

    Raises IndexBusyError while another build writes, IndexWriteError where the disk refuses. Either way the
    version that answered before still does.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            before = _readable_version(folder)
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
            version = folder / name
            version.mkdir()
            try:
                fill(version)
                files = {
                    str(p.relative_to(version).as_posix()): _digest(p.read_bytes())
                    for p in sorted(version.rglob("*"))
                    if p.is_file()
                }
                raw = json.dumps({**manifest, "version": name, "files": files}, ensure_ascii=False, indent=1).encode()
                for path in version.rglob("*"):
                    _sync(path)
                _write(version / _MANIFEST, raw)
                _sync(version)
                _write(folder / f"{_CURRENT}.new", f"{name} {_digest(raw)}\n".encode())
                (folder / f"{_CURRENT}.new").replace(folder / _CURRENT)
                _sync(folder)
            except BaseException:
                shutil.rmtree(version, ignore_errors=True)
                raise
            _prune(folder, keep={name, before})
    except OSError as error:
        raise IndexWriteError(
            f"写不进索引文件夹“{folder}”（{error.strerror or error}）：请检查磁盘空间和权限，原有索引没有改动。"
        ) from error
    return name


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexBusyError(f"另一个程序正在重建索引“{folder}”：请等它结束后再试。") from error
        yield


def _readable_version(folder: Path) -> str | None:
    """Name of the version that answers; None where there is none, or its name cannot be read."""
    try:
        return current_version(folder)
    except IndexDamagedError:
        return None


def _prune(folder: Path, keep: Collection[str | None]) -> None:
    """Remove every version but those to keep; a leftover of a build that died goes with them.

    Names say too little about which came before: the clock may be set back, and two builds fall into one second.
    """
    for path in folder.iterdir():
        if _VERSION.fullmatch(path.name) and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, raw: bytes) -> None:
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
