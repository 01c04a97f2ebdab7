"""Lambda's event source mapping for DynamoDB Streams, tested against recorded behavior of AWS.

It uses no gateway and no engine: `protocols.py` has the interfaces. The way of a record: `shard_reader.py` (shard to
buffer), `batching.py` (buffer to batch), `batch_dispatcher.py` (batch to function), `batch_response.py` and
`retry_policy.py` (the result), `on_failure.py` (discarded records), `checkpoint.py` (progress of the shard).
`poller.py` runs one mapping, `service.py` offers all mappings as the Lambda API does.
"""
