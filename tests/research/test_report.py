"""The report as a document: what it says is the result's, nothing comes from outside, nothing breaks out."""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reports import Element, read, rows_of, run_of

import tickwise as tw
from oracles.bots import W1_EXITS, quiet, w1_bot
from oracles.tapes import BEGIN, chunk_of
from tickwise.market_data.chunks import BarChunk
from tickwise.market_data.tape import QuoteTape, tape_of
from tickwise.research.report.document import document

HOSTILE = """</script></title><script>alert(1)</script><img src=x onerror="alert(2)"> & 'quoted' \u2028"""


@pytest.fixture(scope="module")
def tape() -> QuoteTape:
    return tape_of(chunk_of(3, 6_000, spread=1), [("EUR_USD", "0.00001")])


@pytest.fixture(scope="module")
def result(tape: QuoteTape) -> tw.Result:
    return tw.backtest(w1_bot(), tape)


@pytest.fixture(scope="module")
def page(result: tw.Result) -> Element:
    return read(document(result))


def test_the_first_thing_said_is_the_sentence_of_the_result(page: Element, result: tw.Result) -> None:
    header = page.one("header")
    assert header.one("h1").text == "quiet"
    assert header.one("p", class_="lead").text == result.first_line


def test_assumptions_and_digests_stand_before_any_picture(page: Element, result: tw.Result) -> None:
    found = result.to_dict()
    granted = page.one("section", id="granted")
    assert [line.text for line in granted.all("li")] == found["assumptions"]
    rows = dict(rows_of(granted))
    assert (rows["decisions"], rows["code"]) == (found["decision_digest"], found["code_digest"])
    assert [part.attributes["id"] for part in page.all("section")][:3] == ["numbers", "granted", "prices"]


def test_the_trades_the_script_is_given_are_those_of_the_result(page: Element, result: tw.Result) -> None:
    run, trades = run_of(page), result.trades
    given = run["trades"]
    assert len(trades) > 50
    for name, column in (
        ("side", "side"), ("units", "units"), ("entry", "entry_price"),
        ("exit", "exit_price"), ("net", "pnl"), ("stop", "stop"), ("target", "target"),
    ):  # fmt: skip
        assert given[name] == trades[column].tolist()
    for name, column in (("entry_ms", "entry_ts"), ("exit_ms", "exit_ts")):
        assert given[name] == [ts // 1_000_000 for ts in trades[column].tolist()]
    assert [run["accounts"][place] for place in given["account"]] == trades["account"].tolist()
    assert [run["bots"][place] for place in given["bot"]] == trades["bot"].tolist()
    assert [run["instruments"][k]["symbol"] for k in given["instrument"]] == trades["instrument"].tolist()
    assert [run["reasons"][str(code)] for code in given["reason"]] == [
        reason.replace("_", " ") for reason in trades["reason"].tolist()
    ]
    assert given["r"] == [round(r, 4) for r in trades["r"].tolist()]


def test_every_gate_of_the_funnel_takes_its_evaluations_from_those_that_came(
    page: Element, result: tw.Result
) -> None:
    rows = rows_of(page.one("section", id="funnel"))
    left = result.evaluations - result.outcomes.get("in_position", 0) - result.outcomes.get("pending", 0)
    found = {}
    for name, came, ended, *_ in rows:
        assert came == f"{left:,}"
        found[name] = int(ended.replace(",", ""))
        left -= found[name]
    assert left == 0
    wanted = {k: n for k, n in result.outcomes.items() if k not in ("in_position", "pending")}
    assert [next(k for k in wanted if name.startswith(k)) for name in found] == list(wanted)
    assert list(found.values()) == list(wanted.values())


def test_the_strips_of_the_funnel_are_as_long_as_their_shares(page: Element, result: tw.Result) -> None:
    funnel = page.one("section", id="funnel")
    asked = int(rows_of(funnel)[0][1].replace(",", ""))
    for row, drawn in zip(rows_of(funnel), funnel.all("svg"), strict=True):
        came, ended = (int(cell.replace(",", "")) for cell in row[1:3])
        width = float(drawn.all("rect")[-1].attributes["width"] or "")
        assert width == pytest.approx(max(1_000 * ended / asked, 4), abs=0.051)
        assert len(drawn.all("rect")) == (2 if came > ended else 1)


def test_bot_instrument_and_reason_each_have_their_row_with_what_they_earned(tape: QuoteTape) -> None:
    both = tw.backtest([w1_bot(), quiet("fast_scalp", name="other", exits=W1_EXITS)], tape)
    shown = rows_of(read(document(both)).one("section", id="earned"))
    found = both.to_dict()
    assert [row[:2] for row in shown] == [
        [name, f"{part['trades']:,}"] for key in ("by_bot", "by_reason") for name, part in found[key].items()
    ]


def test_nothing_in_the_file_points_outside(page: Element) -> None:
    pointed = [
        value
        for each in page.all()
        for name, value in each.attributes.items()
        if name in ("href", "src", "action", "data", "poster", "srcset", "style") or name.startswith("on")
    ]
    assert pointed
    assert [value for value in pointed if not (value or "").startswith("#")] == []
    places = {each.attributes.get("id") for each in page.all()}
    assert {(value or "")[1:] for value in pointed} <= places
    assert not re.search(r"url\(|@import", page.one("style").text)


def test_the_policy_allows_exactly_the_texts_of_the_file(page: Element) -> None:
    meta = page.all("meta")
    assert meta[1].attributes["http-equiv"] == "Content-Security-Policy"
    rules = dict(rule.split(" ", 1) for rule in (meta[1].attributes["content"] or "").split("; "))
    scripts = [each.text for each in page.all("script") if "type" not in each.attributes]
    assert [hashed(text) for text in scripts] == rules.pop("script-src").split()
    own, mark = rules.pop("style-src").split()
    assert own == hashed(page.one("style").text)
    added = re.findall(r'innerText="(a#tv-attr-logo[^"]+)"', scripts[0])
    assert [hashed(text) for text in added] == [mark]
    assert rules == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}


