output "connection" {
  description = "Endpoint (`endpoint`) and ARN (`arn`) of the collection, once it can be reached: the root module's `opensearch`."
  value = {
    endpoint = aws_opensearchserverless_collection.this.collection_endpoint
    arn      = aws_opensearchserverless_collection.this.arn
  }
  depends_on = [aws_opensearchserverless_security_policy.network]
}

output "name" {
  description = "Name of the collection: the root module's `serverless.collection_name`."
  value       = var.name
}
