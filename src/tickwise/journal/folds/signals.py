"""Signals: what strategies wanted, each once, with what was decided about it."""

from __future__ import annotations

from tickwise.journal.entries import Entry, Intent, SignalSeen
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.folds.sessions import realm_now
from tickwise.journal.schema import Row, table_of


class SignalRow(Row, frozen=True):
    """A signal that every gate allowed. `key` is unique in its realm (`sessions.realm_of`): the same signal
    is never counted twice.

    `decision` is "open", with the `order` it became, or "ignore", with the `reason`. Prices in ticks, units
    signed. A signal that a gate refused is counted (`outcome_counts`) and shown with the gate (`decisions`).
    """

    realm: str
    key: str
    seq: int
    ts: int
    session: str
    lane: int
    bot: str
    strategy: str
    instrument: str
    account: str
    units: int
    bid: int
    ask: int
    stop: int
    target: int
    score: float
    decision: str
    reason: str
    order: str


table_of("signals", SignalRow, ("realm", "key"), indexed=("seq",))

SIGNAL_ONLY = "auto_trade_off"
"""Why a signal that nothing refused became no order: its bot sends none."""

_SAME = ("lane", "bot", "strategy", "instrument", "account", "units", "bid", "ask")


def _intended(rows: Rows, entry: Intent, seq: int) -> tuple[SignalRow]:
    """Note a signal that became an order; the order's id is its key."""
    return (
        SignalRow(
            realm=realm_now(rows),
            key=entry.order,
            seq=seq,
            ts=entry.ts,
            session=rows.session,
            **{name: getattr(entry, name) for name in _SAME},
            stop=entry.stop,
            target=entry.target,
            score=entry.score,
            decision="open",
            reason="",
            order=entry.order,
        ),
    )


def _seen(rows: Rows, entry: SignalSeen, seq: int) -> tuple[SignalRow, ...]:
    """Note a signal of a bot that sends no orders; one that is there already is the same one."""
    realm = realm_now(rows)
    if rows.get(SignalRow, realm, entry.key) is not None:
        return ()
    return (
        SignalRow(
            realm=realm,
            key=entry.key,
            seq=seq,
            ts=entry.ts,
            session=rows.session,
            **{name: getattr(entry, name) for name in _SAME},
            stop=0,
            target=0,
            score=0.0,
            decision="ignore",
            reason=SIGNAL_ONLY,
            order="",
        ),
    )


FOLDS: dict[type[Entry], Fold] = {Intent: _intended, SignalSeen: _seen}
"""What each kind of entry does to signals."""
