"""The report as one HTML document: its parts in order, its style and scripts, and the rule that lets in no
other.
"""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b64encode
from functools import cache
from pathlib import Path

from tickwise.errors import DataError
from tickwise.kernels.generated import code_digest
from tickwise.market_data.findings import utc
from tickwise.research.assumptions import assumptions_of
from tickwise.research.backtest import Result, span
from tickwise.research.report.changes import Changes, changes_between
from tickwise.research.report.comparison import comparison
from tickwise.research.report.funnel import funnel
from tickwise.research.report.groups import drawn_groups, groups_of
from tickwise.research.report.markup import Child, Markup, element
from tickwise.research.report.measures import Measures, measures_of
from tickwise.research.report.needs import costs, win_rates
from tickwise.research.report.payload import embedded, payload
from tickwise.research.report.tables import earned, table, toned
from tickwise.research.report.written import number, percent, seconds
from tickwise.research.report.written import span as written_span
from tickwise.session.assembly import strategies_of

ATTRIBUTION_STYLE = re.compile(r'\.innerText="(a#tv-attr-logo\{[^"]*)"')
"""The one style the chart script adds itself: for the mark its licence asks for."""


def report(result: Result, path: str | os.PathLike[str], against: Result | None = None) -> Path:
    """Write a result as one HTML file that opens offline, and give its path; a file there is replaced.

    With `against`, an earlier result, it says what changed since then, trade by trade. The same results give
    the same bytes. Raises DataError where the file cannot be written.
    """
    where = Path(path)
    text = document(result, against)
    try:
        where.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DataError(f"{where}: the report cannot be written: {error.strerror}") from None
    return where


