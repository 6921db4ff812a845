"""A session held against the simulated exchange: what it decided otherwise, and what each fill changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from tickwise.core.types import NEVER
from tickwise.journal import entries as j
from tickwise.research.quality.causes import CAUSES, causes_of
from tickwise.research.quality.lives import Life, lives_of
from tickwise.research.quality.quotes import Quotes

Decision: TypeAlias = j.Intent | j.ExitIntent | j.StopIntent

AS_ASSUMED = "every answer before it was as assumed"
"""What is said of a difference that no fill explains."""


class Pair(NamedTuple):
    """A trade beside the simulated one that was decided at the same event; money in millionths."""

    order: str
    """The session's order to enter; the simulated one's where the session has none."""
    bot: str
    instrument: str
    decided_ts: int
    pnl: int
    simulated_pnl: int
    causes: dict[str, int]

    @property
    def difference(self) -> int:
        """What the session earned beyond the simulation."""
        return self.pnl - self.simulated_pnl


class Parity(NamedTuple):
    """What a session and its simulation have in common, and what not."""

    equal: int
    """Decisions that both made: at the same event, of the same lane, with every number alike."""
    only_then: int
    only_simulated: int
    first: str
    """The first decision that differs, and why; "" where none does."""
    is_explained: bool
    """Whether an answer that was not as assumed came before the first difference, or there is none."""
    pairs: tuple[Pair, ...]
    unpaired: int
    """Orders that cannot be compared: still open in one of both, or no quote at a fill was recorded."""

    @property
    def causes(self) -> dict[str, int]:
        """The money of all pairs by cause; it adds up to `difference`."""
        return {cause: sum(each.causes[cause] for each in self.pairs) for cause in CAUSES}

    @property
    def difference(self) -> int:
        """What the session earned beyond the simulation, in millionths."""
        return sum(each.difference for each in self.pairs)


def parity_of(then: Sequence[j.Entry], simulated: Sequence[j.Entry], quotes: Quotes) -> Parity:
    """Hold a session's entries against those of its simulation; `quotes` are its recording's."""
    lives, lives_s = lives_of(then), lives_of(simulated)
    keys = sorted(lives.keys() | lives_s.keys(), key=lambda key: (key[1], key[0]))
    pairs = [_pair(lives.get(key), lives_s.get(key), quotes) for key in keys]
    made, made_s = Counter(map(_key, _decisions(then))), Counter(map(_key, _decisions(simulated)))
    first, is_explained = _first(then, simulated, made - made_s, made_s - made)
    return Parity(
        equal=(made & made_s).total(),
        only_then=(made - made_s).total(),
        only_simulated=(made_s - made).total(),
        first=first,
        is_explained=is_explained,
        pairs=tuple(each for each in pairs if each is not None),
        unpaired=sum(each is None for each in pairs),
    )


def _pair(then: Life | None, simulated: Life | None, quotes: Quotes) -> Pair | None:
    """Pair two trades; None where they cannot be compared."""
    causes = causes_of(then, simulated, quotes)
    either = then or simulated
    if causes is None or either is None:
        return None
    intent = either.intent
    pnl, pnl_s = (life.pnl if life is not None else 0 for life in (then, simulated))
    return Pair(intent.order, intent.bot, intent.instrument, intent.ts, pnl, pnl_s, causes)


def _decisions(entries: Iterable[j.Entry]) -> Iterator[Decision]:
    return (each for each in entries if isinstance(each, j.Intent | j.ExitIntent | j.StopIntent))


def _key(entry: Decision) -> tuple[object, ...]:
    """Give what two equal decisions share; ids count on, and differ after the first difference."""
    if isinstance(entry, j.Intent):
        numbers = (entry.units, entry.price, entry.stop, entry.target, entry.bound)
        return (entry.event, entry.lane, "enter", *numbers)
    if isinstance(entry, j.ExitIntent):
        return (entry.event, entry.lane, "leave", entry.units, entry.price, entry.reason)
    return (entry.event, entry.lane, "move its stop", entry.stop, entry.reason)


def _first(
    then: Sequence[j.Entry],
    simulated: Sequence[j.Entry],
    only: Counter[tuple[object, ...]],
    only_s: Counter[tuple[object, ...]],
) -> tuple[str, bool]:
    """Say where the first difference is and which answer before it was another; and whether one was."""
    if not only and not only_s:
        return "", True
    key = min((*only, *only_s), key=lambda each: each[:2])
    who = "the session" if key in only else "the simulation"
    event, lane, verb = key[:3]
    before = _answer_before(then, simulated, int(str(event)))
    says = f"event {event}: only {who} decides that lane {lane} is to {verb}: {before or AS_ASSUMED}"
    return says, bool(before)


def _answer_before(then: Sequence[j.Entry], simulated: Sequence[j.Entry], event: int) -> str:
    """Name the first answer before the decisions of an event that was another in both; "" where none was."""
    told, told_s = _answers(then, event), _answers(simulated, event)
    other: list[tuple[int, str]] = []
    late: list[tuple[int, str]] = []
    for lane in told.keys() | told_s.keys():
        for (at, says), (at_s, says_s) in zip_longest(
            told.get(lane, []), told_s.get(lane, []), fillvalue=(NEVER, "nothing")
        ):
            if says != says_s:
                other.append((min(at, at_s), f"before it {says}, simulated {says_s}"))
                break
            if at != at_s:
                late.append((min(at, at_s), f"before it {says} at event {at}, simulated at event {at_s}"))
    return min(other or late, default=(0, ""))[1]


def _answers(entries: Iterable[j.Entry], event: int) -> dict[int, list[tuple[int, str]]]:
    """Give what each lane was answered before the first decision at an event or later: when, and in words."""
    found: dict[int, list[tuple[int, str]]] = {}
    for entry in entries:
        if entry.event > event or (entry.event == event and isinstance(entry, Decision)):
            break
        says = _answer(entry)
        if says:
            found.setdefault(getattr(entry, "lane", -1), []).append((entry.event, says))
    return found


def _answer(entry: j.Entry) -> str:
    """Say in words what became of an order or a position; "" for entries that tell of none."""
    match entry:
        case j.Filled():
            return f"an entry of {abs(entry.units)} was filled at {entry.price}"
        case j.Reduced():
            return f"{abs(entry.units)} were left at {entry.price} ({entry.reason})"
        case j.Ended():
            return f"an order was {entry.status} ({entry.reason})"
        case j.Denied():
            return "an order was denied by the last hop"
        case j.Unknown():
            return "an order was unknown"
        case j.Adopted():
            return f"a position of {abs(entry.units)} was taken over at {entry.price}"
        case j.StopSet(refused=why) if why:
            return "a stop was refused"
        case j.Failure():
            return "something failed at the venue"
    return ""
