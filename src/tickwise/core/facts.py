"""What a lane is decided upon: its settings and every record it touches, by name."""

from typing import Any, NamedTuple


class Facts(NamedTuple):
    """The records around one lane. Each is a reference: what is written here is written in the session."""

    params: Any
    house: Any
    market: Any
    underlying: Any
    rate: Any
    lane: Any
    account: Any
    bot: Any
    instrument: Any
    pocket: Any
    group: Any
    in_account: Any
    in_house: Any
