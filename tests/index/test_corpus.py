"""Files to articles: every kind of file a user's folder may hold, and what is read off each."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.corpus import MAX_BYTES, Corpus, article_paths, decode, file_hash, read_corpus
from index.errors import ArticlesError
from index.types import Article

BODY = "# 秘鲁手机卡销户指南\n\n销户要带护照原件。\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read_one(folder: Path, content: str | bytes, name: str = "guide.md") -> Article:
    write(folder, name, content)
    corpus = read_corpus(folder)
    assert corpus.skipped == ()
    assert len(corpus.articles) == 1
    return corpus.articles[0]


def skipped(folder: Path) -> dict[str, str]:
    """Paths passed over, and why; one good guide stands beside them."""
    write(folder, "good.md", BODY)
    corpus: Corpus = read_corpus(folder)
    assert [article.path for article in corpus.articles] == ["good.md"]
    return {file.path: file.reason for file in corpus.skipped}


class TestDecoding:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    def test_every_encoding_and_line_end_gives_the_same_text(
        self, tmp_path: Path, encoding: str, line_end: str
    ) -> None:
        raw = BODY.replace("\n", line_end).encode(encoding)
        article = read_one(tmp_path, raw)
        assert article.text == BODY
        assert article.sha256 == hashlib.sha256(raw).hexdigest()

    def test_nothing_else_is_changed(self, tmp_path: Path) -> None:
        text = "標題　ＡＢ\n\n\t缩进  两格 \u200b零宽\ufeff 👨\u200d👩 e\u0301\u3000\n\n\n"
        assert read_one(tmp_path, text).text == text

    @given(st.text(st.characters(codec="utf-8", exclude_characters="\r\ufeff")))
    def test_utf8_comes_back_as_written(self, text: str) -> None:
        assert decode(text.encode()) == text
        assert decode(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == text


class TestFiles:
    def test_three_suffixes_and_subfolders_in_the_order_of_paths(self, tmp_path: Path) -> None:
        for name in ("b.txt", "a.md", "sub/deep/c.markdown", "sub/D.MD", "notes.docx", "data.json"):
            write(tmp_path, name, BODY)
        assert [article.path for article in read_corpus(tmp_path).articles] == [
            "a.md",
            "b.txt",
            "sub/D.MD",
            "sub/deep/c.markdown",
        ]

    def test_an_id_is_the_path_without_its_suffix(self, tmp_path: Path) -> None:
        assert read_one(tmp_path, BODY, "peru/esim.v2.md").id == "peru/esim.v2"

    def test_hidden_files_and_folders_are_not_read(self, tmp_path: Path) -> None:
        for name in (".draft.md", ".git/readme.md", "sub/.obsidian/x.md"):
            write(tmp_path, name, BODY)
        assert skipped(tmp_path) == {}

    def test_a_folder_inside_a_hidden_one_is_read(self, tmp_path: Path) -> None:
        assert read_one(tmp_path / ".home" / "articles", BODY).text == BODY

    def test_a_folder_named_like_a_guide_is_no_file(self, tmp_path: Path) -> None:
        (tmp_path / "folder.md").mkdir()
        assert skipped(tmp_path) == {}

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "空"),
            (b" \n\t\r\n", "空"),
            (b"\xef\xbb\xbf", "空"),
            ("---\ntitle: 只有头\n---\n\n".encode(), "空"),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "不是文本"),
            (bytes(range(1, 32)) * 40, "不是文本"),
            (b"\xff\xfe\xff\xff" * 40, "编码"),
        ],
        ids=["empty", "blank", "bom", "front-matter-only", "png", "control", "undecodable"],
    )
    def test_a_file_without_text_is_passed_over(self, tmp_path: Path, content: bytes, reason: str) -> None:
        write(tmp_path, "odd.md", content)
        assert reason in skipped(tmp_path)["odd.md"]

    def test_random_bytes_are_no_guide(self, tmp_path: Path) -> None:
        noise = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(200)).replace(b"\x00", b"\x01")
        write(tmp_path, "noise.txt", noise)
        assert skipped(tmp_path).keys() == {"noise.txt"}

    def test_a_file_too_large_is_passed_over_unread(self, tmp_path: Path) -> None:
        path = write(tmp_path, "large.md", b"")
        os.truncate(path, MAX_BYTES + 1)
        assert "5 MB" in skipped(tmp_path)["large.md"]
        assert file_hash(path, tmp_path) is None

    def test_a_link_out_of_the_folder_is_not_followed(self, tmp_path: Path) -> None:
        secret = write(tmp_path, "secret.md", BODY)
        folder = tmp_path / "articles"
        folder.mkdir()
        (folder / "link.md").symlink_to(secret)
        (folder / "gone.md").symlink_to(tmp_path / "nowhere.md")
        assert skipped(folder).keys() == {"gone.md", "link.md"}
        assert file_hash(folder / "link.md", folder) is None

    def test_a_linked_folder_that_leads_out_is_not_followed(self, tmp_path: Path) -> None:
        write(tmp_path, "outside/secret.md", BODY)
        folder = tmp_path / "articles"
        folder.mkdir()
        (folder / "away").symlink_to(tmp_path / "outside", target_is_directory=True)
        write(folder, "good.md", BODY)
        assert [article.path for article in read_corpus(folder).articles] == ["good.md"]

    def test_a_link_inside_the_folder_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "link.md").symlink_to(write(tmp_path, "real.md", BODY))
        assert [article.path for article in read_corpus(tmp_path).articles] == ["link.md", "real.md"]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read_is_passed_over(self, tmp_path: Path) -> None:
        write(tmp_path, "closed.md", BODY).chmod(0)
        assert "打不开" in skipped(tmp_path)["closed.md"]

    def test_progress_ends_at_one(self, tmp_path: Path) -> None:
        for number in range(3):
            write(tmp_path, f"{number}.md", BODY)
        seen: list[float] = []
        read_corpus(tmp_path, lambda _, share: seen.append(share))
        assert seen == [1 / 3, 2 / 3, 3 / 3]


class TestFolder:
    def test_a_missing_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ArticlesError, match="nowhere"):
            read_corpus(tmp_path / "nowhere")

    def test_a_file_in_place_of_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ArticlesError):
            read_corpus(write(tmp_path, "guide.md", BODY))

    def test_a_folder_without_a_guide(self, tmp_path: Path) -> None:
        write(tmp_path, "notes.docx", BODY)
        with pytest.raises(ArticlesError, match=r"\.md"):
            read_corpus(tmp_path)

    def test_a_folder_of_files_none_of_which_can_be_read_says_why(self, tmp_path: Path) -> None:
        write(tmp_path, "odd.md", b"\x00\x01")
        with pytest.raises(ArticlesError, match=r"odd\.md.*不是文本文件"):
            read_corpus(tmp_path)

    def test_article_paths_does_not_open_files(self, tmp_path: Path) -> None:
        write(tmp_path, "odd.md", b"\x00")
        assert list(article_paths(tmp_path)) == [tmp_path / "odd.md"]


class TestFrontMatter:
    def test_every_key(self, tmp_path: Path) -> None:
        head = (
            "---\ntitle: 秘鲁 eSIM\ncountry: 秘鲁\ncarriers: [Claro, Movistar]\n"
            "products: esim，流量卡\nupdated: 2024-05-01\n"
            "sources:\n  - https://www.claro.com.pe\nquestions:\n  - 怎么销户？\n  - 要带什么？\n---\n"
        )
        article = read_one(tmp_path, head + "正文一句。\n")
        assert article.text[article.body :] == "正文一句。\n"
        assert (article.title, article.countries, article.carriers) == ("秘鲁 eSIM", ("PE",), ("Claro", "Movistar"))
        assert (article.products, article.updated) == (("esim", "流量卡"), "2024-05-01")
        assert (article.sources, article.questions) == (("https://www.claro.com.pe",), ("怎么销户？", "要带什么？"))

    @pytest.mark.parametrize(
        ("value", "updated"),
        [
            ("2024-05-01", "2024-05-01"),
            ("2024-05", "2024-05"),
            ("2024-05-01 10:00:00", "2024-05-01"),
            ("昨天", None),
            ("[1, 2]", None),
        ],
    )
    def test_updated(self, tmp_path: Path, value: str, updated: str | None) -> None:
        assert read_one(tmp_path, f"---\nupdated: {value}\n---\n{BODY}").updated == updated

    @pytest.mark.parametrize(
        "head",
        [
            "---\ntitle: [没有关上\n---\n",
            "---\ntitle: 'x\ncountry: PE\n---\n",
            "---\ntitle: x\n\tcountry: PE\n---\n",
            "---\ntitle: !!python/object/apply:os.system ['true']\n---\n",
            "---\na: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n---\n",
            "---\nupdated: 2024-13-45\n---\n",
            "---\nx: " + "[" * 300 + "\n---\n",
        ],
        ids=["flow", "quote", "tab", "python-object", "alias-bomb", "no-such-date", "nested"],
    )
    def test_broken_front_matter_is_left_out_and_the_body_still_read(self, tmp_path: Path, head: str) -> None:
        article = read_one(tmp_path, head + BODY)
        assert article.title == "秘鲁手机卡销户指南"
        assert article.text == head + BODY
        assert article.text[article.body :] == BODY

    def test_brackets_without_end_are_given_up_in_a_moment(self, tmp_path: Path) -> None:
        write(tmp_path, "guide.md", "---\nx: " + "[" * 3000 + f"\n---\n{BODY}")  # 40,000 took a minute
        started = time.perf_counter()
        read_corpus(tmp_path)
        assert time.perf_counter() - started < 1

    def test_a_list_where_keys_were_expected(self, tmp_path: Path) -> None:
        article = read_one(tmp_path, "---\n- 秘鲁\n- 销户\n---\n" + BODY)
        assert (article.title, article.countries) == ("秘鲁手机卡销户指南", ("PE",)) or article.body == 0

    @pytest.mark.parametrize("value", ["", "{a: 1}", "[[], {}, null]", "null", "true", "3.5"])
    @pytest.mark.parametrize("key", ["title", "country", "carriers", "products", "sources", "questions"])
    def test_a_key_of_another_type_never_raises(self, tmp_path: Path, key: str, value: str) -> None:
        assert read_one(tmp_path, f"---\n{key}: {value}\n---\n{BODY}").text.endswith(BODY)

    def test_a_rule_in_the_first_line_is_no_front_matter(self, tmp_path: Path) -> None:
        text = "---\n\n秘鲁手机卡销户指南\n\n---\n\n要带护照。\n"
        article = read_one(tmp_path, text)
        assert (article.body, article.title) == (0, "秘鲁手机卡销户指南")

    def test_fences_may_carry_blanks_and_dots(self, tmp_path: Path) -> None:
        assert read_one(tmp_path, "--- \ntitle: 甲\n...\n正文。").title == "甲"

    def test_with_bom_and_crlf(self, tmp_path: Path) -> None:
        article = read_one(tmp_path, "\ufeff---\r\ntitle: 甲\r\n---\r\n正文。".encode())
        assert (article.title, article.text[article.body :]) == ("甲", "正文。")

    def test_advertisements_are_dropped_from_title_and_questions(self, tmp_path: Path) -> None:
        head = "---\ntitle: 秘鲁销户【加微信 kafei8899】\nquestions: [加微信 kafei8899 吗？, 怎么销户？]\n---\n"
        article = read_one(tmp_path, head + "正文。")
        assert (article.title, article.questions) == ("秘鲁销户", ("怎么销户？",))


class TestTitle:
    @pytest.mark.parametrize(
        ("first", "title"),
        [
            ("# 秘鲁销户指南", "秘鲁销户指南"),
            ("### **秘鲁销户指南** ###", "秘鲁销户指南"),
            ("**秘鲁销户指南**", "秘鲁销户指南"),
            ("秘鲁销户指南", "秘鲁销户指南"),
            ("\n\n　秘鲁 销户  指南　\n", "秘鲁 销户 指南"),
            ("> 秘鲁销户指南", "秘鲁销户指南"),
            ("# [秘鲁销户指南](https://example.com/a)", "秘鲁销户指南"),
            ("# 秘鲁销户指南 [TG 👉 @wodeka66]", "秘鲁销户指南"),
            ("---\n\n# 秘鲁销户指南", "秘鲁销户指南"),
            ("![](https://img.example.com/a.png)\n# 秘鲁销户指南", "秘鲁销户指南"),
            ("更多优惠请加TG：@wodeka66\n\n# 秘鲁销户指南", "秘鲁销户指南"),
        ],
    )
    def test_the_first_line_with_words(self, tmp_path: Path, first: str, title: str) -> None:
        assert read_one(tmp_path, f"{first}\n\n销户要带护照。\n").title == title

    @pytest.mark.parametrize("first", ["销户要带护照，也要带原卡。", "长" * 81])
    def test_a_sentence_is_no_title_and_the_file_name_stands_in(self, tmp_path: Path, first: str) -> None:
        assert read_one(tmp_path, first, "peru-guide.txt").title == "peru-guide"


class TestCountries:
    @pytest.mark.parametrize(
        ("given", "countries"),
        [
            ("秘鲁", ("PE",)), ("祕魯", ("PE",)), ("Peru", ("PE",)), ("pe", ("PE",)), ("[秘鲁, PK]", ("PE", "PK")),
            ("秘鲁、巴基斯坦", ("PE", "PK")), ("通用", ()), ("全球", ()), ("", ()), ("global", ()),
        ],
    )  # fmt: skip
    def test_as_the_front_matter_gives_them(self, tmp_path: Path, given: str, countries: tuple[str, ...]) -> None:
        assert read_one(tmp_path, f"---\ncountry: {given}\n---\n# 俄罗斯指南\n\n销户。").countries == countries

    def test_a_country_nobody_knows_is_read_off_the_title(self, tmp_path: Path) -> None:
        assert read_one(tmp_path, "---\ncountry: 亚特兰蒂斯\n---\n# 俄罗斯指南\n\n销户。").countries == ("RU",)

    @pytest.mark.parametrize(
        ("text", "countries"),
        [
            ("# 秘鲁和智利的手机卡\n\n销户。", ("PE", "CL")),
            ("# 利马营业厅指南\n\n销户。", ("PE",)),
            ("# 销户指南\n\n秘鲁的卡。秘鲁的店。秘鲁的钱。", ("PE",)),  # 3 of 3 mentions
            ("# 销户指南\n\n秘鲁的卡。秘鲁的店。秘鲁的钱。智利。日本。", ("PE",)),  # 3 of 5 = 0.6
            ("# 销户指南\n\n秘鲁的卡。秘鲁的店。秘鲁的钱。智利。日本。韩国。", ()),  # 3 of 6 < 0.6
            ("# 销户指南\n\n例如秘鲁，再如秘鲁。", ()),  # named twice: in passing
            ("# 销户指南\n\n先停机。", ()),
        ],
    )
    def test_as_title_and_text_name_them(self, tmp_path: Path, text: str, countries: tuple[str, ...]) -> None:
        assert read_one(tmp_path, text).countries == countries

    def test_an_advertisement_does_not_make_a_country(self, tmp_path: Path) -> None:
        text = "# 销户指南\n\n先停机。\n\n加微信 kafei8899 买日本卡日本卡日本卡日本卡\n"
        assert read_one(tmp_path, text).countries == ()
