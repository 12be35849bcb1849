"""python -m eval: measure the product on a set of questions, and compare two measurements."""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eval import atlas, compare, curve, html, report
from eval.dataset import SPLITS, ArticleTexts, Question, check_gold, load_beir, load_questions
from eval.judge import CONFLICT, Library
from eval.run import PRODUCT, RANKINGS, Asker, Searcher, System, passages, replier, run_beir, run_questions
from index.errors import ZhinanError

INDEX = Path(".index")
# The template corpus that is learnt from beside the guides; tests use other seeds and the other bank of wordings.
FIT_COUNTRIES, FIT_SEED = 30, 1000


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 ok, 1 an error told in one sentence (2, wrong usage, is argparse's)."""
    parser = _parser()
    args = parser.parse_args(argv)
    _check(parser, args)
    try:
        if args.command == "compare":
            sys.stdout.write(_compare(args))
        elif args.command == "fit":
            _fit()
        elif args.command == "report":
            _report(args)
        else:
            _run(args)
    except ZhinanError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="评测指南问答，并比较两次评测的结果。")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="在一个评测集上测量", description="在一个评测集上测量一个或几个系统。")
    source = run.add_mutually_exclusive_group(required=True)
    source.add_argument("--questions", type=Path, metavar="FILE", help="问题文件 questions.jsonl")
    source.add_argument("--beir", type=Path, metavar="DIR", help="BEIR 格式的文件夹")
    systems = (PRODUCT, *RANKINGS)
    run.add_argument("--system", nargs="+", choices=systems, metavar="NAME", help=f"系统：{'、'.join(systems)}")
    _measured_on(run)
    run.add_argument("--json", action="store_true", help="只在标准输出写 JSON")
    run.add_argument("--out", type=Path, metavar="FILE", help="把 JSON 另存到这个文件")
    page = commands.add_parser(
        "report",
        help="写一页评测报告",
        description="测量产品和各个排序，写成一页自足的 HTML：指标、风险–覆盖率曲线、国家与主题的覆盖图、每个没做对的问题。",
    )
    page.add_argument("--questions", type=Path, metavar="FILE", required=True, help="问题文件 questions.jsonl")
    _measured_on(page)
    page.add_argument("--out", type=Path, metavar="FILE", required=True, help="报告写到这个 .html 文件")
    commands.add_parser(
        "fit",
        help="重新拟合证据模型",
        description="用开发集重新拟合证据模型，写入 app/evidence.json 和 app/decision.json；换了编码器或指南之后运行。",
    )
    against = commands.add_parser(
        "compare", help="比较两次结果", description="配对随机化检验：两次结果的差别是不是偶然。"
    )
    against.add_argument("a", type=Path, metavar="A.json")
    against.add_argument("b", type=Path, metavar="B.json")
    against.add_argument(
        "--system",
        nargs="+",
        metavar="NAME",
        help="要比的系统；给两个名字，就拿 A 的第一个比 B 的第二个；默认比所有共有的",
    )
    return parser


def _measured_on(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say what the questions are put to."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--articles", type=Path, metavar="DIR", help="文章目录：为它临时建一个索引")
    where.add_argument("--index", type=Path, metavar="DIR", help=f"已建好的索引，默认 {INDEX}/")
    parser.add_argument("--split", choices=SPLITS, help="只测这一部分问题")
    parser.add_argument("--encoder", metavar="NAME_OR_PATH", help="临时建索引时用的句子编码器")


