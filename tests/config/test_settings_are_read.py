"""Every setting is read by something that is not a check of settings: none is there for show."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tickwise.config import engine
from tickwise.config.bot import BotConfig
from tickwise.config.engine import TABLES, engine_rows
from tickwise.config.setting import Section

SOURCE = Path(engine.__file__).parents[1]
CHECKS = ("config/engine.py", "config/engine_file.py", "config/checks.py", "config/looser.py")
"""Files that define settings or hold them against each other: reading there changes nothing."""

READERS = {
    path: ast.parse(path.read_text())
    for path in sorted(SOURCE.rglob("*.py"))
    if not str(path).endswith(CHECKS)
}
CLASSES = {section.__name__: table for table, section in TABLES.items()} | {"EngineConfig": ""}
KEPT_BY_PERSON = ("owner",)
"""Settings that say something to a person alone."""


def settings_read(tree: ast.Module) -> Iterator[str]:
    """Give the engine's settings that a file reads: `x.orders.timeout_s`, or `.timeout_s` of such a table."""
    tables = dict(_named(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        of = node.value
        table = tables.get(of.id) if isinstance(of, ast.Name) else None
        if isinstance(of, ast.Attribute):
            table = "" if of.attr in ("engine", "config") else of.attr if of.attr in TABLES else None
        if table is not None:
            yield f"{table}.{node.attr}".lstrip(".")


def _named(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Give the names that a file has for tables of settings: by their type, and by what is set to one."""
    imported = {
        each.asname or each.name: CLASSES[each.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "tickwise.config.engine"
        for each in node.names
        if each.name in CLASSES
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and isinstance(node.annotation, ast.Name):
            if node.annotation.id in imported:
                yield node.arg, imported[node.annotation.id]
        elif isinstance(node, ast.Assign):
            yield from _set(node.targets[0], node.value)


def _set(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for each, one in zip(target.elts, value.elts, strict=False):  # a starred name takes several
            yield from _set(each, one)
    elif isinstance(target, ast.Name) and isinstance(value, ast.Attribute):
        if value.attr in TABLES:
            yield target.id, value.attr
        elif value.attr in ("config", "engine"):
            yield target.id, ""


READ = {key for tree in READERS.values() for key in settings_read(tree)}
THROUGH = {"database": ("db", "db_url")}
"""Settings that are read through a property of `EngineConfig`."""

for _name, _keys in THROUGH.items():
    READ |= {*_keys} if _name in READ else set()


@pytest.mark.parametrize("key", [row.key for row in engine_rows()])
def test_a_setting_of_the_engine_is_read(key: str) -> None:
    assert key in READ, f"nothing in src reads {key}: give it its work, or delete its row"


def test_a_setting_that_nothing_reads_is_found() -> None:
    tree = ast.parse(
        "from tickwise.config.engine import Orders\n"
        "def f(orders: Orders, x): hop, y = x.last_hop, 1; return orders.quiet_s, hop.units_max, x.log.file\n"
    )
    assert set(settings_read(tree)) == {"orders.quiet_s", "last_hop.units_max", "log.file"}


def _bot_settings(section: type[Section] = BotConfig) -> Iterator[str]:
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            yield from _bot_settings(kind)
        else:
            yield name


ATTRIBUTES = {
    node.attr for tree in READERS.values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)
}


@pytest.mark.parametrize("name", dict.fromkeys(_bot_settings()))
def test_a_setting_of_a_bot_is_read(name: str) -> None:
    assert name in ATTRIBUTES or name in KEPT_BY_PERSON, f"nothing in src reads {name}"
