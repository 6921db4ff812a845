"""Strategy files written by tests: a whole one, of which a test changes a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from mistakes import WHOLE

from tickwise.errors import StrategyError
from tickwise.kernels.complaint import check
from tickwise.kernels.strategy_file import load

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes a strategy: the whole one, with what is said exchanged."""

    def written(*changes: tuple[str, str], text: str = WHOLE, name: str = "mine.py") -> Path:
        for was, now in changes:
            assert was in text, was
            text = text.replace(was, now, 1)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def told() -> Callable[[Path], str]:
    """Give a function that loads and compiles a file and gives the complaint, without its folder."""

    def complained(path: Path) -> str:
        with pytest.raises(StrategyError) as caught:
            check(load(path))
        said = str(caught.value)
        assert "\n" not in said
        return said.replace(f"{path.parent}/", "")

    return complained
