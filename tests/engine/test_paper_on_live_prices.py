"""On paper at a venue's live prices: everything is decided and filled here, and nothing is sent anywhere."""

from __future__ import annotations

from engine.live_world import Live, LiveWorld, play
from oracles.bots import quiet
from tickwise.engine.entry_log import EntryLog
from tickwise.journal import entries as j

BOT = quiet(
    "fast_scalp",
    name="quick",
    params={"threshold_pips": 0.3, "range_floor_pips": 0.4},
    exits={"target_pips": 2.0, "stop_pips": 6.0, "soft_stop_pips": 0.0, "time_stop_s": 60},
    fills={"latency_ms": 150, "slippage_pips": 0.1},
    market={"grid_ms": 250},
)


def equal_again(live: Live) -> None:
    found = live.replayed()
    assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
    assert found.is_equal


def test_it_trades_and_the_broker_hears_of_nothing_but_reads() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(1.0)
        async with world.on_paper([BOT]) as live:
            await world.passes(30.0)
            assert len(live.journal.of(j.TradeBooked)) > 5
        assert {each.method for each in world.server.exchanges} == {"GET"}
        assert world.account.state.last_id == len(world.account.since(0))
        assert not world.account.state.open
        equal_again(live)

    play(story)


def test_a_session_that_was_cut_off_goes_on_as_itself_with_its_position() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(1.0)
        async with world.on_paper([BOT]) as live:
            await world.until(lambda: bool(live.engine.book.positions), 900.0)
            live.dies, left, name = True, live.journal.entries, live.engine.names.session
            held = list(live.engine.book.positions)
        async with world.on_paper([BOT], left=left) as again:
            assert again.engine.names.session == name
            assert list(again.engine.book.positions) == held
            await world.until(lambda: not again.engine.book.positions, 300.0)
        equal_again(again)

    play(story)


class Lines:
    """A logger that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def __getattr__(self, level: str):
        return lambda event, **said: self.told.append((level, event))


def test_what_matters_to_a_person_is_a_line_of_the_log() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(1.0)
        lines = Lines()
        async with world.on_paper([BOT], observe=EntryLog(lines)) as live:
            await world.until(lambda: bool(live.journal.of(j.TradeBooked)), 900.0)
        told = [event for _, event in lines.told]
        assert lines.told[0] == ("info", "session_opened")
        trade = ["intent", "filled", "reduced", "trade"]
        assert [event for event in told if event in trade][: len(trade)] == trade
        assert ("warning", "connection") in lines.told
        assert told[-1] == "session_closed"

    play(story)
