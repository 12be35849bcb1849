"""Imports go one way, and every library stands behind its own wall: read off the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# DESIGN.md, “The house”. The encoder's recipe is its own small project and is checked by its own tests.
PACKAGES = {name: sorted((ROOT / name).glob("*.py")) for name in ("index", "app", "eval")}
WALLS = {
    "jieba": {"index/segment.py"},
    "sentence_transformers": {"index/embed.py"},
    "faiss": {"index/vectors.py"},
    "bm25s": {"index/lexical.py"},
    "pymilvus": {"index/milvus.py"},
    "pypinyin": {"index/repair.py"},
    "opencc": {"index/text.py"},
    "torch": {"index/matcher.py"},
    "transformers": {"index/matcher.py"},
}
# Lower layers first: a module imports only from those before it.
INDEX = [
    "types",
    "errors",
    "text",
    "synonyms",
    "segment",
    "promo_patterns",
    "promo",
    "places",
    "carriers",
    "names",
    "corpus",
    "blocks",
    "chunk",
    "repair",
    "scope",
    "lexical",
    "embed",
    "matcher",
    "vectors",
    "milvus",
    "rank",
    "folder",
    "search",
    "__main__",
]
APP = [
    "types",
    "kinds",
    "evidence",
    "trees",
    "decision",
    "answer",
    "claims",
    "conflict",
    "refusal",
    "sources",
    "assistant",
    "page",
    "__main__",
]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def source_files() -> list[Path]:
    return [path for files in PACKAGES.values() for path in files] + sorted((ROOT / "app" / "views").glob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("library", WALLS)
def test_each_library_is_imported_where_its_wall_stands(library: str) -> None:
    users = {name(path) for path in source_files() if any(module.split(".")[0] == library for module in imports(path))}
    # The evaluation may make noise of its own (traditional characters, homophones), but never ranks or embeds.
    noise = {user for user in users if user.startswith("eval/") and library in {"opencc", "pypinyin"}}
    assert users - noise <= WALLS[library]


def test_only_the_page_imports_streamlit() -> None:
    users = {
        name(path) for path in source_files() if any(module.split(".")[0] == "streamlit" for module in imports(path))
    }
    assert all(user == "app/page.py" or user.startswith("app/views/") for user in users)


@pytest.mark.parametrize("path", PACKAGES["index"], ids=name)
def test_the_index_knows_nothing_of_answers_or_evaluation(path: Path) -> None:
    assert not any(module.split(".")[0] in {"app", "eval", "tests"} for module in imports(path))


@pytest.mark.parametrize("path", [*PACKAGES["app"], *sorted((ROOT / "app" / "views").glob("*.py"))], ids=name)
def test_the_product_knows_nothing_of_its_evaluation(path: Path) -> None:
    assert not any(module.split(".")[0] in {"eval", "tests"} for module in imports(path))


@pytest.mark.parametrize("path", [path for path in PACKAGES["app"] if path.stem != "page"], ids=name)
def test_only_the_page_knows_the_screen(path: Path) -> None:
    assert not any(module.startswith("app.views") or module == "app.page" for module in imports(path))


@pytest.mark.parametrize("path", PACKAGES["app"], ids=name)
def test_an_answer_never_touches_a_vector(path: Path) -> None:
    assert not {"index.vectors", "index.embed", "index.matcher", "index.lexical", "index.rank", "index.folder"} & set(
        imports(path)
    )


@pytest.mark.parametrize(("package", "order"), [("index", INDEX), ("app", APP)])
def test_imports_go_one_way(package: str, order: list[str]) -> None:
    for path in PACKAGES[package]:
        if path.stem == "__init__":
            assert not list(imports(path))
            continue
        assert path.stem in order, f"{name(path)} has no place in the order of layers"
        ours = {module.split(".")[1] for module in imports(path) if module.startswith(f"{package}.")} & set(order)
        assert all(order.index(other) < order.index(path.stem) for other in ours), name(path)


def test_only_the_folder_module_knows_the_files_of_an_index() -> None:
    for path in source_files():
        if name(path) != "index/folder.py":
            constants = {
                node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)
            }
            assert not constants & {"manifest.json", "current.new"}, name(path)


def test_no_file_of_the_app_is_named_after_a_package() -> None:
    """Streamlit puts `app/` first on the path: a file of that name would hide the package."""
    assert not {path.stem for path in PACKAGES["app"]} & {
        "index",
        "eval",
        "tests",
        "streamlit",
        "jieba",
        "faiss",
        "torch",
    }
