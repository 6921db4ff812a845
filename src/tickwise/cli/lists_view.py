"""Show lists of the journal as tables: signals, orders, positions, trades."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from rich.table import Table
from rich.text import Text

from tickwise.cli.screen import columns, out, shown, tone
from tickwise.research.ledger import duration
from tickwise.research.moment import moment_of

STATES = {
    "unknown": "bold red",
    "rejected": "yellow",
    "denied": "yellow",
    "filled": "green",
    "never_received": "yellow",
}
"""The colours of an order's states; the others have none."""

Line = Mapping[str, Any]


class Column(NamedTuple):
    """One column of a list: its head, and what stands in it."""

    head: str
    of: Callable[[Line], Any]
    is_number: bool = False
    is_price: bool = False


def show_list(what: str, found: Mapping[str, Any]) -> None:
    """Print a list with the time it is of above it, and what sums it up below."""
    rows: Sequence[Line] = found[what]
    names = [name for name in ("bot", "instrument") if len({row[name] for row in rows}) > 1]
    same = [rows[0][name] for name in ("bot", "instrument") if rows and name not in names]
    of = f" of {' on '.join(same)}" if same else ""
    more = f", the newest {len(rows):,} of {found['count']:,}" if found["count"] > len(rows) else ""
    says = f"{what}{of}, {moment(found['since'])} to {moment(found['until'])} UTC{more}"
    out().print(Text(says, style="dim"))
    if rows:
        out().print(_table(rows, COLUMNS[what], names))
    else:
        out().print(NONE[what])
    if what == "trades" and rows:
        net = found["net_pnl"]
        says = (
            f"{found['count']:,} trade{'' if found['count'] == 1 else 's'}, {net:+,.2f} {found['currency']}"
        )
        out().print(Text(says, style=f"bold {tone(net)}"))
    if what == "signals" and found["refused"]:
        refused = ", ".join(f"{name} {shown(count)}" for name, count in found["refused"].items())
        out().print(Text(f"refused by gates: {refused}", style="dim"))


def _table(rows: Sequence[Line], wanted: Sequence[Column], names: Sequence[str]) -> Table:
    """Lay out rows; bots and instruments have a column only where they differ."""
    first, *rest = wanted
    named = [Column(name, itemgetter(name)) for name in names]
    all_of = [first, *named, *rest]
    right = tuple(column.head for column in all_of if column.is_number)
    table = columns(*(column.head for column in all_of), right=right, whole=len(all_of) - 1)
    written = [_written(column, rows) for column in all_of]
    for cells in zip(*written, strict=True):
        table.add_row(*cells)
    return table


def _written(column: Column, rows: Sequence[Line]) -> list[Text | str]:
    """Write a column's cells; prices all have as many decimals as the finest of them needs."""
    cells = [column.of(row) for row in rows]
    if not column.is_price:
        return cells
    decimals = max((len(f"{cell:.10g}".partition(".")[2]) for cell in cells if cell is not None), default=0)
    return ["" if cell is None else f"{cell:.{decimals}f}" for cell in cells]


NONE = {
    "signals": "no signal passed every gate",
    "orders": "no order",
    "positions": "no open position",
    "trades": "no trade has ended",
}


def moment(text: str) -> str:
    """Write a time as far as a person reads it: date, and hour to the second."""
    return text[:19].replace("T", " ")


def _clock(text: str) -> str:
    """Write day and hour, to the second."""
    return f"{text[5:10]} {text[11:19]}" if text else ""


def _units(value: float) -> str:
    return f"{value:+,}" if isinstance(value, int) else f"{value:+,.6g}"


def _own(order: str) -> str:
    """Shorten one of our ids to its number, and how often it left: 12, 12-x1."""
    parts = order.split("-")
    return "-".join(parts[-2:]) if parts[-1].startswith("x") else parts[-1]


def _became(row: Line) -> str:
    return f"order {_own(row['order'])}" if row["order"] else f"{row['decision']}: {row['reason']}"


def _state(row: Line) -> Text:
    return Text(row["status"].replace("_", " "), style=STATES.get(row["status"], ""))


def protection(row: Line) -> Text:
    """Say since when a stop rests at the venue, or that none does."""
    if not row["is_open"]:
        return Text(f"closed {_clock(row['closed'])}: {row['reason']}")
    if row["stop"] is None:
        return Text("NOT PROTECTED BY THE BROKER", style="bold red")
    return Text(f"stop at the broker since {_clock(row['protected_since'])}")


def _held(row: Line) -> str:
    """Say how long a trade was held."""
    return duration(moment_of(row["left"]) - moment_of(row["entered"]))


def _net(row: Line) -> Text:
    return Text(f"{row['pnl']:+,.2f}", style=tone(row["pnl"]))


COLUMNS: Mapping[str, Sequence[Column]] = {
    "signals": (
        Column("time", lambda row: _clock(row["time"])),
        Column("units", lambda row: _units(row["units"]), is_number=True),
        Column("bid", lambda row: row["bid"], is_price=True),
        Column("ask", lambda row: row["ask"], is_price=True),
        Column("score", lambda row: f"{row['score']:.2f}", is_number=True),
        Column("became", _became),
    ),
    "orders": (
        Column("decided", lambda row: _clock(row["decided"])),
        Column("order", lambda row: _own(row["order"])),
        Column("units", lambda row: _units(row["units"]), is_number=True),
        Column("at", lambda row: row["price"], is_price=True),
        Column("filled", lambda row: row["fill_price"], is_price=True),
        Column("state", _state),
        Column("why", lambda row: row["says"] or row["reason"]),
    ),
    "positions": (
        Column("opened", lambda row: _clock(row["opened"])),
        Column("position", lambda row: _own(row["position"])),
        Column("units", lambda row: _units(row["units"]), is_number=True),
        Column("entry", lambda row: row["entry_price"], is_price=True),
        Column("stop", lambda row: row["stop"], is_price=True),
        Column("target", lambda row: row["target"], is_price=True),
        Column("protection", protection),
    ),
    "trades": (
        Column("left", lambda row: _clock(row["left"])),
        Column("for", _held, is_number=True),
        Column("units", lambda row: _units(row["units"]), is_number=True),
        Column("entry", lambda row: row["entry_price"], is_price=True),
        Column("exit", lambda row: row["exit_price"], is_price=True),
        Column("net", _net, is_number=True),
        Column("R", lambda row: "" if row["r"] is None else f"{row['r']:+.2f}", is_number=True),
        Column("why", lambda row: row["reason"]),
    ),
}
"""The columns of each list."""
