"""Evidence: how an order of which nobody knows what became of it comes to an end.

A change that names it ends it. Without one, a whole list of changes does, read later than the venue could
still have been about to act, in which it does not stand. An order to leave ends, too, with the position that
it was to leave. Nothing else is evidence: no time-out, no number of tries, no empty answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tickwise.engine.answers import ENTRY
from tickwise.engine.book import OrderState
from tickwise.engine.engine import Engine
from tickwise.journal import entries as j


@dataclass(frozen=True)
class Patience:
    """How long the venue may take before silence means something."""

    lateness_ns: int = 120_000_000_000
    """The longest a venue was ever seen to act on a request after it was sent, nanoseconds."""
    quiet_ns: int = 2_000_000_000
    """The longest a venue was seen to know of a change before its lists did, nanoseconds."""


class Evidence:
    """Weighs what is known of unknown orders; `leaves_once`: leaving a position twice leaves it once."""

    def __init__(self, engine: Engine, patience: Patience, *, leaves_once: bool) -> None:
        """Serve an engine."""
        self._engine, self._patience, self._leaves_once = engine, patience, leaves_once

    def weigh(self, account: str, asked: int, mark: int) -> None:
        """Look at an account's unknown orders: every change up to `mark` was taken in.

        The list was asked for at `asked`, nanoseconds UTC, and may be older by the venue's own lag.
        """
        for order in self._engine.book.open_orders():
            if order.account != account or order.state != "unknown":
                continue
            waited = asked - order.sent_ts - self._patience.quiet_ns
            if waited > self._patience.lateness_ns:
                self._never_received(order, mark)
            elif order.is_exit and self._leaves_once and waited > 0:
                self._exit(order, mark)

    def _never_received(self, order: OrderState, mark: int) -> None:
        """End an order of which there is no trace among all changes since before it was sent."""
        says = f"no change from {order.mark} to {mark} names it"
        self._end(order, mark, "never_received", says, found=False)

    def _exit(self, order: OrderState, mark: int) -> None:
        """Let a position be left by another order; one that is gone leaves nothing to the old one."""
        position = self._engine.book.positions.get(order.position)
        if position is None:
            says = f"at {mark} the position is gone that it was to leave"
            self._end(order, mark, "cancelled", says, found=True)
        elif position.leaving == order.id:
            why = f"at {mark} the position is still open"
            self._engine.take(j.Unknown(**ENTRY, order=order.id, lane=order.lane, why=why, again=True))

    def _end(
        self,
        order: OrderState,
        mark: int,
        status: Literal["never_received", "cancelled"],
        says: str,
        *,
        found: bool,
    ) -> None:
        self._engine.note_now(
            j.Evidence(
                **ENTRY, order=order.id, lane=order.lane, found=found, since=order.mark, until=mark, says=says
            )
        )
        self._engine.take(
            j.Ended(
                **ENTRY,
                by="venue",
                order=order.id,
                lane=order.lane,
                status=status,
                reason="gone" if found else "never_received",
                policy="give_up" if found else "retry_later",
                says=says,
                is_exit=order.is_exit,
                account=order.account,
            )
        )
