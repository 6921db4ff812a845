"""Find the one line of the compiler's many that says why, and say it in an author's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tickwise.kernels.contract import is_small
from tickwise.kernels.loading import home_of
from tickwise.kernels.source import nearest

OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
    "getitem": "[…]",
    "neg": "-",
    "and_": "&",
    "or_": "|",
}
"""How the operators that the compiler calls by their function are written."""

LENGTH_MAX = 160
"""Letters of the compiler's own words that are shown where none of ours fit."""

RETURNED = re.compile(r"Return of: IR name '[^']*', type '(.*?)', location:\s*File \"[^\"]*\", line (\d+)")
"""How the compiler tells what each path of a function returns, and on which line."""

Words = tuple[str, str]
"""What is wrong, and what to do."""


def reason_of(text: str, names: Mapping[str, Any]) -> Words:
    """Say what is wrong and what to do; `names` are those the function may use."""
    for pattern, words in REASONS:
        found = re.search(pattern, text, re.DOTALL)
        if found:
            return words(found, names)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    plain = [
        line for line in lines if not line.startswith(("Failed in nopython", "During", "File", "Raised"))
    ]
    reason = kinds_said((plain or lines or ["no reason given"])[0])[:LENGTH_MAX]
    return f"does not compile ({reason})", "write this line in another way"


def kinds_said(text: str) -> str:
    """Write kinds as an author does: int for int64, and a record by its name alone."""
    text = re.sub(r"Record\(\[.*", "a record", text).replace("Tuple(", "(")
    text = re.sub(r"Literal\[(\w+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\b(int|float)(64|32)\b", r"\1", text)
    text = re.sub(r"OptionalType\(([^()]*)\)", r"\1 or nothing", text)
    return re.sub(r"\bunicode_type\b", "str", text).replace("boolean", "bool").replace("none", "nothing")


def _no_attribute(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A field, or a name in a module, that is not there."""
    name, owner = found[1], found[2]
    module = re.match(r"Module\(<module '([\w.]+)'", owner)
    if module:
        return f"the compiler knows no `{module[1]}.{name}`", "see what of it Numba supports, or write it out"
    title = owner.partition("(")[0]
    small = next((v for v in _classes(names.values()) if v.__name__ == title), None)
    if name == "_replace":
        return "`_replace` does not compile", f"make a new {title}, with every field"
    if small is not None:
        return f"{title} has no `{name}`", nearest(name, small._fields)
    return f"{kinds_said(owner)} has no `{name}`", "look at what stands before the dot"


def _classes(values: Iterable[Any]) -> list[Any]:
    """Gather NamedTuple classes, those among their fields included."""
    found = [value for value in values if is_small(value)]
    for each in found:
        found += [kind for kind in each.__annotations__.values() if is_small(kind) and kind not in found]
    return found


def _no_name(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A name that is not defined."""
    name = found[1]
    close = nearest(name, [each for each in names if not each.startswith("__")])
    mend = close if close.startswith("did") else home_of(name) or "define it at the top of the file"
    return f"`{name}` is not defined", mend


def _no_global(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A global of a kind that does not compile."""
    name, kind = found[1], found[2].rpartition(".")[2]
    if kind in ("function", "builtin_function_or_method", "method", "type"):
        return f"`{name}` does not compile", "use what Numba supports of math and numpy, or write it out"
    return f"`{name}` is a {kind}, which does not compile", "constants are numbers, tuples of them or arrays"


def _list_global(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A list among the constants."""
    return f"`{found[1]}` is a list, which does not compile", "write it as a tuple, with ( and )"


def _arguments(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A function called with too few, too many or misnamed values."""
    signature = re.sub(r": [\w.\[\], ]+?(?=, \w+:|\)| =)", "", found[1])
    why = found[2].replace("missing a required argument: ", "it lacks ").replace("'", "`")
    return f"a call does not fit {re.sub(r' -> .*', '', signature)}", f"{why}"


def _operands(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """An operator between kinds it does not know."""
    sign, kinds = OPERATORS.get(found[1], found[1]), kinds_said(found[2])
    return f"`{sign}` does not go with ({kinds})", "give it numbers"


def _callee(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A function of Python or NumPy with kinds it does not know."""
    return f"`{found[1]}` cannot be called with ({kinds_said(found[2])})", "give it numbers"


def _variable(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A variable that is one kind here and another there."""
    name = found[3].partition(".")[0].lstrip("$0123456789")
    which = "a value" if not name or re.fullmatch(r"phi\d+", name) else f"`{name}`"
    wrong = f"{which} is {kinds_said(found[1])} on one path and {kinds_said(found[2])} on another"
    return wrong, _one_kind(found[0])


def _returns(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """Paths that give back different kinds."""
    paths = sorted((int(line), kinds_said(kind)) for kind, line in RETURNED.findall(found[0]))
    told = f"gives {paths[0][1]} here and {paths[-1][1]} on line {paths[-1][0]}"
    return told, _one_kind(found[0])


def _one_kind(text: str) -> str:
    """Say how to keep to one kind; most often a Signal was made of whole numbers."""
    if "Signal(int64 x 4)" in text:
        return "write `Signal(0, 0.0, 0.0, 0.0)`, or `NO_WISH`"
    return "keep one kind: 0.0, or `float(…)`, where it is float"


def _no_numpy(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A name that a module does not have, or that of a NumPy function that does not compile."""
    return (
        f"the compiler knows no `{'.'.join(found.groups())}`",
        "see what of it Numba supports, or write it out",
    )


def _empty_list(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A list of which nobody says what is in it."""
    return f"`{found[1]}` is an empty list", "use the windows of the market, or add up as you go"


def _recursion(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A function that calls itself."""
    return "a function calls itself", "write a loop"


def _field_of_record(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A field of a record that is not there."""
    return f"there is no field `{found[1]}`", "look at what stands before the dot"


def _unsupported(found: re.Match[str], names: Mapping[str, Any]) -> Words:
    """A piece of Python that the compiler does not know."""
    return f"does not compile ({kinds_said(found[1])})", "write this line in simpler Python"


REASONS: tuple[tuple[str, Callable[[re.Match[str], Mapping[str, Any]], Words]], ...] = (
    (r"Unknown attribute '(\w+)' of type ([^\n]+)", _no_attribute),
    (r"NameError: name '(\w+)' is not defined", _no_name),
    (r"Untyped global name '(\w+)':?.*?Cannot determine Numba type of <class '([\w.]+)'>", _no_global),
    (r"assigned to variable '(\w+)' in globals, is not supported", _list_global),
    (r"to signature '([^']*)' due to \"TypeError: ([^\"]*)\"", _arguments),
    (r"Can't unify return type from the following types: .+", _returns),
    (r"Cannot unify (.+?) and (.+?) for '([^']*)'", _variable),
    (r"Function\(<built-in function (\w+)>\) found for signature:\s*>>> \w+\(([^\n]*)\)\n", _operands),
    (r"found for signature:\s*>>> (\w+)\(([^\n]*)\)\n", _callee),
    (r"^'(\w+)'$", _field_of_record),
    (r"module '([\w.]+)' has no attribute '(\w+)'", _no_numpy),
    (r"unsupported NumPy function '([\w.]+)'", _no_numpy),
    (r"type of variable '(\w+)', have imprecise type: list\(undefined", _empty_list),
    (r"runaway recursion", _recursion),
    (r"(Use of unsupported opcode \(\w+\))", _unsupported),
    (r"The use of ([^\n]*?) is (?:un|not )supported", _unsupported),
)
"""What the compiler says, and what is said instead; the first that fits."""
