"""The error tree: whatever the product raises to a user is one ZhinanError with one Chinese sentence."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from index import errors
from index.errors import ZhinanError

ROOT = Path(__file__).parents[2]
OURS = {name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == "index.errors"}
FILES = sorted(path for package in ("index", "app") for path in (ROOT / package).glob("*.py"))
# Raised inside one file and caught there, or asked for by the protocol that is followed.
INTERNAL = {"_UnreadableError", "argparse.ArgumentTypeError"}


def test_every_error_descends_from_one() -> None:
    assert len(OURS) > 1
    assert all(issubclass(kind, ZhinanError) for kind in OURS.values())


def test_the_tree_is_drawn_in_full_at_the_top() -> None:
    drawn = re.findall(r"\w+Error\b", inspect.getdoc(errors) or "")
    assert sorted(drawn) == sorted(OURS)


def test_every_error_is_documented() -> None:
    assert all(kind.__doc__ for kind in OURS.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_else_is_raised(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
            assert raised in OURS.keys() | INTERNAL, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_message_is_a_chinese_sentence(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) in OURS:
            message = ast.unparse(node.exc.args[0])
            assert re.search(r"[一-鿿]{4}", message), f"{path.name}:{node.lineno}"
            assert re.search(r"。['\"]+$", message), f"{path.name}:{node.lineno}"


def test_an_unexpected_exception_is_never_swallowed_whole() -> None:
    """`except Exception: pass` hides bugs: whoever catches everything raises again or is not there."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            ):
                assert any(isinstance(inner, ast.Raise) for inner in ast.walk(node)), f"{path.name}:{node.lineno}"
