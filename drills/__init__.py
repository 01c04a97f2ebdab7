"""Failure drills: each tells what goes wrong, what can be seen of it, and how it comes right, and asserts it."""
