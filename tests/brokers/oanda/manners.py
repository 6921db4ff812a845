"""How this broker behaves where nobody outside knows how the real one does, and what is switched on.

Each row that is uncertain says so. A test that depends on one sets it; a test of a client's safety tries
both.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Manners:
    """Switches of one broker. The defaults are the likeliest, and the harder for a client where in doubt."""

    page_max: int = 1000
    """Most transactions of one answer to `sinceid` or `idrange`; uncertain."""

    list_max: int = 500
    """Most orders or trades of one answer; uncertain."""

    candles_max: int = 5000

    closeout_fraction: Decimal = Decimal("0.5")
    """Part of the margin that equity must cover before all is closed."""

    halted: str = "cancel"
    """What a market order meets in a halt: `cancel` (201 and MARKET_HALTED) or `reject` (400); uncertain."""

    refuses_json_numbers: bool = False
    """Whether units and prices that are numbers and not text are refused; uncertain."""

    trims_zeros: bool = False
    """Whether prices lose their trailing zeros, as recorded answers sometimes show."""

    corrects_spelling: bool = False
    """Whether UNITS_MIMIMUM_NOT_MET is spelt UNITS_MINIMUM_NOT_MET."""

    zero_times: bool = False
    """Whether an absent time is sent as `"0"` instead of being left out; uncertain."""

    every_price: bool = False
    """Whether the stream sends every price. Otherwise at most four a second for an instrument."""

    closes_on_weekends: bool = True
    """Whether prices stop being tradeable on Friday at 17:00 New York."""

    charges_financing: bool = True
    """Whether open trades pay or earn financing at 17:00 New York."""

    checks_margin: bool = True

    open_trades_max: int = 1000
    pending_orders_max: int = 1000

    rate_limited: bool = False
    """Whether more than 120 requests a second, 2 new connections a second or 20 streams get a 429."""

    compresses: bool = True
    """Whether answers are compressed where a client accepts it."""

    tag_kept: int | None = None
    """Characters kept of a tag; None keeps all."""

    comment_kept: int | None = None
    """Characters kept of a comment; None keeps all."""

    past_kept_s: float = 30.0
    """How long earlier states are kept, for reads that lag behind."""
