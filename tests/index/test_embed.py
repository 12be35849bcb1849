"""Any sentence-transformers model by its path: its prompts are honoured, its vectors are of length 1."""

import shutil
import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from index import embed
from index.embed import Encoder
from index.errors import EncoderError
from tests.fakes import DIMENSION, DOCUMENT_PROMPT, QUERY_PROMPT, bert_encoder, static_encoder

TEXTS = ["秘鲁卡销户", "余额退款", "卡"]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(bert_encoder(tmp_path_factory.mktemp("bert") / "model"))


@pytest.fixture
def tiny(encoder: str) -> Encoder:
    return Encoder(encoder)


def test_documents_are_unit_vectors_by_row(tiny: Encoder) -> None:
    vectors = tiny.documents(TEXTS)
    assert vectors.shape == (3, DIMENSION) == (3, tiny.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_query_is_one_unit_vector_and_nearest_to_itself(tiny: Encoder) -> None:
    query = tiny.query(TEXTS[1])
    assert query.shape == (DIMENSION,)
    assert query.dtype == np.float32
    cosines = tiny.documents(TEXTS) @ query
    assert cosines[1] == pytest.approx(1, abs=1e-5)
    assert cosines.argmax() == 1


def test_many_texts_keep_their_order_across_batches(tiny: Encoder) -> None:
    texts = [chr(0x4E00 + number) for number in range(64 * 16 + 5)]
    seen: list[float] = []
    together = tiny.documents(texts, lambda _, share: seen.append(share))
    assert together.shape == (64 * 16 + 5, DIMENSION)
    for row in (0, 63, 1023, 1024, 1028):
        assert np.array_equal(together[row], tiny.documents([texts[row]])[0])
    assert seen == [1024 / 1029, 1.0]


def test_no_texts_are_no_rows(tiny: Encoder) -> None:
    assert tiny.documents([]).shape == (0, DIMENSION)
    assert tiny.remembered([]).shape == (0, DIMENSION)


def test_a_text_the_model_knows_nothing_of_is_finite(tiny: Encoder) -> None:
    assert np.isfinite(tiny.documents(["", "  ", "😀"])).all()
    assert np.isfinite(tiny.query("😀")).all()


def test_traditional_characters_mean_the_same(tiny: Encoder) -> None:
    assert np.array_equal(tiny.query("餘額退還"), tiny.query("余额退还"))
    assert np.array_equal(tiny.documents(["餘額退還"]), tiny.documents(["余额退还"]))


def test_words_are_embedded_as_documents_and_remembered(tiny: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    embedded = tiny.documents

    def counted(texts: list[str]) -> embed.Vectors:
        asked.append(texts)
        return embedded(texts)

    monkeypatch.setattr(tiny._memory, "_make", counted)  # noqa: SLF001 - the work that must not be done twice
    expected = embedded(["销户", "退款", "销户"])
    assert np.array_equal(tiny.remembered(["销户", "退款", "销户"]), expected)
    assert np.array_equal(tiny.remembered(["退款", "补卡"]), embedded(["退款", "补卡"]))
    assert asked == [["销户", "退款"], ["补卡"]]


def test_what_is_remembered_is_bounded(tiny: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "_REMEMBERED", 2)
    words = ["销户", "退款", "补卡", "停机"]
    assert np.array_equal(tiny.remembered(words), tiny.documents(words))
    assert np.array_equal(tiny.remembered(words[::-1]), tiny.documents(words[::-1]))


def test_prompts_of_a_transformer_are_put_before_questions_and_documents(bert: str) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds of imports

    model, encoder = SentenceTransformer(bert, device="cpu"), Encoder(bert)

    def plain(text: str) -> embed.Vectors:
        return np.asarray(model.encode(text, prompt="", normalize_embeddings=True))

    assert encoder.dimension == DIMENSION
    assert encoder.query("秘鲁卡") == pytest.approx(plain(QUERY_PROMPT + "秘鲁卡"), abs=1e-5)
    assert encoder.documents(["秘鲁卡"])[0] == pytest.approx(plain(DOCUMENT_PROMPT + "秘鲁卡"), abs=1e-5)
    assert encoder.query("秘鲁卡") != pytest.approx(plain("秘鲁卡"), abs=1e-3)


def test_a_hub_models_own_instruction_is_used_for_questions(encoder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "_QUERY_PROMPTS", {encoder.lower(): "检索："})
    asked = Encoder(encoder)
    assert np.array_equal(asked.query("销户"), asked.documents(["检索：销户"])[0])


def test_the_fingerprint_is_the_weights_and_the_tokeniser(encoder: str, bert: str, tmp_path: Path) -> None:
    print_of = Encoder(encoder).fingerprint()
    assert Encoder(shutil.copytree(encoder, tmp_path / "copy").as_posix()).fingerprint() == print_of
    assert Encoder(str(static_encoder(tmp_path / "again"))).fingerprint() == print_of
    assert Encoder(str(static_encoder(tmp_path / "other", seed=1))).fingerprint() != print_of
    assert Encoder(bert).fingerprint() != print_of


def test_a_tilde_is_the_home_folder(encoder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(Path(encoder).parent))
    assert Encoder("~/tiny").dimension == DIMENSION


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no-such-model", "/nowhere/model", "../model", ""])
def test_an_unknown_model_is_one_clear_error_and_no_network(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # What HF_HUB_OFFLINE=1 sets; the variable itself is read once, when the library is imported.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    called: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: called.append(address))
    with pytest.raises(EncoderError, match="--encoder"):
        Encoder(name).query("销户")
    assert called == []


@pytest.mark.parametrize("broken", ["empty", "text", "truncated"])
def test_a_folder_that_holds_no_model_is_one_clear_error(encoder: str, tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    if broken == "text":
        (folder / "modules.json").write_text("not json")
    elif broken == "truncated":
        shutil.copytree(encoder, folder, dirs_exist_ok=True)
        weights = next(folder.rglob("*.safetensors"))
        weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(EncoderError, match="model"):
        Encoder(str(folder)).documents(TEXTS)


def test_nothing_is_loaded_before_a_vector_is_asked_for() -> None:
    Encoder("/nowhere/model").fingerprint()


def test_threads_share_one_model(tiny: Encoder) -> None:
    models: list[int] = []
    threads = [threading.Thread(target=lambda: models.append(id(tiny._loaded()))) for _ in range(4)]  # noqa: SLF001 - that it is loaded once
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(models) == 4
    assert len(set(models)) == 1
