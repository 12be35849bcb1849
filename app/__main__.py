"""python -m app: the page; python -m app ask: an answer in the terminal, or many as JSON lines."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from app.assistant import Assistant
from app.types import Answer
from index.__main__ import positive, progress_bar
from index.errors import InputError, ZhinanError
from index.search import Index


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with one clear sentence on stderr when it did not."""
    options = _parser().parse_args(arguments)
    try:
        if options.command is None:
            return _page(options)
        return _ask(options)
    except ZhinanError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app", description="Ask a folder of guides: in a page, or in the terminal."
    )
    parser.add_argument(
        "--port", type=int, default=8501, metavar="N", help="port of the page on 127.0.0.1 (default: 8501)"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    ask = commands.add_parser("ask", help="answer one question, or with --input one for each line of a file")
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument("--input", type=Path, metavar="FILE", help='questions, one JSON object a line: {"id", "question"}')
    ask.add_argument(
        "--index", type=Path, default=Path(".index"), metavar="DIR", help="folder of the index (default: .index)"
    )
    ask.add_argument("--top-k", type=positive, default=5, metavar="N", help="passages shown (default: 5)")
    ask.add_argument("--json", action="store_true", help="write JSON, and nothing else, to stdout")
    ask.set_defaults(parser=ask)
    return parser


def _page(options: argparse.Namespace) -> int:
    _freshen(Path(os.environ.get("ZHINAN_INDEX", ".index")), Path(os.environ.get("ZHINAN_ARTICLES", "articles")))
    page = Path(__file__).with_name("page.py")
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(page),
        "--server.address",
        "127.0.0.1",
        "--server.port",
        str(options.port),
    ]
    print(f"页面地址：http://127.0.0.1:{options.port}", flush=True)
    return subprocess.run(command, check=False, env=os.environ).returncode  # noqa: S603 - our own page by our own interpreter


def _freshen(index: Path, articles: Path) -> None:
    """Build the index where it is missing or stale; the encoder it was built with is kept."""
    if not Index.is_stale(index, articles):
        return
    print("正在建立索引……", file=sys.stderr)
    try:
        encoder = Index.open(index).info.encoder
    except ZhinanError:
        encoder = None
    with progress_bar() as draw:
        info = Index.build(articles, index, encoder=encoder, progress=draw)
    for skipped in info.skipped:
        print(f"跳过 {skipped.path}：{skipped.reason}", file=sys.stderr)


def _ask(options: argparse.Namespace) -> int:
    if (options.question is None) == (options.input is None):
        options.parser.error("give either a QUESTION or --input FILE")
    rows = list(_questions(options.input)) if options.input else [(None, options.question)]
    assistant = Assistant.open(options.index)
    for name, question in tqdm(rows, disable=None if len(rows) > 1 else True, leave=False):
        answer = assistant.ask(question, top_k=options.top_k)
        print(json.dumps(_json(name, answer), ensure_ascii=False) if options.json else _text(answer), flush=True)
    return 0


def _questions(path: Path) -> Iterator[tuple[object, str]]:
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了问题文件“{path}”：请确认它存在并且是 UTF-8 编码。") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            question = row["question"]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise InputError(f'问题文件“{path}”第 {number} 行不是 {{"id", "question"}} 形式的 JSON。') from error
        if not isinstance(question, str):
            raise InputError(f"问题文件“{path}”第 {number} 行的 question 不是文字。")
        yield row.get("id"), question


def _json(name: object, answer: Answer) -> dict[str, object]:
    row = asdict(answer)
    del row["confidence"]  # for measuring; the form of an answer is fixed
    # Lone surrogates can be typed into JSON but written to no stream.
    row["question"] = answer.question.encode("utf-8", "replace").decode("utf-8")
    return {"id": name, **row}


def _text(answer: Answer) -> str:
    out = [answer.message] if answer.message else []
    if answer.outcome == "conflicting":
        out.append("指南里的说法不一致：")
    sources: dict[tuple[str, int, int], int] = {}
    for statement in answer.statements:
        numbers = [sources.setdefault((c.path, c.start, c.end), len(sources) + 1) for c in statement.citations]
        marks = "".join(f"[{number}]" for number in numbers)
        out.append(f"{statement.text} {marks}{f'（{statement.note}）' if statement.note else ''}")
    headings = {(c.path, c.start, c.end): c.heading for s in answer.statements for c in s.citations}
    out += [
        f"  [{number}] {path}[{start}:{end}] {' › '.join(headings[path, start, end])}"
        for (path, start, end), number in sources.items()
    ]
    if answer.suggestions:
        out += ["可以问：", *(f"  · {question}" for question in answer.suggestions)]
    return "\n".join(out).encode("utf-8", "replace").decode("utf-8")


if __name__ == "__main__":
    sys.exit(main())
