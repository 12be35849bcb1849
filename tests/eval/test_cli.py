import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from eval.__main__ import main

pytestmark = pytest.mark.usefixtures("product")


def run(capsys: pytest.CaptureFixture[str], *args: str | Path) -> tuple[int, str, str]:
    code = main([str(arg) for arg in args])
    out, err = capsys.readouterr()
    return code, out, err


def measured(capsys: pytest.CaptureFixture[str], *args: str | Path) -> dict[str, Any]:
    code, out, err = run(capsys, "run", *args, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_all_systems_on_questions(capsys: pytest.CaptureFixture[str], questions: Path, guides: Path) -> None:
    found = measured(capsys, "--questions", questions, "--articles", guides)
    assert list(found) == ["questions", "systems", "misses", "index"]
    assert list(found["systems"]) == ["zhinan", "hybrid", "bm25", "dense"]
    product = found["systems"]["zhinan"]
    assert product["all"]["hit@1"] == {"value": 2 / 2, "low": 1, "high": 1, "n": 2}
    assert product["all"]["answer_key"]["value"] == 1 / 2
    assert product["all"]["wrong_entity@5"]["value"] == 2 / 2  # the fake shows every guide it has
    assert product["all"]["citation_valid"] == {"value": 1, "low": 1, "high": 1, "n": (3 + 1) + (3 + 1)}
    assert product["all"]["abstain_recall"]["value"] == product["all"]["reason_right"]["value"] == 1
    assert product["by_type"]["off"].keys() >= {"abstain_recall", "reason_right"}
    assert product["by_split"]["dev"]["hit@1"]["n"] == product["by_split"]["test"]["hit@1"]["n"] == 1
    assert product["per_question"]["q2"]["answer_key"] == 0
    assert "answer_hit" not in found["systems"]["bm25"]["all"]
    assert found["misses"][0] == {
        "id": "q1",
        "type": "fact",
        "question": "秘鲁手机卡销户要带什么",
        "outcome": "answered",
        "reason": None,
        "message": "",
        "confidence": 0.9,
        "shown": [
            {
                "text": "秘鲁手机卡销户要带护照。",
                "citations": [
                    {"path": "peru.md", "heading": [], "start": 0, "end": 12, "quote": "秘鲁手机卡销户要带护照。"}
                ],
            }
        ],
        "gold": ["秘鲁手机卡销户要带护照。"],
        "failed": ["wrong_entity@5"],
    }


def test_a_report_is_one_page_that_loads_nothing(
    capsys: pytest.CaptureFixture[str], questions: Path, guides: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    code, said, err = run(capsys, "report", "--questions", questions, "--articles", guides, "--out", out)
    assert (code, err) == (0, "")
    assert str(out) in said
    page = out.read_text("utf-8")
    assert all(
        word in page
        for word in ("citation_valid", "风险–覆盖率曲线", "国家 × 主题", "秘鲁手机卡销户要带什么", "网上销户")
    )
    assert "<script" not in page
    assert "http" not in page


def test_a_report_escapes_what_articles_and_questions_say(
    capsys: pytest.CaptureFixture[str], questions: Path, guides: Path, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    rows[0]["question"] = "秘鲁<script>alert(1)</script>要带什么"
    questions.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    out = tmp_path / "report.html"
    assert run(capsys, "report", "--questions", questions, "--articles", guides, "--out", out)[0] == 0
    assert "<script" not in out.read_text("utf-8")


def test_a_report_that_cannot_be_written_is_told_first(
    capsys: pytest.CaptureFixture[str], questions: Path, tmp_path: Path
) -> None:
    code, _, err = run(capsys, "report", "--questions", questions, "--out", tmp_path / "none" / "report.html")
    assert code == 1
    assert err.count("\n") == 1


def test_one_split_and_one_system(capsys: pytest.CaptureFixture[str], questions: Path) -> None:
    found = measured(capsys, "--questions", questions, "--split", "dev", "--system", "bm25")
    assert list(found["systems"]) == ["bm25"]
    assert list(found["systems"]["bm25"]["per_question"]) == ["q1"]


def test_beir(capsys: pytest.CaptureFixture[str], beir: Path) -> None:
    found = measured(capsys, "--beir", beir)
    assert list(found["systems"]) == ["hybrid", "bm25", "dense"]
    block = found["systems"]["dense"]["all"]
    assert list(block) == ["hit@1", "hit@5", "recall@5", "MRR@10", "nDCG@10", "elapsed_ms_median", "elapsed_ms_p95"]
    assert block["nDCG@10"]["value"] == 1


def test_one_split_of_a_beir_set(capsys: pytest.CaptureFixture[str], beir: Path) -> None:
    rows = [json.loads(line) for line in (beir / "queries.jsonl").read_text("utf-8").splitlines()]
    for row, split in zip(rows, ("dev", "test", "test"), strict=True):
        row["split"] = split
    (beir / "queries.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    found = measured(capsys, "--beir", beir, "--split", "dev", "--system", "bm25")
    assert list(found["systems"]["bm25"]["per_question"]) == ["a"]


def test_tables_for_people(capsys: pytest.CaptureFixture[str], questions: Path, tmp_path: Path) -> None:
    out_file = tmp_path / "result.json"
    code, out, err = run(capsys, "run", "--questions", questions, "--out", out_file)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split() for line in lines[3:5]] == [
        ["measure", "value", "95%", "interval", "n"],
        ["hit@1", "1.000", "[1.000,", "1.000]", "2"],
    ]
    assert len(lines[3]) == len(lines[4])
    assert "zhinan · by type" in lines
    assert json.loads(out_file.read_text(encoding="utf-8"))["systems"].keys() >= {"zhinan"}


def test_compare(capsys: pytest.CaptureFixture[str], questions: Path, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    run(capsys, "run", "--questions", questions, "--out", result)
    code, out, _ = run(capsys, "compare", result, result, "--system", "bm25", "zhinan")
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()[2:] if line}
    assert code == 0
    assert rows["hit@1"] == ["1.000", "1.000", "+0.000", "1.0000", "2"]
    assert "answer_hit" not in rows  # bm25 answers nothing
    assert run(capsys, "compare", result, result)[1].count("A = ") == len(("zhinan", "hybrid", "bm25", "dense"))


def test_compare_finds_a_difference(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name, value in (("a", 0), ("b", 1)):
        per_question = {f"q{i}": {"hit@1": value} for i in range(20)} | {name: {"hit@1": value}}
        whole = {"systems": {"bm25": {"per_question": per_question}}}
        (tmp_path / name).write_text(json.dumps(whole), encoding="utf-8")
    _, out, _ = run(capsys, "compare", tmp_path / "a", tmp_path / "b")
    assert out.splitlines()[2].split() == ["hit@1", "0.000", "1.000", "+1.000", "0.0001", "20"]


def one_sentence(code: int, out: str, err: str) -> str:
    assert (code, out) == (1, "")
    assert err.endswith("。\n")
    assert err.count("\n") == 1
    return err


def test_errors_are_one_sentence(
    capsys: pytest.CaptureFixture[str], questions: Path, guides: Path, beir: Path, tmp_path: Path
) -> None:
    none = tmp_path / "none"
    assert "读不到评测集文件" in one_sentence(*run(capsys, "run", "--questions", none))
    assert "找不到文章目录" in one_sentence(*run(capsys, "run", "--questions", questions, "--articles", none))
    assert "没有这个目录" in one_sentence(*run(capsys, "run", "--beir", beir, "--out", none / "result.json"))
    assert "写不进" in one_sentence(*run(capsys, "run", "--beir", beir, "--out", tmp_path))
    (guides / "peru.md").write_text("改过了。", encoding="utf-8")
    assert "q1" in one_sentence(*run(capsys, "run", "--questions", questions, "--articles", guides))
    assert "q1" in one_sentence(*run(capsys, "run", "--questions", questions))


def test_errors_of_compare(capsys: pytest.CaptureFixture[str], beir: Path, tmp_path: Path) -> None:
    result, broken, other = tmp_path / "result.json", tmp_path / "broken", tmp_path / "other"
    run(capsys, "run", "--beir", beir, "--system", "bm25", "--out", result)
    broken.write_text('{"systems": []}', encoding="utf-8")
    other.write_text('{"systems": {"bm25": {"per_question": {"z": {}}}, "x": {"per_question": {}}}}', encoding="utf-8")
    assert "读不到结果文件" in one_sentence(*run(capsys, "compare", result, tmp_path / "none"))
    assert "不是 eval run --json 的结果" in one_sentence(*run(capsys, "compare", broken, result))
    assert "没有共同的问题" in one_sentence(*run(capsys, "compare", result, other))
    assert "没有系统 dense，只有 bm25" in one_sentence(*run(capsys, "compare", result, result, "--system", "dense"))
    other.write_text('{"systems": {}}', encoding="utf-8")
    assert "没有共同的系统" in one_sentence(*run(capsys, "compare", result, other))


@pytest.mark.parametrize(
    "args",
    [
        "",
        "run",
        "run --questions q --beir b",
        "run --questions q --articles a --index i",
        "run --questions q --encoder e",
        "run --questions q --split train",
        "run --questions q --system lucene",
        "run --beir b --system zhinan",
        "run --beir b --articles a",
        "compare a",
        "compare a b --system x y z",
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], args: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(args.split())
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith("usage: python -m eval")


def test_the_door_opens_without_the_product(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "eval", "run", "--questions", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stdout) == (1, "")
    assert "eval.report" in done.stderr
    assert "torch" not in done.stderr


def test_the_temporary_index_is_built_with_the_encoder_given(
    monkeypatch: pytest.MonkeyPatch, product: SimpleNamespace, questions: Path, guides: Path
) -> None:
    built = []
    build = product.temporary_index

    def remember(articles: Path, encoder: str | None) -> object:
        built.append((articles, encoder))
        return build(articles, encoder)

    monkeypatch.setattr(product, "temporary_index", remember)
    main(["run", "--questions", str(questions), "--articles", str(guides), "--encoder", "tiny", "--json"])
    assert built == [(guides, "tiny")]
