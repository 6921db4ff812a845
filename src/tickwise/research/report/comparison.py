"""The part of a report that says what changed from another run: settings, numbers, outcomes, trades."""

from __future__ import annotations

from collections.abc import Sequence

from tickwise.research.report.changes import Changes
from tickwise.research.report.markup import Child, Markup, element
from tickwise.research.report.tables import table, toned
from tickwise.research.report.written import number, signed

STATS = (
    ("trades", "trades", 0, 1), ("net_pnl", "net", 2, 1), ("gross_pnl", "gross", 2, 1),
    ("commission", "commission", 2, 1), ("financing", "financing", 2, 1), ("wins", "wins", 0, 1),
    ("losses", "losses", 0, 1), ("win_rate", "win rate, %", 1, 100), ("profit_factor", "profit factor", 2, 1),
    ("avg_win", "average win", 2, 1), ("avg_loss", "average loss", 2, 1), ("avg_r", "average R", 3, 1),
    ("max_drawdown", "deepest drawdown", 2, 1), ("avg_hold_s", "average hold, s", 1, 1),
)  # fmt: skip
"""The numbers that are held against each other: what they are called, their decimals, and by how much they
are multiplied."""


def comparison(changes: Changes) -> Markup:
    """Say what changed, from the sentence down to the list of trades that the page's script fills."""
    return element(
        "div",
        element("p", _sentence(changes)),
        _kinds(changes),
        element("div", [_settings(changes), _numbers(changes), _outcomes(changes)], class_="beside"),
        element("h3", "The trades that changed"),
        element("div", id="changes", class_="list"),
    )


def _sentence(changes: Changes) -> str:
    was, now = changes.was, changes.now
    same = was.session.decision_digest == now.session.decision_digest
    tapes = "on the same tape" if was.tape.label == now.tape.label else "on another tape"
    before, after = float(was.stats["net_pnl"] or 0.0), float(now.stats["net_pnl"] or 0.0)
    decided = "Both runs decided the same" if same else "The runs did not decide the same"
    return f"{decided}, {tapes}. Net {before:+,.2f} before, {after:+,.2f} now: {after - before:+,.2f}."


def _kinds(changes: Changes) -> Markup:
    rows: list[Sequence[Child]] = []
    for kind, count in changes.counts.items():
        was, now = changes.net(kind)
        rows.append((kind, number(count), signed(was), signed(now), toned(now - was)))
    headings = ("trades", "count", "net before", "net now", "difference")
    return table(headings, rows, "Trades of both runs")


def _settings(changes: Changes) -> Markup:
    title = element("h3", "Settings that differ")
    if not changes.settings:
        return element("div", title, element("p", "None.", class_="quiet"))
    several = len(changes.now.bots) > 1
    rows = [
        (f"{moved.bot}: {moved.key}" if several else moved.key, moved.was or "\u2013", moved.now or "\u2013")
        for moved in changes.settings
    ]
    shown = table(("setting", "before", "now"), rows, "Settings that differ", left=(0, 1, 2))
    return element("div", title, shown)


def _numbers(changes: Changes) -> Markup:
    rows: list[Sequence[Child]] = []
    for name, says, digits, times in STATS:
        was, now = (each.stats[name] for each in (changes.was, changes.now))
        before, after = (None if each is None else float(each) * times for each in (was, now))
        apart = None if before is None or after is None else after - before
        rows.append((says, number(before, digits), number(after, digits), signed(apart, digits)))
    shown = table(("", "before", "now", "difference"), rows, "Numbers of both runs")
    return element("div", element("h3", "Numbers"), shown)


def _outcomes(changes: Changes) -> Markup:
    was, now = changes.was.outcomes, changes.now.outcomes
    rows = [
        (
            name,
            number(was.get(name, 0)),
            number(now.get(name, 0)),
            signed(now.get(name, 0) - was.get(name, 0), 0),
        )
        for name in {**was, **now}
    ]
    shown = table(("", "before", "now", "difference"), rows, "Where evaluations ended in both runs")
    return element("div", element("h3", "Where evaluations ended"), shown)
