"""The code paths that people run today, each over its own packages, with no more than what it lacks to survive.

Each file has a `handler(endpoint)`, as `benchmarks/ours.py` has. None of them versions its documents, escapes its ids
or pairs answers with records: they do less than the function does. Errors are raised, so that a path which does not do
its work cannot look fast.
"""
