"""Every error of the function, grouped by what the caller can do about it.

A message names the setting or the kind of fault, never the contents of a record.
"""


class IndexerError(Exception):
    """Anything that this package raises on purpose."""


class ConfigError(IndexerError):
    """A setting is missing or wrong: nothing works until it is mended."""


class SetupError(IndexerError):
    """The index, or the access to it, cannot be set up; the message has OpenSearch's reason."""


class NoResponseError(SetupError):
    """OpenSearch gave no answer at all until the wait was over."""


class MalformedRecordError(IndexerError):
    """A record can never become a document: it goes to the quarantine."""


class TransientError(IndexerError):
    """The same request may succeed later."""


class ConnectionFailedError(TransientError):
    """A service gave no answer: refused, reset, timed out, or broke off."""


class ResponseTooLargeError(TransientError):
    """A service's answer is larger than the request allows for: it was not read."""


class InvalidBulkResponseError(TransientError):
    """OpenSearch's answer cannot be paired with what was asked: nobody knows what was done."""
