"""A whole strategy, the mistakes people make in one, and what each is told: the last line is 39."""

from __future__ import annotations

from typing import NamedTuple

WHOLE = '''"""Follow the mid over its average."""

from math import sqrt
from typing import NamedTuple

from tickwise.core.indicators.ema import Ema, ema_next
from tickwise.core.market import bar_ago, mid_ago
from tickwise.core.types import NO_WISH, AtLeast, Signal

WEIGHTS = (1.0, 2.0)


class Params(NamedTuple):
    """Ticks and quotes."""

    threshold: float = 5.0
    quotes: int = 16


class State(NamedTuple):
    """The average and how often it was crossed."""

    ema: Ema = Ema()
    crossed: int = 0


def far(params, distance):
    """Tell whether a distance is worth a trade."""
    return distance >= params.threshold


def on_quote(params, state, market):
    """Buy above the average, sell below it."""
    ema = ema_next(state.ema, 0.5 * market.mid2, params.quotes)
    distance = abs(0.5 * market.mid2 - ema.value)
    if not far(params, distance):
        return State(ema, state.crossed), NO_WISH
    side = 1 if 0.5 * market.mid2 > ema.value else -1
    return State(ema, state.crossed + 1), Signal(side, distance / params.threshold, 30.0, 10.0)
'''

LAST = WHOLE.splitlines()[-1]


class Mistake(NamedTuple):
    """A change of the whole strategy, and what the author is told; `plainly` where the compiler is off.

    `plainly` is None where the text alone shows the mistake, so that both say the same, and empty where plain
    Python has nothing against it.
    """

    was: str
    now: str
    told: str
    plainly: str | None = None


