"""The real page, the real index, a real browser: what a reader does, on a screen and on a phone."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SLOW = 120_000  # ms, for what loads a model on a busy machine

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed; the page cannot be driven"),
]

HOSTILE = (
    "<script>window.hacked = 1</script>\n\n"
    '<img src="https://elsewhere.example/x.png" onerror="window.hacked = 2">'
    "[点我](javascript:window.hacked=3) $\\frac{1}{2}$ :material/delete:"
)
PERU = f"""# 秘鲁eSIM卡是否支持在线销户？

提到秘鲁，很多人会想到马丘比丘。越来越多的人在旅行时使用秘鲁的eSIM卡。

## 一、什么是eSIM卡？

eSIM卡是直接集成在设备中的芯片，无需更换实体卡即可联网。它体积小、兼容性强，适合智能手机和智能手表。

## 二、秘鲁eSIM卡的销户方式

Claro的eSIM卡目前仅支持线下销户，用户需携带护照前往营业厅提交申请。Movistar的eSIM卡销户也要亲自到店办理。

## 三、线下销户的步骤

1. 结清账户里的全部欠款。
2. 带上护照原件前往营业厅。
3. 填写销户申请并保留回执。

## 四、其他说明

{HOSTILE}

{"这一段只是为了让文章足够长，读者要往下翻才能看到后面的内容。" * 30}

更多优惠请加TG：@kafei1088
"""
PAKISTAN = """# 巴基斯坦流量卡怎么退订？

## 一、退订前的准备

退订巴基斯坦流量卡之前，务必把卡内余额用完，运营商不会主动退还余额。

## 二、退订方式

Jazz的流量卡可以发送短信退订套餐，也可以在应用里退订。
"""
RUSSIA = """# 俄罗斯手机卡如何停机保号？

## 停机保号

MTS的手机卡可以在个人账户里申请停机保号，每月费用为三十卢布。
"""
CHILE = """# 智利eSIM卡怎么销户？

## 销户方式

