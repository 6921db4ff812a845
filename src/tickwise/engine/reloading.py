"""Reloading a session's configs while it runs: validated whole, swapped whole, between two events.

A bot that is gone but holds a position, or has an order on its way, stays as it was and only leaves. The
instruments of a session are those it began with: another one asks for a new session.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tickwise.config.bot import BotConfig
from tickwise.config.reload import Change, Refusal
from tickwise.core.types import DAY
from tickwise.engine.answers import ENTRY
from tickwise.engine.commands import Ended
from tickwise.engine.engine import Engine
from tickwise.engine.news import bots_files, span_at, take_files
from tickwise.engine.opening import answered_by, bot_from, config_text, core_of, lane_rows
from tickwise.engine.remaking import Remaking
from tickwise.errors import TickwiseError
from tickwise.journal import entries as j
from tickwise.kernels.generated import code_digest
from tickwise.market_data.chunks import TapeInstrument
from tickwise.session.assembly import strategies_of

ENDS_SOON_DAYS = 30
"""When the calendars of a session end in so many days, they are made anew."""


class Reloader:
    """Takes changed configs into one engine."""

    def __init__(
        self,
        engine: Engine,
        remaking: Remaking,
        placed: Callable[[Sequence[BotConfig]], list[BotConfig]] = list,
    ) -> None:
        """Serve an engine; `placed` lets bots trade in the session's accounts."""
        self._engine, self._remaking, self._placed = engine, remaking, placed

    def take(self, found: Change | Refusal, reason: str, actor: str) -> Ended:
        """Take a change in, or say why not; nothing is changed then."""
        if isinstance(found, Refusal):
            return Ended("FAILED", "; ".join(found.problems))
        if found.is_empty:
            return Ended("SKIPPED", "nothing is other than before")
        bots = self._placed([bot for bot in found.configs.bots.values() if bot.enabled])
        try:
            self._swap(bots, found.says, reason, actor)
        except TickwiseError as error:
            return Ended("FAILED", str(error))
        return Ended("SUCCEEDED", "; ".join(found.says))

    def renew(self) -> None:
        """Let the calendars reach further where they end soon: beyond their end no hour would be blocked."""
        made = self._remaking.made
        if made.calendar_until - self._engine.time.now_ns() < ENDS_SOON_DAYS * int(DAY):
            bots = [bot_from(each) for each in made.configs]
            self._swap(bots, ("the calendars reach further",), "they were to end soon", "engine")

    def _swap(self, bots: list[BotConfig], says: tuple[str, ...], reason: str, actor: str) -> None:
        """Take another set of bots, and the calendars they name. Raises TickwiseError; nothing moves then."""
        now = self._engine.time.now_ns()
        span = span_at(now)
        entry = self._entry(bots, says, reason, actor, span)
        files = bots_files([bot_from(each) for each in entry.configs], span)
        self._engine.take(entry)
        take_files(self._engine, files, span, now)

    def _entry(
        self, bots: list[BotConfig], says: tuple[str, ...], reason: str, actor: str, span: tuple[int, int]
    ) -> j.Reloaded:
        """Write the change, having made its core once: what cannot be made is refused, and nothing moves."""
        names, remaking = self._engine.names, self._remaking
        together, leaving = self._with_what_is_held(bots)
        self._check_instruments(together)
        instruments = tuple(TapeInstrument(row.symbol, row.tick) for row in names.instruments)
        live = core_of(together, instruments, *span, answered_by(remaking.made), remaking.known)
        return j.Reloaded(
            **ENTRY,
            configs=tuple(config_text(bot) for bot in together),
            changed=says,
            exit_only=leaving,
            lanes=lane_rows(live, together),
            code_digest=code_digest(strategies_of(together)[0]),
            calendar_since=span[0],
            calendar_until=span[1],
            reason=reason,
            actor=actor,
        )

    def _with_what_is_held(self, bots: Sequence[BotConfig]) -> tuple[list[BotConfig], tuple[str, ...]]:
        """Keep what is gone from the configs and holds something: it only leaves. Said as bot/instrument."""
        now = {(bot.name, symbol) for bot in bots for symbol in bot.instruments}
        held = dict.fromkeys(
            (row.bot, row.instrument) for row in self._held() if (row.bot, row.instrument) not in now
        )
        kept = []
        for bot in bots:
            more = tuple(symbol for name, symbol in held if name == bot.name)
            kept.append(bot.model_copy(update={"instruments": (*bot.instruments, *more)}) if more else bot)
        staying = {bot.name for bot in bots}
        kept += [
            bot_from(text)
            for text in self._remaking.made.configs
            if any(text.bot == name for name, _ in held) and text.bot not in staying
        ]
        gone = [
            f"{bot.name}/{symbol}"
            for bot in kept
            for symbol in bot.instruments
            if (bot.name, symbol) not in now
        ]
        return kept, tuple(gone)

    def _held(self) -> list[j.LaneRow]:
        """Give the lanes that hold a position, or have an entry on its way."""
        book, names = self._engine.book, self._engine.names
        lanes = {position.lane for position in book.positions.values()}
        lanes |= {order.lane for order in book.open_orders() if not order.is_exit}
        return [names.lanes[lane] for lane in sorted(lanes) if lane >= 0]

    def _check_instruments(self, bots: Sequence[BotConfig]) -> None:
        """Refuse instruments the session did not begin with."""
        there = self._engine.names.places
        new = dict.fromkeys(symbol for bot in bots for symbol in bot.instruments if symbol not in there)
        if new:
            raise TickwiseError(
                f"{', '.join(new)}: new to this session, whose streams and tape hold {', '.join(there)}; "
                "stop it and run it again"
            )
