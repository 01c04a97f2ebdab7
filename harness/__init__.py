"""What the demo, the tests and the benchmarks share: Terraform, example data, and the proof that index and table agree."""
