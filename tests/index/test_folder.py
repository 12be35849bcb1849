"""The folder on disk: a version is whole before anybody sees it, and stays whole or is refused."""

import errno
import fcntl
import multiprocessing
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from index import folder as disk
from index.errors import IndexBusyError, IndexDamagedError, IndexMissingError, IndexWriteError

FILES = {"a.txt": b"alpha", "sub/b.bin": b"\x00\x01"}


def fill(version: Path) -> None:
    for name, raw in FILES.items():
        (version / name).parent.mkdir(exist_ok=True)
        (version / name).write_bytes(raw)


def versions(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_dir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    disk.write_version(tmp_path / "index", {"format": 1}, fill)
    return tmp_path / "index"


def test_a_version_comes_back_with_its_manifest_and_files(folder: Path) -> None:
    version, manifest = disk.open_version(folder)
    assert manifest["format"] == 1
    assert manifest["version"] == version.name == disk.current_version(folder)
    assert manifest["files"].keys() == FILES.keys()
    assert {name: (version / name).read_bytes() for name in FILES} == FILES


def test_folders_above_are_made(tmp_path: Path) -> None:
    name = disk.write_version(tmp_path / "a" / "b" / "index", {}, fill)
    assert disk.open_version(tmp_path / "a" / "b" / "index")[0].name == name


def test_no_index_is_missing(tmp_path: Path) -> None:
    assert disk.current_version(tmp_path) is None
    with pytest.raises(IndexMissingError, match="index build"):
        disk.open_version(tmp_path)


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
@pytest.mark.parametrize("harm", ["flip", "truncate", "empty", "delete", "append", "replace"])
def test_any_harm_to_any_file_is_found(folder: Path, name: str, harm: str) -> None:
    path = disk.open_version(folder)[0] / name
    raw = path.read_bytes()
    harmed = {
        "flip": raw[:-1] + bytes([raw[-1] ^ 1]),
        "truncate": raw[:-1],
        "empty": b"",
        "append": raw + b" ",
        "replace": b"{}",
    }
    path.unlink() if harm == "delete" else path.write_bytes(harmed[harm])
    with pytest.raises(IndexDamagedError):
        disk.open_version(folder)


@pytest.mark.parametrize(
    "pointer",
    [
        b"",
        b"\n",
        b"20261120T101500Z-0123abcd\n",
        b"20261120T101500Z-0123abcd 00\n",
        b"../../etc 00\n",
        b"\xff\xfe",
        b"x" * 10_000,
    ],
    ids=["empty", "blank", "no-digest", "gone", "elsewhere", "bytes", "long"],
)
def test_a_broken_pointer_is_found(folder: Path, pointer: bytes) -> None:
    (folder / "current").write_bytes(pointer)
    with pytest.raises(IndexDamagedError):
        disk.open_version(folder)


def test_a_manifest_that_is_sealed_but_holds_no_object_is_found(folder: Path) -> None:
    version = disk.open_version(folder)[0]
    (version / "manifest.json").write_bytes(b"[]")
    (folder / "current").write_text(f"{version.name} {disk._digest(b'[]')}\n")  # noqa: SLF001 - sealed like a good one
    with pytest.raises(IndexDamagedError):
        disk.open_version(folder)


def test_the_last_two_versions_are_kept(folder: Path) -> None:
    written = [disk.write_version(folder, {"n": n}, fill) for n in range(3)]
    assert disk.current_version(folder) == written[-1]
    assert written[-1] in versions(folder)
    assert len(versions(folder)) == 2


def test_the_version_before_is_kept_however_names_sort(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tails = iter(["ffffffff", "00000002", "00000001", "00000000"])  # builds of one second, or of a clock set back
    monkeypatch.setattr("index.folder.secrets.token_hex", lambda _: next(tails))
    for _ in range(4):
        before = disk.current_version(folder)
        now = disk.write_version(folder, {}, fill)
        assert versions(folder) == {before, now}


def test_a_leftover_of_a_build_that_died_is_cleared_away(folder: Path) -> None:
    (folder / "20200101T000000Z-deadbeef").mkdir()
    (folder / "20990101T000000Z-deadbeef").mkdir()
    disk.write_version(folder, {}, fill)
    assert len(versions(folder)) == 2
    assert not any("deadbeef" in name for name in versions(folder))


def test_files_that_are_not_ours_are_left_alone(folder: Path) -> None:
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("keep")
    for _ in range(3):
        disk.write_version(folder, {}, fill)
    assert (folder / "notes" / "mine.txt").read_text() == "keep"


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt()])
def test_a_fill_that_fails_leaves_the_old_version(folder: Path, error: BaseException) -> None:
    before, standing = disk.current_version(folder), versions(folder)

    def failing(version: Path) -> None:
        fill(version)
        raise error

    with pytest.raises(type(error)):
        disk.write_version(folder, {}, failing)
    assert disk.current_version(folder) == before
    assert versions(folder) == standing
    disk.write_version(folder, {}, fill)  # and the lock is free again


