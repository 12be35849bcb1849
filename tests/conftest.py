import shutil
from pathlib import Path

import pytest

from index.search import Index
from tests.fakes import static_encoder, write_guides


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Path of a sentence encoder of 16 numbers."""
    return str(static_encoder(tmp_path_factory.mktemp("encoder") / "tiny"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: str) -> Path:
    """A folder with `articles` and the `index` built from them; for reading only."""
    home = tmp_path_factory.mktemp("built")
    write_guides(home / "articles")
    Index.build(home / "articles", home / "index", encoder=encoder)
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path, encoder: str) -> Path:
    """The same, a test's own to change."""
    shutil.copytree(built / "articles", tmp_path / "articles")
    Index.build(tmp_path / "articles", tmp_path / "index", encoder=encoder)
    return tmp_path


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same guides, indexed with the product's own encoder, which answers are fitted to; for reading only."""
    home = tmp_path_factory.mktemp("library")
    write_guides(home / "articles")
    Index.build(home / "articles", home / "index")
    return home
