"""python -m index: build an index, describe it, search it."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from index.errors import ZhinanError
from index.search import Index
from index.text import encodable
from index.types import IndexInfo


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with one clear sentence on stderr when it did not."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ZhinanError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断，原有索引没有改动。", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m index", description="Build, describe and search the index of a folder of guides."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="read the articles and write a new version of the index")
    build.add_argument(
        "--articles", type=Path, default=Path("articles"), metavar="DIR", help="folder of guides (default: articles)"
    )
    build.add_argument(
        "--encoder",
        metavar="NAME_OR_PATH",
        help="a sentence-transformers model: a local path or a name of the hub (default: our own)",
    )
    build.set_defaults(run=_build)
    info = commands.add_parser("info", help="version, model, counts, what was cut out and skipped, whether it is stale")
    info.set_defaults(run=_info)
    search = commands.add_parser("search", help="rank passages for a question")
    search.add_argument("question", metavar="QUESTION")
    search.add_argument("--top-k", type=positive, default=5, metavar="N", help="passages shown (default: 5)")
    search.set_defaults(run=_search)
    for command in (build, info, search):
        command.add_argument(
            "--index", type=Path, default=Path(".index"), metavar="DIR", help="folder of the index (default: .index)"
        )
        command.add_argument("--json", action="store_true", help="write JSON, and nothing else, to stdout")
    return parser


def positive(text: str) -> int:
    """A whole number of 1 or more, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """Give a function that draws a stage and its share on stderr, where that is a terminal."""
    with tqdm(total=100, disable=None, leave=False, bar_format="{desc} {bar} {percentage:3.0f}%") as bar:

        def draw(stage: str, share: float) -> None:
            bar.set_description_str(stage, refresh=False)
            bar.n = round(share * 100)
            bar.refresh()

        yield draw


def _build(options: argparse.Namespace) -> int:
    with progress_bar() as draw:
        info = Index.build(options.articles, options.index, encoder=options.encoder, progress=draw)
    for skipped in info.skipped:
        print(f"跳过 {skipped.path}：{skipped.reason}", file=sys.stderr)
    if options.json:
        print(json.dumps(_json(info, stale=False), ensure_ascii=False))
    else:
        print(f"已建立索引 {info.version}：{_counts(info)}。")
    return 0


def _info(options: argparse.Namespace) -> int:
    info, stale = Index.open(options.index).info, Index.is_stale(options.index)
    if options.json:
        print(json.dumps(_json(info, stale=stale), ensure_ascii=False))
        return 0
    print(f"版本    {info.version}（{info.built_at}）{'，文章已有改动，请重建' if stale else ''}")
    print(f"文章    {info.articles_dir}")
    print(f"模型    {info.encoder}（{info.dimension} 维），分词 {info.segmenter}")
    print(f"数量    {_counts(info)}")
    for path, promo in info.promos:
        print(f"广告    {path} [{promo.start}:{promo.end}] {promo.kind} {promo.text!r}")
    for skipped in info.skipped:
        print(f"跳过    {skipped.path}：{skipped.reason}")
    return 0


def _counts(info: IndexInfo) -> str:
    return f"{info.articles} 篇文章，{info.passages} 个段落，去掉 {len(info.promos)} 处广告，跳过 {len(info.skipped)} 个文件"


def _json(info: IndexInfo, *, stale: bool) -> dict[str, object]:
    row = asdict(info)
    row["promos"] = [{"path": path, **asdict(promo)} for path, promo in info.promos]
    kinds = Counter(promo.kind for _, promo in info.promos)
    return {**row, "promo_kinds": dict(sorted(kinds.items())), "stale": stale}


def _search(options: argparse.Namespace) -> int:
    question = encodable(options.question)
    hits = Index.open(options.index).search(question, options.top_k)
    if options.json:
        rows = [
            {
                "rank": hit.rank, "score": hit.score, "lexical": round(hit.lexical, 4), "dense": round(hit.dense, 4),
                "article": hit.passage.article, "path": hit.passage.path, "heading": list(hit.passage.heading),
                "start": hit.passage.start, "end": hit.passage.end, "text": hit.passage.text,
            }
            for hit in hits
        ]  # fmt: skip
        print(json.dumps({"question": question, "hits": rows}, ensure_ascii=False))
        return 0
    for hit in hits:
        print(f"{hit.rank}. [{hit.score:.2f}] {hit.passage.title} › {' › '.join(hit.passage.heading)}")
        print(f"   {hit.passage.path}[{hit.passage.start}:{hit.passage.end}]")
        print("   " + hit.passage.text.replace("\n", "\n   "))
    return 0


if __name__ == "__main__":
    sys.exit(main())
