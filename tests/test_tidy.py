"""The house rules a program can check: what may be called, how things are named, how long they are.

Each test gathers every fault as `file:line what` and shows them all at once.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "tickwise"

LINES_OF_A_FUNCTION = 60
LINES_OF_A_FILE = 450

LONG_FUNCTIONS = {
    "core/replay.py replay_quotes": 100,
    "core/replay.py strike": 70,
    "core/replay_bars.py replay_bars": 150,
}
"""Functions over the limit and the most lines each may have. They may shrink, not grow, and none may join
them: the loops of a replay are split no further because each call in them costs time on every quote."""

ALLOWED_IN_CORE = {
    "collections",
    "decimal",
    "math",
    "numba",
    "numpy",
    "tickwise",
    "types",
    "typing",
    "weakref",
}
CACHE_BESIDES = {
    "__future__",
    "hashlib",
    "llvmlite",
    "os",
    "pathlib",
    "platform",
    "platformdirs",
    "shutil",
    "tempfile",
}
"""What core/_cache.py may import besides: it names a folder before anything is compiled, and decides
nothing."""

ENTRIES = {"__init__", "cli", "__main__"}
"""Modules that nothing needs to import: the package itself and what a shell starts."""

WORDS = {
    "alert": "signal",
    "broker": "venue",
    "candle": "bar",
    "dataset": "tape",
    "deal": "fill",
    "gateway": "venue",
    "kline": "bar",
    "lot": "units",
    "lots": "units",
    "panic": "kill",
    "projection": "fold",
    "qty": "units",
    "ticker": "instrument",
    "timestamp": "ts",
}
"""Words the vocabulary replaces (docs/vocabulary.md), and what stands instead."""

EMPTY_WORDS = {"abstract", "helper", "helpers", "impl", "manager", "misc", "util", "utils"}
"""Words that say nothing about what a thing is."""

EMPTY_NAMES = {"data", "handle", "info", "process"}


class Fault(NamedTuple):
    """A place in the repository and what is wrong there."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} {self.what}"


def shown(faults: list[Fault]) -> str:
    """Write faults one a line, for the message of an assertion."""
    return "\n" + "\n".join(str(fault) for fault in faults)


@cache
def sources() -> tuple[Path, ...]:
    """Give every Python file of the package."""
    return tuple(sorted(SOURCE.rglob("*.py")))


@cache
def parsed(path: Path) -> ast.Module:
    """Give a file's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def nodes(*kinds: type[ast.AST], among: tuple[Path, ...] | None = None) -> Iterator[tuple[Path, Any]]:
    """Give every node of these kinds with the file it stands in."""
    for path in among or sources():
        for node in ast.walk(parsed(path)):
            if isinstance(node, kinds):
                yield path, node


def dotted(node: ast.expr) -> str:
    """Write `a.b.c` for nested attributes, or nothing for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        front = dotted(node.value)
        return f"{front}.{node.attr}" if front else ""
    return ""


def within(path: Path, *places: str) -> bool:
    """Tell whether a file lies at or under one of these places of the package."""
    inside = path.relative_to(SOURCE).as_posix()
    return any(inside == place or inside.startswith(f"{place}/") for place in places)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Give line and full name of everything a file imports; `from a import b` gives a and a.b."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{each.name}") for each in node.names)


CLOCKS = re.compile(
    r"^(time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|process_time|sleep|localtime|gmtime)"
    r"|(datetime\.)*(datetime|date)\.(now|utcnow|today)|pd\.Timestamp\.now)$"
)
TASKS = re.compile(r"^asyncio\.(TaskGroup|wait|as_completed)$")
CHANCE = re.compile(r"^(random|secrets|uuid)(\.|$)|^(np|numpy)\.random(\.|$)")


def test_the_clock_is_read_in_one_file() -> None:
    faults = [
        Fault(path, node.lineno, f"{dotted(node)}: the clock is read in engine/clock.py and nowhere else")
        for path, node in nodes(ast.Attribute)
        if CLOCKS.match(dotted(node)) and not within(path, "engine/clock.py")
    ]
    faults += [
        Fault(path, line, f"import {name}: ask engine/clock.py")
        for path in sources()
        if not within(path, "engine/clock.py")
        for line, name in imports(path)
        if name == "time"
    ]
    assert not faults, shown(faults)


