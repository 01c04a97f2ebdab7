"""Lambda's event source mapping for DynamoDB Streams, held to what AWS was recorded doing.

Knows no gateway and no engine: those come in through `seams.py`. A record goes through `reader.py` (shard to queue),
`batching.py` (queue to batch), `lane.py` (batch to function), `answers.py` and `retries.py` (what came of it),
`failures.py` (what is told when it is given up), `ledger.py` (how far the shard is). `poller.py` runs one mapping,
`service.py` offers all of them as the Lambda API does.
"""
