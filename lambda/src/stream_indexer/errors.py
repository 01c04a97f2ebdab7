"""Errors of the function, grouped by what the caller can do about them.

A message names the setting or the type of the error, never the contents of a record.
"""


class IndexerError(Exception):
    """Base class of all errors that this package raises."""


class ConfigError(IndexerError):
    """A setting is missing or invalid. No invocation succeeds until you fix it."""


class SetupError(IndexerError):
    """The setup of the index or of the security role failed. The message has OpenSearch's reason."""


class NoResponseError(SetupError):
    """OpenSearch did not respond before the retries ended."""


class MalformedRecordError(IndexerError):
    """A record cannot become a document. It goes to quarantine."""


class TransientError(IndexerError):
    """A request failed. The same request can succeed later."""


class ConnectionFailedError(TransientError):
    """A service did not respond: the connection was refused, reset, timed out or closed early."""


class ResponseTooLargeError(TransientError):
    """A response is larger than the request allows. It was not read."""


class InvalidBulkResponseError(TransientError):
    """A bulk response does not match its request, so the result of each document is unknown."""
