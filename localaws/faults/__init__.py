"""Faults on command: a proxy in front of OpenSearch or AWS."""
