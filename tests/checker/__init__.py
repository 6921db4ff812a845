"""The invariants: what must hold of a session, whoever ran it, told by the journal, the broker and the wire.

`world` has the records an adapter fills in, `case` the rules of a session and what is known of a run,
`told` follows the journal. Each group of invariants is a file; `check` runs them all. Nothing here imports
the engine: only the kinds of entries.
"""
