"""The report in a real browser: nothing is asked of anybody, nothing complains, keys are enough to use it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from chromium import BROWSER, Page, browsing

import tickwise as tw
from oracles.bots import w1_bot
from oracles.tapes import chunk_of
from tickwise.market_data.tape import tape_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here: install chromium"),
]

HOSTILE = "</script><script>document.title = 'broken out'</script><img src=https://example.com/a.png>"
T = TypeVar("T")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write reports of many trades, of one, of none, of two runs, and of a bot with a hostile name."""
    folder = tmp_path_factory.mktemp("reports")
    tape = tape_of(chunk_of(3, 60_000, odd=False, spread=1), [("EUR_USD", "0.00001")])
    many = tw.backtest(w1_bot(), tape)
    other = tw.backtest(w1_bot(threshold_pips=0.9), tape)
    one = tw.backtest(w1_bot(), tape, until=int(many.trades["entry_ts"][1]))
    hostile = tw.backtest(w1_bot().model_copy(update={"name": HOSTILE}), tape)
    return {
        "many": tw.report(many, folder / "many.html"),
        "two": tw.report(other, folder / "two.html", against=many),
        "one": tw.report(one, folder / "one.html"),
        "none": tw.report(tw.backtest(w1_bot(threshold_pips=50_000.0), tape), folder / "none.html"),
        "hostile": tw.report(hostile, folder / "hostile.html"),
    }


def browsed(look: Callable[[Page], Awaitable[T]]) -> T:
    """Start a browser, look, and end it."""

    async def run() -> T:
        async with browsing() as page:
            return await look(page)

    return asyncio.run(run())


def test_nothing_is_asked_for_but_the_file_and_nothing_complains(reports: dict[str, Path]) -> None:
    async def look(page: Page) -> dict[str, Any]:
        found = {}
        for name, path in reports.items():
            for width, dark in ((1280, False), (390, True)):
                page.requests.clear()
                page.complaints.clear()
                await page.open(path, width, dark=dark)
                wide = await page.value("document.documentElement.scrollWidth")
                title = await page.value("document.title")
                found[name, width] = (page.requests.copy(), page.complaints.copy(), wide, title)
        return found

    names = {"hostile": HOSTILE}
    assert browsed(look) == {
        (name, width): ([path.as_uri()], [], width, f"{names.get(name, 'quiet')}: backtest")
        for name, path in reports.items()
        for width in (1280, 390)
    }


def test_the_policy_stops_what_would_leave(reports: dict[str, Path]) -> None:
    async def look(page: Page) -> tuple[Any, list[str]]:
        await page.open(reports["one"])
        page.complaints.clear()
        stopped = await page.value(
            "fetch('https://example.com/').then(() => 'left', error => String(error.name))"
        )
        await page.value("void (new Image().src = 'https://example.com/a.png')")
        await page.value(
            "void document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
        )
        return stopped, page.complaints

    stopped, complaints = browsed(look)
    assert stopped == "TypeError"
    assert [each.split(" 'http")[0].split(" violates")[0] for each in complaints] == [
        "Connecting to",
        "Fetch API cannot load https://example.com/. Refused to connect because it",
        "Loading the image",
        "Executing inline script",
    ]
    assert all("Content Security Policy" in each for each in complaints)


def test_charts_and_lists_are_drawn(reports: dict[str, Path]) -> None:
    async def look(page: Page) -> list[Any]:
        await page.open(reports["two"])
        return [
            await page.value(script)
            for script in (
                "['price-chart', 'equity-chart'].map(id => painted(document.getElementById(id)))".join(
                    (PAINTED, "")
                ),
                "document.querySelectorAll('#list tbody tr').length",
                "document.querySelectorAll('#changes tbody tr').length",
            )
        ]

    painted, listed, changed = browsed(look)
    assert all(colours > 10 for colours in painted)
    assert (listed, changed) == (50, 50)


PAINTED = """
const painted = box => Math.max(...[...box.querySelectorAll('canvas')].map(canvas => {
  if (!canvas.width || !canvas.height) return 0;
  const of = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(new Uint32Array(of.buffer)).size;
}));
"""
"""Counts the colours of the most colourful canvas of a box."""


