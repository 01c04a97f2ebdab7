"""DynamoDB Local and OpenSearch on the JVM."""
