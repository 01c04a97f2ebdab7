"""Failure drills: each causes a failure, checks what you can observe, and checks the recovery."""
