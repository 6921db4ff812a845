"""Metrics as the text that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tickwise.journal.database import Database, run_once
from tickwise.metrics.families import families

CONTENT_TYPE = CONTENT_TYPE_LATEST


class _Found(Collector):
    """Families that were read already."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """Give them."""
        return self._found


def text_of(found: Iterable[Metric]) -> bytes:
    """Write families of metrics in the text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Found(found))
    return generate_latest(registry)


def metrics_of(where: str | Path | None) -> bytes:
    """Read a journal's metrics once. Raises JournalError."""
    return text_of(run_once(where, families))


async def metrics_in(database: Database) -> bytes:
    """Read a journal's metrics through an open database. Raises JournalError."""
    return text_of(await database.read(families))
