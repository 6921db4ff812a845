"""What waits for a target: joined by kind, the most urgent first, bounded, and never lost from the count."""

from __future__ import annotations

from tickwise.notify.notice import ALARM, DAY_LOST, FILL, MISSED, SUMMARY, TRADE, WARNING, Kind, Notice
from tickwise.notify.outbox import GAP_S, INTERVAL_S, LINES, REST_S_MAX, Cursor, Group, Outbox

TS = 1_767_625_200_000_000_000


def notice(kind: Kind, seq: int, says: str = "") -> Notice:
    return Notice(kind, says or f"line {seq}", TS + seq, seq)


def filled(*notices: Notice, told: int = 0) -> Outbox:
    outbox = Outbox(Cursor(told))
    for each in notices:
        outbox.put(each)
    return outbox


def seen(group: Group | None) -> tuple[str, int, list[str]] | None:
    return group and (group.kind.title, group.count, [line.says for line in group.lines])


def sent(outbox: Outbox, now_s: float) -> tuple[str, int, list[str]] | None:
    """Take out what is due, as if the target took it."""
    group = outbox.due(now_s)
    if group:
        outbox.done(now_s)
    return seen(group)


def test_the_most_urgent_goes_first_and_then_what_waited_longest() -> None:
    outbox = filled(notice(FILL, 1), notice(TRADE, 2), notice(WARNING, 3), notice(ALARM, 4))
    titles = [found[0] for k in range(4) if (found := sent(outbox, k * GAP_S))]
    assert titles == ["Alarm", "Warning", "Filled", "Trade ended"]
    assert outbox.due(99.0) is None


def test_no_target_gets_more_than_thirty_messages_in_any_minute() -> None:
    outbox = Outbox(Cursor(0))
    times = []
    for tenth in range(3000):
        for k, kind in enumerate((ALARM, DAY_LOST, FILL, TRADE, WARNING)):
            outbox.put(notice(kind, 5 * tenth + k + 1))
        if sent(outbox, tenth / 10):
            times.append(tenth)
    assert max(sum(begin <= each < begin + 600 for each in times) for begin in times) <= 30


def test_what_happens_again_within_the_interval_is_one_message_with_its_count() -> None:
    outbox = filled(notice(FILL, 1))
    assert sent(outbox, 0.0) == ("Filled", 1, ["line 1"])
    for seq in range(2, 22):
        outbox.put(notice(FILL, seq))
    assert outbox.due(INTERVAL_S[FILL.urgency] - 0.1) is None
    newest = [f"line {seq}" for seq in range(22 - LINES, 22)]
    assert sent(outbox, INTERVAL_S[FILL.urgency]) == ("Filled", 20, newest)


def test_something_critical_does_not_wait_for_the_interval_of_what_is_news() -> None:
    outbox = filled(notice(FILL, 1))
    sent(outbox, 0.0)
    outbox.put(notice(ALARM, 2))
    assert outbox.due(GAP_S - 0.1) is None
    assert sent(outbox, GAP_S) == ("Alarm", 1, ["line 2"])


def test_a_message_that_was_not_taken_is_joined_with_what_came_meanwhile() -> None:
    outbox = filled(notice(FILL, 1))
    assert outbox.due(0.0) is not None
    outbox.put(notice(FILL, 2))
    outbox.again(0.0, 7.5)
    assert outbox.due(7.4) is None
    assert sent(outbox, 7.5) == ("Filled", 2, ["line 1", "line 2"])


def test_a_target_that_does_not_answer_is_left_alone_for_ever_longer_up_to_a_minute() -> None:
    outbox, now, rests = filled(notice(FILL, 1)), 0.0, []
    for _ in range(7):
        assert outbox.due(now) is not None
        rests.append(outbox.again(now))
        now += rests[-1]
    assert rests == [2.0, 4.0, 8.0, 16.0, 32.0, REST_S_MAX, REST_S_MAX]
    assert sent(outbox, now) == ("Filled", 1, ["line 1"])
    outbox.put(notice(ALARM, 2))
    assert outbox.due(now + GAP_S) is not None
    assert outbox.again(now + GAP_S) == 2.0


def test_however_long_a_target_is_away_what_waits_has_a_bound_and_is_counted() -> None:
    outbox = Outbox(Cursor(0))
    for seq in range(1, 100_001):
        outbox.put(notice(FILL if seq % 2 else TRADE, seq))
    first, second = sent(outbox, 0.0), sent(outbox, GAP_S)
    assert first is not None
    assert second is not None
    assert (first[1], second[1], len(first[2]), len(second[2])) == (50_000, 50_000, LINES, LINES)
    assert outbox.due(99.0) is None


def test_nothing_counts_as_told_before_its_message_was_taken() -> None:
    outbox = filled(notice(FILL, 11), notice(ALARM, 12), notice(FILL, 13), told=10)
    assert outbox.cursor(20) == Cursor(10)
    assert outbox.due(0.0) is not None
    assert outbox.cursor(20) == Cursor(10)
    outbox.done(0.0)
    assert outbox.cursor(20) == Cursor(10), "entry 11 still waits"
    assert outbox.due(GAP_S) is not None
    assert outbox.cursor(20) == Cursor(10), "it is on its way"
    outbox.done(GAP_S)
    assert outbox.cursor(20) == Cursor(20)


def test_what_was_told_is_not_told_again() -> None:
    outbox = filled(notice(FILL, 9), notice(FILL, 10), notice(FILL, 11), told=10)
    assert sent(outbox, 0.0) == ("Filled", 1, ["line 11"])


def test_what_is_old_is_one_message_with_counts_and_the_lines_of_what_was_critical() -> None:
    outbox = Outbox(Cursor(0))
    for seq in range(1, 41):
        outbox.put(notice(FILL, seq), is_old=True)
    outbox.put(notice(DAY_LOST, 41, "account acc-1"), is_old=True)
    outbox.put(notice(FILL, 42))
    assert outbox.cursor(42) == Cursor(0)
    outbox.caught_up(TS)
    summed = ["day lost: account acc-1", "day lost 1, filled 40"]
    assert sent(outbox, 0.0) == (MISSED.title, 41, summed)
    assert outbox.cursor(42) == Cursor(41)
    assert sent(outbox, GAP_S) == ("Filled", 1, ["line 42"])
    outbox.caught_up(TS)
    assert outbox.due(99.0) is None


def test_a_target_that_was_away_for_days_gets_the_newest_summary_alone() -> None:
    outbox = Outbox(Cursor(0, summary_ts=TS))
    for day in (0, 1, 2):
        for line in ("net", "best"):
            outbox.put(Notice(SUMMARY, f"{line} {day}", TS + day))
    assert outbox.cursor(5) == Cursor(5, TS)
    assert sent(outbox, 0.0) == ("Daily summary", 2, ["net 2", "best 2"])
    assert outbox.cursor(5) == Cursor(5, TS + 2)