def test_nothing_depends_on_the_order_in_which_tasks_happen_to_end() -> None:
    faults = [
        Fault(path, node.lineno, f"{dotted(node)}: its order is not ours")
        for path, node in nodes(ast.Attribute)
        if TASKS.match(dotted(node))
    ]
    assert not faults, shown(faults)


def test_chance_is_drawn_only_in_the_synthetic_market() -> None:
    faults = [
        Fault(path, node.lineno, f"{dotted(node)}: chance belongs to market_data/synth, seeded")
        for path, node in nodes(ast.Attribute, ast.Name)
        if CHANCE.match(dotted(node)) and not within(path, "market_data/synth")
    ]
    faults += [
        Fault(path, line, f"import {name}")
        for path in sources()
        for line, name in imports(path)
        if CHANCE.match(name)
    ]
    assert not faults, shown(faults)


def test_every_generator_of_the_synthetic_market_is_seeded() -> None:
    faults = [
        Fault(path, node.lineno, f"{dotted(node.func)}: give it a seed")
        for path, node in nodes(ast.Call)
        if dotted(node.func) == "np.random.default_rng" and not node.args
    ]
    faults += [
        Fault(path, node.lineno, f"{dotted(node)}: the shared generator has no owner")
        for path, node in nodes(ast.Attribute)
        if re.match(r"^np\.random\.(seed|rand|randn|normal|uniform|randint|choice|shuffle)$", dotted(node))
    ]
    assert not faults, shown(faults)


def test_nothing_prints() -> None:
    faults = [
        Fault(path, node.lineno, "print: the command line writes through rich")
        for path, node in nodes(ast.Call)
        if dotted(node.func) == "print"
    ]
    assert not faults, shown(faults)


def test_no_handler_catches_everything() -> None:
    faults = [
        Fault(path, node.lineno, "name what may go wrong")
        for path, node in nodes(ast.ExceptHandler)
        if node.type is None or dotted(node.type) in ("Exception", "BaseException")
    ]
    assert not faults, shown(faults)


def test_nothing_walks_a_set_in_its_accidental_order() -> None:
    """A loop runs over a set literal, a set comprehension or `set(...)` only once it is sorted."""

    def is_set(node: ast.expr) -> bool:
        made = isinstance(node, ast.Call) and dotted(node.func) in ("set", "frozenset")
        return made or isinstance(node, ast.Set | ast.SetComp)

    unordered = ("all", "any", "set", "sum", "min", "max", "frozenset", "sorted")
    fine = {
        id(argument)
        for _, node in nodes(ast.Call)
        if dotted(node.func) in unordered
        for argument in node.args
        if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp)
    }
    faults = [
        Fault(path, node.iter.lineno, "sort the set first")
        for path, node in nodes(ast.For)
        if is_set(node.iter)
    ]
    faults += [
        Fault(path, node.lineno, "sort the set first")
        for path, node in nodes(ast.ListComp, ast.GeneratorExp, ast.DictComp)
        if id(node) not in fine and any(is_set(part.iter) for part in node.generators)
    ]
    assert not faults, shown(faults)


def test_the_core_imports_only_numbers_and_types() -> None:
    faults = []
    for path in sources():
        if not within(path, "core"):
            continue
        allowed = ALLOWED_IN_CORE | (CACHE_BESIDES if within(path, "core/_cache.py") else set())
        faults += [
            Fault(path, line, f"import {name}: the core knows no clock, file, network or log")
            for line, name in imports(path)
            if name.split(".")[0] not in allowed
        ]
    assert not faults, shown(faults)


def test_no_module_below_the_command_line_imports_the_whole_package() -> None:
    faults = [
        Fault(path, line, "import the module that has it")
        for path in sources()
        if path.stem not in ("cli", "__main__") and path != SOURCE / "__init__.py"
        for line, name in imports(path)
        if name == "tickwise"
        or (name.startswith("tickwise.") and not module_file(name) and name.count(".") == 1)
    ]
    assert not faults, shown(faults)


def module_file(name: str) -> Path | None:
    """Give the file of a module of the package by its dotted name, or None."""
    where = ROOT / "src" / name.replace(".", "/")
    return next((p for p in (where.with_suffix(".py"), where / "__init__.py") if p.is_file()), None)


