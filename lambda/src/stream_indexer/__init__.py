"""Keeps an OpenSearch index equal to a DynamoDB table by reading the table's stream."""
