"""What can go wrong that a person can mend.

TickwiseError
├── ConfigError      a bot's file, a setting or a calendar says something that cannot be meant
├── DataError        a tape or a file to import is missing, malformed or not what was asked for
├── JournalError     the journal cannot be opened, read or written, or a command in it cannot be meant
│   ├── JournalBusy        another process writes it, or holds its database for longer than we wait
│   ├── JournalDamaged     what is stored is not what was written, or not a journal
│   ├── JournalFailed      a commit failed: no entry is taken any more, so no order may leave
│   ├── JournalImpossible  an entry says what cannot follow from those before it
│   ├── JournalUnwritable  no right to write, no space, or a disk or database that fails
│   └── JournalVersion     a newer Tickwise wrote it, or an older one did and nobody may change it now
└── StrategyError    a strategy's file does not load or does not compile

Each message is one line: what was wrong, where, and what to do about it.
Our own broken laws are assertions, not errors of this tree.
"""

from __future__ import annotations


class TickwiseError(Exception):
    """Anything the user can mend; the command line prints it and ends with exit code 2."""


class ConfigError(TickwiseError):
    """A config, a setting or a calendar file that cannot be used as it stands."""


class DataError(TickwiseError):
    """A tape or a foreign file that cannot be read, or that breaks a law of tapes."""


class JournalError(TickwiseError):
    """A journal that cannot be used as it stands."""


class JournalBusy(JournalError):
    """Somebody else writes this journal, or holds its database for longer than we wait."""


class JournalDamaged(JournalError):
    """What is stored is not what was written: altered, cut, of another program, or not a database."""


class JournalFailed(JournalError):
    """A commit failed; the journal takes no entry any more, so no order may leave."""


class JournalImpossible(JournalError):
    """An entry says what cannot follow from those before it: an order that ends twice, a fill seen before."""


class JournalUnwritable(JournalError):
    """There is no right to write, no space, no connection, or a disk that fails."""


class JournalVersion(JournalError):
    """The schema is another than this version of Tickwise knows, and may not be changed now."""


class StrategyError(TickwiseError):
    """A strategy file that cannot be loaded, breaks the contract, or does not compile."""
