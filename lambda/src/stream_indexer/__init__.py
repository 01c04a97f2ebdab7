"""Keeps an OpenSearch index equal to a DynamoDB table, by the table's stream."""
