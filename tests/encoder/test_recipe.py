"""The recipe, end to end on toy data, and its parts against arithmetic done by hand."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import sparse
from sentence_transformers import SentenceTransformer

from index.encoder import contrast, data, pretrain
from index.encoder import train as recipe


@pytest.fixture(autouse=True)
def no_pairs_of_our_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Toy data is to stay toy data: the pairs that come with the project are left out."""
    monkeypatch.setattr(data, "PAIRS", tmp_path / "none.jsonl")


TOPICS = {
    "退款": ("余额怎么拿回来", "账户余额可申请退还原路返回"),
    "信号": ("手机没有网络了", "请检查设置重新选择运营商"),
    "押金": ("房东不还押金", "租约期满后应返还全部押金"),
    "补卡": ("卡丢了怎么补", "持有效证件到营业厅办理补卡"),
}


def write(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    rng = random.Random(1)
    folder = tmp_path / "data"
    rows = [
        {"query": f"{query}{rng.randrange(99)}", "passage": f"{passage}，{topic}。{rng.randrange(99)}", "source": "toy"}
        for topic, (query, passage) in TOPICS.items()
        for _ in range(20)
    ]
    write(folder / "train" / "toy.jsonl.gz", [*rows, {"query": "", "passage": "没有问题的行", "source": "toy"}])
    write(folder / "docs" / "toy.jsonl.gz", [{"title": row["query"], "text": row["passage"]} for row in rows])
    write(folder / "howto" / "tidb_docs_cn.jsonl.gz", [{"query": "分片", "passage": "分片", "source": "tidb_docs_cn"}])
    return folder


def tiny(folder: Path, work: Path) -> recipe.Run:
    numbers = recipe.Recipe(
        tokens=150,
        sample_characters=10_000,
        counting=pretrain.Counting(dimensions=16),
        schedule=contrast.Schedule(steps=30, batch=16),
    )
    return recipe.Run(folder, work, 7, numbers)


def test_end_to_end(toy: Path, tmp_path: Path) -> None:
    run = tiny(toy, tmp_path / "work")
    recipe.train(run, tmp_path / "model")
    model = SentenceTransformer(str(tmp_path / "model"), device="cpu")
    questions = model.encode([query for query, _ in TOPICS.values()])
    answers = model.encode([passage for _, passage in TOPICS.values()])
    assert questions.shape == (4, 16)
    assert (questions @ answers.T).argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert "| toy | not stated | not stated | 80 | 80 |" in (tmp_path / "model" / "README.md").read_text("utf-8")

    first = (tmp_path / "model" / "model.safetensors").read_bytes()
    stages = sorted(path.name for path in (tmp_path / "work").iterdir())
    assert [name.split("-")[0] for name in stages] == ["rows", "start", "tokeniser"]
    run.file("rows", ".npz").unlink()  # resumed from the start vectors, it ends where it ended before
    recipe.train(run, tmp_path / "model")
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == first


def test_changed_data_is_not_mistaken_for_the_old(toy: Path, tmp_path: Path) -> None:
    before = tiny(toy, tmp_path).file("start", ".npz")
    write(toy / "docs" / "more.jsonl.gz", [{"text": "又一篇"}])
    assert tiny(toy, tmp_path).file("start", ".npz") != before


def test_share_alike_and_empty_rows_are_left_out(toy: Path) -> None:
    pairs = data.load_pairs(toy, seed=7)
    assert {pair.source for pair in pairs} == {"toy"}
    assert len(pairs) == 80


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("missing", "no such folder"),
        ("empty", "no pairs found"),
        ("broken", "pairs.jsonl, line 1: not JSON"),
        ("not gzip", "pairs.jsonl.gz: "),
    ],
)
def test_a_folder_it_cannot_use_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, expected: str
) -> None:
    folder = tmp_path / "data"
    if case != "missing":
        (folder / "own").mkdir(parents=True)
    if case == "broken":
        (folder / "own" / "pairs.jsonl").write_text("{不是 JSON\n", encoding="utf-8")
    if case == "not gzip":
        (folder / "own" / "pairs.jsonl.gz").write_text("{}\n", encoding="utf-8")
    assert recipe.main(["--data", str(folder), "--out", str(tmp_path / "out")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert expected in captured.err
    assert not (tmp_path / "out").exists()


def test_the_door_is_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "index.encoder.train", "--data", str(tmp_path / "nowhere")],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'nowhere'}: no such folder\n"


def test_cooccurrence_counts_near_neighbours_for_more_and_stops_at_a_text() -> None:
    tokens = pretrain.stream([np.array([0, 1, 2], dtype=np.int32), np.array([3], dtype=np.int32)], window=2)
    counts = pretrain.cooccurrence(tokens, size=4, window=2).toarray()
    assert counts.tolist() == [[0, 1, 0.5, 0], [1, 0, 1, 0], [0.5, 1, 0, 0], [0, 0, 0, 0]]


def test_svd_gives_the_matrix_back() -> None:
    side = np.random.default_rng(0).standard_normal((12, 3))
    matrix = (side @ side.T).astype(np.float32)
    vectors = pretrain.truncated_svd(sparse.csr_matrix(matrix), rank=5, seed=7)
    assert vectors.shape == (12, 5)
    # A symmetric positive matrix is U S Uᵀ, so U √S times its own transpose is the matrix again.
    assert vectors @ vectors.T == pytest.approx(matrix, abs=1e-3)


def test_sif_weights() -> None:
    weights = pretrain.sif_weights(np.array([3, 1, 0]), a=0.25)
    assert weights.tolist() == pytest.approx([0.25 / (0.25 + 0.75), 0.25 / (0.25 + 0.25), 1.0])


def test_the_loss_does_not_push_equal_passages_apart() -> None:
    ids = [np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)]
    examples = contrast.Examples(
        queries=ids,
        passages=[ids[0], ids[0]],
        negatives=[None, None],
        query_groups=np.array([0, 1]),
        passage_groups=np.array([0, 0]),
        weights=np.array([1.0, 1.0]),
        everyday=np.array([], dtype=np.int64),
    )
    weight = torch.nn.Parameter(torch.eye(2))
    value = contrast.loss(
        weight, examples, np.array([0, 1]), contrast.Schedule(short=0, dropout=0), np.random.default_rng(0)
    )
    assert value.item() == pytest.approx(0)  # each query is left with its own passage alone


@pytest.mark.parametrize(("answer", "other", "expected"), [([0, 1], [2, 2], 0.0), ([2, 2], [0, 1], 20.0)])
def test_matching_compares_token_by_token(answer: list[int], other: list[int], expected: float) -> None:
    examples = contrast.Examples(
        queries=[np.array([0], dtype=np.int32)],
        passages=[np.array(answer, dtype=np.int32)],
        negatives=[np.array(other, dtype=np.int32)],
        query_groups=np.array([0]),
        passage_groups=np.array([0]),
        weights=np.array([1.0]),
        everyday=np.array([0]),
    )
    weight = torch.nn.Parameter(torch.eye(3))
    schedule = contrast.Schedule(dropout=0, scale=20.0)
    # The nearest token of one sentence is the question's own (cosine 1), of the other none is (cosine 0), whatever stands beside it.
    value = contrast.matching_loss(weight, examples, schedule, np.random.default_rng(0))
    assert value.item() == pytest.approx(expected, abs=1e-3)


def test_other_everyday_pairs_are_other_work(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = data.fingerprint(toy)
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"query": "退号", "passage": "注销", "negative": "开通"}\n', "utf-8")
    monkeypatch.setattr(data, "PAIRS", pairs)
    assert data.fingerprint(toy) != before
