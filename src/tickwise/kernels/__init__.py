"""Kernels: a strategy's file and the core's loop, compiled into one.

`strategy_file` loads a file: `own_modules` imports it apart from all others, `contract` holds it against what
a strategy must have, `compiled_copy` makes its functions ones the compiler inlines. `generated` writes the
small module that joins them to the loop and imports it. Before that `complaint` compiles each function alone:
`grammar` reads its text, `kinds` says what goes in and must come out, `reasons` and `loading` turn the words
of the compiler and of Python into those of the author.
"""
