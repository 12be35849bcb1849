"""The committed model: it loads as any sentence-transformers model does, and its vectors make sense."""

from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

MODEL = Path(__file__).parents[2] / "index" / "encoder" / "model"


@pytest.fixture(scope="module")
def model() -> SentenceTransformer:
    return SentenceTransformer(str(MODEL), device="cpu", local_files_only=True)


def test_shape_type_and_length(model: SentenceTransformer) -> None:
    vectors = model.encode(["流量卡怎么注销", "退订", "余额可申请退还，款项原路返回。"])
    assert vectors.shape == (3, 256)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_the_same_text_gets_the_same_vector_alone_and_in_a_batch(model: SentenceTransformer) -> None:
    texts = ["流量卡怎么注销", "护照丢了怎么补办", "房东不退押金"]
    together = model.encode(texts)
    assert np.array_equal(together, model.encode(texts))
    assert np.array_equal(together[1], model.encode(texts[1]))


@pytest.mark.parametrize("text", ["", "  \n", "！？……"])
def test_a_text_without_words_is_the_zero_vector(model: SentenceTransformer, text: str) -> None:
    assert np.array_equal(model.encode([text]), np.zeros((1, 256), dtype=np.float32))


def test_the_tokeniser_normalises_by_itself(model: SentenceTransformer) -> None:
    assert np.array_equal(model.encode("ＥＳＩＭ卡，５Ｇ！"), model.encode("esim卡 5g"))


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("这张卡我不想要了", "办理销户须持有效证件到营业厅提交注销申请。", "山区信号较弱，建议提前下载离线地图。"),
        ("卡里还剩几十块钱能拿回来吗", "销户后账户余额可申请退还。", "插入卡片后重新启动手机即可使用。"),
        ("房东不退押金怎么办", "租约期满，房东应在十四日内返还押金。", "地铁首班车六点发车。"),
        ("手机没信号了", "请检查网络设置，重新选择运营商。", "红烧肉要先焯水再炒糖色。"),
    ],
)
def test_an_answer_is_nearer_than_something_else(
    model: SentenceTransformer, question: str, near: str, far: str
) -> None:
    asked, answer, other = model.encode([question, near, far])
    assert asked @ answer > asked @ other


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) <= 25_000_000


def test_the_card_names_every_licence_and_no_machine() -> None:
    card = (MODEL / "README.md").read_text(encoding="utf-8")
    for expected in ("CC BY 4.0", "Apache-2.0", "MIT", "Unlicense", "BSD-3-Clause", "python -m index.encoder.train"):
        assert expected in card
    assert "/home/" not in card