@pytest.mark.parametrize("step", ["fsync", "replace", "write"])
def test_a_full_disk_leaves_the_old_version(folder: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    before, standing = disk.open_version(folder), versions(folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "fsync":
            patch.setattr(os, "fsync", full)
        elif step == "replace":
            patch.setattr(Path, "replace", full)
        with pytest.raises(IndexWriteError, match="No space left"):
            disk.write_version(folder, {}, full if step == "write" else fill)
    assert disk.open_version(folder) == before
    assert versions(folder) == standing


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(folder: Path) -> None:
    folder.chmod(0o555)
    try:
        with pytest.raises(IndexWriteError):
            disk.write_version(folder, {}, fill)
        disk.open_version(folder)
    finally:
        folder.chmod(0o755)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("mine")
    with pytest.raises(IndexWriteError):
        disk.write_version(tmp_path / "index", {}, fill)
    with pytest.raises((IndexMissingError, IndexDamagedError)):
        disk.open_version(tmp_path / "index")
    assert (tmp_path / "index").read_text() == "mine"


def _hold(path: str, held: Any, done: Any) -> None:  # noqa: ANN401 - multiprocessing's events have no public type
    with Path(path).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held.set()
        done.wait(20)


def test_another_program_that_builds_is_not_disturbed(folder: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    held, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(folder / "lock"), held, done))
    other.start()
    try:
        assert held.wait(20)
        before = versions(folder)
        with pytest.raises(IndexBusyError):
            disk.write_version(folder, {}, fill)
        assert versions(folder) == before
        disk.open_version(folder)  # who reads is not kept waiting
    finally:
        done.set()
        other.join(20)
    disk.write_version(folder, {}, fill)


def test_two_builds_of_one_program_exclude_each_other(folder: Path) -> None:
    def inner(version: Path) -> None:
        fill(version)
        with pytest.raises(IndexBusyError):
            disk.write_version(folder, {}, fill)

    name = disk.write_version(folder, {}, inner)
    assert disk.current_version(folder) == name


def test_readers_see_the_old_version_or_the_new_one(folder: Path) -> None:
    wrong: list[BaseException] = []
    reads = [0, 0]
    stop = threading.Event()

    def write(n: int) -> str:
        def numbered(version: Path) -> None:
            (version / "a.txt").write_text(str(n))

        return disk.write_version(folder, {"n": n}, numbered)

    def read(reader: int) -> None:
        while not stop.is_set() and not wrong:
            try:
                version, manifest = disk.open_version(folder)
                assert manifest["version"] == version.name
                assert (version / "a.txt").read_text() == str(manifest["n"])
            except BaseException as error:  # noqa: BLE001 - whatever a reader may see is the finding
                wrong.append(error)
            reads[reader] += 1

    write(-1)
    readers = [threading.Thread(target=read, args=(reader,)) for reader in range(2)]
    for reader in readers:
        reader.start()
    for n in range(15):
        # One build may finish while somebody reads; two, and the version being read is cleared away.
        write(n)
        before = list(reads)
        while not wrong and any(now <= then + 1 for now, then in zip(reads, before, strict=True)):
            stop.wait(0.001)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
