"""What a sweep found: a row for each set, the best, their neighbours, and those that live on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.config.load import changed
from tickwise.research.doubt.deflated import Deflated, deflated_sharpe
from tickwise.research.sweep.files import write_table
from tickwise.research.sweep.heat import Heat, heat_of
from tickwise.research.sweep.measures import MEASURES, Row
from tickwise.research.sweep.plateau import Plateau, plateau_of, steady
from tickwise.research.sweep.ranges import Value
from tickwise.research.sweep.sets import Sets
from tickwise.research.table import Table

Score = Literal["net_pnl", "sharpe", "profit_factor"]
"""By which measure sets are compared."""

SCORES: tuple[Score, ...] = ("net_pnl", "sharpe", "profit_factor")


class Ranked(NamedTuple):
    """One set as a list of the best shows it."""

    at: int
    values: Mapping[str, Value]
    row: Row
    score: float
    neighbours: int
    plateau: float
    """The median score of the neighbours; NaN where none was tried."""
    one_day: bool


@dataclass(frozen=True)
class SweepResult:
    """A sweep that is done. Type its name in a shell to see the summary."""

    bot: BotConfig
    sets: Sets
    rows: tuple[Row, ...]
    score: Score
    trades_min: int
    tape_days: int
    """Trading days of the tape that hold at least one quote or bar."""
    digests: Mapping[str, str]
    seconds: float
    """How long this run took, without compiling; sets that were finished before are not in it."""
    ran_now: int
    processes: int

    def __repr__(self) -> str:
        return f"<SweepResult: {self.first_line}>"

    @cached_property
    def scores(self) -> tuple[float, ...]:
        """The score of each set; NaN for one that was refused, or with fewer trades than were asked for."""
        return tuple(
            float("nan") if row[self.score] is None or _number(row, "trades") < self.trades_min
            else _number(row, self.score)
            for row in self.rows
        )  # fmt: skip

    @cached_property
    def plateau(self) -> Plateau:
        """What each set's neighbours score."""
        return plateau_of(self.sets, self.scores)

    @cached_property
    def one_day(self) -> NDArray[np.bool_]:
        """Marks the sets that earn, but nothing without their best trading day."""
        return np.array([self._lives_on_one_day(row) for row in self.rows], np.bool_)

    def _lives_on_one_day(self, row: Row) -> bool:
        without = row["pnl_without_best_day"]
        return self.tape_days > 1 and _number(row, "net_pnl") > 0 and (without is None or float(without) <= 0)

    @cached_property
    def table(self) -> Table:
        """Every set: its values, its measures, its neighbours, and whether it lives on one day."""
        columns: dict[str, NDArray[Any]] = {}
        for k, key in enumerate(self.sets.keys):
            columns[key] = np.array([self.sets.values(at)[k] for at in range(len(self.sets))])
        for name in MEASURES:
            columns[name] = _column([row[name] for row in self.rows])
        columns["neighbours"] = self.plateau.neighbours
        columns["plateau"] = self.plateau.median
        columns["one_day"] = self.one_day
        return Table(columns)

    def ranked(self, most: int = 10, *, steadily: bool = False) -> list[Ranked]:
        """Give the best sets by score; or, `steadily`, by the lesser of their own and their neighbours'."""
        own = np.asarray(self.scores, np.float64)
        by = steady(self.scores, self.plateau) if steadily else own
        order = [int(at) for at in np.argsort(-by, kind="stable") if not np.isnan(by[at])]
        return [
            Ranked(
                at,
                self.sets.overrides(at),
                self.rows[at],
                self.scores[at],
                int(self.plateau.neighbours[at]),
                float(self.plateau.median[at]),
                bool(self.one_day[at]),
            )
            for at in order[:most]
        ]

    @property
    def best(self) -> Ranked | None:
        """The set with the highest score; None where no set has one."""
        return next(iter(self.ranked(1)), None)

    def best_bot(self, *, steadily: bool = True) -> BotConfig | None:
        """Give the bot with the best set's settings; by default the best among good neighbours."""
        found = self.ranked(1, steadily=steadily)
        return changed(self.bot, found[0].values) if found else None

    @cached_property
    def deflated(self) -> Deflated | None:
        """The Sharpe ratio of the best set, deflated by the number of sets; None where it has none."""
        known = [_number(row, "sharpe") for row in self.rows if row["sharpe"] is not None]
        if not known or self.best is None or self.best.row["sharpe"] is None:
            return None
        row, tries = self.best.row, sum(not each["refused"] for each in self.rows)
        variance = float(np.var(known, ddof=1)) if len(known) > 1 else 0.0
        return deflated_sharpe(
            _number(row, "sharpe"), int(_number(row, "trades")), _number(row, "skew"),
            _number(row, "kurtosis"), tries, variance,
        )  # fmt: skip

    def heat(self, across: str = "", down: str = "") -> Heat:
        """Map two settings against each other. Raises ConfigError where they are not two that were varied."""
        return heat_of(self.sets, self.scores, self.score, across, down)

    def save(self, path: str | Path) -> None:
        """Write the table as Parquet, CSV or JSON. Raises ConfigError for another ending."""
        write_table(self.table, Path(path))

    @property
    def earning(self) -> int:
        """How many sets earned more than nothing."""
        return sum(_number(row, "net_pnl") > 0 for row in self.rows)

    @property
    def first_line(self) -> str:
        """The one sentence to read first."""
        best, total = self.best, len(self.rows)
        if best is None:
            refusals = sum(bool(row["refused"]) for row in self.rows)
            return f"none of {total:,} sets traded {self.trades_min} times or more; {refusals:,} were refused"
        said = ", ".join(f"{key} = {value}" for key, value in best.values.items())
        beside = "no neighbour of it was tried"
        if best.neighbours:
            beside = f"its {best.neighbours} neighbours have a median of {best.plateau:,.4g}"
        return (
            f"best of {total:,} sets by {self.score}: {said} with {best.score:,.4g}; {beside}; "
            f"{self.earning:,} sets earn, {int(self.one_day.sum()):,} of them on one day only"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the table as plain values, for JSON."""
        evaluations = int(sum(_number(row, "evaluations") for row in self.rows))
        now = self.ran_now / len(self.rows) if self.rows else 0.0
        return {
            "summary": self.first_line,
            "bot": self.bot.name,
            "varied": {each.key: list(each.values) for each in self.sets.varied},
            "sets": len(self.rows),
            "refused_sets": sum(bool(row["refused"]) for row in self.rows),
            "score": self.score,
            "trades": int(sum(_number(row, "trades") for row in self.rows)),
            "net_pnl": round(sum(_number(row, "net_pnl") for row in self.rows), 6),
            "evaluations": evaluations,
            "earning_sets": self.earning,
            "one_day_sets": int(self.one_day.sum()),
            "tape_days": self.tape_days,
            "best": [each._asdict() for each in self.ranked()],
            "steadiest": [each._asdict() for each in self.ranked(steadily=True)],
            "deflated_sharpe": self.deflated._asdict() if self.deflated else None,
            "digests": dict(self.digests),
            "seconds": self.seconds,
            "processes": self.processes,
            "evaluations_per_s": evaluations * now / self.seconds if self.seconds > 0 and now else None,
        }


def _number(row: Row, name: str) -> float:
    """Give a measure as a number; nothing known is nothing earned."""
    value = row[name]
    assert not isinstance(value, str)
    return float(value or 0.0)


def _column(values: list[float | int | str | None]) -> NDArray[Any]:
    """Make a column: text, whole numbers, or numbers with NaN where nothing is known."""
    if any(isinstance(each, str) for each in values):
        return np.array([str(each) for each in values], np.str_)
    if all(isinstance(each, int) for each in values):
        return np.array(values, np.int64)
    return np.array([np.nan if each is None else each for each in values], np.float64)