def document(result: Result, against: Result | None = None) -> str:
    """Give the text of the report."""
    changes = None if against is None else changes_between(against, result)
    measures = measures_of(result)
    found = payload(result, measures, changes)
    names = ", ".join(bot.name for bot in result.bots[:3]) + (" ..." if len(result.bots) > 3 else "")
    style, scripts = _kept("page.css"), (_kept("lightweight-charts.js"), _kept("page.js"))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, scripts)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{names}: backtest"),
        element("style", style),
    )
    body = element(
        "body",
        element("a", "To the numbers", href="#numbers", class_="skip"),
        _header(result, names, changes is not None),
        element("main", _main(result, measures, changes, int(found["span_s"]))),
        element("footer", element("p", CREDIT)),
        element("script", Markup(embedded(found)), id="run", type="application/json"),
        [element("script", text) for text in scripts],
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


CHOOSE = "Choose a trade in the chart, by the buttons, or in the list at the end: here it is told."
"""What stands below the chart until a trade is chosen."""

CREDIT = "Charts drawn by Lightweight Charts, Copyright TradingView, Inc., under the Apache License 2.0."


@cache
def _kept(name: str) -> Markup:
    """Read a style or a script of this package."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    assert "</script" not in text
    assert "</style" not in text
    return Markup(text)


def _policy(style: str, scripts: tuple[str, ...]) -> str:
    """Allow exactly these texts, and nothing from anywhere."""
    styles = [style, *ATTRIBUTION_STYLE.findall("".join(scripts))]
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(map(_hash, scripts)),
        "style-src": " ".join(map(_hash, styles)),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {allowed}" for name, allowed in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _header(result: Result, names: str, compared: bool) -> Markup:
    """Say what this is, and the one sentence it comes to."""
    links = [element("a", says, href=f"#{place}") for place, says in PLACES if compared or place != "changed"]
    symbols = ", ".join(each.symbol for each in result.tape.instruments)
    strategies = ", ".join(dict.fromkeys(bot.strategy for bot in result.bots))
    what = f"{strategies} on {result.quotes:,} {result.tape.kind} of {symbols}, {_ran(result)}"
    return element(
        "header",
        element("p", "Backtest", class_="kind"),
        element("h1", names),
        element("p", result.first_line, class_="lead"),
        element("p", what, class_="quiet"),
        element("nav", links, aria_label="Parts of the report"),
    )


PLACES = (
    ("numbers", "Numbers"),
    ("granted", "Taken for granted"),
    ("changed", "What changed"),
    ("prices", "Prices and trades"),
    ("equity", "Equity"),
    ("funnel", "Why so few trades"),
    ("earned", "Who earned it"),
    ("needs", "What it needs"),
    ("spread-out", "How trades went"),
    ("trades", "Every trade"),
)
"""The parts of a report, in order: where each stands, and what it is called."""

TITLES = dict(PLACES)


def _ran(result: Result) -> str:
    """Say which part of the tape was run."""
    if result.since is None and result.until is None:
        return span(result.tape)
    since = result.tape.first_ts if result.since is None else result.since
    until = result.tape.last_ts if result.until is None else result.until
    return f"{utc(since)} to {utc(until)} of a tape from {span(result.tape)}"


def _part(place: str, *children: Child) -> Markup:
    return element("section", element("h2", TITLES[place]), children, id=place)


def _main(result: Result, measures: Measures, changes: Changes | None, span_s: int) -> list[Child]:
    found, currency = result.to_dict(), result.bots[0].account.currency
    groups, traded = groups_of(result), len(measures.pnl) > 0
    none = element("p", "No trade was closed.", class_="quiet")
    parts = ("by_bot", "By bot"), ("by_instrument", "By instrument"), ("by_reason", "By reason of exit")
    by = [
        element("div", element("h3", title), earned(found[key], title))
        for key, title in parts
        if len(found[key]) > (key != "by_reason")
    ]
    return [
        _part("numbers", _tiles(result, currency)),
        _part("granted", _granted(result)),
        _part("changed", comparison(changes)) if changes is not None else "",
        _part("prices", _prices(result, span_s)),
        _part("equity", *(_equity(currency) if traded else (none,))),
        _part("funnel", funnel(result)),
        _part("earned", by or none),
        _part("needs", win_rates(result, groups, measures), costs(groups, measures) if traded else ""),
        _part("spread-out", drawn_groups(groups, measures, currency) if traded else none),
        _part("trades", element("div", id="list", class_="list") if traded else none),
    ]


def _tiles(result: Result, currency: str) -> Markup:
    """Lay out the numbers a person looks for first."""
    stats = result.stats
    tiles: list[tuple[str, Child]] = [
        (f"net {currency}", toned(float(stats["net_pnl"] or 0.0))),
        ("trades", number(stats["trades"])),
        ("win rate", percent(stats["win_rate"])),
        ("profit factor", number(stats["profit_factor"])),
        (f"deepest drawdown {currency}", number(stats["max_drawdown"])),
        ("average R", number(stats["avg_r"], 3)),
        ("average hold", seconds(stats["avg_hold_s"])),
        ("ambiguous trades", percent(stats["ambiguous_share"])),
        (f"commission {currency}", number(stats["commission"])),
        (f"financing {currency}", number(stats["financing"])),
        ("longest wins, losses", f"{stats['longest_wins']}, {stats['longest_losses']}"),
        ("orders rejected", number(int(result.session.records.lanes["rejects"].sum()))),
    ]
    return element(
        "dl",
        [element("div", element("dt", name), element("dd", value)) for name, value in tiles],
        class_="tiles",
    )


def _granted(result: Result) -> Markup:
    """Name every assumption, what the tape was, and the digests."""
    strategies, _ = strategies_of(result.bots)
    lines = []
    for line in assumptions_of(result.bots, result.tape):
        label, _, says = line.partition(":")
        lines.append(element("li", element("strong", label), ":", says))
    refused = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in result.refused.items())
    rows = [
        ("tape", result.tape.path.name if result.tape.path else "memory"),
        ("source", result.tape.source),
        ("quotes refused", refused or "none"),
        ("decisions", element("code", result.session.decision_digest)),
        ("code", element("code", code_digest(strategies))),
    ]
    rows += [
        (
            f"{cap.bot} on {cap.instrument}",
            f"{percent(cap.share, 2)} of the quotes pass {cap.setting} = {cap.limit:g}",
        )
        for cap in result.caps
    ]
    return element(
        "div",
        element("ul", lines, class_="assumptions"),
        table(("", ""), rows, "The tape, the digests, and what the spread caps let through", left=(0, 1)),
    )


def _prices(result: Result, span_s: int) -> Markup:
    """Make room for the price chart, its buttons and the trade that is looked at."""
    says = (
        f"Bars of the mid of bid and ask, {written_span(span_s)} and longer; times are UTC. A line leads "
        "from entry to exit, green where it gained; dashes are the stop, dots the target."
    )
    return element(
        "div",
        element("p", says, class_="quiet"),
        element("div", id="price-tools", class_="tools"),
        element("div", id="price-chart", class_="chart tall"),
        element("p", CHOOSE, id="trade-shown", aria_live="polite", class_="shown quiet"),
        element("noscript", element("p", "The price chart needs JavaScript; all else stands without it.")),
    )


def _equity(currency: str) -> tuple[Child, ...]:
    says = (
        f"Balance after each trade, {currency}, over all accounts, and below it the fall from its peak. The "
        "deepest drawdown above also counts open positions, on every quote."
    )
    return element("p", says, class_="quiet"), element("div", id="equity-chart", class_="chart")
