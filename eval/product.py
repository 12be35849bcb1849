"""The product as the evaluation opens it: the one file here through which an index or a model is loaded."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from app import decision
from app.assistant import Assistant
from eval.run import Asker, Searcher
from index.places import country_name
from index.search import Index
from index.types import Article, Passage


def open_index(folder: Path, *, answers: bool) -> tuple[Searcher, Asker | None]:
    """Open a built index, and the assistant on it where answers are to be measured."""
    if answers:
        assistant = Assistant.open(folder)
        return assistant.index, assistant
    return Index.open(folder), None


def open_assistant(folder: Path) -> Assistant:
    """Open the whole product on a built index."""
    return Assistant.open(folder)


def eager(folder: Path) -> Asker:
    """Open a product that holds nothing back for want of confidence."""
    return Assistant.open(folder, threshold=0.0)


def country_names(articles: Sequence[Article]) -> dict[str, str]:
    """Chinese name of every country the articles are about, by its code."""
    return {code: country_name(code) for article in articles for code in article.countries}


def threshold() -> float:
    """The confidence below which the product abstains."""
    return decision.threshold()


@contextmanager
def temporary_index(articles: Path, encoder: str | None) -> Iterator[Path]:
    """Build an index of the articles in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="zhinan-eval-") as folder:
        index = Path(folder, "index")
        with _bar() as progress:
            Index.build(articles, index, encoder=encoder, progress=progress)
        yield index


def index_of(passages: Sequence[Passage], encoder: str | None) -> Searcher:
    """Index passages in memory."""
    with _bar() as progress:
        return Index.of(passages, encoder=encoder, progress=progress)


@contextmanager
def _bar() -> Iterator[Callable[[str, float], None]]:
    """Give what draws a build's stage and share on stderr, and only on a terminal."""
    with tqdm(total=1.0, leave=False, disable=None, bar_format="{desc}{percentage:3.0f}% {bar}") as bar:

        def draw(stage: str, share: float) -> None:
            bar.set_description(stage, refresh=False)
            bar.n = share
            bar.refresh()

        yield draw
