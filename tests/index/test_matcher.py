"""The matcher: what its vectors are, that kept ones are used, and that it reads words in their order."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index import matcher
from index.embed import Vectors
from index.errors import EncoderError
from index.matcher import DIMENSION, Matcher

TEXTS = ["销户须本人持护照到营业厅办理。", "余额在销户后退还。", "卡"]


def test_vectors_are_of_length_1_by_row() -> None:
    vectors = Matcher().vectors(TEXTS)
    assert vectors.shape == (3, DIMENSION)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    for row, text in enumerate(TEXTS):
        # A batch is as wide as its longest text, and the numbers inside are of 16 bits.
        assert Matcher().vectors([text])[0] @ vectors[row] == pytest.approx(1, abs=1e-2)


def test_no_texts_are_no_rows() -> None:
    assert Matcher().vectors([]).shape == Matcher().make([]).shape == (0, DIMENSION)


@pytest.mark.parametrize("text", ["", " ", "😀", "长" * 5000, "a" * 300])
def test_any_text_has_a_finite_vector(text: str) -> None:
    assert np.isfinite(Matcher().vectors([text])).all()


def test_vectors_kept_with_an_index_are_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Matcher(TEXTS, Matcher().make(TEXTS))
    expected = Matcher().vectors([*TEXTS, "停机保号"])
    asked: list[str] = []
    embed = kept._memory._make  # noqa: SLF001 - the work that must not be done twice

    def counted(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return embed(texts)

    monkeypatch.setattr(kept._memory, "_make", counted)  # noqa: SLF001 - as above
    assert kept.vectors([*TEXTS[::-1], "停机保号"])[[2, 1, 0, 3]] == pytest.approx(expected, abs=1e-2)
    assert asked == ["停机保号"]


def test_everyday_words_come_nearer_to_what_is_meant() -> None:
    question, right, wrong = Matcher().vectors(
        [
            "这个号我不要了，人得亲自跑一趟吗",
            "用户终止服务须本人持有效证件到营业厅申请。",
            "新用户可在线上选号入网，无须到店。",
        ]
    )
    assert question @ right > question @ wrong


def test_progress_ends_at_1() -> None:
    seen: list[float] = []
    Matcher().make(TEXTS, lambda _, share: seen.append(share))
    assert seen == [1.0]


def test_a_damaged_model_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matcher, "_OWN", tmp_path)
    with pytest.raises(EncoderError, match="请重新安装"):
        Matcher().vectors(["卡"])
    with pytest.raises(EncoderError, match="请重新安装"):
        Matcher.fingerprint()


def test_a_question_leaves_torchs_threads_as_they_were() -> None:
    import torch  # noqa: PLC0415 - seconds of imports

    before = torch.get_num_threads()
    Matcher().vectors(["怎么销户"])
    assert torch.get_num_threads() == before