@cache
def reached() -> frozenset[Path | None]:
    """Give the files that some file imports; the text of a generated kernel imports too."""
    names = {name for path in sources() for _, name in imports(path)}
    generated = (SOURCE / "kernels" / "generated.py").read_text()
    names |= set(re.findall(r"^from (tickwise[.\w]+) import", generated, re.MULTILINE))
    return frozenset(module_file(name) for name in names if name.startswith("tickwise"))


def test_every_module_is_imported_by_another() -> None:
    """Built-in strategies and revisions of the schema are found by the name of their file; indicators are
    there for any strategy, and a simulation brings the journal without a thread.
    """
    unnamed = ("core/strategies", "core/indicators", "journal/migrations", "journal/inline.py")
    faults = [
        Fault(path, 1, "nothing imports it")
        for path in sources()
        if path not in reached() and path.stem not in ENTRIES and not within(path, *unnamed)
    ]
    assert not faults, shown(faults)


def test_every_folder_is_reached() -> None:
    """An `__init__` counts when anything in its folder does."""
    faults = [
        Fault(path, 1, "no module of this folder is imported")
        for path in sources()
        if path.name == "__init__.py"
        and path.parent != SOURCE
        and not any(other in reached() for other in path.parent.rglob("*.py"))
        and not within(path, "core/strategies", "cli")
    ]
    assert not faults, shown(faults)


