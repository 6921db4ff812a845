"""What a new session takes over from the one before: money, marks, positions and switches.

A session goes on as itself after a crash; one with other configs or other code is a new one. It begins with
the venue's balance, the equity the trading day began with, the positions that are ours by the journal, and
every switch that nobody has lifted.
"""

from __future__ import annotations

from tickwise.engine.answers import ENTRY
from tickwise.engine.engine import Engine
from tickwise.engine.past import Past
from tickwise.errors import ConfigError
from tickwise.journal import entries as j
from tickwise.journal.folds.positions import PositionRow
from tickwise.journal.folds.trading_day import trading_day
from tickwise.venues.venue import AccountView


def carry_over(engine: Engine, view: AccountView, past: Past) -> None:
    """Begin an account with what is known of it. Raises ConfigError where a position has no lane any more."""
    _money(engine, view, past)
    known = past.accounts.get(view.account)
    # What was heard of since the last look is in the journal: heard again, it would be of a second program.
    mark = max(known.reconciled_mark, known.mark) if known and known.reconciled_ts else view.mark
    engine.note(j.Reconciled(**ENTRY, account=view.account, mark=mark))
    for position in past.positions:
        if position.account == view.account:
            _position(engine, position)
    carry_switches(engine, past)


def carry_switches(engine: Engine, past: Past) -> None:
    """Set every switch again that nobody has lifted and that concerns something of this session."""
    for row in past.switches:
        if row.switch in ("pause", "halt", "flatten", "kill", "exit_only") and _is_known(
            engine, row.scope, row.name
        ):
            engine.take(
                j.Switched(
                    **ENTRY,
                    switch=row.switch,  # type: ignore[arg-type]
                    scope=row.scope,  # type: ignore[arg-type]
                    name=row.name,
                    on=True,
                    reason=row.reason,
                    actor=row.actor,
                )
            )


def _money(engine: Engine, view: AccountView, past: Past) -> None:
    """Begin with the balance, and with the day as it stood."""
    today = trading_day(engine.time.now_ns())
    known = next((each for each in past.days if each.day == today and each.account == view.account), None)
    start = known.balance_first + known.flow if known else view.balance
    _open(engine, view.account, view.balance, start, view.mark, lost=_is_lost(engine, view.account, past))


def _open(engine: Engine, account: str, balance: int, start: int, mark: int, *, lost: bool) -> None:
    engine.take(
        j.BalanceSeen(
            **ENTRY,
            account=account,
            balance=balance,
            flow=0,
            why="opening",
            mark=mark,
            day_start=start,
            day_lost=lost,
        )
    )


def _is_lost(engine: Engine, account: str, past: Past) -> bool:
    """Tell whether a lost day stands: to its end, or until a person's word where the bots say so."""
    known = past.accounts.get(account)
    if known is None or not known.lost_day:
        return False
    record = engine.live.session.records.accounts[engine.names.account(account)]
    return known.lost_day == trading_day(engine.time.now_ns()) or bool(record["resume_by_command"])


def carry_lost_days(engine: Engine, past: Past) -> None:
    """Let accounts on paper stay lost as long as a lost day stands, though their money begins anew."""
    for account in engine.names.accounts:
        if _is_lost(engine, account, past):
            balance = int(engine.live.session.records.accounts[engine.names.account(account)]["balance"])
            _open(engine, account, balance, balance, 0, lost=True)


def _position(engine: Engine, row: PositionRow) -> None:
    """Give a position of an earlier session to the lane of its bot."""
    lanes = engine.names.lanes_of(bot=row.bot, instrument=row.instrument, account=row.account)
    if not lanes:
        raise ConfigError(
            f"position {row.position} of bot {row.bot} on {row.instrument} is open, and no bot of that name "
            "trades it now: run the bot as well, or close the position first"
        )
    engine.take(
        j.Adopted(
            **ENTRY,
            venue_id=row.venue_position,
            position=row.position,
            lane=lanes[0],
            units=row.units,
            price=round(row.entry_value / row.entry_units),
            stop=row.stop,
            target=row.target,
            instrument=row.instrument,
            account=row.account,
            was_foreign=False,
        )
    )


def _is_known(engine: Engine, scope: str, name: str) -> bool:
    """Tell whether a scope is one of this session's."""
    names = engine.names
    return (
        scope == "house"
        or (scope == "account" and name in names.accounts)
        or (scope == "instrument" and name in names.places)
        or (scope == "bot" and any(lane.bot == name for lane in names.lanes))
    )
