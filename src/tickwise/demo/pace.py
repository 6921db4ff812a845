"""The pace: how far the market has come when so much of the viewer's time has passed."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickwise.core.types import SECOND
from tickwise.engine.clock import Clock

SLOWEST, FASTEST = 1.0, 3600.0


@dataclass
class Pace:
    """Market time that runs `speed` times as fast as the clock, from `ts` (nanoseconds UTC) on."""

    clock: Clock
    speed: float
    ts: int
    is_paused: bool = False
    _since_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._since_s = self.clock.now_s()

    def reached(self) -> int:
        """Give the market time that is due at this moment."""
        if self.is_paused:
            return self.ts
        return self.ts + int((self.clock.now_s() - self._since_s) * self.speed * int(SECOND))

    def start_from(self, ts: int) -> None:
        """Count from this market time and this moment on, as when the market could not be fed so fast."""
        self.ts, self._since_s = ts, self.clock.now_s()

    def change(self, speed: float) -> None:
        """Go on at another speed, within bounds."""
        self.start_from(self.reached())
        self.speed = min(FASTEST, max(SLOWEST, speed))

    def pause(self) -> None:
        """Stand still, or go on."""
        self.start_from(self.reached())
        self.is_paused = not self.is_paused
