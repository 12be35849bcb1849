import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from index.errors import ArticlesError
from tests.app import page_fakes as fakes

PAGE = Path(__file__).parents[2] / "app" / "page.py"


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[fakes.Shelf]:
    monkeypatch.setenv("ZHINAN_INDEX", "/nowhere/.index")
    monkeypatch.setenv("ZHINAN_ARTICLES", "articles")
    real = {name: sys.modules.pop(name, None) for name in ("app.assistant", "index.search")}
    st.cache_resource.clear()
    yield fakes.install(sys.modules)
    st.cache_resource.clear()
    for name, module in real.items():
        del sys.modules[name]
        if module is not None:
            sys.modules[name] = module


def opened(question: str = "") -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=20)
    if question:
        page.query_params["q"] = question
    return page.run()


def html(page: AppTest) -> str:
    """All HTML the page holds but its own stylesheet and script."""
    bodies = (element.proto.body for element in page.get("html"))
    return "\n".join(body for body in bodies if not body.startswith(("<style>", "<script>")))


@pytest.mark.usefixtures("shelf")
def test_first_page_offers_questions_and_says_what_is_covered() -> None:
    page = opened()
    assert not page.exception
    assert page.text_input(key="question").value == ""
    assert page.button(key="example-0").label == fakes.Q_STEPS
    assert "<li>秘鲁<span>2 篇</span></li><li>巴基斯坦<span>1 篇</span></li>" in html(page)
    assert "索引与文章一致" in html(page)
    assert "zn-answer" not in html(page)


def test_asking_shows_answer_passages_and_articles(shelf: fakes.Shelf) -> None:
    page = opened()
    page.text_input(key="question").set_value(f"  {fakes.Q_FULL} ")
    page.button[0].click().run()
    assert not page.exception
    assert shelf.asked == [fakes.Q_FULL]
    assert page.query_params["q"] == fakes.Q_FULL
    shown = html(page)
    assert "指南这样说" in shown
    assert "通用指南" in shown
    assert 'aria-label="引用 1：秘鲁eSIM卡是否支持在线销户？"' in shown
    assert "查到的段落" in shown
    assert shown.count('<article class="zn-guide"') == 2
    assert "example-0" not in {button.key for button in page.button}


def test_a_suggestion_is_one_click_away(shelf: fakes.Shelf) -> None:
    page = opened()
    page.button(key="example-1").click().run()
    assert shelf.asked == [fakes.Q_CONFLICT]
    assert page.text_input(key="question").value == fakes.Q_CONFLICT
    assert "zn-conflicting" in html(page)


def test_address_reopens_a_question_and_a_rerun_does_not_ask_again(shelf: fakes.Shelf) -> None:
    page = opened(fakes.Q_FULL)
    assert page.text_input(key="question").value == fakes.Q_FULL
    page.run()
    assert shelf.asked == [fakes.Q_FULL]


@pytest.mark.usefixtures("shelf")
def test_both_sides_stand_next_to_each_other_with_guide_and_date() -> None:
    shown = html(opened(fakes.Q_CONFLICT))
    assert "指南的说法不一致" in shown
    left, right = shown.split('<div class="zn-side">')[1:]
    assert "秘鲁eSIM卡是否支持在线销户？" in left
    assert "更新于 2024-05-01" in left
    assert "秘鲁手机卡如何注销？" in right
    assert "更新于 2022-11-20" in right


def test_refusal_is_plain_and_leads_on(shelf: fakes.Shelf) -> None:
    page = opened(fakes.Q_ABSTAIN)
    assert "没有提到" in html(page)
    assert "指南里没有提到智利。" in html(page)
    assert "zn-said" not in html(page)
    page.button(key="next-0").click().run()
    assert shelf.asked[-1] == fakes.Q_FULL
    assert "指南这样说" in html(page)


def test_an_empty_question_asks_nothing(shelf: fakes.Shelf) -> None:
    page = opened(fakes.Q_FULL)
    page.text_input(key="question").set_value("   ")
    page.button[0].click().run()
    assert shelf.asked == [fakes.Q_FULL]
    assert "q" not in page.query_params
    assert page.button(key="example-0").label == fakes.Q_STEPS


