"""The text of an author's file: where things stand in it, so that a complaint names the line."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable
from pathlib import Path

from tickwise.errors import StrategyError


def complaint(path: Path, line: int | None, wrong: str, mend: str) -> StrategyError:
    """Make the one line a person sees: where, what is wrong, what to do."""
    return StrategyError(f"{path}:{line or 1}: {wrong}: {mend}")


class Source:
    """A file's syntax tree. Raises StrategyError where the text is not Python."""

    def __init__(self, path: Path, text: bytes) -> None:
        self.path = path
        try:
            self.tree = ast.parse(text, str(path))
        except SyntaxError as error:
            raise complaint(path, error.lineno, error.msg, "mend this line") from None
        except ValueError as error:
            raise complaint(path, 1, str(error), "save the file as UTF-8 text") from None

    def line(self, name: str) -> int:
        """Give the line that defines a function or a class or sets a name, or 1."""
        for node in self.tree.body:
            if getattr(node, "name", None) == name or name in _targets(node):
                return node.lineno
        return 1

    def fields(self, name: str) -> list[ast.AnnAssign | ast.Assign]:
        """Give what is set in the body of a class, in order; nothing where there is no such class."""
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef) and node.name == name:
                return [each for each in node.body if isinstance(each, ast.AnnAssign | ast.Assign)]
        return []

    def field_line(self, name: str, field: str) -> int:
        """Give the line of a field of a class; that of the class where the field stands elsewhere."""
        for node in self.fields(name):
            if field in _targets(node):
                return node.lineno
        return self.line(name)

    def function_at(self, line: int) -> ast.FunctionDef | None:
        """Give the function whose definition, or whose first decorator, begins at a line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
                if line in (first, node.lineno):
                    return node
        return None


def nearest(name: str, known: Iterable[str]) -> str:
    """Give `: did you mean x?` for the nearest of the known names, or what there is to choose from."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.65)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"there is {', '.join(f'`{each}`' for each in names)}" if names else "there is none"


def _targets(node: ast.AST) -> list[str]:
    """Name what a statement sets."""
    if isinstance(node, ast.AnnAssign):
        return [node.target.id] if isinstance(node.target, ast.Name) else []
    if isinstance(node, ast.Assign):
        return [each.id for each in node.targets if isinstance(each, ast.Name)]
    return []