LOADED = {
    "a syntax error": Mistake(
        "class State(NamedTuple):", "class State(NamedTuple)", "mine.py:20: expected ':': mend this line"
    ),
    "an unfinished block": Mistake(
        "    return distance >= params.threshold",
        "    if distance:",
        "mine.py:32: expected an indented block after 'if' statement on line 29: mend this line",
    ),
    "an unknown module": Mistake(
        "from math import sqrt",
        "import pandas_ta",
        "mine.py:3: there is no module `pandas_ta`: put pandas_ta.py beside the strategy, or install it",
    ),
    "a misspelt module of ours": Mistake(
        "tickwise.core.indicators.ema import",
        "tickwise.core.indicators.emma import",
        "mine.py:6: there is no module `tickwise.core.indicators.emma`: did you mean `ema`?",
    ),
    "a misspelt import": Mistake(
        "import bar_ago, mid_ago",
        "import bar_ago, mids_ago",
        "mine.py:7: `tickwise.core.market` has no `mids_ago`: did you mean `mid_ago`?",
    ),
    "a dotted import": Mistake(
        "from math import sqrt",
        "from .tools import sqrt",
        "mine.py:3: a strategy belongs to no package: import what lies beside it without the dot",
    ),
    "an import forgotten": Mistake(
        "from typing import NamedTuple",
        "",
        "mine.py:13: `NamedTuple` is not defined: write `from typing import NamedTuple`",
    ),
    "a file that raises": Mistake(
        "WEIGHTS = (1.0, 2.0)",
        "WEIGHTS = 1 / 0",
        "mine.py:10: raises ZeroDivisionError (division by zero): mend this line",
    ),
    "a file that ends the program": Mistake(
        "WEIGHTS = (1.0, 2.0)", "raise SystemExit", "mine.py:10: the file ends the program: leave `exit` out"
    ),
    "no Params": Mistake(
        "class Params(NamedTuple)",
        "class Settings(NamedTuple)",
        "mine.py:1: there is no `class Params(NamedTuple)`: name the strategy's parameters in one",
    ),
    "Params of another kind": Mistake(
        "class Params(NamedTuple)",
        "class Params",
        "mine.py:13: `Params` is no NamedTuple: write `class Params(NamedTuple):`",
    ),
    "a param without a kind": Mistake(
        "    quotes: int = 16",
        "    quotes = 16",
        "mine.py:17: `Params.quotes` says no kind, so it is no field: write `quotes: int = 16`",
    ),
    "a param without a default": Mistake(
        "    quotes: int = 16",
        "    quotes: int",
        "mine.py:17: `Params.quotes` has no default: write `quotes: int = …`",
    ),
    "a param that is a text": Mistake(
        "    quotes: int = 16",
        '    quotes: str = "16"',
        "mine.py:17: `Params.quotes` is str: a field is int, float, bool or a NamedTuple of them",
    ),
    "a default of another kind": Mistake(
        "    quotes: int = 16",
        "    quotes: int = 16.5",
        "mine.py:17: `Params.quotes` is int, but begins as 16.5: make the two agree",
    ),
    "a mark that means nothing": Mistake(
        "    quotes: int = 16",
        "    quotes: AtLeast[bool] = True",
        "mine.py:17: `Params.quotes` is marked, but is bool: AtLeast and AtMost are for int and float",
    ),
    "a state without a first value": Mistake(
        "    crossed: int = 0",
        "    crossed: int",
        "mine.py:24: `State.crossed` has no first value: write `crossed: int = …`",
    ),
    "a misspelt trigger": Mistake(
        "def on_quote(",
        "def on_quotes(",
        "mine.py:32: there is no `on_quote`, no `on_bar` and no `signal`: `on_quotes`: did you mean "
        "`on_quote`?",
    ),
    "two ways of asking": Mistake(
        "def far(params, distance)",
        "def on_bar(params, bar)",
        "mine.py:27: `on_bar` stands beside `on_quote`: a strategy is asked in one way; give one of them "
        "another "
        "name, or keep `on_quote` alone",
    ),
    "a misspelt argument": Mistake(
        "on_quote(params, state, market)",
        "on_quote(params, state, markt)",
        "mine.py:32: `on_quote` asks for `markt`: did you mean `market`?",
    ),
    "an argument that nobody gives": Mistake(
        "on_quote(params, state, market)",
        "on_quote(params, state, market, account)",
        "mine.py:32: `on_quote` asks for `account`: it may ask for `params`, `state`, `market`, `quote`",
    ),
    "an argument of another function": Mistake(
        "on_quote(params, state, market)",
        "on_quote(params, state, market, bars)",
        "mine.py:32: `on_quote` asks for `bars`: it may ask for `params`, `state`, `market`, `quote`",
    ),
    "an argument with a default": Mistake(
        "on_quote(params, state, market)",
        "on_quote(params, state, market=None)",
        "mine.py:32: `on_quote` gives `market` a default: it is always given; leave the default out",
    ),
    "a state that is not declared": Mistake(
        "class State(",
        "class Memory(",
        "mine.py:32: `on_quote` asks for `state`, but there is no `class State(NamedTuple)`: write one, "
        "each field "
        "with its first value",
    ),
    "Levels that nothing makes": Mistake(
        "class State(NamedTuple)",
        "class Levels(NamedTuple):\n    ticks: int\n\n\nclass State(NamedTuple)",
        "mine.py:20: nothing makes `Levels`: write `def levels(params, pip):` that gives it",
    ),
    "levels that are not declared": Mistake(
        "on_quote(params, state, market)",
        "on_quote(levels, state, market)",
        "mine.py:32: `on_quote` asks for `levels`, but there is no `class Levels(NamedTuple)`: ask for "
        "`params`",
    ),
    "levels of the wrong kind": Mistake(
        "def far(",
        "def levels(params, pip):\n    return params.threshold * pip\n\n\ndef far(",
        "mine.py:27: `levels` gives float: it is to give Params, made of params",
    ),
    "levels that are not whole": Mistake(
        "def far(",
        "def levels(params, pip):\n    return Params(params.threshold, params.quotes / 3)\n\n\ndef far(",
        "mine.py:27: `Params.quotes` is int, but `levels` gives 5.333333333333333: round it, or declare it "
        "float",
    ),
    "levels that raise": Mistake(
        "def far(",
        "def levels(params, pip):\n    return Params(params.treshold)\n\n\ndef far(",
        "mine.py:28: Params has no `treshold`: did you mean `threshold`?",
    ),
    "a warm-up below nothing": Mistake(
        "def far(",
        "def warm_up(params):\n    return -3\n\n\ndef far(",
        "mine.py:27: `warm_up` gives -3: it counts quotes, or bars",
    ),
    "frames that are not there": Mistake(
        "WEIGHTS = (1.0, 2.0)",
        'FRAMES = ("M3",)',
        "mine.py:10: there are no 'M3' bars: there is `M1`, `M5`, `M15`, `H1`",
    ),
    "frames that are no tuple": Mistake(
        "WEIGHTS = (1.0, 2.0)",
        'FRAMES = "M1"',
        'mine.py:10: `FRAMES` is no tuple: write names in it, as `FRAMES = ("M1",)`',
    ),
    "a trigger that is no function": Mistake(
        "def far(",
        "signal = 3.0\n\n\ndef far(",
        "mine.py:27: `signal` is no plain function: write `def signal(params, features, state, market, "
        "quote):`, "
        "without a decorator",
    ),
    "a trigger that pauses": Mistake(
        LAST,
        LAST.replace("return", "yield"),
        "mine.py:32: `on_quote` pauses: write it without `yield` and `async`",
    ),
}
"""Mistakes that show as the file is loaded; the compiler has no part in them."""

