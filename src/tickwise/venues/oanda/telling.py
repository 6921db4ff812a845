"""A transaction while it is told: what it is, and all that is needed to say it in our words."""

from __future__ import annotations

from tickwise.venues.oanda.memory import Memory
from tickwise.venues.oanda.scale import Scales
from tickwise.venues.oanda.wire import Transaction
from tickwise.venues.venue import Change, Noted


class Told:
    """A transaction of an account with its mark and time, what is known of the account, and the steps."""

    def __init__(
        self, account: str, mark: int, ts: int, said: Transaction, memory: Memory, scales: Scales
    ) -> None:
        self.account = account
        self.mark = mark
        self.ts = ts
        self.said = said
        self.memory = memory
        self.scales = scales
        self.where = f"transaction {mark} {said.type}"
        self.is_sure = True
        """False where what it speaks of is not known yet: then it is told anew when it is seen again."""

    def noted(self) -> tuple[Change, ...]:
        """Tell that it happened and moves nothing of ours."""
        why = self.said.reject_reason or self.said.reason or ""
        return (Noted(self.account, self.mark, self.ts, f"{self.said.type} {why}".strip()),)
