import re
import threading
from dataclasses import replace
from html import unescape

import pytest

from app.types import Answer
from app.views.answer import answer_html, statement_text
from app.views.ask import verbatim
from app.views.front import coverage_html, header_html
from app.views.library import facts_html, moment, state_html
from app.views.passages import passages_html
from app.views.prose import Mark, plain, prose
from app.views.reader import article_html, reader_html
from app.views.rebuild import Progress, Rebuild
from app.views.sources import Sources, gather
from index.errors import EncoderError
from index.types import Article
from tests.app import page_fakes as fakes

OURS = {
    *(
        "a",
        "article",
        "aside",
        "blockquote",
        "br",
        "details",
        "div",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
    ),
    *("mark", "nav", "ol", "p", "section", "span", "strong", "summary", "table", "td", "th", "tr", "ul"),
}
PERU, PERU_CARD, PAKISTAN = fakes.ARTICLES


def whole(text: str, *marks: Mark, cuts: tuple[tuple[int, int], ...] = ()) -> str:
    return prose(text, 0, len(text), marks=marks, cuts=cuts)


def words(html: str) -> str:
    """What a reader sees of the HTML."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def found(answer: Answer) -> Sources:
    return gather(answer, {guide.path: guide for guide in fakes.ARTICLES}.get)


# --- prose


def test_article_text_never_becomes_a_tag() -> None:
    html = whole(fakes.HOSTILE)
    assert set(re.findall(r"</?([a-zA-Z0-9]+)", html)) == {"p"}
    assert "&lt;script&gt;window.hacked = 1&lt;/script&gt;" in html
    assert "&lt;img src=x onerror=&quot;" in html
    assert "点我(javascript:alert(3))" in html
    assert "$\\frac{1}{2}$ :material/delete: :red[红]" in html


@pytest.mark.parametrize(
    "block", ["# {}", "- {}", "1. {}", "> {}", "| {} | b |\n|---|---|", "**{}**", "`{}`", "![{}](u)"]
)
def test_no_block_lets_a_tag_through(block: str) -> None:
    html = whole(block.format('<b onclick="x">"&\'</b>'))
    assert "<b" not in html.replace("<br", "").replace("<blockquote", "")
    assert "&lt;b onclick=&quot;x&quot;&gt;&quot;&amp;&#x27;&lt;/b&gt;" in html


def test_headings_lists_and_bold_lose_their_marks() -> None:
    html = whole(
        "## 二、现状\n\n先**结清**欠款，*再*去 `营业厅`。\n第二行\n\n- 护照\n- 账单\n\n3. 三\n4. 四\n\n---\n> 引"
    )
    assert html == (
        "<h4>二、现状</h4><p>先<strong>结清</strong>欠款，再去 营业厅。<br>第二行</p>"
        '<ul><li class="zn-dot">护照</li><li class="zn-dot">账单</li></ul>'
        '<ol><li value="3">三</li><li value="4">四</li></ol>'
        "<hr><blockquote>引</blockquote>"
    )


def test_half_broken_markdown_is_still_readable() -> None:
    assert whole("###没有空格") == "<h5>没有空格</h5>"
    assert whole("#秘鲁 是话题") == "<p>#秘鲁 是话题</p>"
    assert whole("**没有收尾") == "<p>没有收尾</p>"
    assert whole("每天 1.5GB，3*4*5") == "<p>每天 1.5GB，3*4*5</p>"
    assert whole("1、登录\n2、提交") == '<ol><li value="1">登录</li><li value="2">提交</li></ol>'
    assert whole("[官网](https://claro.example)") == "<p>官网(https://claro.example)</p>"
    assert whole("![地图](x.png)没有<br/>说") == "<p>地图没有<br>说</p>"


def test_an_item_keeps_its_second_line_and_its_sublist() -> None:
    html = whole("1. **余额清零**\n   务必清空。\n\n2. 解绑\n   - 短信包\n")
    assert html == (
        '<ol><li value="1"><strong>余额清零</strong><br>务必清空。</li><li value="2">解绑</li>'
        '<li class="zn-dot" style="margin-inline-start:1.2em">短信包</li></ol>'
    )


def test_a_table_becomes_a_table() -> None:
    html = whole("| 运营商 | 在线 |\n|:--|--|\n| Claro | **不**支持 |\n| Entel | 无")
    assert "<tr><th>运营商</th><th>在线</th></tr>" in html
    assert "<tr><td>Claro</td><td><strong>不</strong>支持</td></tr>" in html
    assert "<tr><td>Entel</td><td>无</td></tr>" in html


def test_a_mark_covers_exactly_its_characters() -> None:
    text = "甲。乙**丙**丁。戊。"
    html = whole(text, Mark(2, 10, "m1"))
    assert html == '<p>甲。<mark id="m1" tabindex="-1">乙<strong>丙</strong>丁。</mark>戊。</p>'


def test_a_mark_over_several_lines_has_one_id() -> None:
    html = whole("1. 一\n2. 二\n3. 三", Mark(0, 9, "m1"))
    assert html.count('id="m1"') == 1
    assert '<li value="2"><mark data-of="m1">二</mark></li>' in html
    assert '<li value="3">三</li>' in html


def test_every_mark_keeps_a_place_even_when_its_characters_are_not_shown() -> None:
    html = whole("---\n正文", Mark(0, 3, "m1"))
    assert html.count('id="m1"') == 1


def test_cut_spans_leave_nothing_behind() -> None:
    text = "正文。加TG：@x\n\n- 加TG：@x\n末尾"
    cuts = tuple((found.start(), found.end()) for found in re.finditer("加TG：@x", text))
    assert whole(text, cuts=cuts) == "<p>正文。</p><p>末尾</p>"


def test_offsets_are_code_points() -> None:
    text = "📱👨‍👩‍👧卡。销户要到店。"
    start = text.index("销户")
    assert '<mark id="m" tabindex="-1">销户要到店。</mark>' in whole(text, Mark(start, len(text), "m"))


def test_plain_drops_marks() -> None:
    assert plain("## **秘鲁**手机卡") == "秘鲁手机卡"


# --- answer


def test_statements_are_followed_by_numbered_links_into_the_reader() -> None:
    answer = fakes.ANSWERS[fakes.Q_FULL]
    sources = found(answer)
    html = answer_html(answer, sources)
    first, second = (reference.anchor for reference in sources.references)
    said = html.split("<blockquote")[1:]
    assert [re.findall(r'href="#([^"]+)"', part.split("</blockquote>")[0]) for part in said] == [
        [first],
        [second, first],
    ]
    assert f'<mark id="{first}"' in reader_html(answer, sources)
    assert f'<mark id="{second}"' in reader_html(answer, sources)


def test_steps_are_shown_as_steps() -> None:
    assert (
        statement_text("先看：\n1. 登录\n2. 提交")
        == '<p>先看：</p><ol><li value="1">登录</li><li value="2">提交</li></ol>'
    )
    assert statement_text("- 护照\n- 账单") == "<ul><li>护照</li><li>账单</li></ul>"
    assert statement_text("1. 只有一行") == "<p>1. 只有一行</p>"


def test_a_guide_at_odds_with_itself_has_two_sides() -> None:
    conflict = fakes.ANSWERS[fakes.Q_CONFLICT]
    statement = conflict.statements[0]
    alone = replace(conflict, statements=(statement, replace(statement, text="可以在线办理。"), statement))
    html = answer_html(alone, found(alone))
    assert html.count('class="zn-side"') == 2
    assert html.count('class="zn-said"') == 3


def test_what_is_missing_beside_an_answer_is_said() -> None:
    answer = replace(fakes.ANSWERS[fakes.Q_FULL], message="指南里没有提到智利。")
    assert '<p class="zn-missing">指南里没有提到智利。</p>' in answer_html(answer, found(answer))


def test_ids_of_another_answer_lead_nowhere() -> None:
    answer = fakes.ANSWERS[fakes.Q_FULL]
    other = replace(answer, question="另一个问题")
    assert found(answer).stem != found(other).stem


@pytest.mark.parametrize("question", list(fakes.ANSWERS))
def test_everything_is_escaped_and_every_tag_is_ours(question: str) -> None:
    nasty = "<i>'\"&</i>"
    answer = replace(fakes.ANSWERS[question], message=nasty)
    guides = {
        guide.path: replace(guide, title=guide.title + nasty, updated=nasty, path=guide.path)
        for guide in fakes.ARTICLES
    }
    sources = gather(answer, guides.get)
    html = answer_html(answer, sources) + passages_html(answer, sources) + reader_html(answer, sources)
    assert set(re.findall(r"</?([a-zA-Z0-9]+)", html)) <= OURS
    assert not re.findall(r"<[^>]*\son\w+=", html)
    assert all(target.startswith("#zn-") for target in re.findall(r'href="([^"]*)"', html))
    opened = re.findall(r"<([a-z0-9]+)[^>]*>", html)
    closed = re.findall(r"</([a-z0-9]+)>", html)
    assert sorted(tag for tag in opened if tag not in {"br", "hr"}) == sorted(closed)


# --- passages


def test_passages_come_in_rank_order_with_the_cited_sentence_marked() -> None:
    answer = fakes.ANSWERS[fakes.Q_FULL]
    html = passages_html(answer, found(answer))
    rows = html.split("<li><details")[1:]
    assert [re.findall(r'zn-rank" aria-hidden="true">(\d)', row) for row in rows] == [["1"], ["2"], ["3"], ["4"]]
    assert "0.91" in rows[0]
    assert (
        "但对于销户流程，<strong>Claro目前仅支持线下办理</strong>，即用户需前往营业厅提交申请并完成相关手续。</mark>"
        in rows[0]
    )
    assert rows[0].startswith(" open")
    assert "<mark" not in rows[1]
    assert not rows[1].startswith(" open")


def test_nearest_passages_of_a_refusal_are_called_that() -> None:
    answer = replace(fakes.ANSWERS[fakes.Q_ABSTAIN], passages=fakes.PASSAGES[:1])
    html = passages_html(answer, found(answer))
    assert "最接近的段落" in html
    assert 'class="zn zn-reader zn-quiet"' in reader_html(answer, found(answer))


# --- reader


def test_the_whole_article_is_shown_without_front_matter_title_and_advertisements() -> None:
    html = article_html(PERU)
    text = words(html)
    assert fakes.AD not in text
    assert "country: PE" not in text
    assert PERU.title not in text
    for line in (
        "提到秘鲁，很多人会想到马丘比丘。",
        "2. Movistar：线下为主",
        "护照原件、最近账单",
        "填写销户申请，保留回执。",
    ):
        assert line in text


def test_a_cited_title_stays() -> None:
    first = PERU_CARD.text.index("秘鲁")
    html = article_html(PERU_CARD, (Mark(first, first + 11, "m"),))
    assert '<mark id="m" tabindex="-1">秘鲁手机卡如何注销？</mark>' in html


def test_the_reader_says_how_much_was_cut() -> None:
    answer = fakes.ANSWERS[fakes.Q_FULL]
    assert "已略去 2 处推广内容" in reader_html(answer, found(answer))


def test_a_guide_that_has_gone_leaves_the_answer_readable() -> None:
    def gone(path: str) -> Article | None:
        del path
        return None

    answer = fakes.ANSWERS[fakes.Q_FULL]
    sources = gather(answer, gone)
    assert "peru-esim.md" in answer_html(answer, sources)
    assert "在原文里看" not in passages_html(answer, sources)
    assert reader_html(answer, sources) == ""


# --- front, library, labels


def test_front() -> None:
    assert "zn-head-small" in header_html(small=True)
    assert coverage_html([replace(PAKISTAN, countries=())]) == ""


def test_library_lines() -> None:
    assert "还没有可用的索引" in state_html(None, stale=True)
    assert "<code>a&lt;b</code>" in facts_html(None, "a<b")
    assert re.fullmatch(r"2026年11月\d+日 \d\d:\d\d", moment("2026-11-20T09:30:00+00:00"))
    assert moment("昨天") == "昨天"


def test_a_label_is_escaped_for_markdown() -> None:
    assert verbatim("*a* $5 :smile:\n<b>") == "\\*a\\* \\$5 \\:smile\\: \\<b\\>"
    assert verbatim("秘鲁 eSIM？") == "秘鲁 eSIM？"


# --- rebuild


def test_only_one_rebuild_runs_at_a_time() -> None:
    job, go, runs = Rebuild(), threading.Event(), []

    def build(progress: Progress) -> None:
        progress("正在切分", 1.5)
        runs.append(1)
        go.wait(5)

    job.start(build)
    job.start(build)
    assert job.running
    go.set()
    job.wait(5)
    assert not job.running
    assert runs == [1]
    assert (job.stage, job.share, job.error) == ("正在切分", 1.0, "")


def test_a_failed_rebuild_leaves_one_sentence(caplog: pytest.LogCaptureFixture) -> None:
    def known(progress: Progress) -> None:
        del progress
        raise EncoderError("模型装不上。")

    def unknown(progress: Progress) -> None:
        del progress
        raise RuntimeError

    job = Rebuild()
    job.start(known)
    job.wait(5)
    assert job.error == "模型装不上。"
    job.start(unknown)
    job.wait(5)
    assert "原来的索引没有变动" in job.error
    assert "rebuild failed" in caplog.text
