"""What the journal says, as families of metrics: of the last session of the journal, or of none."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from sqlalchemy import Connection

from tickwise.core.types import MILLION
from tickwise.journal import readings
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.overview import Overview, overview_of
from tickwise.journal.scope import rows_within, scope_of

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Bounds of the buckets of latencies, seconds: the goal inside the process is 5 ms, a reply's timeout 5 s."""

ORDERS_MAX = 10_000
"""Newest orders whose latencies are counted, so that a scrape has a bound."""


def families(connection: Connection) -> list[Metric]:
    """Read every metric in one transaction of the journal's tables."""
    scope = scope_of(connection)
    if scope is None:
        return [GaugeMetricFamily("tickwise_session_open", "1 while a session is open.", value=0)]
    seen = overview_of(connection, scope)
    newest = rows_within(connection, OrderRow, scope, limit=ORDERS_MAX)
    balances = readings.accounts(connection, scope.last.realm)
    return [
        *_session(seen),
        _streams(seen),
        _counted("tickwise_evaluations", "Evaluations by the outcome in which each ended.", seen.outcomes),
        _counted("tickwise_signals_refused", "Signals by the gate that refused them.", seen.missed),
        *_trades(seen),
        *_exposure(seen),
        _switches(seen),
        _gauge(
            "tickwise_account_balance",
            "Balance as last seen, in the account's currency.",
            ["account"],
            (((row.account,), row.balance / int(MILLION)) for row in balances),
        ),
        _latencies(newest),
    ]


def _session(seen: Overview) -> Iterator[Metric]:
    last = seen.scope.last
    labels = {"session": last.session, "venue": last.venue, "environment": last.environment}
    opened = GaugeMetricFamily("tickwise_session_open", "1 while a session is open.", labels=list(labels))
    opened.add_metric(list(labels.values()), int(not last.closed_ts))
    yield opened
    yield GaugeMetricFamily(
        "tickwise_last_entry_timestamp_seconds",
        "When the newest entry was written, by the session's clock; Unix time.",
        value=seen.until_ts / 1e9,
    )


def _streams(seen: Overview) -> Metric:
    """Tell which streams live: one for the stream itself, and one for each instrument it told of."""
    rows = (((row.stream, row.instrument), int(row.is_live)) for row in seen.connections)
    return _gauge(
        "tickwise_stream_live", "1 while a stream brings something.", ["stream", "instrument"], rows
    )


def _trades(seen: Overview) -> Iterator[Metric]:
    labels = ["bot", "strategy", "pocket", "instrument"]
    count: Counter[tuple[str, ...]] = Counter()
    money: Counter[tuple[str, ...]] = Counter()
    for row in seen.trades:
        key: tuple[str, ...] = (row.bot, row.strategy, row.pocket, row.instrument)
        count[key] += 1
        money[key] += row.pnl
    trades = CounterMetricFamily("tickwise_trades", "Trades that ended.", labels=labels)
    for key, times in sorted(count.items()):
        trades.add_metric(list(key), times)
    yield trades
    earned = ((key, pnl / int(MILLION)) for key, pnl in sorted(money.items()))
    yield _gauge("tickwise_trades_pnl", "What they earned, in the account's currency.", labels, earned)


def _exposure(seen: Overview) -> Iterator[Metric]:
    """Tell what is open, what has no stop, and what nobody knows."""
    held: Counter[tuple[str, ...]] = Counter(
        (row.bot, row.pocket, row.instrument, row.account) for row in seen.positions
    )
    labels = ["bot", "pocket", "instrument", "account"]
    yield _gauge("tickwise_positions_open", "Positions that are open.", labels, sorted(held.items()))
    for name, says, rows in (
        ("tickwise_positions_unprotected", "Open positions without a stop at the venue.", seen.unprotected),
        ("tickwise_positions_foreign", "Positions at the venue that are not ours.", seen.foreign),
        ("tickwise_orders_working", "Orders that may still become something.", seen.working),
        ("tickwise_orders_unknown", "Orders of which nobody knows what became.", seen.unknown),
    ):
        yield GaugeMetricFamily(name, says, value=len(rows))


def _switches(seen: Overview) -> Metric:
    rows = (((row.switch, row.scope, row.name), 1) for row in seen.switches)
    return _gauge("tickwise_switch_on", "Switches that are on.", ["switch", "scope", "name"], rows)


def _latencies(orders: Sequence[OrderRow]) -> Metric:
    """Tell how long orders took: from the decision to the send, and from there to the venue's first word."""
    took: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for row in orders:
        verb = "exit" if row.is_exit else "entry"
        answers = [ts for ts in (row.accepted_ts, row.filled_ts, row.ended_ts) if ts]
        if row.sent_ts:
            took["decided_to_sent", verb].append((row.sent_ts - row.decided_ts) / 1e9)
        if row.sent_ts and answers:
            took["sent_to_answered", verb].append((min(answers) - row.sent_ts) / 1e9)
    family = HistogramMetricFamily(
        "tickwise_order_seconds",
        f"How long the newest {ORDERS_MAX:,} orders took, by phase.",
        labels=["phase", "verb"],
    )
    for key, seconds in sorted(took.items()):
        family.add_metric(list(key), _buckets(seconds), sum(seconds))
    return family


def _buckets(seconds: Sequence[float]) -> list[tuple[str, float]]:
    """Count values up to each bound, as Prometheus wants them: cumulative, the last without a bound."""
    counts = [0] * (len(SECONDS) + 1)
    for value in seconds:
        counts[bisect_left(SECONDS, value)] += 1
    total, found = 0, []
    for bound, count in zip((*map(str, SECONDS), "+Inf"), counts, strict=True):
        total += count
        found.append((bound, float(total)))
    return found


def _gauge(
    name: str, says: str, labels: Sequence[str], rows: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=list(labels))
    for key, value in rows:
        family.add_metric(list(key), value)
    return family


def _counted(name: str, says: str, counts: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, says, labels=["outcome"])
    for outcome, count in counts.items():
        family.add_metric([outcome], count)
    return family
