"""DynamoDB and OpenSearch from Python packages only."""
