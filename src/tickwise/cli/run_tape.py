"""Bots on paper with a tape for a feed: prepared, watched while they run, and told of at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from tickwise.cli.compiling import have_compiled
from tickwise.cli.event_loop import in_loop
from tickwise.cli.plain import STDOUT, write_json
from tickwise.cli.run_screen import RunScreen
from tickwise.cli.screen import bullets, err, heading, out, percent, shown, tone
from tickwise.cli.shell import INTERRUPTED
from tickwise.cli.wanted import Wanted
from tickwise.config.bot import BotConfig
from tickwise.config.break_even import break_even_win_rate
from tickwise.config.engine import EngineConfig
from tickwise.core.types import MILLION
from tickwise.engine.engine import Engine
from tickwise.engine.home import home_of
from tickwise.engine.past import past_of
from tickwise.engine.run_tape import run_on_tape
from tickwise.errors import DataError
from tickwise.journal.database import run_once
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.place import place_of
from tickwise.journal.scope import rows_within, scope_of
from tickwise.market_data.findings import utc
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import QuoteTape
from tickwise.research.caps import Cap, CapCounts
from tickwise.research.headline import headline


def run_tape(wanted: Wanted) -> int:
    """Play a tape to bots on paper; give the exit code. Raises a TickwiseError.

    An interrupt closes the session in order: what was decided so far is shown and can be replayed.
    """
    tape, running, config = _quotes(wanted.where), wanted.enabled(), wanted.engine
    past, code = past_of(config.database), 0
    with RunScreen(tape.rows) as screen:

        def begun(engine: Engine) -> None:
            _show_begin(engine, running, tape)
            have_compiled(engine.live, events=wanted.speed is not None)
            screen.begin(engine)

        try:
            in_loop(run_on_tape(running, tape, config, past, wanted.speed, begun, screen.told))
        except KeyboardInterrupt:
            code = INTERRUPTED
        seconds = screen.seconds
    if screen.engine is not None:
        found = summary_of(screen.engine, running, tape, config, screen.done, seconds)
        if wanted.json_to != STDOUT:
            _show_end(found, running)
        if wanted.json_to:
            write_json(found, wanted.json_to)
    return code


def _quotes(where: str) -> QuoteTape:
    """Open a tape of quotes. Raises DataError for one of bars."""
    tape = open_any(where)
    if not isinstance(tape, QuoteTape):
        raise DataError(
            f"{where}: a tape of bars, and a feed brings quotes: use `tickwise backtest` for bars"
        )
    return tape


def _show_begin(engine: Engine, bots: Sequence[BotConfig], tape: QuoteTape) -> None:
    """Say what runs, and what each bot must win to lose nothing."""
    symbols = ", ".join(each.symbol for each in tape.instruments)
    span = f"{utc(tape.first_ts)} to {utc(tape.last_ts)}"
    says = f"session {engine.names.session}: paper on {tape.rows:,} quotes of {symbols}, {span}"
    err().print(says)
    for bot in bots:
        rates = " and ".join(str(each) for each in break_even_win_rate(bot))
        if rates:
            err().print(f"{bot.name} must win {rates} to break even")


def summary_of(
    engine: Engine,
    bots: Sequence[BotConfig],
    tape: QuoteTape,
    config: EngineConfig,
    quotes: int,
    seconds: float,
) -> dict[str, Any]:
    """Give what a session on a tape came to, as plain values."""
    session, name = engine.live.session, engine.names.session
    trades = _trades(config, name)
    net = sum(row.pnl for row in trades) / int(MILLION)
    outcomes, caps = session.outcomes(), _caps(engine, bots, tape)
    currency = bots[0].account.currency
    return {
        "summary": headline(len(trades), net, currency, caps, outcomes, len(bots)),
        "session": name,
        "bots": [bot.name for bot in bots],
        "feed": f"tape:{tape.path}",
        "trades": len(trades),
        "net_pnl": net,
        "currency": currency,
        "quotes": quotes,
        "evaluations": sum(outcomes.values()),
        "outcomes": outcomes,
        "caps": [cap._asdict() for cap in caps],
        "break_even_win_rate": {
            bot.name: [each._asdict() for each in break_even_win_rate(bot)] for bot in bots
        },
        "decision_digest": session.decision_digest,
        "journal": place_of(config.database).says,
        "recording": str(home_of(config).tape(name)),
        "seconds": seconds,
    }


def _trades(config: EngineConfig, session: str) -> list[TradeRow]:
    """Read a session's trades."""

    def read(connection: Any) -> list[TradeRow]:
        scope = scope_of(connection, session)
        return rows_within(connection, TradeRow, scope) if scope is not None else []

    return run_once(config.database, read)


def _caps(engine: Engine, bots: Sequence[BotConfig], tape: QuoteTape) -> tuple[Cap, ...]:
    """Count the quotes of the tape that each spread cap lets through."""
    counted = CapCounts(engine.live.session)
    for chunk in tape.chunks():
        counted.add(chunk)
    return counted.caps(bots)


def _show_end(found: Mapping[str, Any], bots: Sequence[BotConfig]) -> None:
    """Print what a person looks for first, and where everything lies."""
    style = f"bold {tone(found['net_pnl'])}" if found["trades"] else "bold yellow"
    out().print(Text(found["summary"], style=style))
    rate = found["quotes"] / found["seconds"] if found["seconds"] > 0 else 0.0
    ran = f"{found['quotes']:,} quotes in {found['seconds']:.1f} s, {shown(round(rate))} a second"
    out().print(Text(ran, style="dim"))
    lines = [_cap_line(cap, len(bots)) for cap in found["caps"]] + _most(found["outcomes"])
    out().print(heading("Why not more"))
    out().print(bullets(lines))
    out().print(heading("Written down"))
    for name in ("session", "journal", "recording", "decision_digest"):
        out().print(Text(f"{name.partition('_')[0]:<10}{found[name]}", style="dim"), soft_wrap=True)
    out().print(f"\nreplay it: tickwise replay {found['session']}", soft_wrap=True)


def _cap_line(cap: Mapping[str, Any], bots: int) -> str:
    whose = f"{cap['bot']}: " if bots > 1 else ""
    passes = f"of the quotes of {cap['instrument']} pass {cap['setting']} = {cap['limit']:g}"
    return f"{whose}{percent(cap['share'], 2)} {passes}"


def _most(outcomes: Mapping[str, int]) -> list[str]:
    """Name the three outcomes in which most evaluations ended."""
    from tickwise.research.headline import SAYS

    total = max(1, sum(outcomes.values()))
    most = sorted(outcomes, key=lambda name: -outcomes[name])[:3]
    return [
        f"{percent(outcomes[name] / total)} of evaluations ended at {name}: {SAYS[name]}" for name in most
    ]
