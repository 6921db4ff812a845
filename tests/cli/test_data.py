"""The commands of `tickwise data`: tapes imported, checked, made and shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands import BEGIN_TS, Run
from tickwise.market_data.calendars import read_news
from tickwise.market_data.importers import open_any

CSV = "time,Bid,Ask\n2019-02-04 11:00:00.000,1.10000,1.10002\n2019-02-04 11:00:00.250,1.10001,1.10004\n"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    path = tmp_path / "ticks.csv"
    path.write_text(CSV)
    return path


def test_a_csv_file_becomes_a_tape_with_the_columns_it_is_told(
    run: Run, foreign: Path, tmp_path: Path
) -> None:
    out = tmp_path / "eurusd.parquet"
    columns = ("--columns", "ts=time,bid=Bid", "--columns", "ask=Ask", "--ts-unit", "iso")
    ended = run("data", "import", foreign, out, "--instrument", "EUR_USD", "--zone", "-05:00", *columns)
    assert ended.code == 0
    assert ended.err == f"wrote {out}\n"
    assert "2 quotes" in ended.out
    tape = open_any(out)
    assert (tape.instruments, tape.first_ts) == ((("EUR_USD", "0.00001"),), BEGIN_TS + 5 * 3600 * 10**9)


def test_no_tape_is_written_over_without_force(run: Run, foreign: Path, tape: Path) -> None:
    before = tape.read_bytes()
    command = ("data", "import", foreign, tape, "--instrument", "EUR_USD", "--ts-unit", "iso")
    refused = run(*command)
    assert (refused.code, tape.read_bytes()) == (2, before)
    assert refused.error == f"{tape}: it is there already: choose another name, or give --force"
    assert run(*command, "--force").code == 0
    assert open_any(tape).rows == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "cvs"], "--format cvs: no such choice; did you mean csv?"),
        (["--faulty", "skip"], "--faulty skip: no such choice; choose from refuse, keep, drop"),
        (["--columns", "ts"], "--columns ts: write it like --columns ts=time,bid=Bid,ask=Ask"),
    ],
)
def test_an_import_that_cannot_be_meant_says_so(
    run: Run, foreign: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    ended = run("data", "import", foreign, tmp_path / "out.parquet", *options)
    assert (ended.code, ended.error) == (2, said)
    assert not (tmp_path / "out.parquet").exists()


def test_a_check_counts_what_is_odd(run: Run, tape: Path) -> None:
    ended = run("data", "check", tape)
    assert ended.code == 0
    rows = {line.split()[0]: line.split()[-1] for line in ended.out.splitlines() if line.split()}
    assert (rows["symbol"], rows["rows"], rows["crossed"], rows["gaps"]) == ("EUR_USD", "14,400", "0", "0")


def test_a_check_is_one_json_object(run: Run, tape: Path) -> None:
    (found,) = run("data", "check", tape, "--gap-s", "0.1", "--json", "-").json["instruments"]
    assert (found["symbol"], found["rows"], found["gaps"]) == ("EUR_USD", 14_400, 14_399)
    assert found["spread_pips_median"] == 0.2


def test_a_synthetic_market_is_the_same_for_a_seed(run: Run, tmp_path: Path) -> None:
    first, second, news = tmp_path / "1.parquet", tmp_path / "2.parquet", tmp_path / "news.csv"
    span = ("--since", "2024-03-05", "--until", "2024-03-05T02:00", "--seed", "3")
    both = ("--instrument", "EUR_USD", "--instrument", "XAU_USD")
    assert run("data", "synth", first, *both, *span, "--news", news).code == 0
    assert run("data", "synth", second, *both, *span).code == 0
    assert open_any(first).read()[0].tolist() == open_any(second).read()[0].tolist()
    assert [each.symbol for each in open_any(first).instruments] == ["EUR_USD", "XAU_USD"]
    assert len(read_news(news)) > 0
    refused = run("data", "synth", tmp_path / "3.parquet", *span, "--news", news)
    assert (refused.code, refused.error.endswith("or give --force")) == (2, True)


def test_a_tape_shows_what_it_holds(run: Run, tape: Path) -> None:
    ended = run("data", "show", tape)
    assert "14,400 quotes" in ended.out
    assert "EUR_USD in ticks of 0.00001" in ended.out
    assert ["2019-02-04", "11:00:00.000Z", "EUR_USD", "1.09999", "1.10001"] in [
        line.split() for line in ended.out.splitlines()
    ]
    found = run("data", "show", tape, "--json", "-").json
    assert (found["kind"], found["rows"], found["first_ts"]) == ("quotes", 14_400, BEGIN_TS)
