"""What the recipes show works as it stands on the page."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tickwise.core import indicators
from tickwise.core.compiled import called
from tickwise.core.layout import ACCOUNT
from tickwise.core.record import record, rows
from tickwise.errors import StrategyError
from tickwise.kernels.complaint import check
from tickwise.kernels.strategy_file import load

PAGE = Path(__file__).parents[2] / "docs" / "recipes.md"


def block(begin: str, folder: Path) -> Path:
    """Write the block of the page that begins with a text into a file of its own."""
    every = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path = folder / "my_strategy.py"
    path.write_text(next(each for each in every if begin in each), encoding="utf-8")
    return path


def imported(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_strategy_keeps_the_contract(tmp_path: Path) -> None:
    strategy = load(block("def on_quote", tmp_path))
    check(strategy)
    assert strategy.style == "on_quote"


def test_the_indicator_passes_the_tests_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rma = imported("rma", block("def rma_next(", tmp_path))
    monkeypatch.setitem(sys.modules, "tickwise.core.indicators.rma", rma)
    monkeypatch.setattr(indicators, "rma", rma, raising=False)
    tests = imported("test_rma", block("def test_nothing_seen_reads_as_nan", tmp_path))
    named = [value for name, value in vars(tests).items() if name.startswith("test_")]
    assert len(named) == 3
    for each in named:
        each()


def test_the_gate_reads_what_it_says(tmp_path: Path) -> None:
    read = called(imported("gate", block("def read(", tmp_path)).read)
    params, account = rows(record(below_peak_max=int), 1), rows(ACCOUNT, 1)
    params["below_peak_max"] = 300
    account["peak"], account["balance"] = 1_000, 700
    assert read(params[0], account[0])[:3] == (300.0, 300.0, True)
    account["open_pnl"] = -1
    assert read(params[0], account[0])[:3] == (301.0, 300.0, False)


def test_what_it_says_of_mistakes_is_what_is_said(tmp_path: Path) -> None:
    shown = re.findall(r"^my_strategy\.py(:\d+: .*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(shown) == 2
    mistakes = (
        ("market.mid2 -", "market.mid -"),
        ("Signal(side, 1.0, abs(jump), abs(jump))", "Signal(side, 1.0)"),
    )
    for (was, now), said in zip(mistakes, shown, strict=True):
        path = block("def on_quote", tmp_path)
        path.write_text(path.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")
        with pytest.raises(StrategyError, match=re.escape(said)):
            check(load(path))
