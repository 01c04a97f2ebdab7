"""What holds the data: DynamoDB with its streams, and OpenSearch. Two sets of engines behind one interface."""