def test_a_trade_can_be_chosen_without_a_mouse(reports: dict[str, Path]) -> None:
    async def look(page: Page) -> tuple[list[str], str, list[str]]:
        await page.open(reports["many"])
        walked: list[str] = []
        while not walked or walked[-1] != "Next trade":
            await page.press("Tab")
            walked.append(await page.value("document.activeElement.textContent.trim()"))
            assert len(walked) < 100
        await page.press("Enter")
        await page.press("Enter")
        told = await page.value("document.getElementById('trade-shown').textContent")
        reach = await page.value(
            "[...document.querySelectorAll('a, button, select, summary, [tabindex]')]"
            ".filter(each => each.tabIndex < 0 || each.tabIndex > 0).map(each => each.outerHTML)"
        )
        return walked, told, reach

    walked, told, unreached = browsed(look)
    assert walked[0] == "To the numbers"
    assert {"Whole", "Closer", "Farther", "Earlier", "Later", "Previous trade"} <= set(walked)
    assert told.startswith("Trade 2: quiet (main) ")
    assert unreached == []


def test_the_list_is_sorted_and_sifted(reports: dict[str, Path]) -> None:
    async def look(page: Page) -> tuple[Any, Any]:
        await page.open(reports["many"])
        await page.value(
            "[...document.querySelectorAll('#list thead button')].find(b => b.textContent === 'net').click()"
        )
        column = (
            "[...document.querySelectorAll('#list tbody tr')].map(r => Number(r.children[10].textContent))"
        )
        sorted_nets = await page.value(column)
        await page.value(
            "(() => { const box = document.querySelectorAll('#list select')[1];"
            " box.value = 'true'; box.dispatchEvent(new Event('change')); })()"
        )
        return sorted_nets, await page.value(column)

    nets, gained = browsed(look)
    assert nets == sorted(nets)
    assert len(set(nets)) > 1
    assert len(gained) == 50
    assert min(gained) > 0


CORNERS = """
[...document.querySelectorAll('canvas.printed')].map(
  canvas => [...canvas.getContext('2d').getImageData(2, 2, 1, 1).data])
"""
"""Reads the colour of a corner of each picture made for paper."""


def test_dark_and_light_are_two_pictures_and_paper_is_light(reports: dict[str, Path]) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"

    async def look(page: Page) -> list[Any]:
        await page.open(reports["one"])
        light = await page.value(ground)
        await page.open(reports["one"], dark=True)
        dark = await page.value(ground)
        await page.value("dispatchEvent(new Event('beforeprint'))")
        paper, printed = await page.value(ground), await page.value(CORNERS)
        await page.value("dispatchEvent(new Event('afterprint'))")
        return [light, dark, paper, await page.value(ground), printed, await page.value(CORNERS)]

    light, dark, paper, after, printed, left = browsed(look)
    assert (printed, left) == ([[255, 255, 255, 255]] * 2, [])
    assert (light, paper) == ("rgb(255, 255, 255)", "rgb(255, 255, 255)")
    assert dark == after == "rgb(17, 22, 28)"


def test_twenty_thousand_trades_need_no_more_elements_than_five_hundred(
    reports: dict[str, Path], tmp_path: Path
) -> None:
    tape = tape_of(chunk_of(3, 1_300_000, odd=False, spread=1), [("EUR_USD", "0.00001")])
    result = tw.backtest(w1_bot(), tape)
    path = tw.report(result, tmp_path / "many.html")

    async def look(page: Page) -> list[Any]:
        found = []
        for each in (reports["many"], path):
            await page.open(each)
            found.append(await page.value("document.querySelectorAll('*').length"))
        shown = await page.value("document.querySelector('#list .tools').textContent")
        return [*found, shown, page.complaints]

    few, many, shown, complaints = browsed(look)
    assert len(result.trades) > 20_000
    assert many < 1.2 * few
    assert shown.endswith(f"1 to 50 of {len(result.trades):,}")
    assert complaints == []
