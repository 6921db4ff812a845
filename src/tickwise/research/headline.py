"""The one sentence of a result to read first: what was earned, or why there was nothing to earn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tickwise.core.outcome import TABLE
from tickwise.research.caps import Cap

SAYS = {row.name: row.says for row in TABLE}


def headline(
    trades: int, net_pnl: float, currency: str, caps: Sequence[Cap], outcomes: Mapping[str, int], bots: int
) -> str:
    """Say what the trades earned; where a cap starves a bot or nothing was traded, say why."""
    earned = f"{trades:,} trade{'' if trades == 1 else 's'}, {net_pnl:+,.2f} {currency} net"
    starving = min((cap for cap in caps if cap.starves), key=lambda cap: cap.share, default=None)
    if starving is not None:
        whose = "this bot" if bots == 1 else f"bot {starving.bot}"
        return (
            f"{earned if trades else '0 trades'}: {starving.setting} = {starving.limit:g} lets "
            f"{100 * starving.share:.2f} % of the quotes of {starving.instrument} through, so {whose} "
            "will hardly ever trade here"
        )
    return earned if trades else f"0 trades: {_why_none(outcomes)}"


def _why_none(outcomes: Mapping[str, int]) -> str:
    """Name the outcome in which most evaluations ended."""
    total = sum(outcomes.values())
    if not total:
        return "no strategy was asked, because the tape is too short"
    if outcomes.get("intent"):
        return f"{outcomes['intent']:,} orders were decided, and none was filled and closed again"
    name = max(outcomes, key=lambda each: outcomes[each])
    return f"{100 * outcomes[name] / total:.1f} % of {total:,} evaluations ended at {name}: {SAYS[name]}"
