"""Lambda's event source mapping for DynamoDB Streams, held to what AWS was recorded doing. Knows no gateway and no engine."""
