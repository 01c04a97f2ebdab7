"""Programs for contributors. They do not ship."""
