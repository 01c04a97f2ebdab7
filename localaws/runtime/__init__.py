"""Runs functions as Lambda does: unpacks their zip, starts processes by `awslambdaric`, hands them events."""
