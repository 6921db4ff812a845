"""What a built-in strategy is made for, where that differs from the defaults of all.

The signals of fast_scalp carry neither stop nor target: the exits are the config's, and those of FastScalp
are meant unless the file says otherwise. Strategies that bring their own distances need none.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

FAST_SCALP: Mapping[str, Mapping[str, Any]] = {
    "gates": {"pocket_loss_fraction_max": 0.02},
    "exits": {
        "target_pips": 1.0,
        "stop_pips": 30.0,
        "soft_stop_pips": 5.0,
        "time_stop_s": 60.0,
        "time_stop_gain_pips": 0.4,
    },
    "sizing": {"risk_fraction": 0.005, "pocket_share": 0.12},
}
"""FastScalp's figures, and half a percent at risk for a trade, which its document leaves to the account."""

MADE_FOR: Mapping[str, Mapping[str, Mapping[str, Any]]] = MappingProxyType({"fast_scalp": FAST_SCALP})

INSTEAD = {"target_fraction": "target_pips", "stop_fraction": "stop_pips"}
"""Naming the one leaves out the other."""

RULES = ("units_fixed", "risk_fraction", "margin_share", "pocket_share")
"""A file that names one rule of sizing means that rule, and no other is added."""


def filled(document: Mapping[str, Any]) -> dict[str, Any]:
    """Put what the strategy is made for where the document says nothing."""
    whole = dict(document)
    strategy = document.get("strategy")
    for section, defaults in MADE_FOR.get(strategy if isinstance(strategy, str) else "", {}).items():
        said = document.get(section, {})
        if isinstance(said, Mapping):
            whole[section] = {**_fitting(section, defaults, said), **said}
    return whole


def _fitting(section: str, defaults: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out defaults that what was said takes the place of."""
    if section == "sizing" and any(rule in said for rule in RULES):
        return {}
    replaced = {INSTEAD[name] for name in said if name in INSTEAD}
    return {name: value for name, value in defaults.items() if name not in replaced}
