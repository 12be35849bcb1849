"""The matcher's recipe, on a published model of one layer and a dozen words."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from index import matcher
from index.encoder import match, warm

WORDS = ["[PAD]", "[unused1]", "[CLS]", "[SEP]", "[UNK]", "销", "户", "##户", "餘", "余", "ab", "##b", "の", "。"]
WIDE, INNER = 8, 16
LAYER = {
    "attention.self.query": (WIDE, WIDE), "attention.self.key": (WIDE, WIDE), "attention.self.value": (WIDE, WIDE),
    "attention.output.dense": (WIDE, WIDE), "intermediate.dense": (WIDE, INNER), "output.dense": (INNER, WIDE),
}  # fmt: skip


def _halved(tensors: list[Any], name: str, values: np.ndarray[Any, Any], kind: type) -> None:
    tensors.append(numpy_helper.from_array(values.astype(kind), f"{name}_quantized"))
    tensors.append(numpy_helper.from_array(np.array(0.5, np.float32), f"{name}_scale"))
    tensors.append(numpy_helper.from_array(np.array(1, kind), f"{name}_zero_point"))


@pytest.fixture
def published(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    tensors: list[Any] = []
    nodes = []
    for table, rows in (("word", len(WORDS)), ("position", 200), ("token_type", 2)):
        _halved(tensors, f"embeddings.{table}_embeddings.weight", rng.integers(0, 4, (rows, WIDE)), np.uint8)
    floats = {
        "embeddings.LayerNorm": WIDE,
        "encoder.layer.0.attention.output.LayerNorm": WIDE,
        "encoder.layer.0.output.LayerNorm": WIDE,
    }
    for name, width in floats.items():
        tensors += [
            numpy_helper.from_array(np.full(width, x, np.float32), f"{name}.{part}")
            for part, x in (("weight", 1), ("bias", 0))
        ]
    for number, (name, shape) in enumerate(LAYER.items()):
        _halved(tensors, f"onnx::MatMul_{number}", rng.integers(-3, 4, shape), np.int8)
        tensors.append(numpy_helper.from_array(np.zeros(shape[1], np.float32), f"encoder.layer.0.{name}.bias"))
        path = f"/encoder/layer.0/{name.replace('.', '/')}/MatMul_quant"
        nodes.append(
            helper.make_node("MatMulInteger", ["x", f"onnx::MatMul_{number}_quantized"], [f"y{number}"], name=path)
        )
    graph = helper.make_graph(nodes, "bert", [helper.make_tensor_value_info("x", TensorProto.INT8, None)], [], tensors)
    (tmp_path / "onnx").mkdir()
    onnx.save(helper.make_model(graph), str(tmp_path / "onnx" / "model_quantized.onnx"))
    config = {
        "hidden_size": WIDE, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": INNER,
        "vocab_size": len(WORDS), "max_position_embeddings": 200, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    tokenizer = Tokenizer(models.WordPiece({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))  # noqa: S106 - a token of text
    tokenizer.add_special_tokens(["[PAD]", "[CLS]", "[SEP]", "[UNK]"])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    (tmp_path / "tokenizer.json.gz").write_bytes(gzip.compress(tokenizer.to_str().encode()))
    return tmp_path


def test_tokens_that_simplified_text_never_holds_are_left_out(published: Path) -> None:
    start = warm.read(published)
    vocabulary = start.tokenizer["model"]["vocab"]
    assert list(vocabulary) == ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "销", "户", "余", "ab", "##b", "。"]
    assert list(vocabulary.values()) == list(range(10))
    assert Tokenizer.from_str(json.dumps(start.tokenizer)).encode("销 户").ids == [1, 4, 5, 2]
    assert start.config["vocab_size"] == 10


def test_matrices_come_back_as_numbers(published: Path) -> None:
    start = warm.read(published)
    kept = {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in onnx.load(str(published / "onnx" / "model_quantized.onnx")).graph.initializer
    }
    words = (kept["embeddings.word_embeddings.weight_quantized"].astype(np.float32) - 1) * 0.5
    assert np.array_equal(
        start.arrays["embeddings.word_embeddings.weight"],
        words[[WORDS.index(w) for w in start.tokenizer["model"]["vocab"]]],
    )
    dense = (kept["onnx::MatMul_4_quantized"].astype(np.float32) - 1) * 0.5
    assert np.array_equal(start.arrays["encoder.layer.0.intermediate.dense.weight"], dense.T)
    match.build(start)  # transformers finds every array it wants, and no other


def test_a_folder_without_a_model_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert match.main(["--start", str(tmp_path / "nothing")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def _rows(tokenizer: Tokenizer, tmp_path: Path) -> match.Rows:
    rows = [("销户", "户销。", "余"), ("余", "余户。", "销"), ("ab", "ab。", "户"), ("销户", "销。", "ab")]
    lines = [json.dumps(dict(zip(("query", "passage", "negative"), row, strict=True))) for row in rows]
    (tmp_path / "pairs.jsonl").write_text("\n".join(lines))
    return match.read_pairs(tokenizer, match.Recipe(), tmp_path / "pairs.jsonl")


def test_the_contrast_lowers_the_loss_and_equal_questions_are_no_negatives(published: Path, tmp_path: Path) -> None:
    start = warm.read(published)
    rows = _rows(Tokenizer.from_str(json.dumps(start.tokenizer)), tmp_path)
    assert rows.question_groups.tolist() == [0, 1, 2, 0]
    torch.manual_seed(0)
    model, recipe = match.build(start), match.Recipe(epochs=60, batch=4, learning_rate=0.01)
    before = match.loss(model, rows, np.arange(4), recipe).item()
    match.train(model, rows, recipe)
    assert match.loss(model, rows, np.arange(4), recipe).item() < before / 2


def test_what_is_saved_loads_with_nearly_the_same_numbers(published: Path, tmp_path: Path) -> None:
    start = warm.read(published)
    model = match.build(start).eval()
    match.save(model, start, "card", tmp_path / "out")
    again = matcher.load(tmp_path / "out").float()
    ids = torch.tensor([[1, 4, 5, 2]])
    with torch.inference_mode():
        one, other = model(input_ids=ids).last_hidden_state, again(input_ids=ids).last_hidden_state
    assert torch.nn.functional.cosine_similarity(one, other, dim=-1).min() > 0.98
    assert (tmp_path / "out" / "README.md").read_text() == "card"


def test_rows_are_rounded_to_within_half_a_step() -> None:
    matrix = torch.randn(5, 7)
    kept = match.compressed({"m": matrix, "b": torch.ones(3)})
    assert kept["m"].dtype == torch.int8
    back = kept["m"].float() * kept["m.scale"][:, None]
    assert ((back - matrix).abs() <= kept["m.scale"][:, None] * 0.5001).all()
    assert torch.equal(kept["b"], torch.ones(3))
