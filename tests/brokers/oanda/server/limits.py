"""How much one address may ask for: requests and connections a second, and streams."""

from __future__ import annotations

from collections import deque

REQUESTS_PER_S = 120
CONNECTIONS_PER_S = 2
STREAMS = 20


class Limit:
    """Counts what happened in the last second of each address."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._times: dict[str, deque[float]] = {}

    def passes(self, address: str, at_s: float) -> bool:
        """Count one more, and tell whether it is within the limit. What is refused does not count."""
        times = self._times.setdefault(address, deque())
        while times and times[0] <= at_s - 1.0:
            times.popleft()
        if len(times) >= self.most:
            return False
        times.append(at_s)
        return True
