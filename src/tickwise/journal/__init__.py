"""The journal: what happened and what was decided, in order, append-only and chained by hashes.

It is the ground truth of the house. `entries` says what an entry can be, `chain` how entries are tied to each
other, `writer` how they become durable, `folds` how orders, positions, trades and counts are read out of
them. Everything a person is shown is a reading of the journal (`readings`), and whatever a person asks for is
a signed row beside it (`commands`). It is kept in a SQLite file or in Postgres, whose tables `schema` names.
"""