def hashed(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_hostile_name_is_text_wherever_it_stands(tape: QuoteTape) -> None:
    bot = w1_bot().model_copy(update={"name": HOSTILE, "accounts": (HOSTILE,)})
    source = tape_of(tape.read(), [("EUR_USD", "0.00001")], source=HOSTILE)
    hostile = tw.backtest(bot, replace(source, notes=(f"note: {HOSTILE}",)))
    text = document(hostile, hostile)
    page = read(text)
    assert page.one("head").one("title").text == f"{HOSTILE}: backtest"
    assert page.one("h1").text == HOSTILE
    run = run_of(page)
    assert run["bots"] == [HOSTILE]
    assert run["accounts"] == [HOSTILE]
    assert HOSTILE in dict(rows_of(page.one("section", id="granted")))["source"]
    assert f"tape: note: {HOSTILE}" in [line.text for line in page.all("li")]
    assert len(page.all("script")) == 3
    assert not page.all("img")
    assert "alert(1)</script" not in text


def test_a_hostile_symbol_of_a_tape_is_text(tape: QuoteTape) -> None:
    made = tw.backtest(w1_bot(), tape)
    label = replace_label(tape, HOSTILE)
    page = read(document(replace(made, tape=label)))
    assert run_of(page)["instruments"][0]["symbol"] == HOSTILE
    assert not page.all("img")


def replace_label(tape: QuoteTape, symbol: str) -> QuoteTape:
    named = tuple(each._replace(symbol=symbol) for each in tape.instruments)
    return replace(tape, label=replace(tape.label, instruments=named))


def test_the_same_run_gives_the_same_bytes(tape: QuoteTape, tmp_path: Path) -> None:
    paths = [tw.report(tw.backtest(w1_bot(), tape), tmp_path / name) for name in ("a.html", "b.html")]
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert b"compile_seconds" not in first


def test_a_run_without_trades_says_why_and_draws_the_prices(tape: QuoteTape) -> None:
    none = tw.backtest(w1_bot(threshold_pips=50_000.0), tape)
    page = read(document(none))
    run = run_of(page)
    assert page.one("p", class_="lead").text.startswith("0 trades: ")
    assert run["trades"]["net"] == []
    assert run["equity"] == {"s": [], "balance": [], "drawdown": []}
    assert len(run["instruments"][0]["s"]) > 100
    for place in ("equity", "earned", "spread-out", "trades"):
        assert "No trade was closed." in page.one("section", id=place).text


def test_one_trade_is_a_report_too(tape: QuoteTape, result: tw.Result) -> None:
    end = int(result.trades["entry_ts"][1])
    one = tw.backtest(w1_bot(), tape, until=end)
    page = read(document(one))
    assert run_of(page)["trades"]["net"] == result.trades["pnl"][:1].tolist()
    assert "All trades: 1 trade, " in page.one("section", id="spread-out").text


def test_a_part_of_a_tape_says_which(tape: QuoteTape) -> None:
    part = tw.backtest(w1_bot(), tape, since="2019-01-01 22:05", until="2019-01-01 22:20")
    page = read(document(part))
    assert "2019-01-01 22:05:00.000Z to 2019-01-01 22:20:00.000Z of a tape from" in page.one("header").text
    seconds = run_of(page)["instruments"][0]["s"]
    assert BEGIN // 10**9 + 300 <= seconds[0] <= seconds[-1] < BEGIN // 10**9 + 1_200


def test_a_tape_of_bars_makes_a_report(result: tw.Result) -> None:
    minutes = BEGIN + 60_000_000_000 * np.arange(600, dtype=np.int64)
    middle = 110_000 + np.rint(60 * np.sin(np.arange(600) / 9)).astype(np.int32)
    sides = [middle, middle + 9, middle - 9, middle + 2]
    bars = tape_of(BarChunk(minutes, *sides, *(side + 8 for side in sides)), [("EUR_USD", "0.00001")])
    bot = Path(__file__).parents[2] / "examples" / "reference_w2.toml"
    found = run_of(read(document(tw.backtest(bot, bars))))
    (instrument,) = found["instruments"]
    assert found["span_s"] == 60
    assert instrument["s"] == (minutes // 10**9).tolist()
    for name, side in zip(("open", "high", "low", "close"), sides, strict=True):
        assert instrument[name] == (2 * side + 8).tolist()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written_is_named_with_the_reason(result: tw.Result, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(tw.DataError, match=r"a\.html: the report cannot be written: Permission denied"):
        tw.report(result, tmp_path / "a.html")


def test_a_folder_that_is_not_there_is_named(result: tw.Result, tmp_path: Path) -> None:
    with pytest.raises(tw.DataError, match=r"none/a\.html: the report cannot be written: No such file"):
        tw.report(result, tmp_path / "none" / "a.html")
