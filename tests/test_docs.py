"""The pages say what the code does: files, tests, settings and outcomes they name are there."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tickwise.config import bot_of, settings_table
from tickwise.core.outcome import TABLE
from tickwise.market_data.tape import BarChunk, QuoteChunk, Tape, tape_of
from tickwise.research.assumptions import assumptions_of

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "tickwise"
DOCS = ROOT / "docs"
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")))


@cache
def generator() -> ModuleType:
    """Import docs/generate.py, which is no package."""
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_pages_that_follow_from_the_code_are_what_it_gives() -> None:
    for name, page in generator().PAGES.items():
        assert (DOCS / name).read_text() == page(), f"run `python docs/generate.py`: docs/{name} is behind"


def test_every_outcome_is_on_the_page_of_gates() -> None:
    page = (DOCS / "gates.md").read_text()
    assert [row.name for row in TABLE if f"| {row.code} | `{row.name}` | {row.says}" not in page] == []


def test_every_setting_of_a_gate_or_a_calendar_stands_beside_its_gate() -> None:
    named = {key for keys in generator().SETTINGS_OF.values() for key in keys}
    settings = {row.key for row in settings_table()}
    assert named <= settings
    assert {key for key in settings if key.startswith(("gates.", "calendar."))} <= named


def links() -> Iterator[tuple[Path, str]]:
    """Give every link of every page that does not leave the repository."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", page.read_text()):
            where = (target[0] or target[1]).split("#")[0]
            if where and "://" not in where and not where.startswith("mailto:"):
                yield page, where


def test_every_link_leads_somewhere() -> None:
    lost = [f"{page.name}: {where}" for page, where in links() if not (page.parent / where).exists()]
    assert not lost


def test_every_page_can_be_reached_from_the_readme() -> None:
    found = {ROOT / "README.md"}
    waiting = [ROOT / "README.md"]
    follow = list(links())
    while waiting:
        page = waiting.pop()
        beyond = {(page.parent / where).resolve() for at, where in follow if at == page} - found
        found |= beyond
        waiting += sorted(each for each in beyond if each.suffix == ".md")
    assert [page.name for page in PAGES if page not in found] == []


def named_paths() -> Iterator[tuple[Path, str]]:
    """Give what stands between backticks and looks like a file or a folder of the repository."""
    tops = "|".join(sorted(each.name for each in (*ROOT.iterdir(), *SOURCE.iterdir()) if each.is_dir()))
    pattern = re.compile(rf"`((?:{tops})/[\w./-]*)(?:::\w+)?`")
    for page in PAGES:
        for found in pattern.findall(page.read_text()):
            yield page, found


def test_every_file_a_page_names_is_there() -> None:
    lost = [
        f"{page.name}: {name}"
        for page, name in named_paths()
        if not (ROOT / name).exists() and not (SOURCE / name).exists() and "benchmarks/data" not in name
    ]
    assert not lost


def test_the_tour_goes_through_every_package() -> None:
    tour = (DOCS / "tour.md").read_text()
    packages = sorted(path.parent.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("__init__.py"))
    assert [name for name in packages if name != "." and f"`{name}/`" not in tour] == []


@cache
def all_tests() -> dict[str, set[str]]:
    """Give the names of all tests by their file."""
    return {
        path.relative_to(ROOT).as_posix(): set(re.findall(r"def (test_\w+)", path.read_text()))
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
    }


def test_every_test_a_page_names_is_there() -> None:
    everywhere = {name for names in all_tests().values() for name in names}
    lost = []
    for page in PAGES:
        text = page.read_text()
        for path, name in re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text):
            if name not in all_tests().get(path, set()):
                lost.append(f"{page.name}: {path}::{name}")
        lost += [
            f"{page.name}: {name}" for name in re.findall(r"`(test_\w+)`", text) if name not in everywhere
        ]
    assert not lost


def some_tapes() -> tuple[Tape, Tape]:
    """Give a tape of two quotes and one of two bars, as short as a tape can be."""
    ts = np.array([1_704_153_600_000_000_000, 1_704_153_660_000_000_000], np.int64)
    bid, ask = np.array([110_000, 110_001], np.int32), np.array([110_002, 110_003], np.int32)
    named = [("EUR_USD", "0.00001")]
    return tape_of(QuoteChunk(ts, bid, ask), named), tape_of(BarChunk(ts, *[bid] * 8), named, frame_s=60)


def test_every_assumption_of_a_result_is_on_the_page_and_none_besides() -> None:
    document = {"name": "a", "strategy": "trend_pullback", "instruments": ["EUR_USD"]}
    bot = bot_of(document)
    said = {line.split(":")[0] for tape in some_tapes() for line in assumptions_of([bot], tape)} | {"tape"}
    page = (DOCS / "assumptions.md").read_text()
    assert set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)) == said


def test_the_mission_lists_every_capability_once() -> None:
    page = (DOCS / "mission.md").read_text()
    rows = re.findall(r"^\| (\d{3})\.(\d{2}) \|", page, re.MULTILINE)
    counts = {"000": 36, "001": 38, "002": 36, "003": 30, "004": 48, "100": 20}
    assert rows == [(system, f"{row:02}") for system, last in counts.items() for row in range(1, last + 1)]


def test_a_capability_that_stands_names_what_proves_it() -> None:
    page = (DOCS / "mission.md").read_text()
    for number, proof in re.findall(r"^\| (\d{3}\.\d{2}) \|.*\| ([^|]*) \|$", page, re.MULTILINE):
        assert proof == "not yet" or "`" in proof, number


def test_the_readme_gives_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    blocks = re.findall(r"```\w*\n(.*?)```", readme, re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    assert {"uv run --no-dev tickwise demo", "uv run pytest"} <= set(lines)
    assert any(line.startswith("python -m pip install uv") for line in lines)


def test_the_commands_and_the_python_of_the_readme_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything after the two first commands is run as it stands, in a folder that has the examples."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.setenv("TICKWISE_DB", str(tmp_path / "journal.db"))
    monkeypatch.chdir(tmp_path)
    readme = (ROOT / "README.md").read_text()
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", readme, re.DOTALL))
    commands = re.findall(r"^uv run (tickwise .*)$", shell, re.MULTILINE)
    assert commands
    for command in commands:
        program, *arguments = shlex.split(command)
        where = Path(sys.executable).parent / program
        done = subprocess.run([where, *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), command + done.stderr
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert blocks
    for block in blocks:
        assert len(block.splitlines()) <= 15
        exec(compile(block, "README.md", "exec"), {})
