"""The soak: steady writes under random faults for as long as asked, and what must hold after it."""
