"""What decides and acts is the same run for the same events: what would bring in the machine is banned.

`test_tidy` bans clocks, chance and unordered waiting everywhere. Here stand the bans of the layers that a
simulation runs. An exception is one line in `ALLOWED`, with its reason; one that is needed no more fails.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from test_tidy import SOURCE, Fault, dotted, imports, nodes, parsed, shown, sources, within

LAYERS = ("core", "engine", "venues", "session", "journal")

ALLOWED = {
    ("engine/logs.py", "queue"): "lines of the log are written behind the loop; nothing reads them again",
    ("engine/logs.py", "logging.handlers.QueueListener"): "the same",
    ("engine/process.py", "signal"): "what begins a process hears of its end; the engine does not know it",
    ("engine/process.py", "loop.add_signal_handler"): "the same",
    ("engine/watch_configs.py", "watchfiles"): "that a file changed; what is read then is an event",
    ("journal/command_key.py", "os.urandom"): "a key that signs commands is made once and decides nothing",
    ("journal/writer.py", "loop.call_soon_threadsafe"): "the way back of the one hop there is",
    ("journal/writer.py", "threading"): "the one hop there is: commits block, and no decision waits for one",
}
"""Place and what is used there, with the reason why it may be."""

THREADS = re.compile(
    r"^(threading|_thread|concurrent|multiprocessing|subprocess|queue|sched|signal|watchfiles)$"
    r"|^asyncio\.(to_thread|create_subprocess_\w+)$|^logging\.handlers\.QueueListener$"
    r"|\.(run_in_executor|call_soon_threadsafe|add_signal_handler)$"
)
CHANCE = re.compile(r"^(os\.(urandom|getrandom)|random\.SystemRandom)$")
UNORDERED = re.compile(r"^asyncio\.(TaskGroup|wait|as_completed|all_tasks)$")
FOLDERS = ("listdir", "scandir", "walk", "iterdir", "glob", "rglob")

ORDERLESS = ("all", "any", "frozenset", "len", "max", "min", "set", "sorted", "sum")
"""What may be given things in any order: the result is the same. (`max` and `min` of equals are not told.)"""


def deciding() -> tuple[Path, ...]:
    """Give the files of the layers that a simulation runs."""
    return tuple(path for path in sources() if within(path, *LAYERS))


def place(path: Path) -> str:
    """Name a file as the list of exceptions does."""
    return path.relative_to(SOURCE).as_posix()


def allowed(path: Path, name: str) -> str | None:
    """Give the name in the list of exceptions that covers a use, or None."""
    return next(
        (what for where, what in ALLOWED if where == place(path) and f"{name}.".startswith(f"{what}.")), None
    )


def used(pattern: re.Pattern[str]) -> Iterator[tuple[Path, int, str]]:
    """Give every use and import of a name that a pattern finds, in the deciding layers."""
    for path, node in nodes(ast.Attribute, among=deciding()):
        if pattern.search(dotted(node)):
            yield path, node.lineno, dotted(node)
    for path in deciding():
        for line, name in imports(path):
            if pattern.search(name) or pattern.search(name.partition(".")[0]):
                yield path, line, name


def not_allowed(pattern: re.Pattern[str], why: str) -> list[Fault]:
    """Give a fault for each use that no exception covers."""
    return [
        Fault(path, line, f"{name}: {why}") for path, line, name in used(pattern) if not allowed(path, name)
    ]


def test_there_is_one_thread_but_for_the_journals_writer() -> None:
    faults = not_allowed(THREADS, "one thread decides and acts; whatever waits is the event loop's")
    assert not faults, shown(faults)


def test_no_chance_comes_from_the_machine() -> None:
    faults = not_allowed(CHANCE, "chance is given from outside, seeded")
    assert not faults, shown(faults)


def test_nothing_waits_in_an_order_that_is_not_ours() -> None:
    faults = not_allowed(UNORDERED, "its order is that of addresses: keep tasks in a list")
    assert not faults, shown(faults)


def test_nothing_depends_on_addresses_or_on_the_seed_of_hashes() -> None:
    faults = [
        Fault(path, node.lineno, f"{dotted(node.func)}(): it is another number in every process")
        for path, node in nodes(ast.Call, among=deciding())
        if dotted(node.func) in ("hash", "id")
    ]
    assert not faults, shown(faults)


def in_any_order(path: Path) -> set[ast.expr]:
    """Give what is handed to something that gives the same whatever the order is."""
    fine: set[ast.expr] = set()
    for _, node in nodes(ast.Call, among=(path,)):
        if dotted(node.func).rpartition(".")[2] in (*ORDERLESS, "update", "difference_update", "issubset"):
            fine |= set(node.args)
    for _, node in nodes(ast.SetComp, among=(path,)):
        fine |= {part.iter for part in node.generators}
    for each in tuple(fine):
        if isinstance(each, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            fine |= {part.iter for part in each.generators}
    return fine


def walked(path: Path) -> Iterator[ast.expr]:
    """Give everything whose order counts: what loops run over, and what is made a list, a tuple or a text."""
    fine = in_any_order(path)
    for _, node in nodes(ast.For, ast.AsyncFor, among=(path,)):
        yield node.iter
    for _, node in nodes(ast.ListComp, ast.GeneratorExp, ast.DictComp, among=(path,)):
        if node not in fine:
            yield from (part.iter for part in node.generators)
    for _, node in nodes(ast.Call, among=(path,)):
        if dotted(node.func) in ("list", "tuple", "iter", "enumerate", "dict.fromkeys", "zip", "map"):
            yield from (each for each in node.args if each not in fine and node not in fine)
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            yield from node.args
    for _, node in nodes(ast.Starred, among=(path,)):
        yield node.value


def sets_of(path: Path) -> set[str]:
    """Give the names that a file says are sets: by their annotation, or by what they are made from."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            if re.match(r"^(frozenset|set|AbstractSet|MutableSet)\b", ast.unparse(node.annotation)):
                names.add(node.arg if isinstance(node, ast.arg) else dotted(node.target).rpartition(".")[2])
        elif isinstance(node, ast.Assign) and makes_a_set(node.value, set()):
            names |= {dotted(target).rpartition(".")[2] for target in node.targets}
    return names - {""}


