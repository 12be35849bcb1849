"""What the README says can be typed, followed and found."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from index.chunk import readable

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
ROOMS = {"app", "articles", "eval", "index", "tests"}

COMMAND = re.compile(r"python -m ((?:app|eval|index)\b[\w.]*)([^\n`]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def written() -> list[tuple[str, str, frozenset[str]]]:
    """Every `python -m …` of the README: module, subcommand or "", options."""
    found = set()
    for module, rest in COMMAND.findall(README):
        typed = QUOTED.sub("WORDS", rest.split("#")[0])
        first = (typed.split() or [""])[0]
        found.add((module, first if re.fullmatch(r"[a-z]+", first) else "", frozenset(OPTION.findall(typed))))
    return sorted(found, key=lambda row: (row[0], row[1], sorted(row[2])))


@cache
def options(module: str, subcommand: str) -> frozenset[str]:
    """Every option that a command's help names; the test fails where there is no such command."""
    command = [sys.executable, "-m", module, *filter(None, [subcommand]), "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return frozenset(OPTION.findall(done.stdout))


def section(title: str) -> str:
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_the_readme_names_every_command() -> None:
    named = {(module, subcommand) for module, subcommand, _ in written()}
    assert named >= {
        ("index", "build"),
        ("index", "info"),
        ("index", "search"),
        ("app", ""),
        ("app", "ask"),
        ("eval", "run"),
        ("eval", "compare"),
        ("eval", "fit"),
        ("index.encoder.train", ""),
    }


@pytest.mark.parametrize(("module", "subcommand", "used"), written())
def test_commands_parse(module: str, subcommand: str, used: frozenset[str]) -> None:
    assert used <= options(module, subcommand)


def test_options_named_by_themselves_exist() -> None:
    named = {option for code in re.findall(r"`(--[^`]+)`", README) for option in OPTION.findall(code)}
    assert named <= frozenset().union(*(options(module, subcommand) for module, subcommand, _ in written()))


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(
        f"\n{target}:" in makefile for target in set(re.findall(r"\bmake (\w+)\b *(?:#|`|$)", README, re.MULTILINE))
    )


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "eval/LOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    document = ROOT / name
    targets = [link for link in LINK.findall(document.read_text("utf-8")) if not link.startswith(("http", "#"))]
    assert [link for link in targets if not (document.parent / link.split("#")[0]).is_file()] == []


def test_the_layout_is_the_house() -> None:
    [(_, layout)] = FENCE.findall(section("Layout"))
    folders = [line.split()[0] for line in layout.splitlines()]
    assert [folder for folder in folders if not (folder.endswith("/") and (ROOT / folder).is_dir())] == []
    assert {folder.split("/")[0] for folder in folders} == ROOMS


def test_files_named_exist() -> None:
    named = re.findall(r"`((?:app|eval|index|tests)/[\w./]+|\.requirements\.lock)`", README)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_quoted_answer_still_stands_in_its_guide() -> None:
    [answer] = [json.loads(body) for kind, body in FENCE.findall(README) if kind == "json"]
    for citation in (citation for statement in answer["statements"] for citation in statement["citations"]):
        text = (ROOT / "articles" / citation["path"]).read_text("utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_the_session_cites_what_stands_in_the_guides() -> None:
    cited = re.findall(r"^  \[\d+\] (\S+)\[(\d+):(\d+)\] (?:.* › )?(.+)$", section("A session"), re.MULTILINE)
    assert cited
    for path, start, end, heading in cited:
        text = (ROOT / "articles" / path).read_text("utf-8")
        assert f"\n{readable(text[int(start) : int(end)])} [" in README
        assert heading in text[: int(start)]
