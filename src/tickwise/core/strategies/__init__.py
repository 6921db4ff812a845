"""Strategies: one file each, written as a user writes one.

A file has a docstring that says when it earns and when it bleeds, `Params`, and one function, `on_quote` or
`on_bar`; or the parts `update`, `maybe`, `features` and `signal`. See docs/recipes.md.
"""
