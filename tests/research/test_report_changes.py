"""Two runs held against each other: each trade is the same, differs, or stands in one of them only."""

from __future__ import annotations

import pytest
from reports import read, rows_of, run_of

import tickwise as tw
from oracles.bots import W1_EXITS, quiet, w1_bot
from oracles.tapes import chunk_of
from tickwise.config.bot import BotConfig
from tickwise.market_data.tape import QuoteTape, tape_of
from tickwise.research.report.changes import WHAT, changes_between
from tickwise.research.report.document import document


@pytest.fixture(scope="module")
def tape() -> QuoteTape:
    return tape_of(chunk_of(3, 6_000, odd=False, spread=1), [("EUR_USD", "0.00001")])


@pytest.fixture(scope="module")
def before(tape: QuoteTape) -> tw.Result:
    return tw.backtest(w1_bot(), tape)


@pytest.fixture(scope="module")
def now(tape: QuoteTape) -> tw.Result:
    return tw.backtest(bot(target_pips=1.6), tape)


def bot(**exits: float) -> BotConfig:
    """Give the bot of W1 with other exits."""
    return w1_bot().model_copy(update={"exits": w1_bot().exits.model_copy(update=exits)})


def test_a_run_held_against_itself_changed_nothing(before: tw.Result, tape: QuoteTape) -> None:
    changes = changes_between(before, tw.backtest(w1_bot(), tape))
    assert changes.settings == ()
    assert changes.counts == {
        "the same": len(before.trades), "differs": 0, "only before": 0, "only now": 0,
    }  # fmt: skip
    assert all(column == [] for column in changes.listed().values())


def test_every_trade_of_either_run_is_told_once(before: tw.Result, now: tw.Result) -> None:
    changes = changes_between(before, now)
    for run, mine in ((before, [c.was for c in changes.trades]), (now, [c.now for c in changes.trades])):
        kept = [trade for trade in mine if trade is not None]
        assert [str(t) for t in kept] == [str(t) for t in sorted(run.trades, key=lambda t: t["decided_ts"])]
    assert all(changes.counts.values())


def test_what_differs_is_told_by_name_and_the_money_adds_up(before: tw.Result, now: tw.Result) -> None:
    changes = changes_between(before, now)
    for change in changes.trades:
        if change.was is None or change.now is None:
            assert (change.kind, change.what) == ("only now" if change.was is None else "only before", "")
            continue
        apart = [says for name, says in WHAT.items() if change.was[name] != change.now[name]]
        assert change.what.partition(" (")[0] == ", ".join(apart)
        assert change.kind == ("differs" if apart else "the same")
    nets = [changes.net(kind) for kind in changes.counts]
    assert sum(was for was, _ in nets) == pytest.approx(before.stats["net_pnl"])
    assert sum(after for _, after in nets) == pytest.approx(now.stats["net_pnl"])
    assert sum(changes.listed()["difference"]) == pytest.approx(
        float(now.stats["net_pnl"] or 0.0) - float(before.stats["net_pnl"] or 0.0)
    )


def test_a_change_of_the_reason_says_from_what_to_what(before: tw.Result, now: tw.Result) -> None:
    moved = [
        change
        for change in changes_between(before, now).trades
        if change.was and change.now and change.was["reason"] != change.now["reason"]
    ]
    assert moved
    assert {change.what.partition(" (")[2] for change in moved} == {"target, now time)"}


def test_the_report_tells_settings_numbers_and_outcomes_of_both(before: tw.Result, now: tw.Result) -> None:
    page = read(document(now, before))
    part = page.one("section", id="changed")
    kinds, settings, numbers, outcomes = part.all("table")
    changes = changes_between(before, now)
    assert [row[:2] for row in rows_of(kinds)] == [[k, f"{n:,}"] for k, n in changes.counts.items()]
    assert rows_of(settings) == [["exits.target_pips", "1.0", "1.6"]]
    assert rows_of(numbers)[0] == [
        "trades",
        str(len(before.trades)),
        str(len(now.trades)),
        f"{len(now.trades) - len(before.trades):+}",
    ]
    was, after = before.outcomes, now.outcomes
    shown = {row[0]: tuple(int(cell.replace(",", "")) for cell in row[1:]) for row in rows_of(outcomes)}
    assert shown == {
        name: (was.get(name, 0), after.get(name, 0), after.get(name, 0) - was.get(name, 0))
        for name in {**was, **after}
    }
    assert run_of(page)["changes"] == changes.listed()
    assert "The runs did not decide the same, on the same tape." in part.one("p").text


def test_a_report_of_one_run_has_no_part_of_changes(before: tw.Result) -> None:
    page = read(document(before))
    assert page.all("section", id="changed") == []
    assert run_of(page)["changes"] is None


def test_one_bot_is_held_against_one_of_another_name_and_several_by_their_names(
    before: tw.Result, tape: QuoteTape
) -> None:
    other = quiet("fast_scalp", name="other", exits=W1_EXITS)
    alone = changes_between(before, tw.backtest(w1_bot().model_copy(update={"name": "renamed"}), tape))
    assert alone.counts["the same"] == len(before.trades)
    both = changes_between(before, tw.backtest([w1_bot(), other], tape))
    assert [(moved.bot, moved.key, moved.was, moved.now) for moved in both.settings] == [
        ("other", "bot", "", "there")
    ]
    assert {c.now["bot"] for c in both.trades if c.kind == "only now" and c.now} == {"other"}
