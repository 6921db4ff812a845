"""Show what happened and how things stand: one sentence, where evaluations ended, and what needs a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from tickwise.cli.journal_rows import Terms, plain_order, plain_position, scope_in
from tickwise.cli.lists_view import moment, protection
from tickwise.cli.screen import bullets, columns, heading, out, percent, shown, tone
from tickwise.cli.since import since_of
from tickwise.cli.summary import DONE, bar
from tickwise.core.types import MILLION
from tickwise.journal.database import run_once
from tickwise.journal.export import time_text
from tickwise.journal.overview import Overview, overview_of
from tickwise.market_data.findings import utc
from tickwise.research.headline import SAYS, headline

WIDE = 110
"""Columns of a terminal that has room for what an outcome says."""

BAR_CELLS = 16

SHOWN = 8
"""Outcomes that are shown; the rest are summed."""


class Found:
    """An overview, and what its prices and units count."""

    def __init__(self, overview: Overview, terms: Terms) -> None:
        """Hold both."""
        self.overview, self.terms = overview, terms

    @property
    def sentence(self) -> str:
        """The one sentence to read first."""
        seen = self.overview
        net = sum(row.pnl for row in seen.trades) / int(MILLION)
        bots = len({lane.bot for lane in seen.lanes})
        return headline(len(seen.trades), net, seen.scope.last.currency, (), seen.outcomes, bots)


def overview_in(where: str | Path | None, session: str, since: str) -> Found:
    """Read what happened in a session, or since a time. Raises a TickwiseError."""

    def read(connection: Connection) -> Found:
        scope = scope_in(connection, session)
        since_ts = since_of(since, scope.until_ts) if since else 0
        return Found(overview_of(connection, scope, since_ts), Terms(connection, scope))

    return run_once(where, read)


def plain_overview(found: Found) -> dict[str, Any]:
    """Give an overview as plain values, for JSON."""
    seen, terms = found.overview, found.terms
    last = seen.scope.last
    return {
        "summary": found.sentence,
        "session": last.session,
        "sessions": list(seen.scope.sessions),
        "venue": last.venue,
        "environment": last.environment,
        "currency": last.currency,
        "since": time_text(seen.since_ts),
        "until": time_text(seen.until_ts),
        "is_closed": bool(last.closed_ts),
        "trades": len(seen.trades),
        "net_pnl": sum(row.pnl for row in seen.trades) / int(MILLION),
        "evaluations": sum(seen.outcomes.values()),
        "outcomes": dict(seen.outcomes),
        "missed_signals": dict(seen.missed),
        "days": [{"day": d.day, "trades": d.trades, "pnl": d.pnl / int(MILLION)} for d in seen.days],
        "by_bot": {name: {"trades": n, "net_pnl": net} for name, n, net in _by_bot(seen)},
        "switches": [
            {
                **{name: getattr(row, name) for name in ("switch", "scope", "name", "reason", "actor")},
                "since": time_text(row.since_ts),
                "until": time_text(row.until_ts),
            }
            for row in seen.switches
        ],
        "connections": [
            {
                "stream": row.stream,
                "instrument": row.instrument,
                "is_live": row.is_live,
                "since": time_text(row.since_ts),
                "why": row.why,
            }
            for row in seen.connections
        ],
        "lost_days": [row.account for row in seen.lost_days],
        "unknown_orders": [plain_order(row, terms) for row in seen.unknown],
        "working_orders": len(seen.working),
        "positions": [plain_position(row, terms) for row in seen.positions],
        "unprotected_positions": [row.position for row in seen.unprotected],
        "foreign_positions": [
            {"account": row.account, "venue_id": row.venue_id, "instrument": row.instrument}
            for row in seen.foreign
        ],
    }


def show_overview(found: Found) -> None:
    """Print an overview."""
    seen = found.overview
    net = sum(row.pnl for row in seen.trades)
    out().print(Text(found.sentence, style=f"bold {tone(net)}" if seen.trades else "bold yellow"))
    out().print(Text(_what(seen), style="dim"))
    bots = list(_by_bot(seen))
    if len(bots) > 1:
        out().print(heading("By bot"))
        out().print(_table("bot", bots))
    if len(seen.days) > 1:
        out().print(heading("By trading day"))
        out().print(_table("day", [(d.day, d.trades, d.pnl / int(MILLION)) for d in seen.days]))
    total = sum(seen.outcomes.values())
    if total:
        out().print(heading(f"Where {total:,} evaluations ended"))
        out().print(_ended(seen, total))
    out().print(heading("How things stand"))
    for line, style in _stands(found):
        out().print(bullets([line], style))


def _what(seen: Overview) -> str:
    """Say which sessions, from when to when."""
    last = seen.scope.last
    _, colon, where = last.venue.partition(":")
    at = f"paper on {Path(where).name}" if colon else f"{last.venue} {last.environment}"
    ended = f"closed: {last.reason}" if last.closed_ts else "not closed"
    span = f"{utc(seen.since_ts)[:19]} to {utc(seen.until_ts)[:19]} UTC"
    return f"session {last.session}, {at}, {ended}\n{span}"


def _by_bot(seen: Overview) -> Iterator[tuple[str, int, float]]:
    for name in dict.fromkeys(lane.bot for lane in seen.lanes):
        mine = [row.pnl for row in seen.trades if row.bot == name]
        yield name, len(mine), sum(mine) / int(MILLION)


def _table(first: str, rows: Sequence[tuple[str, int, float]]) -> Table:
    table = columns(first, "trades", "net", right=("trades", "net"))
    for name, trades, net in rows:
        table.add_row(name, shown(trades), Text(f"{net:+,.2f}", style=tone(net)))
    return table


def _ended(seen: Overview, total: int) -> Table:
    """Draw where most evaluations ended, and how many signals each gate's refusal missed."""
    missed, says = bool(seen.missed), out().width >= WIDE
    names = (
        "outcome",
        "evaluations",
        "share",
        "",
        *(("missed",) if missed else ()),
        *(("",) if says else ()),
    )
    table = columns(*names, right=("evaluations", "share", "missed"), whole=5)
    most = sorted(seen.outcomes, key=lambda name: -seen.outcomes[name])
    for name in most[:SHOWN]:
        count = seen.outcomes[name]
        style = "green" if name in DONE else "cyan" if name == "no_signal" else "red"
        cells: list[Text | str] = [name, shown(count), percent(count / total)]
        cells.append(Text(bar(count / total, BAR_CELLS), style=style))
        cells += [shown(seen.missed[name]) if name in seen.missed else ""] if missed else []
        table.add_row(*cells, *([Text(SAYS.get(name, ""), style="dim")] if says else []))
    others = most[SHOWN:]
    if others:
        rest = sum(seen.outcomes[name] for name in others)
        table.add_row(f"{len(others)} more", shown(rest), percent(rest / total))
    return table


