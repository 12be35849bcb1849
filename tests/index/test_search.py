"""Build, open, search: what was built is what answers, and anything else is refused."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from index import folder as disk
from index import search as module
from index.corpus import read_corpus
from index.embed import Encoder
from index.errors import (
    ArticlesError,
    EncoderError,
    IndexBusyError,
    IndexDamagedError,
    IndexMissingError,
    IndexWriteError,
)
from index.search import Index, context
from tests.fakes import AD, DIMENSION, GUIDES, static_encoder

System = Literal["bm25", "dense", "hybrid"]


@pytest.fixture(scope="module")
def index(built: Path) -> Index:
    return Index.open(built / "index")


def reseal(folder: Path, change: Callable[[Path, dict[str, Any]], object]) -> None:
    """Change a version and seal it again, as a build by another version of the program would have."""
    version, manifest = disk.open_version(folder)
    row = dict(manifest)
    change(version, row)
    row["files"] = {name: disk._digest((version / name).read_bytes()) for name in row["files"]}  # noqa: SLF001 - a good seal
    raw = json.dumps(row, ensure_ascii=False).encode()
    (version / "manifest.json").write_bytes(raw)
    (folder / "current").write_text(f"{version.name} {disk._digest(raw)}\n")  # noqa: SLF001


class TestRoundTrip:
    def test_everything_built_is_there_when_opened(self, built: Path, index: Index, encoder: str) -> None:
        corpus = read_corpus(built / "articles")
        assert index.articles == corpus.articles
        assert [article.path for article in index.articles] == sorted(GUIDES)
        assert index.info.articles == len(GUIDES) == 5
        assert index.info.passages == len(index.passages)
        assert [passage.id for passage in index.passages] == list(range(len(index.passages)))
        assert (index.info.encoder, index.info.dimension) == (encoder, DIMENSION)
        assert index.info.articles_dir == str((built / "articles").resolve()) == str(index.root)
        assert index.info.version == Index.current_version(built / "index")

    def test_every_passage_is_its_articles_own_characters(self, index: Index) -> None:
        texts = {article.path: article.text for article in index.articles}
        for passage in index.passages:
            assert texts[passage.path][passage.start : passage.end] == passage.text
            for unit in passage.units:
                assert passage.start <= unit.start < unit.end <= passage.end

    def test_what_was_cut_out_is_reported_and_in_no_passage(self, index: Index) -> None:
        assert {(path, promo.kind) for path, promo in index.info.promos} >= {
            ("peru-esim.md", "contact"),
            ("general.md", "contact"),
        }
        assert all(promo.text in GUIDES[path] for path, promo in index.info.promos)
        assert not any(AD in passage.text or "qr.png" in passage.text for passage in index.passages)

    def test_an_index_in_memory_ranks_as_the_one_on_disk(self, index: Index, encoder: str) -> None:
        memory = Index.of(index.passages, encoder=encoder, articles=index.articles)
        for question in ("秘鲁卡怎么销户", "余额退款", "zong"):
            assert [(hit.passage.id, hit.score) for hit in memory.search(question)] == [
                (hit.passage.id, hit.score) for hit in index.search(question)
            ]

    def test_progress_names_its_stages_and_ends(self, home: Path, encoder: str) -> None:
        seen: list[tuple[str, float]] = []
        Index.build(
            home / "articles",
            home / "index",
            encoder=encoder,
            progress=lambda stage, share: seen.append((stage, share)),
        )
        assert list(dict.fromkeys(stage for stage, _ in seen)) == [
            "读取文章",
            "切分段落",
            "计算向量",
            "细读句子",
            "完成",
        ]
        assert all(0 <= share <= 1 for _, share in seen)
        assert seen[-1] == ("完成", 1.0)

    def test_nothing_in_the_folder_is_a_pickle(self, built: Path) -> None:
        files = [path for path in (built / "index").rglob("*") if path.is_file()]
        assert not [path for path in files if path.suffix in {".pkl", ".pickle", ".pt", ".bin", ".joblib"}]
        assert not [path for path in files if path.read_bytes()[:2] in {b"\x80\x03", b"\x80\x04", b"\x80\x05"}]
        arrays = [path for path in files if path.suffix == ".npy"]
        assert arrays
        for path in arrays:
            np.load(path, allow_pickle=False)

    @pytest.mark.parametrize(
        "text",
        ["# 指南\n\n加微信：kafei8899\n", "# 只有标题\n", "Как отключить\n\nНадо паспорт.\n", "😀😀\n"],
        ids=["ads", "title", "cyrillic", "emoji"],
    )
    def test_guides_without_a_word_to_rank_still_make_an_index(self, tmp_path: Path, encoder: str, text: str) -> None:
        (tmp_path / "articles").mkdir()
        (tmp_path / "articles" / "odd.md").write_text(text, encoding="utf-8")
        try:
            Index.build(tmp_path / "articles", tmp_path / "index", encoder=encoder)
        except ArticlesError:
            return  # saying so is as good
        assert len(Index.open(tmp_path / "index").search("流量卡怎么销户")) <= 1


class TestSearch:
    @pytest.mark.parametrize("system", ["bm25", "dense", "hybrid"])
    def test_hits_are_ranked_from_one_with_scores_from_nothing_to_one(self, index: Index, system: System) -> None:
        hits = index.search("巴基斯坦流量卡怎么销户", 4, system=system)
        assert [hit.rank for hit in hits] == [1, 2, 3, 4]
        assert len({hit.passage.id for hit in hits}) == 4
        assert all(0 <= hit.score <= 1 for hit in hits)

    @pytest.mark.parametrize(
        ("question", "path"),
        [
            ("Zong 的流量卡发短信到哪里", "pakistan.md"),
            ("补卡费多少索尔", "peru/card.txt"),
            ("备份通讯录", "general.md"),
        ],
    )
    @pytest.mark.parametrize("system", ["bm25", "hybrid"])
    def test_the_right_guide_comes_first(self, index: Index, question: str, path: str, system: System) -> None:
        assert index.search(question, system=system)[0].passage.path == path

    def test_dense_scores_are_cosines_by_brute_force(self, index: Index, encoder: str) -> None:
        model = Encoder(encoder)
        expected = model.documents([context(passage) for passage in index.passages]) @ model.query("余额退款")
        hits = index.search("余额退款", 100, system="dense")
        assert [hit.passage.id for hit in hits] == list(np.argsort(-expected, kind="stable"))
        assert [hit.dense for hit in hits] == pytest.approx(sorted(expected, reverse=True), abs=1e-5)

    def test_more_than_there_are_gives_all_once(self, index: Index) -> None:
        assert sorted(hit.passage.id for hit in index.search("销户", 10_000)) == list(range(len(index.passages)))

    def test_among_keeps_to_its_passages(self, index: Index) -> None:
        assert {hit.passage.id for hit in index.search("销户", 10, among={3, 1})} == {1, 3}
        assert index.search("销户", among=()) == []

    @pytest.mark.parametrize("question", ["", "   ", "？！", "😀", "\x00", "火星", "a" * 5000, "卡" * 5000])
    def test_no_question_makes_it_fail(self, index: Index, question: str) -> None:
        assert len(index.search(question, 3)) == 3

    def test_asking_twice_is_answered_alike(self, index: Index) -> None:
        assert index.search("怎么退款") == index.search("怎么退款")

    def test_similarity_and_alignment_without_texts(self, index: Index) -> None:
        assert index.similarity("销户", []) == []
        assert index.alignment(["销户"], []).near.shape == (0, 1)
        assert index.alignment([], ["销户"]).near.shape == (1, 0)

    def test_alignment_is_the_nearest_word(self, index: Index) -> None:
        near = index.alignment(["退款", "护照"], ["申请退款", "携带护照"]).near
        assert near.shape == (2, 2)
        assert near.diagonal() == pytest.approx([1, 1], abs=1e-5)
        assert near.min() >= 0


class TestVersions:
    def test_a_reader_opened_before_a_rebuild_keeps_answering(self, home: Path, encoder: str) -> None:
        old = Index.open(home / "index")
        before = old.search("秘鲁销户")
        for number in range(3):
            (home / "articles" / f"new{number}.md").write_text(
                "# 俄罗斯流量卡\n\n俄罗斯流量卡在线销户。\n", encoding="utf-8"
            )
            Index.build(home / "articles", home / "index", encoder=encoder)
        assert old.search("秘鲁销户") == before
        assert old.info.version != Index.current_version(home / "index")
        assert Index.open(home / "index").info.articles == 5 + 3

    @pytest.mark.parametrize("failure", ["articles", "encoder", "disk", "busy"])
    def test_a_build_that_fails_leaves_the_old_version_answering(
        self, home: Path, encoder: str, monkeypatch: pytest.MonkeyPatch, failure: str
    ) -> None:
        before = Index.current_version(home / "index")
        expected = {
            "articles": ArticlesError,
            "encoder": EncoderError,
            "disk": IndexWriteError,
            "busy": IndexBusyError,
        }[failure]
        articles = home / "nowhere" if failure == "articles" else home / "articles"
        model = str(home) if failure == "encoder" else encoder

        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def build() -> None:
            with pytest.raises(expected):
                Index.build(articles, home / "index", encoder=model)

        with monkeypatch.context() as patch:
            if failure == "disk":
                patch.setattr(os, "fsync", full)
            if failure == "busy":
                with disk._locked(home / "index"):  # noqa: SLF001 - another build in the middle of its work
                    build()
            else:
                build()
        assert Index.open(home / "index").info.version == before
        assert Index.open(home / "index").search("秘鲁销户")

    def test_two_versions_are_kept(self, home: Path, encoder: str) -> None:
        for _ in range(3):
            Index.build(home / "articles", home / "index", encoder=encoder)
        assert len([path for path in (home / "index").iterdir() if path.is_dir()]) == 2


class TestDamage:
    def test_no_index(self, tmp_path: Path) -> None:
        with pytest.raises(IndexMissingError):
            Index.open(tmp_path)
        assert Index.current_version(tmp_path) is None

    def test_every_single_file_is_watched(self, home: Path) -> None:
        version, manifest = disk.open_version(home / "index")
        for name in [*manifest["files"], "manifest.json"]:
            raw = (version / name).read_bytes()
            (version / name).write_bytes(bytes([raw[0] ^ 0x20]) + raw[1:])
            with pytest.raises(IndexDamagedError):
                Index.open(home / "index")
            (version / name).unlink()
            with pytest.raises(IndexDamagedError):
                Index.open(home / "index")
            (version / name).write_bytes(raw)
        Index.open(home / "index")

    @pytest.mark.parametrize(
        "change",
        [
            {"format": module.FORMAT + 1},
            {"format": None},
            {"segmenter": "whitespace"},
            {"dimension": 8},
            {"fingerprint": "0" * 64},
            {"passages": None, "promos": 3},
        ],
        ids=["newer", "no-format", "segmenter", "dimension", "fingerprint", "types"],
    )
    def test_a_manifest_of_another_program_is_refused(self, home: Path, change: dict[str, Any]) -> None:
        reseal(home / "index", lambda _, row: row.update(change))
        with pytest.raises(IndexDamagedError):
            Index.open(home / "index")

    @pytest.mark.parametrize("key", ["format", "segmenter", "encoder", "promos", "fingerprint", "version"])
    def test_a_manifest_without_a_key_is_refused(self, home: Path, key: str) -> None:
        reseal(home / "index", lambda _, row: row.__delitem__(key))
        with pytest.raises(IndexDamagedError):
            Index.open(home / "index")

    @pytest.mark.parametrize("name", ["articles.jsonl", "passages.jsonl"])
    @pytest.mark.parametrize("content", ["", "[]\n", "{}\n", "null\n", "not json\n"])
    def test_rows_of_another_form_are_refused(self, home: Path, name: str, content: str) -> None:
        if (name, content) == ("articles.jsonl", ""):
            pytest.skip("an index in memory has no articles either")
        reseal(home / "index", lambda version, _: (version / name).write_text(content))
        with pytest.raises(IndexDamagedError):
            Index.open(home / "index")

    def test_files_that_do_not_belong_together_are_refused(self, home: Path) -> None:
        def drop_one(version: Path, _: object) -> None:
            rows = (version / "passages.jsonl").read_text("utf-8").splitlines(keepends=True)
            (version / "passages.jsonl").write_text("".join(rows[:-1]), "utf-8")

        reseal(home / "index", drop_one)
        with pytest.raises(IndexDamagedError):
            Index.open(home / "index")

    def test_another_model_in_the_place_of_the_old_one_is_refused(self, home: Path, tmp_path: Path) -> None:
        model = static_encoder(tmp_path / "model")
        Index.build(home / "articles", home / "index", encoder=str(model))
        Index.open(home / "index")
        shutil.rmtree(model)
        static_encoder(model, seed=1)
        with pytest.raises(IndexDamagedError):
            Index.open(home / "index")
        assert Index.is_stale(home / "index")

    def test_a_model_that_is_gone_is_refused(self, home: Path, tmp_path: Path) -> None:
        model = static_encoder(tmp_path / "model")
        Index.build(home / "articles", home / "index", encoder=str(model))
        shutil.rmtree(model)
        with pytest.raises((IndexDamagedError, EncoderError)):
            Index.open(home / "index")


class TestStale:
    @pytest.mark.parametrize(
        ("change", "stale"),
        [
            (lambda _: None, False),
            (lambda a: (a / "new.md").write_text("# 新\n\n一句。\n"), True),
            (lambda a: (a / "general.md").write_text("# 改\n\n一句。\n"), True),
            (lambda a: (a / "general.md").unlink(), True),
            (lambda a: (a / "general.md").rename(a / "general2.md"), True),
            (lambda a: os.utime(a / "general.md", (1, 1)), False),
            (lambda a: (a / "notes.docx").write_text("x"), False),
            (lambda a: (a / ".draft.md").write_text("x"), False),
            (shutil.rmtree, True),
        ],
        ids=["same", "added", "edited", "deleted", "renamed", "touched", "other-file", "hidden", "folder-gone"],
    )
    def test_stale_is_what_differs_in_content(
        self, home: Path, change: Callable[[Path], object], *, stale: bool
    ) -> None:
        change(home / "articles")
        assert Index.is_stale(home / "index") is stale

    def test_another_folder_is_stale(self, home: Path) -> None:
        assert not Index.is_stale(home / "index", home / "articles")
        shutil.copytree(home / "articles", home / "copy")
        assert Index.is_stale(home / "index", home / "copy")

    def test_no_index_or_a_damaged_one_is_stale(self, home: Path) -> None:
        assert Index.is_stale(home / "nowhere")
        (home / "index" / "current").write_text("x")
        assert Index.is_stale(home / "index")

    def test_a_file_that_could_not_be_read_does_not_make_it_stale_until_it_can(self, home: Path, encoder: str) -> None:
        (home / "articles" / "odd.md").write_bytes(b"\x00")
        assert [file.path for file in Index.build(home / "articles", home / "index", encoder=encoder).skipped] == [
            "odd.md"
        ]
        assert not Index.is_stale(home / "index")
        (home / "articles" / "odd.md").write_text("# 新\n\n可以读了。\n")
        assert Index.is_stale(home / "index")
