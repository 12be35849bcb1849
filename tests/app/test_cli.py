"""python -m app ask, as a user types it, and the JSON that others build on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.assistant import Assistant
from index.search import Index
from tests.fakes import GUIDES

ANSWERED = "秘鲁Movistar的eSIM打什么电话销户？"
REFUSED = "日本的卡怎么销户？"
STATEMENT = {"text": str, "citations": list, "note": str}
CITATION = {"article": str, "path": str, "heading": list, "start": int, "end": int, "quote": str}
PASSAGE = {
    "rank": int,
    "score": float,
    "article": str,
    "path": str,
    "heading": list,
    "start": int,
    "end": int,
    "text": str,
}
ANSWER = {
    "question": str,
    "outcome": str,
    "reason": (str, type(None)),
    "message": str,
    "statements": list,
    "passages": list,
    "suggestions": list,
    "index": dict,
    "elapsed_ms": float,
}


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["ask", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def rows(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def is_one_clear_error(code: int, out: str, err: str) -> bool:
    return (
        code == 1
        and out == ""
        and "Traceback" not in err
        and len(err.strip().splitlines()) == 1
        and err.strip().endswith("。")
    )


def has_form(row: dict[str, Any], form: dict[str, Any]) -> bool:
    return row.keys() == form.keys() and all(isinstance(row[name], kind) for name, kind in form.items())


def check(row: dict[str, Any]) -> None:
    """The form of DESIGN.md, “One answer, as JSON”, and what every answer must keep."""
    assert next(iter(row)) == "id"
    assert has_form({name: value for name, value in row.items() if name != "id"}, ANSWER)
    assert row["index"].keys() == {"version", "built_at"}
    assert all(
        has_form(statement, STATEMENT) or has_form(statement, {k: v for k, v in STATEMENT.items() if k != "note"})
        for statement in row["statements"]
    )
    assert all(has_form(citation, CITATION) for statement in row["statements"] for citation in statement["citations"])
    assert all(has_form(passage, PASSAGE) for passage in row["passages"])
    assert all(isinstance(question, str) for question in row["suggestions"])
    assert [passage["rank"] for passage in row["passages"]] == list(range(1, len(row["passages"]) + 1))
    assert all(0 <= passage["score"] <= 1 for passage in row["passages"])
    for quoted in [*row["passages"], *(c for s in row["statements"] for c in s["citations"])]:
        assert GUIDES[quoted["path"]][quoted["start"] : quoted["end"]] == quoted.get("quote", quoted.get("text"))
    if row["outcome"] == "abstained":
        assert row["reason"] in {"unknown_entity", "not_covered", "off_topic", "invalid"}
        assert row["message"]
        assert row["statements"] == []
    else:
        assert row["outcome"] in {"answered", "conflicting"}
        assert row["reason"] is None
        assert row["statements"]
        assert all(statement["text"] and statement["citations"] for statement in row["statements"])


def test_one_question_as_json(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, ANSWERED, "--index", library / "index", "--json")
    (row,) = rows(out)
    check(row)
    assert code == 0
    assert (row["id"], row["question"], row["outcome"]) == (None, ANSWERED, "answered")
    assert "104" in row["statements"][0]["text"]
    assert row["index"]["version"] == Index.current_version(library / "index")


def test_one_question_for_a_person(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, ANSWERED, "--index", library / "index")
    assert code == 0
    assert "104" in out
    assert "peru-esim.md[" in out
    code, out, _ = told(capsys, REFUSED, "--index", library / "index")
    assert code == 0
    assert "指南里没有提到日本" in out


def test_top_k_is_the_most_that_is_shown(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = told(capsys, ANSWERED, "--index", library / "index", "--json", "--top-k", 1)
    assert len(rows(out)[0]["passages"]) == 1


class TestInput:
    QUESTIONS = (
        {"id": "q1", "question": ANSWERED},
        {"id": 2, "question": REFUSED, "type": "no_answer"},
        {"question": ""},
        {"id": "q4", "question": "流量卡\u0000怎么销户"},
        {"id": None, "question": "卡" * 100_000},
        {"id": "q6", "question": "\ud800流量卡怎么销户"},
    )

    def ask(self, capsys: pytest.CaptureFixture[str], library: Path, path: Path) -> tuple[int, str, str]:
        return told(capsys, "--input", path, "--index", library / "index", "--json")

    def test_one_line_for_each_in_order_whatever_is_asked(
        self, library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "questions.jsonl"
        path.write_text("\ufeff" + "\n\n".join(json.dumps(row) for row in self.QUESTIONS) + "\r\n", encoding="utf-8")
        code, out, _ = self.ask(capsys, library, path)
        answers = rows(out)
        assert code == 0
        assert [row["id"] for row in answers] == [row.get("id") for row in self.QUESTIONS]
        for row in answers:
            check(row)
        assert [row["reason"] for row in answers[1:3]] == ["unknown_entity", "invalid"]
        assert answers[4]["reason"] == "invalid"

    def test_everything_is_loaded_once(
        self, library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened: list[Path] = []
        real = Assistant.open

        def counted(folder: Path) -> Assistant:
            opened.append(folder)
            return real(folder)

        monkeypatch.setattr(Assistant, "open", counted)
        path = tmp_path / "questions.jsonl"
        path.write_text(f'{{"id": 1, "question": "{REFUSED}"}}\n' * 3, encoding="utf-8")
        assert len(rows(self.ask(capsys, library, path)[1])) == 3
        assert opened == [library / "index"]

    @pytest.mark.parametrize(
        "content",
        [
            b"not json\n",
            b"[1]\n",
            b'"question"\n',
            b"3\n",
            b"null\n",
            b'{"id": 1}\n',
            b'{"id": 1, "question": 3}\n',
            b'{"id": 1, "question": null}\n',
            '{"id": 1, "question": "销户"}\n'.encode("gb18030"),
            b"\xff\xfe\x00",
            b'{"question": "' + b"[" * 3,
            b"[" * 100_000,
            f'{{"id": 1, "question": "{REFUSED}"}}\n{{"id": 2\n'.encode(),
        ],
    )
    def test_a_broken_file_is_one_clear_error_before_any_answer(
        self, library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
    ) -> None:
        (tmp_path / "questions.jsonl").write_bytes(content)
        assert is_one_clear_error(*self.ask(capsys, library, tmp_path / "questions.jsonl"))

    def test_a_missing_file_or_a_folder_is_one_clear_error(
        self, library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert is_one_clear_error(*self.ask(capsys, library, tmp_path / "nowhere.jsonl"))
        assert is_one_clear_error(*self.ask(capsys, library, tmp_path))

    def test_an_empty_file_has_no_answers(
        self, library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "questions.jsonl").write_bytes(b"\n\n")
        code, out, _ = self.ask(capsys, library, tmp_path / "questions.jsonl")
        assert (code, out) == (0, "")


@pytest.mark.parametrize(
    "question",
    ["", "  ", "？！", "卡" * 100_000, "\x00", "\ud800"],
    ids=["empty", "blank", "marks", "long", "zero", "surrogate"],
)
def test_a_question_that_is_none_is_answered_politely(
    library: Path, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    code, out, _ = told(capsys, question, "--index", library / "index", "--json")
    (row,) = rows(out)
    check(row)
    assert code == 0
    assert (row["outcome"], row["reason"]) == ("abstained", "invalid")


def test_a_lone_surrogate_in_a_question_is_survived(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ([], ["--json"]):
        code, out, _ = told(capsys, "\ud800流量卡怎么销户？", "--index", library / "index", *form)
        assert code == 0
        assert out.encode("utf-8")


def test_a_missing_or_damaged_index_is_one_clear_error(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert is_one_clear_error(*told(capsys, REFUSED, "--index", tmp_path / "nowhere"))
    next((home / "index").rglob("vectors.faiss")).write_bytes(b"x")
    assert is_one_clear_error(*told(capsys, REFUSED, "--index", home / "index"))


@pytest.mark.parametrize(
    "arguments",
    [["ask"], ["ask", "问", "--input", "f"], ["ask", "问", "--top-k", "0"], ["ask", "--nope"], ["answer", "问"]],
    ids=" ".join,
)
def test_wrong_usage_is_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().out == ""


def test_in_a_process_of_its_own(library: Path, tmp_path: Path) -> None:
    """stdout holds UTF-8 JSON and nothing else, whatever the terminal is set to."""
    command = [sys.executable, "-m", "app", "ask", "--json", "--index"]
    asked = subprocess.run(
        [*command, str(library / "index"), REFUSED],
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert asked.returncode == 0, asked.stderr.decode()
    check(json.loads(asked.stdout.decode("utf-8")))
    failed = subprocess.run([*command, str(tmp_path), REFUSED], capture_output=True, timeout=120, check=False)
    assert is_one_clear_error(failed.returncode, failed.stdout.decode(), failed.stderr.decode())
