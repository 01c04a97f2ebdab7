"""Faults on command: a proxy in front of OpenSearch or of AWS, and what befalls a function's process."""