def documented(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Give what is to say what it is: the file, its public functions, classes and methods."""
    tree = parsed(path)
    if tree.body:
        yield "the file", tree
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and is_public(node):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                yield from (
                    (f"{node.name}.{each.name}", each)
                    for each in node.body
                    if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and is_public(each)
                )


def is_public(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Tell whether a name is for others to use; the signatures of an overload are its function's."""
    return not node.name.startswith("_") and "overload" not in [dotted(each) for each in node.decorator_list]


def test_everything_public_says_what_it_is() -> None:
    faults = []
    for path in sources():
        for name, node in documented(path):
            said = ast.get_docstring(node)  # type: ignore[arg-type]
            line = getattr(node, "lineno", 1)
            if not said:
                faults.append(Fault(path, line, f"{name} has no docstring"))
            elif not (said[0].isupper() or said[0] in "`0123456789"):
                faults.append(Fault(path, line, f"the docstring of {name} begins without a capital"))
            elif not said.rstrip().endswith("."):
                faults.append(Fault(path, line, f"the docstring of {name} ends without a full stop"))
    assert not faults, shown(faults)


def lengths() -> Iterator[tuple[Path, int, str, int]]:
    """Give file, line, name and number of lines of every function, its docstring included."""
    for path, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        name = f"{path.relative_to(SOURCE).as_posix()} {node.name}"
        yield path, node.lineno, name, node.end_lineno - node.lineno + 1


def test_a_function_fits_on_a_screen() -> None:
    most = LONG_FUNCTIONS
    faults = [
        Fault(path, line, f"{name} has {count} lines, {most.get(name, LINES_OF_A_FUNCTION)} at most")
        for path, line, name, count in lengths()
        if count > most.get(name, LINES_OF_A_FUNCTION)
    ]
    assert not faults, shown(faults)


def test_no_exception_outlives_its_reason() -> None:
    long = {name for _, _, name, count in lengths() if count > LINES_OF_A_FUNCTION}
    assert set(LONG_FUNCTIONS) <= long, "take out of LONG_FUNCTIONS what fits on a screen"


def test_a_file_is_one_idea() -> None:
    faults = [
        Fault(path, count, f"{LINES_OF_A_FILE} lines at most")
        for path in sources()
        if (count := len(path.read_text().splitlines())) > LINES_OF_A_FILE
    ]
    assert not faults, shown(faults)


def words_of(name: str) -> list[str]:
    """Split a name of either kind into its words."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def names_seen_by_others() -> Iterator[tuple[Path, int, str]]:
    """Give the names of functions, classes, arguments, fields and constants; locals are nobody else's."""
    for path, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
        yield path, node.lineno, node.name
        if isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                    yield path, each.lineno, each.target.id
        else:
            given = node.args
            yield from ((path, a.lineno, a.arg) for a in given.posonlyargs + given.args + given.kwonlyargs)
    for path in sources():
        for each in parsed(path).body:
            targets = each.targets if isinstance(each, ast.Assign) else []
            yield from ((path, each.lineno, target.id) for target in targets if isinstance(target, ast.Name))


def test_names_are_from_the_vocabulary() -> None:
    """The columns of foreign files keep the words of whoever wrote them; they die in their importer."""
    faults = [
        Fault(path, line, f"{name}: say {WORDS[word]}")
        for path, line, name in names_seen_by_others()
        for word in words_of(name)
        if word in WORDS and not within(path, "market_data/importers")
    ]
    assert not faults, shown(faults)


def test_names_say_what_a_thing_is() -> None:
    """A command is called what a person types, `tickwise data` too."""
    faults = [
        Fault(path, line, f"{name}: find the word for what it is")
        for path, line, name in names_seen_by_others()
        if (name in EMPTY_NAMES and not within(path, "cli"))
        or set(words_of(name)) & EMPTY_WORDS
        or re.match(r"^(Base[A-Z]|_?handle_)", name)
    ]
    assert not faults, shown(faults)


TEXTS = ("src", "tests", "docs", "examples", "benchmarks", ".ci")
SUFFIXES = {".py", ".md", ".toml", ".txt", ".csv", ".json", ".cfg", ".yml", ".sh", ""}


@cache
def texts() -> tuple[Path, ...]:
    """Give every file of the repository that a person reads, but for this one."""
    below = [path for folder in TEXTS for path in (ROOT / folder).rglob("*")]
    above = [path for path in ROOT.iterdir() if path.name not in ("LICENSE", "uv.lock", ".git")]
    return tuple(
        path
        for path in sorted(below + above)
        if path.is_file()
        and path.suffix in SUFFIXES
        and not {"__pycache__", "data", "golden"} & set(path.relative_to(ROOT).parts)
        and path != Path(__file__)
    )


def hits(pattern: str, what: str, among: tuple[Path, ...] | None = None) -> list[Fault]:
    """Give a fault for each line that a pattern is found in."""
    wanted = re.compile(pattern)
    return [
        Fault(path, number, f"{match.group(0)!r}: {what}")
        for path in among or texts()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if (match := wanted.search(line))
    ]


def test_nothing_is_left_to_do_in_a_comment() -> None:
    faults = hits(
        r"\b(TODO|FIXME|XXX|HACK)\b|[Nn]ot implemented|NotImplementedError", "do it, or leave it out"
    )
    assert not faults, shown(faults)


def test_the_text_tells_what_is_and_not_how_it_came_about() -> None:
    history = r"\b([Pp]reviously|[Ff]ormerly|used to be|as requested|in this (change|commit))\b"
    faults = hits(history, "say what is", tuple(path for path in texts() if path.name != "CHANGELOG.md"))
    faults += hits(
        r"(?i)\b(issue|ticket|task|PR|MR)s? ?#?\d+\b|\(#\d+\)", "numbers of a tracker mean nothing here"
    )
    assert not faults, shown(faults)


def test_the_text_is_plain() -> None:
    faults = hits("[\U0001f000-\U0001faff\ufe0f]", "no emoji")
    pages = tuple(path for path in texts() if path.suffix in (".md", ".toml"))
    faults += hits("[\u2190-\u21ff\u2600-\u27bf]", "write it as words", pages)
    faults += hits(r"[-=*#~]{5,}\s*$", "no rulers", sources())
    assert not faults, shown(faults)


def test_nothing_points_outside_the_repository() -> None:
    faults = hits(r"/work/|/root/|/tmp/lab|\.\./shared/docs", "this path is not part of the repository")
    allowed = {ROOT / ".ci" / "run"}
    assert not [fault for fault in faults if fault.path not in allowed], shown(faults)


def test_the_newest_change_is_of_the_version_that_is_built() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    headings = re.findall(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == version


@pytest.mark.parametrize("folder", ["src", "tests", "benchmarks", "examples", "docs"])
def test_every_file_of_python_can_be_read_by_the_oldest_version_we_promise(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        ast.parse(path.read_text(), str(path), feature_version=(3, 11))


def test_every_file_of_tests_has_a_name_of_its_own() -> None:
    """Folders of tests are no packages unless they say so: two files of one name are one module there."""
    alone = [
        path.name
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path.name not in ("__init__.py", "conftest.py") and not (path.parent / "__init__.py").exists()
    ]
    assert sorted({name for name in alone if alone.count(name) > 1}) == []
