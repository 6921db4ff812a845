"""Import a strategy's file together with the modules that lie beside it, kept apart from all others.

Two strategies in two folders may each bring a module called `tools`, and a file may be edited while the
process
runs. So what lies beside a strategy is read from its source, never from Python's own cache, is kept under a
name
of its own, and is known by the digest of the very bytes that ran.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np

TICKWISE = Path(__file__).parents[1]
"""The folder of the package: nothing in it is an author's own."""

_SHARED = ("numpy", "numba", "llvmlite")
"""Packages the compiler knows by their very functions: wherever they are installed, they stay as they are."""

_INSTALLED = tuple(
    {str(TICKWISE), *(sysconfig.get_paths()[each] for each in ("purelib", "platlib", "stdlib", "platstdlib"))}
)


@dataclass(frozen=True, eq=False)
class Brought:
    """A strategy's module, the author's other modules it leads to, their files and the digest of them all."""

    module: ModuleType
    others: tuple[ModuleType, ...]
    files: dict[Path, str]
    digest: str

    @property
    def is_current(self) -> bool:
        """Whether every file still holds the text that was loaded."""
        return all(_text_digest(path) == digest for path, digest in self.files.items())


@dataclass
class _Beside(MetaPathFinder):
    """Finds modules in a strategy's folder, and reads them from their source."""

    folder: Path
    read: dict[str, bytes] = field(default_factory=dict)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module beside the strategy, or a part of one; leave all others to Python."""
        top = fullname.partition(".")[0]
        if top in sys.stdlib_module_names or (path is not None and top not in self.read):
            return None
        spec = PathFinder.find_spec(fullname, [str(self.folder)] if path is None else path, target)
        if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
            return None
        self.read.setdefault(fullname, b"")
        spec.loader = _FromSource(fullname, spec.origin, self.read)
        return spec


class _FromSource(SourceFileLoader):
    """Compiles a module from the bytes of its file, and notes them."""

    def __init__(self, fullname: str, path: str, read: dict[str, bytes]) -> None:
        super().__init__(fullname, path)
        self.read = read

    def get_code(self, fullname: str) -> object:  # type: ignore[override]
        """Read and compile the file; Python's cached code may be that of another text of the same second."""
        self.read[fullname] = self.get_data(self.path)
        return self.source_to_code(self.read[fullname], self.path)


def bring(name: str, path: Path) -> Brought:
    """Import a file as `name`, with what it imports. Raises whatever the author's code raises."""
    importlib.invalidate_caches()
    beside = _Beside(path.parent)
    loader = _FromSource(name, str(path), beside.read)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    kept: dict[str, ModuleType] = {}
    ran = False
    try:
        with _first_of_all(beside):
            loader.exec_module(module)
            kept = {key: sys.modules[key] for key in beside.read if key != name and key in sys.modules}
        ran = True
    finally:
        if not ran:
            del sys.modules[name]
    for key, other in kept.items():
        _rename(other, key, f"{name}.{key}")
    elsewhere = _led_to(module, *kept.values())
    files = {path: hashlib.sha256(beside.read[name]).hexdigest()}
    files |= {
        Path(str(other.__file__)): hashlib.sha256(beside.read[key]).hexdigest() for key, other in kept.items()
    }
    files |= {
        file: _text_digest(file) for other in elsewhere if (file := Path(str(other.__file__))) not in files
    }
    others = (*kept.values(), *elsewhere)
    return Brought(module, others, files, _digest(files, (module, *others)))


def is_own(module: ModuleType) -> bool:
    """Tell whether a module is the author's: not installed, not Tickwise's and not Python's."""
    file = getattr(module, "__file__", None)
    if file is None or not str(file).endswith(".py") or module.__name__ == "__main__":
        return False
    if module.__name__.partition(".")[0] in _SHARED or {"site-packages", "dist-packages"} & set(
        Path(file).parts
    ):
        return False
    return not str(file).startswith(_INSTALLED)


@contextmanager
def _first_of_all(beside: _Beside) -> Iterator[None]:
    """Let modules of one folder be found first, whatever else in the process has their names."""
    names = {each.stem for each in beside.folder.glob("*.py")} | {
        each.name for each in beside.folder.iterdir() if each.is_dir()
    }
    aside = {
        key: module
        for key, module in list(sys.modules.items())
        if key.partition(".")[0] in names and isinstance(module, ModuleType) and is_own(module)
    }
    for key in aside:
        del sys.modules[key]
    sys.meta_path.insert(0, beside)
    try:
        yield
    finally:
        sys.meta_path.remove(beside)
        for key in [each for each in beside.read if each in sys.modules and each.partition(".")[0] in names]:
            del sys.modules[key]
        sys.modules.update(aside)


def _rename(module: ModuleType, was: str, name: str) -> None:
    """Keep a module, and what it defines, under a name that no other strategy has."""
    module.__name__ = name
    sys.modules[name] = module
    for value in vars(module).values():
        if isinstance(value, type | FunctionType) and value.__module__ == was:
            value.__module__ = name


def _led_to(*modules: ModuleType) -> tuple[ModuleType, ...]:
    """Give the author's other modules that names of these lead to, directly or through others."""
    found: dict[str, ModuleType] = {}
    open_ends = list(modules)
    while open_ends:
        for value in list(vars(open_ends.pop()).values()):
            name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            other = sys.modules.get(name) if isinstance(name, str) else None
            if other is not None and other not in modules and str(name) not in found and is_own(other):
                found[str(name)] = other
                open_ends.append(other)
    return tuple(found.values())


def _text_digest(path: Path) -> str:
    """Digest a file's text; that of nothing where it is gone."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _digest(files: dict[Path, str], modules: Sequence[ModuleType]) -> str:
    """Digest all texts and the constants they worked out: the compiler freezes both into machine code."""
    total = hashlib.sha256()
    for text in files.values():
        total.update(text.encode())
    for module in modules:
        for key, value in sorted(vars(module).items()):
            if _is_constant(value) and not key.startswith("__"):
                total.update(f"{key}={value!r}\n".encode())
            elif isinstance(value, np.ndarray):
                total.update(f"{key} {value.dtype} {value.shape}\n".encode() + value.tobytes())
    return total.hexdigest()


def _is_constant(value: object) -> bool:
    """Tell whether a value is a number, a text, or a tuple of such."""
    if isinstance(value, tuple):
        return all(_is_constant(each) for each in value)
    return isinstance(value, bool | int | float | str | np.generic)
