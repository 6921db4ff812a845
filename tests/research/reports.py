"""A report read back: its elements, its texts and the object its script is given."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"br", "hr", "input", "link", "meta"}


@dataclass
class Element:
    """One element with what stands in it."""

    name: str
    attributes: dict[str, str | None]
    inside: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text within, in order."""
        return "".join(each if isinstance(each, str) else each.text for each in self.inside)

    def all(self, name: str = "", **wanted: str) -> list[Element]:
        """Find elements within by name and attributes."""
        found = []
        for each in self.inside:
            if isinstance(each, Element):
                named = name in ("", each.name)
                if named and all(each.attributes.get(key.rstrip("_")) == wanted[key] for key in wanted):
                    found.append(each)
                found += each.all(name, **wanted)
        return found

    def one(self, name: str = "", **wanted: str) -> Element:
        """Find the one element there is."""
        (found,) = self.all(name, **wanted)
        return found


class Reader(HTMLParser):
    """Reads a document into elements; every start has its end."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("document", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, dict(attrs))
        assert len(made.attributes) == len(attrs), attrs
        self._open[-1].inside.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def read(text: str) -> Element:
    """Read a document; it must be whole."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader._open == [reader.root]
    return reader.root


def run_of(page: Element) -> dict[str, Any]:
    """Give the object the page's script is given."""
    found: dict[str, Any] = json.loads(page.one("script", id="run").text)
    return found


def rows_of(part: Element) -> list[list[str]]:
    """Give the cells of every row of a table's body."""
    return [
        [cell.text for cell in row.inside if isinstance(cell, Element)]
        for body in part.all("tbody")
        for row in body.all("tr")
    ]