智利Entel的eSIM卡可以拨打客服电话申请销户，当天生效。
"""
ASK = "秘鲁Claro的eSIM怎么销户？"
UNKNOWN = "智利的eSIM怎么销户？"


@dataclass(frozen=True)
class Site:
    url: str
    articles: Path
    index: Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The running page over three guides and a fresh index."""
    folder = tmp_path_factory.mktemp("site")
    articles, index = folder / "articles", folder / "index"
    articles.mkdir()
    for name, text in (("peru-esim", PERU), ("pakistan", PAKISTAN), ("russia", RUSSIA)):
        (articles / f"{name}.md").write_text(text, encoding="utf-8")
    build = [sys.executable, "-m", "index", "build", "--articles", str(articles), "--index", str(index)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app/page.py", f"--server.port={port}"],
        cwd=ROOT,
        env={**os.environ, "ZHINAN_INDEX": str(index), "ZHINAN_ARTICLES": str(articles)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/_stcore/health", server)
        yield Site(url, articles, index)
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def desktop(browser: Browser, site: Site) -> Iterator[Page]:
    yield from _watched(browser.new_context(viewport={"width": 1280, "height": 900}), site)


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Page]:
    size = {"width": 390, "height": 844}
    yield from _watched(browser.new_context(viewport=size, is_mobile=True, has_touch=True), site)  # type: ignore[arg-type]


def test_ask_and_follow_a_citation(desktop: Page) -> None:
    expect(desktop.get_by_label("你的问题")).to_be_focused(timeout=SLOW)
    ask(desktop, ASK)
    answer = desktop.get_by_role("region", name="回答")
    expect(answer).to_contain_text("Claro的eSIM卡目前仅支持线下销户")
    chip = answer.get_by_role("link", name=re.compile("引用 1")).first
    chip.focus()
    desktop.keyboard.press("Enter")
    mark = desktop.locator("mark:target")
    expect(mark).to_be_in_viewport()
    expect(mark).to_be_focused()
    expect(desktop.locator(".zn-guide:visible")).to_contain_text("很多人会想到马丘比丘")  # the whole article
    expect(chip).to_have_attribute("aria-current", "true")
    expect(desktop.locator(".zn-passages mark").first).to_be_visible()
    desktop.go_back()
    expect(desktop.locator("mark:target")).to_have_count(0)


def test_a_passage_opens_its_article(desktop: Page) -> None:
    ask(desktop, "巴基斯坦流量卡怎么退订？")
    passage = desktop.locator(".zn-passages details").first
    if passage.get_attribute("open") is None:
        passage.locator("summary").click()
    passage.get_by_role("link", name="在原文里看这一段").click()
    expect(desktop.locator(".zn-guide:visible :target")).to_be_in_viewport()


def test_refused_plainly_and_one_click_from_an_answer(desktop: Page) -> None:
    ask(desktop, "日本的eSIM怎么退款？")
    answer = desktop.get_by_role("region", name="回答")
    expect(answer).to_contain_text("没有提到")
    expect(answer).to_contain_text("日本")
    expect(desktop.locator(".zn-said")).to_have_count(0)
    suggestion = desktop.locator(".st-key-suggest-next button").first
    question = suggestion.inner_text()
    suggestion.click()
    expect(desktop.locator(".zn-said").first).to_be_visible()
    expect(desktop.get_by_label("你的问题")).to_have_value(question)


def test_article_text_cannot_run(desktop: Page) -> None:
    ask(desktop, ASK)
    chip = desktop.locator(".zn-answer .zn-cite").first
    chip.click()
    guide = desktop.locator(".zn-guide:visible")
    expect(guide).to_contain_text("<script>window.hacked = 1</script>")
    expect(guide).to_contain_text("$\\frac{1}{2}$ :material/delete:")
    expect(guide).not_to_contain_text("kafei1088")
    assert guide.locator("script, img, iframe, object, form, style").count() == 0
    assert guide.locator("a:not([href^='#zn-'])").count() == 0
    assert desktop.evaluate("window.hacked") is None


def test_an_address_reopens_its_question_and_place(desktop: Page) -> None:
    ask(desktop, ASK)
    said = desktop.locator(".zn-said").first.inner_text()
    desktop.locator(".zn-answer .zn-cite").last.click()
    expect(desktop.locator("mark:target")).to_be_in_viewport()
    address = desktop.url
    desktop.goto("about:blank")
    desktop.goto(address)
    expect(desktop.locator(".zn-said").first).to_have_text(said, use_inner_text=True)
    expect(desktop.get_by_label("你的问题")).to_have_value(ASK)
    expect(desktop.locator("mark:target")).to_be_in_viewport()


def test_on_a_phone_the_article_is_a_sheet_that_closes_where_it_was_opened(phone: Page) -> None:
    expect(phone.locator(".st-key-library dl")).to_be_visible(timeout=SLOW)
    assert fits(phone)
    ask(phone, ASK)
    assert fits(phone)
    chip = phone.locator(".zn-answer .zn-cite").first
    expect(phone.locator(".zn-reader")).to_be_hidden()
    chip.tap()
    sheet = phone.locator(".zn-reader")
    expect(sheet).to_be_visible()
    expect(phone.locator("mark:target")).to_be_in_viewport()
    assert fits(phone)
    phone.get_by_role("link", name="返回回答").tap()
    expect(sheet).to_be_hidden()
    expect(chip).to_be_in_viewport()
    expect(chip).to_be_focused()
    chip.tap()
    expect(sheet).to_be_visible()
    phone.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_the_page_says_what_it_is_to_a_screen_reader(desktop: Page) -> None:
    expect(desktop.get_by_role("heading", name="指南问答", level=1)).to_be_visible(timeout=SLOW)
    assert desktop.evaluate("document.documentElement.lang") == "zh-CN"
    assert desktop.title() == "指南问答"
    expect(desktop.get_by_role("textbox", name="你的问题")).to_be_visible()
    controls = "[...document.querySelectorAll('button, a, input')].filter(e => e.offsetParent)"
    assert desktop.evaluate(f"{controls}.filter(e => !e.innerText.trim() && !e.ariaLabel).length") == 0
    assert desktop.evaluate(f"{controls}.filter(e => /^[ -~]+$/.test(e.innerText.trim())).length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_lights(browser: Browser, site: Site, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    for page in _watched(context, site):
        ask(page, ASK)
        page.locator(".zn-answer .zn-cite").first.click()
        for place in READ:
            assert page.locator(place).first.evaluate(CONTRAST) >= 4.5, place


def test_rebuild_takes_in_a_new_article(desktop: Page, site: Site) -> None:
    ask(desktop, UNKNOWN)
    expect(desktop.locator(".zn-abstained")).to_contain_text("智利")
    (site.articles / "chile.md").write_text(CHILE, encoding="utf-8")
    desktop.reload()
    expect(desktop.get_by_text("文章有改动，索引还没有更新")).to_be_visible(timeout=SLOW)
    desktop.get_by_role("button", name="重建索引").click()
    expect(desktop.get_by_role("progressbar")).to_be_visible()
    expect(desktop.locator(".zn-said").first).to_contain_text("拨打客服电话申请销户", timeout=SLOW)
    expect(desktop.get_by_text("索引与文章一致")).to_be_visible()


READ = (".zn-said", ".zn-small", ".zn-title", ".zn-trail", ".zn-lead", ".zn-cite", "mark:target", "input")
CONTRAST = """element => {
  const draw = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = layers => {
    for (const layer of layers) { draw.fillStyle = layer; draw.fillRect(0, 0, 1, 1); }
    return [...draw.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = channels => channels
    .map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
  const back = light(rgb(layers)), front = light(rgb([...layers, getComputedStyle(element).color]));
  return (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
}"""


def ask(page: Page, question: str) -> None:
    """Type the question, press Enter, wait for its answer."""
    box = page.get_by_label("你的问题")
    expect(page.locator(".st-key-library dl")).to_be_visible(timeout=SLOW)
    box.fill(question)
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"\?q="))
    expect(page.locator(".zn-answer")).to_be_visible(timeout=SLOW)


def fits(page: Page) -> bool:
    """Whether nothing on the page is wider than the screen."""
    wide = "[document.documentElement, document.querySelector('.stMain')].every(e => e.scrollWidth <= e.clientWidth)"
    return bool(page.evaluate(wide))


def _watched(context: BrowserContext, site: Site) -> Iterator[Page]:
    """A page that must ask nothing of any other place, and must not open a dialog."""
    elsewhere: list[str] = []
    page = context.new_page()
    here = (site.url, site.url.replace("http", "ws"), "data:", "blob:", "about:")
    page.on("request", lambda request: None if request.url.startswith(here) else elsewhere.append(request.url))
    page.on("dialog", lambda dialog: elsewhere.append(f"dialog: {dialog.message}"))
    page.goto(site.url)
    yield page
    context.close()
    assert not elsewhere


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if server.poll() is not None:
            pytest.fail(f"the page's server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - our own server
                if reply.status == 200:
                    return
        except OSError:
            time.sleep(0.25)
    pytest.fail("the page's server did not come up")