@pytest.mark.usefixtures("shelf")
def test_an_error_is_one_sentence_shown_as_it_is() -> None:
    page = opened(fakes.Q_ERROR)
    assert not page.exception
    assert [error.value for error in page.error] == ["这个问题太长了，请缩短 \\*一些\\*。"]
    assert "索引与文章一致" in html(page)


def test_without_an_index_the_page_offers_to_build_one(shelf: fakes.Shelf) -> None:
    shelf.version = None
    page = opened()
    assert not page.exception
    assert not page.error
    assert "还没有可用的索引" in html(page)
    page.button(key="rebuild").click().run()
    page = finished(page)
    assert "索引与文章一致" in html(page)
    assert page.button(key="rebuild").label == "重建索引"


def test_a_damaged_index_says_so_beside_the_button(shelf: fakes.Shelf) -> None:
    shelf.version = "damaged"
    page = opened(fakes.Q_FULL)
    assert [error.value for error in page.error] == ["索引文件已损坏，请重建。"]
    assert page.button(key="rebuild").label == "建立索引"


def test_index_is_opened_once_for_many_pages(shelf: fakes.Shelf) -> None:
    for question in ("", fakes.Q_FULL, fakes.Q_ABSTAIN):
        opened(question)
    assert shelf.opened == 1


def test_after_a_rebuild_every_open_page_answers_from_the_new_index(shelf: fakes.Shelf) -> None:
    shelf.stale = True
    other = opened(fakes.Q_FULL)
    page = opened(fakes.Q_FULL)
    assert "文章有改动，索引还没有更新" in html(page)
    page.button(key="rebuild").click().run()
    page = finished(page)
    assert "<dd>v2</dd>" in html(page)
    other.run()
    assert "<dd>v2</dd>" in html(other)
    assert shelf.asked == [fakes.Q_FULL] * 4  # two pages, each before and after
    assert shelf.opened == 2


def test_progress_is_shown_while_the_index_is_built_and_asking_goes_on(shelf: fakes.Shelf) -> None:
    shelf.build_seconds = 1.5
    page = opened()
    page.button(key="rebuild").click().run()
    assert page.button(key="rebuild").disabled
    [bar] = page.get("progress")
    assert "正在" in bar.proto.text
    page.button(key="example-2").click().run()
    assert "指南这样说" in html(page)
    assert "<dd>v1</dd>" in html(page)
    assert "<dd>v2</dd>" in html(finished(page))


def test_a_rebuild_keeps_the_encoder_of_the_index(shelf: fakes.Shelf) -> None:
    page = opened()
    page.button(key="rebuild").click().run()
    finished(page)
    assert shelf.built_with == ["default"]


def test_a_failed_rebuild_says_why_and_the_old_index_still_answers(shelf: fakes.Shelf) -> None:
    shelf.failure = ArticlesError("文章目录 articles 是空的。")
    page = opened(fakes.Q_FULL)
    page.button(key="rebuild").click().run()
    page = finished(page)
    assert [error.value for error in page.error] == ["文章目录 articles 是空的。"]
    assert "指南这样说" in html(page)


@pytest.mark.usefixtures("shelf")
def test_status_lists_what_was_left_out() -> None:
    shown = html(opened())
    assert "没有读入的文件（1）" in shown
    assert "旧稿.docx" in shown
    assert "略去的推广内容（2 处：联系方式 2）" in shown


def test_only_the_page_and_its_views_import_streamlit() -> None:
    root = PAGE.parents[1]
    users = {
        path.relative_to(root).as_posix()
        for folder in ("app", "index", "eval")
        for path in (root / folder).rglob("*.py")
        if "import streamlit" in path.read_text(encoding="utf-8")
    }
    assert users == {"app/page.py", "app/views/ask.py", "app/views/library.py", "app/views/style.py"}


def finished(page: AppTest) -> AppTest:
    """Run the page again until the rebuild in the background has ended."""
    for _ in range(100):
        if not page.button(key="rebuild").disabled:
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("the rebuild did not end")
