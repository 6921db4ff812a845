"""The pure, compiled core: everything that is decided is decided here.

No clock, no network, no disk, no randomness. Quotes, bars and settings come in as numbers; decisions go out
as numbers. The import of this package names the compiler's cache by a digest of the core's own sources, so
that an edit anywhere in it can never meet machine code made from an older text.
"""

from tickwise.core import _cache as _cache
