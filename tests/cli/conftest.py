"""What tests of commands share."""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from cli.commands import BEGIN_TS, Ended, Run
from cli.sessions import Held, played
from tickwise.cli.shell import run as run_shell
from tickwise.market_data.chunks import QuoteChunk
from tickwise.market_data.tape import TapeWriter


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line in this process."""
    monkeypatch.setenv("COLUMNS", "80")

    def ran(*arguments: object) -> Ended:
        capsys.readouterr()
        code = run_shell([str(each) for each in arguments])
        return Ended(code, *capsys.readouterr())

    return ran


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """Write a tape of EUR/USD: an hour of quotes four times a second, a pip wide, drifting up and down."""
    count = 14_400
    ts = BEGIN_TS + np.arange(count, dtype=np.int64) * 250_000_000
    mid = 110_000 + np.rint(30 * np.sin(np.arange(count) / 40)).astype(np.int32)
    path = tmp_path / "eurusd.parquet"
    with TapeWriter(path, [("EUR_USD", "0.00001")], source="a sine") as writer:
        writer.append(QuoteChunk(ts, (mid - 1).astype(np.int32), (mid + 1).astype(np.int32)))
    return path


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Play a tape on paper once for the tests of a file: a journal to read, not to change."""
    folder = tmp_path_factory.mktemp("held")

    def ran(*arguments: object) -> Ended:
        with redirect_stdout(StringIO()) as out_, redirect_stderr(StringIO()) as err_:
            code = run_shell([str(each) for each in arguments])
        return Ended(code, out_.getvalue(), err_.getvalue())

    return played(ran, folder)