def _check(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Leave with code 2 where the arguments, each right by itself, do not go together."""
    if args.command == "fit":
        return
    if args.command == "compare":
        if args.system and len(args.system) > len((args.a, args.b)):
            parser.error("--system 最多两个名字")
        return
    if args.command == "report":
        if args.encoder and not args.articles:
            parser.error("--encoder 只能和 --articles 一起用")
        return
    if args.beir and (args.articles or args.index or PRODUCT in (args.system or ())):
        parser.error(f"--beir 不能和 --articles、--index 或系统 {PRODUCT} 一起用")
    if args.encoder and args.questions and not args.articles:
        parser.error("--encoder 只能和 --articles 或 --beir 一起用")


_DISPUTED = 0.2  # share of conflicts from which a collection is made of them, as none that people have is


def _fit() -> None:
    from eval import product  # noqa: PLC0415 - as below
    from eval.fit import examples, fit  # noqa: PLC0415 - scikit-learn is needed here alone
    from eval.templates import write_corpus  # noqa: PLC0415 - as above

    written = [(Path("eval/sets/guides/questions.jsonl"), Path("articles"))]
    written += [
        (path, path.parent / "articles") for path in sorted(Path("eval/sets/practice").glob("*/questions.jsonl"))
    ]
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhinan-fit-")))
        made = write_corpus(scratch / "templates", countries=FIT_COUNTRIES, seed=FIT_SEED, bank="dev")
        rows = []
        for questions, articles in (*written, (made / "questions.jsonl", made / "articles")):
            asked = [question for question in load_questions(questions) if question.split == "dev"]
            if not asked:
                continue
            folder = stack.enter_context(product.temporary_index(articles, None))
            rows += examples(
                product.open_assistant(folder),
                asked,
                ArticleTexts(articles).get,
                str(questions),
                usual=articles != made / "articles"
                and sum(question.type == CONFLICT for question in asked) < _DISPUTED * len(asked),
            )
        found = fit(rows, Path("app"))
    sys.stdout.write("".join(f"{name}\t{value}\n" for name, value in asdict(found).items()))


def _run(args: argparse.Namespace) -> None:
    _check_folder(args.out)
    if args.beir:
        found = _measure_beir(args)
    else:
        systems = list(dict.fromkeys(args.system or (PRODUCT, *RANKINGS)))
        with _opened(args, answers=PRODUCT in systems) as opened:
            found = _measure(opened, str(args.questions), systems)
    if args.out:
        _write(args.out, report.to_json(found))
    sys.stdout.write(report.to_json(found) if args.json else report.to_text(found))


def _report(args: argparse.Namespace) -> None:
    from eval import product  # noqa: PLC0415 - as below

    _check_folder(args.out)
    with _opened(args, answers=True) as opened:
        found = _measure(opened, str(args.questions), (PRODUCT, *RANKINGS))
        if opened.asker is None:  # never: answers were asked for
            raise ValueError(opened)
        # With nothing held back: what the product would have said to every question, and how sure it was of it.
        eager = replace(opened, asker=product.eager(opened.folder))
        everything = _measure(eager, str(args.questions), (PRODUCT,)).systems[0].run.results
        points = curve.risk_coverage([(one.confidence, one.right) for one in everything])
        names = product.country_names(opened.index.articles)
        regions = atlas.survey(opened.asker, opened.index.articles, names)
    _write(args.out, html.render(found, html.curve(points, product.threshold()), regions))
    sys.stdout.write(f"报告已写到 {args.out}\n")


def _check_folder(out: Path | None) -> None:
    """Say now, not after the long part, that the results cannot be written."""
    if out and not out.parent.is_dir():
        raise ZhinanError(f"结果写不进 {out}：没有这个目录。")


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ZhinanError(f"结果写不进 {out}：{error.strerror}。") from error


@dataclass(frozen=True, slots=True)
class _Opened:
    """A set of questions, checked against the articles, and what it is put to."""

    questions: tuple[Question, ...]
    library: Library
    folder: Path
    index: Searcher
    asker: Asker | None


@contextmanager
def _opened(args: argparse.Namespace, *, answers: bool) -> Iterator[_Opened]:
    questions = load_questions(args.questions, args.split)
    if args.articles:
        check_gold(questions, ArticleTexts(args.articles), args.questions)  # before the long part
    from eval import product  # noqa: PLC0415 - --help, compare and a faulty set need no model loaded

    with ExitStack() as stack:
        folder = args.index or INDEX
        if args.articles:
            folder = stack.enter_context(product.temporary_index(args.articles, args.encoder))
        index, asker = product.open_index(folder, answers=answers)
        texts = ArticleTexts(args.articles or Path(index.info.articles_dir))
        check_gold(questions, texts, args.questions)
        yield _Opened(questions, Library.of(texts, index.articles, questions), folder, index, asker)


def _measure(opened: _Opened, source: str, systems: Sequence[System]) -> report.Report:
    runs = [
        run_questions(system, opened.questions, replier(system, opened.index, opened.asker), opened.library)
        for system in systems
    ]
    return report.report(source, runs, opened.index.info)


def _measure_beir(args: argparse.Namespace) -> report.Report:
    beir = load_beir(args.beir, args.split)
    from eval import product  # noqa: PLC0415 - as above

    index = product.index_of(passages(beir.documents), args.encoder)
    runs = [run_beir(system, beir, index) for system in dict.fromkeys(args.system or RANKINGS)]
    return report.report(str(args.beir), runs, index.info)


def _compare(args: argparse.Namespace) -> str:
    a, b = compare.load(args.a), compare.load(args.b)
    if args.system:
        pairs = [(args.system[0], args.system[-1])]
    else:
        pairs = [(name, name) for name in a.systems if name in b.systems]
        if not pairs:
            raise ZhinanError("两个结果没有共同的系统，请用 --system 指定两个名字。")
    return "".join(
        compare.to_text(f"A = {args.a} {left} · B = {args.b} {right}", compare.compare(a.of(left), b.of(right)))
        for left, right in pairs
    )


if __name__ == "__main__":
    sys.exit(main())
