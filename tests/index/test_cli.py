"""python -m index, as a user types it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from index.__main__ import main
from index.search import Index
from tests.fakes import AD, DIMENSION


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "index", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def is_one_clear_error(code: int, out: str, err: str) -> bool:
    return (
        code == 1
        and out == ""
        and "Traceback" not in err
        and len(err.strip().splitlines()) == 1
        and err.strip().endswith("。")
    )


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def json_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:  # noqa: ANN401 - any JSON
    code, out, _ = told(capsys, *arguments, "--json")
    assert code == 0
    assert out.count("\n") == 1
    return json.loads(out)


def test_build_info_search(home: Path, encoder: str, capsys: pytest.CaptureFixture[str]) -> None:
    folders = ("--index", home / "new")
    built = json_of(capsys, "build", "--articles", home / "articles", *folders, "--encoder", encoder)
    info = json_of(capsys, "info", *folders)
    found = json_of(capsys, "search", "Zong 的流量卡发短信到哪里", "--top-k", 2, *folders)
    assert built == info
    assert (info["articles"], info["dimension"], info["encoder"], info["stale"]) == (5, DIMENSION, encoder, False)
    assert info["version"] == Index.current_version(home / "new")
    assert sum(info["promo_kinds"].values()) == len(info["promos"])
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    assert found["hits"][0]["path"] == "pakistan.md"
    assert found["question"] == "Zong 的流量卡发短信到哪里"


def test_a_hit_cites_exact_characters(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for hit in json_of(capsys, "search", "销户", "--index", built / "index", "--top-k", 50)["hits"]:
        assert hit.keys() == {"rank", "score", "lexical", "dense", "article", "path", "heading", "start", "end", "text"}
        assert (built / "articles" / hit["path"]).read_text("utf-8")[hit["start"] : hit["end"]] == hit["text"]


def test_info_tells_what_was_cut_and_skipped_and_whether_it_is_stale(
    home: Path, encoder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "articles" / "odd.md").write_bytes(b"\x00")
    code, _, err = told(
        capsys, "build", "--articles", home / "articles", "--index", home / "index", "--encoder", encoder
    )
    assert code == 0
    assert "odd.md" in err
    info = json_of(capsys, "info", "--index", home / "index")
    assert [file["path"] for file in info["skipped"]] == ["odd.md"]
    for promo in info["promos"]:
        assert (home / "articles" / promo["path"]).read_text("utf-8")[promo["start"] : promo["end"]] == promo["text"]
    (home / "articles" / "new.md").write_text("# 新\n\n一句。\n")
    assert json_of(capsys, "info", "--index", home / "index")["stale"] is True


def test_what_a_person_reads(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "info", "--index", built / "index")
    assert code == 0
    assert "5 篇文章" in out
    assert AD.split("：")[1] in out
    code, out, _ = told(capsys, "search", "补卡费", "--index", built / "index")
    assert code == 0
    assert "peru/card.txt[" in out


def test_a_missing_index_or_folder_is_one_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ("info", "--index", tmp_path / "nowhere"),
        ("search", "销户", "--index", tmp_path / "nowhere"),
        ("build", "--articles", tmp_path / "nowhere", "--index", tmp_path / "index"),
        ("build", "--articles", tmp_path, "--index", tmp_path / "index"),
        ("build", "--articles", "\x00", "--index", tmp_path / "index"),
    ):
        assert is_one_clear_error(*told(capsys, *arguments)), arguments


def test_a_build_that_fails_leaves_no_folder_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "build", "--articles", tmp_path / "nowhere", "--index", tmp_path / "index")[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_index_is_one_clear_error(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next((home / "index").rglob("passages.jsonl")).write_text("x")
    assert is_one_clear_error(*told(capsys, "info", "--index", home / "index"))
    assert is_one_clear_error(*told(capsys, "search", "销户", "--index", home / "index"))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["search"],
        ["search", "问", "--top-k", "0"],
        ["search", "问", "--top-k", "x"],
        ["build", "--nope"],
        ["answer"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "question",
    ["", " ", "\ud800流量卡", "a\x00b", "卡" * 100_000, "--", "😀"],
    ids=["empty", "blank", "surrogate", "zero", "long", "dashes", "emoji"],
)
def test_no_question_breaks_a_search(built: Path, capsys: pytest.CaptureFixture[str], question: str) -> None:
    code, out, _ = told(capsys, "search", "--index", built / "index", "--json", "--", question)
    assert code == 0
    json.loads(out)


def test_in_a_process_of_its_own_stdout_holds_json_and_nothing_else(built: Path, tmp_path: Path) -> None:
    done = run("info", "--index", built / "index", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["articles"] == 5
    failed = run("search", "销户", "--index", tmp_path)
    assert is_one_clear_error(failed.returncode, failed.stdout, failed.stderr)
    assert run("search").returncode == 2
    assert run("--help").returncode == 0
