"""Claims about what a session takes over from those before it: of its own realm alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.paper_world import PaperWorld
from engine.order_world import ACCOUNT, BUY, NO_PAST, START, OrderWorld, bot, play
from oracles.entries_made import MONDAY, made
from tickwise.engine.carry import carry_lost_days, carry_over, carry_switches
from tickwise.engine.past import Past, past_of, refuse_unfinished
from tickwise.errors import ConfigError
from tickwise.journal import entries as j
from tickwise.journal.entries import Entry
from tickwise.journal.folds.accounts import AccountRow
from tickwise.journal.folds.sessions import realm_of
from tickwise.journal.folds.switches import SwitchRow
from tickwise.journal.writer import ThreadedJournal

REALMS = (("tape:week.parquet", "paper"), ("oanda", "paper"), ("oanda", "practice"), ("oanda", "live"))
DAY = 86_400 * 1_000_000_000


def written(folder: Path, *entries: Entry) -> Path:
    """Write a journal."""
    journal = ThreadedJournal(folder / "journal.db", owner="a test", ts=MONDAY)
    for entry in entries:
        journal.append(entry)
    journal.close()
    return folder / "journal.db"


def opened(name: str, venue: str, environment: str) -> Entry:
    return made(j.SessionOpened, session=name, venue=venue, environment=environment)


def story(name: str, venue: str, environment: str) -> list[Entry]:
    """Give a session that buys, holds, loses its day, is halted and killed, and leaves an order unknown."""
    order, lost, position = f"{name}-1", f"{name}-2", f"{name}-p"
    return [
        opened(name, venue, environment),
        made(j.Reconciled, account="acc-1", mark=int(name[1:]) * 1000),
        made(j.Intent, order=order),
        made(j.Sent, order=order),
        made(
            j.Filled,
            order=order,
            position=position,
            execution=f"x{name}",
            account="acc-1",
            venue_position=f"v{name}",
        ),
        made(j.Intent, order=lost),
        made(j.Sent, order=lost, number=2),
        made(j.Unknown, order=lost),
        made(j.DayLost, account="acc-1", equity=9, floor=10),
        *(
            made(j.Switched, switch=each, scope="house", name="", on=True, reason=name, actor="me")
            for each in ("halt", "kill")
        ),
        made(j.SessionClosed, session=name, reason="ended", decision_digest="d"),
    ]


def told(past: Past) -> tuple[object, ...]:
    """Give what a past hands over, in a few words."""
    return (
        past.sessions,
        [(each.position, each.venue_position) for each in past.positions],
        [(each.switch, each.reason) for each in past.switches],
        [each.is_lost for each in past.days],
        {name: (row.reconciled_mark, row.lost_day) for name, row in past.accounts.items()},
        [each.order for each in past.doubtful],
    )


def test_a_session_takes_over_what_its_own_realm_left_and_nothing_of_another(tmp_path: Path) -> None:
    entries = [each for at, realm in enumerate(REALMS, 1) for each in story(f"s{at}", *realm)]
    place = written(tmp_path, *entries)
    for at, (venue, environment) in enumerate(REALMS, 1):
        assert told(past_of(place, realm_of(venue, environment, f"s{at}"))) == (
            4,
            [(f"s{at}-p", f"vs{at}")],
            [("halt", f"s{at}"), ("kill", f"s{at}")],
            [True],
            {"acc-1": (at * 1000, "2026-01-05")},
            [f"s{at}-2"],
        )


def test_a_session_on_a_tape_takes_nothing_over(tmp_path: Path) -> None:
    place = written(
        tmp_path, *(each for at, realm in enumerate(REALMS, 1) for each in story(f"s{at}", *realm))
    )
    assert told(past_of(place)) == (4, [], [], [], {}, [])


def test_a_lost_day_that_a_person_resumed_is_lost_no_more(tmp_path: Path) -> None:
    entries = story("s1", "oanda", "practice")
    resumed = made(
        j.Switched, switch="day", scope="account", name="acc-1", on=True, reason="seen", actor="me"
    )
    place = written(tmp_path, *entries[:-1], resumed, entries[-1])
    assert past_of(place, "oanda practice").accounts["acc-1"].lost_day == ""
    again = made(j.DayLost, ts=MONDAY + DAY, account="acc-1", equity=9, floor=10)
    place = written(tmp_path, opened("s2", "oanda", "practice"), again)
    assert past_of(place, "oanda practice").accounts["acc-1"].lost_day == "2026-01-06"


@pytest.mark.parametrize(("venue", "environment"), REALMS)
def test_nothing_else_begins_while_a_session_at_a_venue_was_cut_off(
    tmp_path: Path, venue: str, environment: str
) -> None:
    place = written(tmp_path, opened("s1", "oanda", "practice"))
    past = past_of(place, realm_of(venue, environment, ""))
    if (venue, environment) == ("oanda", "practice"):
        refuse_unfinished(past, venue, environment)
        return
    with pytest.raises(ConfigError, match="session s1 at oanda practice was cut off"):
        refuse_unfinished(past, venue, environment)


@pytest.mark.parametrize(("venue", "environment"), REALMS)
def test_a_session_on_paper_that_was_cut_off_holds_nobody_up(
    tmp_path: Path, venue: str, environment: str
) -> None:
    for cut_off in (("oanda", "paper"), ("tape:other.parquet", "paper")):
        place = written(tmp_path, opened(f"s{len(cut_off[0])}", *cut_off))
        refuse_unfinished(past_of(place, realm_of(venue, environment, "")), venue, environment)


HALTED = SwitchRow("oanda practice", "halt", "house", "", 7, True, START, 0, "looked odd", "me")
TODAY, BEFORE = "2026-01-05", "2026-01-02"


def left(lost_day: str = "", *switches: SwitchRow) -> Past:
    """Give what an earlier session left: a day that was lost, and switches that nobody lifted."""
    account = AccountRow("oanda practice", ACCOUNT, lost_day=lost_day)
    return NO_PAST._replace(accounts={ACCOUNT: account}, switches=switches)


def taken_over(past: Past, paper: bool) -> type[OrderWorld]:
    """Give a world whose session begins with what an earlier one left."""

    class AtVenue(OrderWorld):
        async def _carry(self) -> None:
            carry_over(self.engine, await self.venue.account(ACCOUNT), past)

    class OnPaper(PaperWorld):
        async def _carry(self) -> None:
            carry_lost_days(self.engine, past)
            carry_switches(self.engine, past)

    return OnPaper if paper else AtVenue


async def refused_by(world: OrderWorld) -> list[str]:
    """Wish to buy; give the gate that refused, nothing where the bot bought."""
    order = await world.ask(BUY)
    await world.passes(1.5)
    return [] if order else [each.gate for each in world.journal.of(j.Refused)][-1:]


LOSES = {"gates": {"day_loss_fraction_max": 0.03}}
FOR_EVER = {**LOSES, "account": {"day_loss_resume": "command"}}


@pytest.mark.parametrize("paper", [True, False], ids=["paper", "venue"])
@pytest.mark.parametrize(
    ("past", "settings", "gate"),
    [
        (left("", HALTED), {}, ["halted"]),
        (left(TODAY), LOSES, ["day_loss"]),
        (left(BEFORE), LOSES, []),
        (left(BEFORE), FOR_EVER, ["day_loss"]),
        (left(), FOR_EVER, []),
    ],
    ids=["halted", "lost today", "lost before", "lost until a word", "nothing"],
)
def test_what_an_earlier_session_left_refuses_in_the_next(
    paper: bool, past: Past, settings: dict[str, Any], gate: list[str]
) -> None:
    found = play(refused_by, bot(**settings), kind=taken_over(past, paper))
    assert found == gate