COMPILED = {
    "a misspelt param": Mistake(
        "distance / params.threshold",
        "distance / params.treshold",
        "mine.py:39: `params` has no `treshold`: did you mean `threshold`?",
    ),
    "a field the market does not have": Mistake(
        "0.5 * market.mid2, params",
        "market.mid, params",
        "mine.py:34: `market` has no `mid`: `market.mid2` is bid + ask: the mid in half-ticks",
    ),
    "a misspelt column of bars": Mistake(
        LAST,
        "    return State(ema, 0), Signal(side, market.frames[0].clozes[0], 30.0, 10.0)",
        "mine.py:39: `market.frames[0]` has no `clozes`: did you mean `closes`?",
    ),
    "a field of an indicator": Mistake(
        "> ema.value else",
        "> ema.valu else",
        "mine.py:38: Ema has no `valu`: did you mean `value`?",
        plainly="",
    ),
    "a path without an end": Mistake(
        f"{LAST}\n",
        "",
        "mine.py:32: `on_quote` gives nothing on one of its paths: end every path with `return`; where "
        "there is "
        "nothing to do, the signal is `NO_WISH`",
    ),
    "a return of None": Mistake(
        "        return State(ema, state.crossed), NO_WISH",
        "        return None",
        "mine.py:37: `on_quote` gives nothing on one of its paths: end every path with `return`; where "
        "there is "
        "nothing to do, the signal is `NO_WISH`",
    ),
    "no return at all": Mistake(
        "    if not far(params, distance):\n        return State(ema, state.crossed), NO_WISH\n"
        "    side = 1 if 0.5 * market.mid2 > ema.value else -1\n" + LAST,
        "    distance += 1.0",
        "mine.py:32: `on_quote` gives nothing: end every path with `return`; where there is nothing to do, "
        "the "
        "signal is `NO_WISH`",
    ),
    "a signal without the state": Mistake(
        "    if not far(params, distance):\n        return State(ema, state.crossed), NO_WISH\n"
        "    side = 1 if 0.5 * market.mid2 > ema.value else -1\n" + LAST,
        "    return Signal(1, distance, 30.0, 10.0)",
        "mine.py:36: `on_quote` gives Signal: with a State it is to give both, the state first: write "
        "`return State(…), Signal(…)`",
    ),
    "the signal before the state": Mistake(
        "    if not far(params, distance):\n        return State(ema, state.crossed), NO_WISH\n"
        "    side = 1 if 0.5 * market.mid2 > ema.value else -1\n" + LAST,
        "    return NO_WISH, State(ema, 0)",
        "mine.py:36: `on_quote` gives (Signal, State): the state comes first: write `return State(…), "
        "Signal(…)`",
    ),
    "a float in a whole field of the state": Mistake(
        "    if not far(params, distance):\n        return State(ema, state.crossed), NO_WISH\n"
        "    side = 1 if 0.5 * market.mid2 > ema.value else -1\n" + LAST,
        "    return State(ema, state.crossed + 0.5), NO_WISH",
        "mine.py:36: `State.crossed` is int, but gets float: write `int(…)` or `round(…)`, or declare it "
        "float",
    ),
    "a float on one path": Mistake(
        "state.crossed + 1)",
        "state.crossed + 0.5)",
        "mine.py:37: gives (State(Ema(int, float), int), Signal(int, float, float, float)) here and "
        "(State(Ema(int, float), float), Signal(int, float, float, float)) on line 39: keep one kind: 0.0, "
        "or `float(…)`, where it is float",
        plainly="",
    ),
    "whole numbers in one signal": Mistake(
        "NO_WISH\n    side",
        "Signal(0, 0, 0, 0)\n    side",
        "mine.py:37: gives (State(Ema(int, float), int), Signal(int x 4)) here and (State(Ema(int, float), "
        "int), "
        "Signal(int, float, float, float)) on line 39: write `Signal(0, 0.0, 0.0, 0.0)`, or `NO_WISH`",
        plainly="",
    ),
    "a side that is a float": Mistake(
        "    if not far(params, distance):\n        return State(ema, state.crossed), NO_WISH\n"
        "    side = 1 if 0.5 * market.mid2 > ema.value else -1\n" + LAST,
        "    return State(ema, 0), Signal(sqrt(1.0), 1.0, 30.0, 10.0)",
        "mine.py:36: `Signal.side` is int, but gets float: write `int(…)` or `round(…)`",
    ),
    "a side that may be nothing": Mistake(
        "else -1\n",
        "else None\n",
        "mine.py:37: gives (State(Ema(int, float), int), Signal(int, float, float, float)) here and "
        "(State(Ema(int, "
        "float), int), Signal(int or nothing, float, float, float)) on line 39: keep one kind: 0.0, or "
        "`float(…)`, where it is float",
        plainly="",
    ),
    "too few values in a signal": Mistake(
        "Signal(side, distance / params.threshold, 30.0, 10.0)",
        "Signal(side, 1.0)",
        "mine.py:39: `Signal(…)` lacks stop, target: give every field: defaults do not reach compiled code",
    ),
    "too many values in a signal": Mistake(
        "30.0, 10.0)",
        "30.0, 10.0, 5.0)",
        "mine.py:39: `Signal` has 5 values: its fields are side, score, stop, target",
    ),
    "a misspelt value of a signal": Mistake(
        "30.0, 10.0)",
        "30.0, targt=10.0)",
        "mine.py:39: `Signal` has no `targt`: did you mean `target`?",
    ),
    "a state made of nothing": Mistake(
        "        return State(ema, state.crossed), NO_WISH",
        "        return State(), NO_WISH",
        "mine.py:37: `State()` has no fields once compiled: write `EMPTY = State()` at the top of the file "
        "and use "
        "EMPTY",
    ),
    "a state without all of its values": Mistake(
        "        return State(ema, state.crossed), NO_WISH",
        "        return State(ema), NO_WISH",
        "mine.py:37: `State(…)` lacks crossed: give every field: defaults do not reach compiled code",
    ),
    "a state of a star": Mistake(
        "        return State(ema, state.crossed), NO_WISH",
        "        return State(*state), NO_WISH",
        "mine.py:37: `State` is made of `*` or `**`: write out ema, crossed",
    ),
    "a state that is set": Mistake(
        "    distance = abs",
        "    state.crossed += 1\n    distance = abs",
        "mine.py:35: `state.crossed` cannot be set: make a new State, with every field",
    ),
    "a state that is replaced": Mistake(
        "        return State(ema, state.crossed), NO_WISH",
        "        return state._replace(ema=ema), NO_WISH",
        "mine.py:37: `_replace` does not compile: make a new one, with every field",
    ),
    "a market that is set": Mistake(
        "    distance = abs",
        "    market.mids[0] = 3\n    distance = abs",
        "mine.py:35: `market.mids[0]` cannot be set: a strategy reads; what it remembers stands in State",
    ),
    "an unknown name": Mistake(
        "    distance = abs",
        "    distance = mid_agoo(market, 3) + abs",
        "mine.py:35: `mid_agoo` is not defined: did you mean `mid_ago`?",
        plainly="mine.py:35: `mid_agoo` is not defined: define it above this line",
    ),
    "a misspelt variable": Mistake(
        "side, distance / params.threshold",
        "side, distence / params.threshold",
        "mine.py:39: `distence` is not defined: did you mean `distance`?",
        plainly="",
    ),
    "a name of another module": Mistake(
        "    distance = abs",
        "    distance = floor(3.5) + abs",
        "mine.py:35: `floor` is not defined: write `from math import floor`",
    ),
    "a list of constants": Mistake(
        "    distance = abs",
        "    distance = LIST[0] + abs",
        "mine.py:35: `LIST` is a list, which does not compile: write it as a tuple, with ( and )",
    ),
    "a dict of constants": Mistake(
        "    distance = abs",
        "    distance = DICT[0] + abs",
        "mine.py:35: `DICT` is a dict, which does not compile: write numbers or tuples of them",
    ),
    "a variable without a value": Mistake(
        "    distance = abs",
        "    if market.bid > 3:\n        extra = 1.0\n    distance = extra + abs",
        "mine.py:37: `extra` may have no value: give it one on every path",
        plainly="",
    ),
    "a variable of two kinds": Mistake(
        "    distance = abs",
        "    extra = 3.0\n    if market.bid > 3:\n        extra = ema\n    distance = abs(extra) + abs",
        "mine.py:38: `extra` is float on one path and Ema(int, float) on another: keep one kind: 0.0, or "
        "`float(…)`, where it is float",
        plainly="mine.py:38: raises TypeError (bad operand type for abs(): 'Ema'): mend this line",
    ),
    "an argument forgotten": Mistake(
        "0.5 * market.mid2, params.quotes)",
        "0.5 * market.mid2)",
        "mine.py:34: a call does not fit (ema, price, period): it lacks `period`",
        plainly="mine.py:34: raises TypeError (ema_next() missing 1 required positional argument: "
        "'period'): mend "
        "this line",
    ),
    "an argument of another kind": Mistake(
        "ema_next(state.ema,",
        "ema_next(state.crossed,",
        "mine.py:34: a call is given something of the wrong kind: `ema_next` takes (ema: Ema, price: float, "
        "period: "
        "int)",
        plainly="mine.py:34: int has no `seen`: look at what stands before the dot",
    ),
    "a market where a frame is meant": Mistake(
        "    distance = abs",
        "    distance = bar_ago(market, 0).close + abs",
        "mine.py:35: a call is given something of the wrong kind: `bar_ago` takes (frame, back: int)",
        plainly="mine.py:35: record has no `closed`: did you mean `crossed`?",
    ),
    "a text among numbers": Mistake(
        "return distance >= params.threshold",
        'return sqrt("1") >= params.threshold',
        "mine.py:29: `sqrt` does not go with (str): give it numbers",
        plainly="mine.py:29: raises TypeError (must be real number, not str): mend this line",
    ),
    "a text added to a number": Mistake(
        "return distance >= params.threshold",
        'return 1 + "1" >= params.threshold',
        "mine.py:29: `+` does not go with (int, str): give it numbers",
        plainly="mine.py:29: raises TypeError (unsupported operand type(s) for +: 'int' and 'str'): mend "
        "this line",
    ),
    "a function NumPy does not compile": Mistake(
        "    distance = abs",
        "    distance = np.gradient(market.mids)[0] + abs",
        "mine.py:35: the compiler knows no `numpy.gradient`: see what of it Numba supports, or write it out",
        plainly="",
    ),
    "a function that calls itself": Mistake(
        "return distance >= params.threshold",
        "return far(params, distance)",
        "mine.py:29: a function calls itself: write a loop",
        plainly="mine.py:29: raises RecursionError (maximum recursion depth exceeded): mend this line",
    ),
    "an empty list": Mistake(
        "    distance = abs",
        "    seen = []\n    distance = abs",
        "mine.py:35: `seen` is an empty list: use the windows of the market, or add up as you go",
        plainly="",
    ),
    "the clock": Mistake(
        "    distance = abs",
        "    distance = time.time() + abs",
        "mine.py:35: `time.time` reaches for the clock: the time is `market.ts`, in nanoseconds UTC",
    ),
    "chance": Mistake(
        "    distance = abs",
        "    distance = np.random.normal() + abs",
        "mine.py:35: `np.random.normal` reaches for chance: a strategy is deterministic: the same quotes "
        "give the same "
        "signals",
    ),
    "chance by another name": Mistake(
        "    distance = abs",
        "    distance = toss() + abs",
        "mine.py:35: `toss` reaches for chance: a strategy is deterministic: the same quotes give the same "
        "signals",
    ),
    "printing": Mistake(
        "    distance = abs",
        "    print(market.bid)\n    distance = abs",
        "mine.py:35: `print` reaches for the world outside: a strategy sees its market, its params and its "
        "state",
    ),
    "an exception": Mistake(
        "    distance = abs",
        "    try:\n        ratio = 1.0 / ema.value\n    except ZeroDivisionError:\n        ratio = 0.0\n    "
        "distance = abs",
        "mine.py:35: `try` does not compile: test the value first: a division by zero gives inf or NaN "
        "here, it does "
        "not raise",
    ),
    "an import inside": Mistake(
        "    distance = abs",
        "    import math\n    distance = abs",
        "mine.py:35: `import` inside a function does not compile: import at the top of the file",
    ),
    "a generator": Mistake(
        "    distance = abs",
        "    total = sum(mid_ago(market, back) for back in range(4))\n    distance = abs",
        "mine.py:35: a generator does not compile: write the loop out",
    ),
    "a global": Mistake(
        "    distance = abs",
        "    global WEIGHTS\n    WEIGHTS = (1.0,)\n    distance = abs",
        "mine.py:35: `global` does not compile: what is remembered between events stands in State",
    ),
    "a text": Mistake(
        "    distance = abs",
        '    words = f"{market.bid}"\n    distance = abs',
        "mine.py:35: a text made at run time does not compile: a strategy knows numbers only; take it out",
    ),
}
"""Mistakes that show as the functions are read and compiled."""

BESIDE = "import time\nimport numpy as np\nfrom random import random as toss\nLIST = [1.0]\nDICT = {0: 1.0}\n"
"""What some of the mistakes need; it is put behind the last line, so that no line moves."""
