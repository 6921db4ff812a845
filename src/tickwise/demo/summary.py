"""What a play came to, as plain values for JSON and as lines for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tickwise.core.outcome import TABLE
from tickwise.core.types import MILLION, SECOND
from tickwise.demo.framing import footer, plural
from tickwise.demo.play import Play
from tickwise.demo.terms import Terms, signed


def iso(ts: int) -> str:
    """Write a time in nanoseconds UTC as ISO 8601, to the millisecond."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ts // 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def summary(play: Play, terms: Sequence[Terms]) -> dict[str, Any]:
    """Sum a play up: trades, money in the account's currency, and how every evaluation ended.

    `outcomes` add up to `evaluations`; signals that a gate refused are counted by that gate.
    """
    trades, counts, missed = play.trades(), play.counts().sum(0), play.missed().sum(0)
    return {
        "seed": play.market.seed,
        "market_begin": iso(play.market.begin_ts),
        "market_end": iso(play.ts),
        "market_s": (play.ts - play.market.begin_ts) / int(SECOND),
        "quotes": int(play.session.records.markets["n"].sum()),
        "trades": len(trades),
        "won": int((trades["pnl"] > 0).sum()),
        "net_pnl": int(trades["pnl"].sum()) / int(MILLION),
        "currency": terms[0].currency,
        "evaluations": int(counts.sum()),
        "outcomes": {row.name: int(counts[place]) for place, row in enumerate(TABLE) if counts[place]},
        "missed_signals": {row.name: int(missed[place]) for place, row in enumerate(TABLE) if missed[place]},
        "by_bot": {each.bot.name: by_bot(trades[trades["lane"] == k]) for k, each in enumerate(terms)},
        "decision_digest": play.session.decision_digest,
        "says": list(footer(terms)),
    }


def by_bot(trades: Any) -> dict[str, Any]:
    """Sum up the trades of one bot."""
    net = int(trades["pnl"].sum()) / int(MILLION)
    return {"trades": len(trades), "won": int((trades["pnl"] > 0).sum()), "net_pnl": net}


def summary_lines(found: Mapping[str, Any]) -> list[str]:
    """Tell a summary in a few lines."""
    currency = found["currency"]
    net = f"{signed(found['net_pnl'], 2)} {currency} net"
    lines = [
        f"{found['trades']} {plural('trade', found['trades'])}, {found['won']} won, {net}, "
        f"in {found['market_s'] / 60:.0f} minutes of market time"
    ]
    for name, each in found["by_bot"].items():
        told = f"{each['trades']} {plural('trade', each['trades'])}, {each['won']} won"
        lines.append(f"  {name}: {told}, {signed(each['net_pnl'], 2)} {currency}")
    ended = _counted(found["outcomes"])
    lines.append(f"{found['evaluations']:,} evaluations, each with one outcome: {ended}")
    if missed := found["missed_signals"]:
        lines.append(f"{sum(missed.values()):,} signals refused: {_counted(missed)}")
    return [*lines, f"decision digest {found['decision_digest']}", *found["says"]]


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items())
