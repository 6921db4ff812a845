"""The files of bots in a folder: made from presets, listed, changed with their comments kept, removed."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
import typer
from rich.text import Text

from tickwise.cli.options import changes_of
from tickwise.cli.screen import columns, indented, out
from tickwise.config.break_even import break_even_win_rate
from tickwise.config.files import write_bot
from tickwise.config.layers import path_of
from tickwise.config.load import load_bot
from tickwise.config.presets import FOLDER, bot_from_preset, preset_names
from tickwise.errors import ConfigError, TickwiseError


def made(preset: str, symbol: str, name: str, changes: Sequence[str], folder: Path, force: bool) -> None:
    """Write a bot made from a preset, and say how to try it."""
    wanted: dict[str, Any] = {**changes_of(changes), **({"name": name} if name else {})}
    document = bot_from_preset(preset, symbol, wanted)
    path = folder / f"{document['name']}.toml"
    bot = write_bot(path, document, force)
    out().print(f"wrote {path}: {bot.strategy} on {', '.join(bot.instruments)}", soft_wrap=True)
    for rate in break_even_win_rate(bot):
        out().print(f"breaks even at {rate}", soft_wrap=True)
    out().print(f"try it: tickwise backtest {path} --data TAPE", soft_wrap=True)


def found_file(bot: str, folder: Path) -> Path:
    """Find a bot's file by its path, or by its name in a folder. Raises ConfigError naming what is there."""
    for path in (Path(bot), folder / f"{bot}.toml"):
        if path.is_file():
            return path
    there = ", ".join(sorted(each.stem for each in folder.glob("*.toml"))) if folder.is_dir() else ""
    raise ConfigError(
        f"{bot}: no such file, and no bot of this name in {folder}; "
        + (f"there is {there}" if there else "`tickwise bot add` makes one")
    )


def listed(folder: Path) -> list[dict[str, Any]]:
    """Describe every bot of a folder; one that cannot be read has an error instead."""
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder; `tickwise bot add` makes one")
    return [_described(path) for path in sorted(folder.glob("*.toml"))]


def _described(path: Path) -> dict[str, Any]:
    try:
        bot = load_bot(path)
    except TickwiseError as error:
        return {"file": str(path), "name": path.stem, "error": str(error)}
    return {
        "file": str(path),
        "name": bot.name,
        "strategy": bot.strategy,
        "instruments": list(bot.instruments),
        "pocket": bot.pocket or bot.name,
        "auto_trade": bot.auto_trade,
        "enabled": bot.enabled,
        "error": None,
    }


def show_bots(found: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """Print bots as a table, and below it what is wrong with those that cannot be read."""
    if not found:
        out().print(f"no bots in {folder}; `tickwise bot add` makes one", soft_wrap=True)
        return
    table = columns("bot", "strategy", "instruments", "orders", "file")
    for bot in found:
        file = Path(bot["file"]).name
        if bot["error"]:
            table.add_row(bot["name"], Text("cannot be read", style="red"), "", "", file)
            continue
        orders = "off" if not bot["enabled"] else "yes" if bot["auto_trade"] else "signals only"
        table.add_row(bot["name"], bot["strategy"], ", ".join(bot["instruments"]), orders, file)
    out().print(table)
    for bot in found:
        if bot["error"]:
            out().print(Text(f"error: {bot['error']}", style="red"), soft_wrap=True)


def edited(bot: str, changes: Sequence[str], unset: Sequence[str], folder: Path) -> None:
    """Change settings of a bot's file and say what they are. Raises ConfigError where none is named."""
    path, wanted = found_file(bot, folder), changes_of(changes)
    if not wanted and not unset:
        raise ConfigError(f"{path}: nothing to change; give --set KEY=VALUE or --unset KEY")
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    for key in unset:
        _take_out(document, key, path)
    said = load_bot(path, wanted).said
    for key in wanted:
        _put(document, path_of(key), said)
    write_bot(path, document, force=True)
    for key in (*wanted, *unset):
        shown = "default" if key in unset else _at(said, path_of(key))
        out().print(f"{path}: {key} = {shown}", soft_wrap=True)


def _at(document: Mapping[str, Any], path: Sequence[str]) -> Any:
    at: Any = document
    for part in path:
        at = at[part]
    return at


def _put(document: Any, path: Sequence[str], said: Mapping[str, Any]) -> None:
    """Set a key in a document to what is said; a comment beside it stays."""
    *tables, name = path
    at = document
    for table in tables:
        if table not in at:
            at[table] = tomlkit.table()
        at = at[table]
    at[name] = _at(said, path)


def _take_out(document: Any, key: str, path: Path) -> None:
    """Remove a key from a document. Raises ConfigError where it is not there."""
    *tables, name = path_of(key)
    at = document
    for table in tables:
        at = at.get(table, {})
    if name not in at:
        raise ConfigError(f"{path}: {key} is not set in it, so its default counts already")
    del at[name]


def removed(bot: str, yes: bool, folder: Path) -> None:
    """Delete a bot's file. Raises ConfigError where nobody is there to be asked and `yes` is not said."""
    path = found_file(bot, folder)
    if not yes:
        if not sys.stdin.isatty():
            raise ConfigError(f"{path}: say --yes to delete it, for there is nobody here to ask")
        typer.confirm(f"delete {path}?", abort=True)
    path.unlink()
    out().print(f"deleted {path}", soft_wrap=True)


def preset_rows() -> list[dict[str, Any]]:
    """Describe every preset: what it trades, and the first words of its file."""
    rows = []
    for name in preset_names():
        text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
        document = tomlkit.parse(text)
        comment = " ".join(
            line.lstrip("# ") for line in text.split("\n\n")[0].splitlines() if line[:1] == "#"
        )
        rows.append(
            {
                "preset": name,
                "strategy": str(document["strategy"]),
                "written_for": str(document["instruments"][0]),
                "says": comment,
            }
        )
    return rows


def show_presets(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print presets, each with what it is."""
    for row in rows:
        line = Text(row["preset"], style="cyan")
        line.append(f"  {row['strategy']} on {row['written_for']}", style="default")
        out().print(line)
        out().print(indented(row["says"]))
