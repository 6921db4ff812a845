"""HTML and SVG that cannot be broken by what they say: every text is escaped where it is put in."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

VOID = ("br", "hr", "input", "link", "meta")
"""Elements that have no end."""


class Markup(str):
    """Text that is markup already, made by `element` or kept in a file of the package."""

    __slots__ = ()


Child: TypeAlias = "str | Iterable[Child]"
"""Text to be escaped, markup, or several of them."""


def element(name: str, /, *children: Child, **attributes: str | float | bool) -> Markup:
    """Make an element. Attributes: `class_` is class, `aria_label` aria-label; True stands alone, False is
    left out.
    """
    said = "".join(_attribute(key, value) for key, value in attributes.items() if value is not False)
    if name in VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{joined(children)}</{name}>")


def joined(children: Child) -> Markup:
    """Put children one after the other; what is no markup is escaped."""
    if isinstance(children, Markup):
        return children
    if isinstance(children, str):
        return Markup(escape(children))
    return Markup("".join(joined(child) for child in children))


def _attribute(key: str, value: str | float | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f' {name}="{escape(shown)}"'
