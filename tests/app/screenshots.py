"""Take the README's pictures: `python tests/app/screenshots.py` writes app/pictures/ from the real page and its guides.

No test: what the page does is shown in test_browser.py.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "app" / "pictures"
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SLOW = 120_000  # ms, for what loads a model on a busy machine
SETTLED = 800  # ms, until the scrolling to a citation has come to rest


@dataclass(frozen=True, slots=True)
class Picture:
    """One question on one screen, and the outcome without which there is nothing to show."""

    name: str
    question: str
    outcome: str
    width: int = 1280
    height: int = 900
    opened: int = 0  # the number of the citation that is opened, if any


PLAN = (
    Picture("answer", "秘鲁 Claro 的 eSIM 去哪里销户？", "answered", opened=2),
    Picture("refusal", "日本的 eSIM 怎么销户？", "abstained", width=390, height=844),
    Picture("conflict", "销户的回执要保存多久", "conflicting"),
)


def main() -> int:
    """Take every picture; 1 where the product gave another outcome than one of them shows."""
    PICTURES.mkdir(exist_ok=True)
    with running() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        taken = [take(browser, url, picture) for picture in PLAN]
        browser.close()
    return 0 if all(taken) else 1


@contextmanager
def running() -> Iterator[str]:
    """Index the guides in a folder that is gone afterwards, run the page on a free port, give its address."""
    with tempfile.TemporaryDirectory(prefix="zhinan-pictures-") as folder:
        build = [sys.executable, "-m", "index", "build", "--index", folder]
        subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app/page.py", f"--server.port={port}"],
            cwd=ROOT,
            env={**os.environ, "ZHINAN_INDEX": folder, "ZHINAN_ARTICLES": "articles"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return once the page answers; raises RuntimeError where it never does."""
    for _ in range(240):
        if server.poll() is not None:
            raise RuntimeError(f"the page's server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError("the page's server did not come up")


def take(browser: Browser, url: str, picture: Picture) -> bool:
    """Ask, open the citation, and save the screen; say so where the outcome is not the one to be shown."""
    size: ViewportSize = {"width": picture.width, "height": picture.height}
    context = browser.new_context(viewport=size, color_scheme="light", locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    page.goto(url)
    ask(page, picture.question)
    if not page.locator(f".zn-answer.zn-{picture.outcome}").count():
        sys.stderr.write(f"{picture.name}.png not taken: “{picture.question}” is not {picture.outcome}\n")
        return False
    if picture.opened:
        page.locator(".zn-answer .zn-cite", has_text=str(picture.opened)).first.click()
        expect(page.locator("mark:target")).to_be_in_viewport()
    page.wait_for_timeout(SETTLED)
    page.screenshot(path=PICTURES / f"{picture.name}.png")
    context.close()
    return True


def ask(page: Page, question: str) -> None:
    """Type the question, press Enter, wait until all of its page is there."""
    expect(page.locator(".st-key-library dl")).to_be_visible(timeout=SLOW)
    box = page.get_by_label("你的问题")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".zn-answer")).to_be_visible(timeout=SLOW)
    expect(page.locator(".st-key-library dl")).to_be_visible(timeout=SLOW)
    box.blur()


if __name__ == "__main__":
    sys.exit(main())
