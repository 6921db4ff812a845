"""Names of orders and positions, and of everything the core knows by number only.

An order's id is made from the session and the core's number of the order: nothing is drawn, so that a replay
gives the same ids. A position is named by the order that opened it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tickwise.core.types import REASONS, REJECTS
from tickwise.journal.entries import InstrumentRow, LaneRow

REASON_CODES = {name: int(code) for code, name in REASONS.items()}
"""Why a position is left, by name."""

REJECT_CODES = {name: int(code) for code, name in REJECTS.items()}
"""Why an order ended, by name; what a venue says and this does not know is `other`."""

REASON_NAMES = {int(code): name for code, name in REASONS.items()}
REJECT_NAMES = {int(code): name for code, name in REJECTS.items()}


@dataclass(frozen=True)
class Names:
    """The lanes, instruments and accounts of a session by their places, and how its orders are called."""

    session: str
    prefix: str
    lanes: Sequence[LaneRow]
    instruments: Sequence[InstrumentRow]
    accounts: Sequence[str]
    places: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Remember where each instrument stands."""
        object.__setattr__(self, "places", {row.symbol: at for at, row in enumerate(self.instruments)})

    def order(self, number: int) -> str:
        """Name the order that the core counts as `number`."""
        return f"{self.prefix}{self.session}-{number}"

    def leaving(self, position: str, times: int) -> str:
        """Name the order that leaves a position for the `times`-th time."""
        return f"{position}-x{times}"

    def is_ours(self, order: str) -> bool:
        """Tell whether an id could have been given by this program, in this session or an earlier one."""
        return order.startswith(self.prefix)

    def market(self, instrument: str) -> int:
        """Give the place of an instrument's market."""
        return self.places[instrument]

    def account(self, name: str) -> int:
        """Give the place of an account."""
        return self.accounts.index(name)

    def lanes_of(self, *, bot: str = "", instrument: str = "", account: str = "") -> list[int]:
        """Give the places of the lanes of a bot, an instrument, an account; "" stands for any."""
        return [
            place
            for place, lane in enumerate(self.lanes)
            if bot in ("", lane.bot) and instrument in ("", lane.instrument) and account in ("", lane.account)
        ]