def makes_a_set(node: ast.expr, names: set[str]) -> bool:
    """Tell whether an expression is a set, as far as can be seen."""
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call):
        return dotted(node.func) in ("set", "frozenset") or (
            isinstance(node.func, ast.Attribute)
            and node.func.attr in ("union", "intersection", "difference", "symmetric_difference")
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.BitXor | ast.Sub):
        sides = (node.left, node.right)
        return any(makes_a_set(side, names) or is_keys(side) for side in sides)
    return dotted(node).rpartition(".")[2] in names


def is_keys(node: ast.expr) -> bool:
    """Tell whether an expression is the keys of a dictionary, which make a set when they are combined."""
    return isinstance(node, ast.Call) and dotted(node.func).endswith(".keys")


def test_nothing_walks_a_set_by_whatever_name() -> None:
    attributes = {name for path in deciding() for name in sets_of(path) if attribute_of_a_class(path, name)}
    faults = [
        Fault(path, node.lineno, f"{ast.unparse(node)}: sort it, its order is that of hashes")
        for path in deciding()
        for node in walked(path)
        if makes_a_set(node, sets_of(path)) or (isinstance(node, ast.Attribute) and node.attr in attributes)
    ]
    assert not faults, shown(faults)


def attribute_of_a_class(path: Path, name: str) -> bool:
    """Tell whether a class of a file has this as a field or sets it on itself."""
    for _, node in nodes(ast.ClassDef, among=(path,)):
        for each in ast.walk(node):
            target = each.target if isinstance(each, ast.AnnAssign) else None
            if target is not None and dotted(target) in (name, f"self.{name}"):
                return True
    return False


def reads_a_folder(node: ast.expr) -> bool:
    """Tell whether an expression lists what is in a folder."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FOLDERS


def test_folders_are_read_in_order() -> None:
    faults = [
        Fault(path, node.lineno, f"{ast.unparse(node)}: sort it, the machine's order is not ours")
        for path in deciding()
        for node in walked(path)
        if reads_a_folder(node)
    ]
    assert not faults, shown(faults)


def test_no_exception_here_outlives_its_reason() -> None:
    needed = {
        (place(path), what)
        for pattern in (THREADS, CHANCE, UNORDERED)
        for path, _, name in used(pattern)
        if (what := allowed(path, name))
    }
    assert set(ALLOWED) == needed, "take out of ALLOWED what nothing uses any more"


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("for each in {1, 2}: pass", True),
        ("for each in sorted({1, 2}): pass", False),
        ("seen: set[int] = set()\nfor each in seen: pass", True),
        ("seen = set()\nfirst = list(seen)", True),
        ("seen = set()\nfirst = sorted(seen)", False),
        ("seen = set()\nmost = max(each for each in seen)", False),
        ("seen = set()\nmost = [each for each in seen]", True),
        ("seen = set()\nothers = {each for each in seen}", False),
        ("for each in one.keys() | other.keys(): pass", True),
        ("for each in one.keys(): pass", False),
        ("for each in one.union(other): pass", True),
        ("text = ', '.join({'a', 'b'})", True),
        ("def f(seen: frozenset[str]):\n    return tuple(seen)", True),
        ("all_of = [*{1, 2}]", True),
        ("for each in {'a': 1}: pass", False),
    ],
)
def test_the_gate_sees_what_walks_a_set(tmp_path: Path, text: str, is_fault: bool) -> None:
    path = tmp_path / "example.py"
    path.write_text(text)
    assert any(makes_a_set(node, sets_of(path)) for node in walked(path)) == is_fault


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("for each in Path(name).iterdir(): pass", True),
        ("for each in sorted(Path(name).iterdir()): pass", False),
        ("newest = max(folder.glob('*.bin'), key=name)", False),
        ("all_of = list(folder.glob('*.bin'))", True),
    ],
)
def test_the_gate_sees_what_walks_a_folder(tmp_path: Path, text: str, is_fault: bool) -> None:
    path = tmp_path / "example.py"
    path.write_text(text)
    assert any(reads_a_folder(node) for node in walked(path)) == is_fault
