# Commands of the house. Without `just`, type what stands below a name.

# Format, lint, types, imports, tidy and the core's tests: under a minute, for before a commit
check:
    uv run ruff format .
    uv run ruff check .
    uv run mypy
    uv run lint-imports --no-logo
    uv run pytest tests/test_tidy.py tests/test_docs.py tests/core

# The default tests: eleven minutes on two cores, offline
test *arguments:
    uv run pytest {{arguments}}

# The tests that take longer
slow:
    uv run pytest -m slow --timeout 1200

# Every benchmark, each with its right answer; makes the data first
bench:
    uv run python benchmarks/make_data.py
    uv run python benchmarks/w1.py
    uv run python benchmarks/w2.py
    uv run python benchmarks/w3.py
    uv run python benchmarks/live_step.py
    uv run python benchmarks/journal.py
    uv run python benchmarks/recovery.py
    uv run python benchmarks/engine_latency.py
    uv run python benchmarks/engine_load.py --seconds 60
    uv run python benchmarks/sweep.py
    uv run python benchmarks/options.py
    uv run python benchmarks/databento.py
    uv run python benchmarks/processes.py
    uv run python benchmarks/memory.py

# Write the pages that follow from the code: docs/gates.md and docs/settings.md
docs:
    uv run python docs/generate.py

# All that a change is held to
ci:
    bash .ci/run
