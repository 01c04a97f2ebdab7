"""What the demo and the tests share: Terraform, example orders, the proof that index and table agree."""
