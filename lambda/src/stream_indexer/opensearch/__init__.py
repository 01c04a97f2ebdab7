"""Bulk requests to OpenSearch, and the meaning of their responses."""
