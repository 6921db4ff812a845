"""How long a read that failed waits before it is tried again, and whether it is.

The wait grows twofold from try to try and is drawn from all of that stretch (full jitter), so that those who
failed together do not come back together. Tries are paid for by reads that were made at all, one for each
ten: in an outage the requests grow by a tenth, not fivefold, however many readers there are.
"""

from __future__ import annotations

from collections.abc import Callable

TRIES_MAX = 5
READS_PER_RETRY = 10


class Backoff:
    """The waits of all reads of one client; `chance` gives numbers from 0 to below 1, seeded."""

    def __init__(
        self,
        chance: Callable[[], float],
        base_s: float = 0.25,
        wait_s_max: float = 8.0,
        saved_retries_max: int = 1,
    ) -> None:
        self._chance = chance
        self._base_s = base_s
        self._wait_s_max = wait_s_max
        self._saved_max = saved_retries_max * READS_PER_RETRY
        self._saved = self._saved_max

    def began(self) -> None:
        """Note a read that is tried for the first time."""
        self._saved = min(self._saved_max, self._saved + 1)

    def wait_s(self, failures: int) -> float | None:
        """Give how long to wait after so many failures of a read; None: it is not tried again."""
        if failures >= TRIES_MAX or self._saved < READS_PER_RETRY:
            return None
        self._saved -= READS_PER_RETRY
        return self._chance() * min(self._wait_s_max, self._base_s * 2.0 ** (failures - 1))
