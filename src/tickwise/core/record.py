"""A piece of state is described once; its dtype follows from the description.

State is a NumPy structured record, changed in place: its bytes are its snapshot. `record(...)` makes a dtype
from Python types, `window(...)` a fixed array inside it. A small part that is a NamedTuple (an indicator) is
stored as a nested record; `parts(T)` gives the functions that load it as a tuple and store it back.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, get_type_hints

import numpy as np
import numpy.typing as npt

from tickwise.core.compiled import JIT, hot

Kind = Any
"""A field's kind: `int`, `float`, `bool`, a NamedTuple class, a dtype, or what `window` gives."""


class Window(NamedTuple):
    """A fixed array inside a record."""

    kind: Any
    length: int


def window(kind: Kind, length: int) -> Window:
    """Describe a fixed array of `length` values inside a record."""
    return Window(kind, length)


def dtype_of(kind: Kind) -> Any:
    """Give the dtype of a field's kind; whole numbers are int64, others float64, truths int64."""
    if isinstance(kind, Window):
        return (dtype_of(kind.kind), (kind.length,))
    if isinstance(kind, np.dtype):
        return kind
    if kind is float:
        return np.dtype(np.float64)
    if kind is int or kind is bool:
        return np.dtype(np.int64)
    if isinstance(kind, type) and hasattr(kind, "_fields"):
        return record(**fields_of(kind))
    raise TypeError(f"a record cannot hold {kind!r}: use int, float, bool, a NamedTuple or window(...)")


def fields_of(small: type) -> dict[str, Kind]:
    """Name the fields of a NamedTuple class with their kinds, in order."""
    hints = get_type_hints(small)
    return {name: hints[name] for name in small._fields}  # type: ignore[attr-defined]


def record(**fields: Kind) -> np.dtype[Any]:
    """Make a record's dtype; every field stands on eight bytes.

    Without the compiler a record answers to attributes wherever its bytes are looked at.
    """
    spec = []
    for name, kind in fields.items():
        made = dtype_of(kind)
        spec.append((name, *made) if isinstance(made, tuple) else (name, made))
    return np.dtype(spec) if JIT else np.dtype((np.record, spec))


def rows(dtype: np.dtype[Any], count: int) -> npt.NDArray[Any]:
    """Make `count` zeroed records."""
    return np.zeros(count, dtype)


def _loading(small: type, at: str, names: dict[str, Any]) -> str:
    """Write the expression that builds `small` from the record named `at`."""
    names[small.__name__] = small
    terms = []
    for name, kind in fields_of(small).items():
        nested = isinstance(kind, type) and hasattr(kind, "_fields")
        if nested:
            terms.append(_loading(kind, f"{at}.{name}", names))
        else:
            terms.append(f"{at}.{name}" if kind is not bool else f"{at}.{name} != 0")
    return f"{small.__name__}({', '.join(terms)})"


def _storing(small: type, at: str, value: str) -> list[str]:
    """Write the assignments that put `value` into the record named `at`."""
    lines = []
    for name, kind in fields_of(small).items():
        nested = isinstance(kind, type) and hasattr(kind, "_fields")
        lines += (
            _storing(kind, f"{at}.{name}", f"{value}.{name}") if nested else [f"{at}.{name} = {value}.{name}"]
        )
    return lines


def parts(small: type) -> tuple[Callable[[Any], Any], Callable[[Any, Any], None]]:
    """Give `load(record) -> small` and `store(record, small)` for a NamedTuple class, compiled."""
    names: dict[str, Any] = {}
    source = f"def load(at):\n    return {_loading(small, 'at', names)}\n\n\ndef store(at, value):\n    "
    source += "\n    ".join(_storing(small, "at", "value")) + "\n"
    exec(compile(source, f"<parts of {small.__name__}>", "exec"), names)
    return hot(names["load"]), hot(names["store"])