def _stands(found: Found) -> Iterator[tuple[str, str]]:
    """Give a line with its style for everything that stands, what needs a person first."""
    seen, terms = found.overview, found.terms
    for row in seen.unknown:
        since = moment(time_text(row.unknown_ts))
        yield f"order {row.order} is unknown since {since}: {row.says or 'no reply'}", "bold red"
    for position in seen.positions:
        line = plain_position(position, terms)
        says = f"{line['units']:+,} {line['instrument']} of {line['bot']} open since {moment(line['opened'])}"
        yield f"{says}: {protection(line)}", "" if position.stop else "bold red"
    for foreign in seen.foreign:
        yield f"{foreign.instrument} {foreign.venue_id} in {foreign.account} is not ours", "yellow"
    for each in seen.lost_days:
        yield f"account {each.account} has lost its day: no entries", "red"
    for switch in seen.switches:
        on = f"{switch.switch} of {switch.scope} {switch.name}".rstrip()
        since = moment(time_text(switch.since_ts))
        yield f"{on} is on since {since}: {switch.reason or 'no reason'} ({switch.actor})", "red"
    yield from _quiet(seen)


def _quiet(seen: Overview) -> Iterator[tuple[str, str]]:
    """Give the lines that say that all is well, where it is."""
    if not seen.positions:
        yield "no open position", "dim"
    working = len(seen.working) - len(seen.unknown)
    yield f"{working} orders on their way" if working else "no order on its way", "dim"
    if not seen.unknown:
        yield "no order is unknown", "dim"
    if not seen.switches:
        yield "nothing is paused, halted or killed", "dim"
    dead = [row for row in seen.connections if not row.is_live]
    for row in dead:
        what = f"{row.stream} {row.instrument}".strip()
        yield f"{what} is not live since {moment(time_text(row.since_ts))}: {row.why}", "red"
    if seen.connections and not dead:
        yield f"all {len(seen.connections)} connections live", "dim"
