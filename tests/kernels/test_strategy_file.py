"""A strategy's file is loaded apart from all others, and known by all that it leads to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tickwise.core.compiled import called
from tickwise.errors import StrategyError
from tickwise.kernels.complaint import check
from tickwise.kernels.strategy_file import BUILT_IN, find, load, names

TOOLS = '''"""What two strategies share."""

FACTOR = 2.0


def doubled(x):
    return FACTOR * x
'''

WITH_TOOLS = (
    ("from math import sqrt\n", "from tools import doubled\nimport tools\n"),
    ("return distance >= params.threshold", "return doubled(distance) + tools.FACTOR >= params.threshold"),
)
"""What makes the whole strategy lean on a module beside it."""


def test_the_built_in_ones_are_found_by_name() -> None:
    assert {"fast_scalp", "trend_pullback", "bollinger_reversion"} <= set(names())
    assert find("fast_scalp") == BUILT_IN / "fast_scalp.py"


def test_a_path_is_looked_for_beside_the_config_first(
    tmp_path: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = write()
    folder = tmp_path / "bots"
    folder.mkdir()
    beside = folder / "mine.py"
    beside.write_text(here.read_text(encoding="utf-8"), encoding="utf-8")
    assert find("mine.py", folder) == beside.resolve()
    assert find("mine.py") == here.resolve()
    assert find(str(beside)) == beside.resolve()


def test_an_unknown_strategy_names_those_there_are() -> None:
    with pytest.raises(StrategyError, match=f"'fast_scalper' is neither .*{', '.join(names())}"):
        find("fast_scalper")


@pytest.mark.parametrize("trouble", ["folder", "gone", "bytes"])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, trouble: str) -> None:
    path = tmp_path / "mine.py"
    if trouble == "folder":
        path.mkdir()
    if trouble == "bytes":
        path.write_bytes(b"x = '\xff\xfe'\n")
    with pytest.raises(StrategyError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:1: ")
    assert "\n" not in str(caught.value)


def test_a_file_is_loaded_once_until_it_changes(write: Callable[..., Path]) -> None:
    first = load(write())
    assert load(first.path) is first
    second = load(write(("threshold: float = 5.0", "threshold: float = 6.0")))
    assert second is not first
    assert second.digest != first.digest
    assert (first.params().threshold, second.params().threshold) == (5.0, 6.0)
    assert load(write()).digest == first.digest


def test_an_edit_of_a_module_beside_it_is_seen_within_the_same_second(write: Callable[..., Path]) -> None:
    path = write(*WITH_TOOLS)
    tools = path.with_name("tools.py")
    tools.write_text(TOOLS, encoding="utf-8")
    stamp = tools.stat()
    first = load(path)
    tools.write_text(TOOLS.replace("2.0", "3.0"), encoding="utf-8")
    os.utime(tools, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    second = load(path)
    assert second.digest != first.digest
    doubled = [called(each.compiled.doubled)(1.0) for each in (first, second)]
    assert doubled == [2.0, 3.0]


def test_what_a_file_works_out_as_it_is_loaded_is_part_of_what_it_is(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    (tmp_path / "weight.txt").write_text("1.5")
    path = write(
        ("WEIGHTS = (1.0, 2.0)", "WEIGHTS = (float(open(__file__[:-7] + 'weight.txt').read()),)"),
    )
    first = load(path)
    (tmp_path / "weight.txt").write_text("2.5")
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load(path).digest != first.digest
    (tmp_path / "weight.txt").write_text("1.5")
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load(path).module.WEIGHTS == (1.5,)


def test_two_strategies_may_bring_modules_of_the_same_name(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    text = write(*WITH_TOOLS).read_text(encoding="utf-8")
    loaded = []
    for name, factor in (("one", "2.0"), ("two", "5.0")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tools.py").write_text(TOOLS.replace("2.0", factor), encoding="utf-8")
        (tmp_path / name / "mine.py").write_text(text, encoding="utf-8")
        loaded.append(load(tmp_path / name / "mine.py"))
    for each, factor in zip(loaded, (2.0, 5.0), strict=True):
        check(each)
        assert each.module.tools.FACTOR == factor
        assert called(each.compiled.doubled)(1.0) == factor


def test_loading_leaves_the_names_of_the_process_as_they_were(write: Callable[..., Path]) -> None:
    path = write(*WITH_TOOLS)
    path.with_name("tools.py").write_text(TOOLS, encoding="utf-8")
    before, folders, finders = set(sys.modules), list(sys.path), list(sys.meta_path)
    strategy = load(path)
    check(strategy)
    assert {
        name for name in set(sys.modules) - before if not name.startswith(strategy.module.__name__)
    } == set()
    assert (sys.path, sys.meta_path) == (folders, finders)
    assert not list(path.parent.glob("__pycache__"))


def test_a_file_that_does_not_load_leaves_nothing_behind(write: Callable[..., Path]) -> None:
    path = write(*WITH_TOOLS)
    path.with_name("tools.py").write_text("FACTOR = 2.0\nthis is no Python\n", encoding="utf-8")
    before = set(sys.modules)
    with pytest.raises(StrategyError) as caught:
        load(path)
    assert str(caught.value) == f"{path.with_name('tools.py')}:2: invalid syntax: mend this line"
    assert set(sys.modules) == before


def test_a_mistake_in_a_module_beside_it_names_that_file(
    write: Callable[..., Path], told: Callable[[Path], str]
) -> None:
    path = write(*WITH_TOOLS)
    text = TOOLS.replace("return FACTOR * x", "return FACTOR * x.value")
    path.with_name("tools.py").write_text(text, encoding="utf-8")
    assert told(path) == "tools.py:7: float has no `value`: look at what stands before the dot"


def test_a_module_of_python_is_not_taken_from_the_folder(write: Callable[..., Path]) -> None:
    path = write()
    path.with_name("math.py").write_text("raise RuntimeError\n", encoding="utf-8")
    check(load(path))


def test_levels_may_call_what_the_compiled_functions_call(write: Callable[..., Path]) -> None:
    path = write(
        (
            "def far(",
            "def levels(params, pip):\n    return Params(scaled(pip, params), params.quotes)\n\n\ndef far(",
        ),
        ("def far(", "def scaled(pip, params):\n    return pip * params.threshold\n\n\ndef far("),
        (
            "return distance >= params.threshold",
            "return distance >= scaled(1.0, params)",
        ),
    )
    strategy = load(path)
    check(strategy)
    assert strategy.levels_of(strategy.params(), 10).threshold == 50.0


def test_an_author_may_decorate_a_function_of_the_side(write: Callable[..., Path]) -> None:
    check(load(write(("def far(", "@njit\ndef far("), ("from math import sqrt", "from numba import njit"))))


def test_a_strategy_may_have_no_params_at_all(write: Callable[..., Path]) -> None:
    text = (
        "from typing import NamedTuple\n\nfrom tickwise.core.types import NO_WISH\n\n\n"
        "class Params(NamedTuple):\n    pass\n\n\ndef on_quote(params):\n    return NO_WISH\n"
    )
    check(load(write(text=text)))


def test_a_file_may_put_off_its_annotations(write: Callable[..., Path]) -> None:
    path = write(("from math import sqrt\n", "from __future__ import annotations\n"))
    strategy = load(path)
    check(strategy)
    assert strategy.first_state[0] == [0, 0]
