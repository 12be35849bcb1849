import json
import re
from pathlib import Path

import pytest

from eval.dataset import ArticleTexts, Document, Gold, check_gold, decode, load_beir, load_questions
from index.errors import ArticlesError, InputError

ROW = {"id": "q", "question": "？", "type": "fact", "gold": []}


def write(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_questions(questions: Path) -> None:
    first, second, third = load_questions(questions)
    assert first.gold == (Gold("peru.md", "秘鲁手机卡销户要带护照。"),)
    assert (first.countries, second.countries, third.countries) == (("秘鲁",), ("俄罗斯",), ())
    assert [question.split for question in (first, second, third)] == ["dev", "test", "test"]


def test_one_split(questions: Path) -> None:
    assert [question.id for question in load_questions(questions, "test")] == ["q2", "q3"]


def test_a_line_separator_inside_a_question_is_no_line_end(tmp_path: Path) -> None:
    (question,) = load_questions(
        write(tmp_path / "q.jsonl", "\ufeff" + json.dumps({**ROW, "question": "甲\u2028乙"}), "")
    )
    assert question.question == "甲\u2028乙"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{", "不是合法的 JSON"),
        ("[]", "不是一个 JSON 对象"),
        ({**ROW, "id": 3}, "“id”应当是一段文字"),
        ({**ROW, "id": "前"}, "编号 前 与前面的重复"),
        ({"id": "q", "question": "？", "type": "fact"}, "缺少“gold”"),
        ({**ROW, "gold": ["引文"]}, "“gold”每一项都应当有 article 和 quote"),
        ({**ROW, "gold": [{"article": "a.md", "quote": ""}]}, "“quote”应当是一段文字"),
        ({**ROW, "keys": [1]}, "“keys”应当是一段文字或一列文字"),
        ({**ROW, "split": "train"}, "“split”只能是 dev 或 test"),
    ],
)
def test_faults_name_file_and_line(tmp_path: Path, row: object, says: str) -> None:
    path = write(tmp_path / "q.jsonl", {**ROW, "id": "前"}, row)
    with pytest.raises(InputError, match=rf"{re.escape(str(path))} 第 2 行.*{says}"):
        load_questions(path)


def test_empty_missing_and_wrongly_encoded_files(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    with pytest.raises(InputError, match="读不到"):
        load_questions(path)
    path.write_bytes(b"\n")
    with pytest.raises(InputError, match="没有问题"):
        load_questions(path)
    path.write_bytes("秘鲁".encode("gb18030"))
    with pytest.raises(InputError, match="不是 UTF-8"):
        load_questions(path)
    with pytest.raises(InputError, match="没有 split 为 dev"):
        load_questions(write(path, ROW), "dev")


@pytest.mark.parametrize("raw", ["甲\n乙\n".encode(), "甲\r\n乙\r".encode("utf-8-sig"), "甲\r乙\n".encode("gb18030")])
def test_decoding(raw: bytes) -> None:
    assert decode(raw) == "甲\n乙\n"


def test_gold_must_stand_in_its_article(tmp_path: Path, guides: Path) -> None:
    texts = ArticleTexts(guides)
    for gold, says in (
        ({"article": "peru.md", "quote": "要带签证"}, "问题 q：peru.md 里没有原文“要带签证”"),
        ({"article": "chile.md", "quote": "护照"}, "问题 q：文章目录 .* 里读不到 chile.md"),
    ):
        path = write(tmp_path / "bad.jsonl", {**ROW, "gold": [gold]})
        with pytest.raises(InputError, match=says):
            check_gold(load_questions(path), texts, path)


def test_good_gold_passes(questions: Path, guides: Path) -> None:
    check_gold(load_questions(questions), ArticleTexts(guides), questions)


def test_no_articles_folder(tmp_path: Path) -> None:
    with pytest.raises(ArticlesError, match="找不到文章目录"):
        ArticleTexts(tmp_path / "none")


def test_beir_keeps_all_documents_and_the_judged_queries(beir: Path) -> None:
    found = load_beir(beir)
    assert found.documents == (Document("d1", "梵文", "古老的语言"), Document("d2", "", "销户要带护照"))
    assert [(query.id, dict(query.relevant)) for query in found.queries] == [
        ("a", {"d2": 1.0}),
        ("c", {"d1": 1.0}),  # an empty query counts too
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a d2 1", "应当是三列"),
        ("z\td2\t1", "问题 z 不在 queries.jsonl"),
        ("a\td9\t1", "文档 d9 不在 corpus.jsonl"),
        ("a\td2\t高", "score 不是数字：高"),
    ],
)
def test_faulty_qrels_name_the_line(beir: Path, line: str, says: str) -> None:
    (beir / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"qrels.tsv 第 2 行.*{says}"):
        load_beir(beir)


def test_no_relevant_document_and_no_folder(beir: Path, tmp_path: Path) -> None:
    (beir / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n", encoding="utf-8")
    with pytest.raises(InputError, match="没有相关的文档"):
        load_beir(beir)
    with pytest.raises(InputError, match=r"读不到.*corpus.jsonl"):
        load_beir(tmp_path / "none")


@pytest.mark.parametrize(
    "path",
    sorted((Path(__file__).parents[2] / "eval/sets/practice").glob("*/questions.jsonl")),
    ids=lambda path: path.parent.name,
)
def test_every_gold_of_the_practice_collections_is_verbatim(path: Path) -> None:
    questions = load_questions(path)
    check_gold(questions, ArticleTexts(path.parent / "articles"), path)
    assert {question.split for question in questions} == ({"test"} if path.parent.name in "cms" else {"dev"})
