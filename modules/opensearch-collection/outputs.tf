output "connection" {
  description = "Endpoint (`endpoint`), ARN (`arn`) and name (`name`) of the collection, as `collection` of the root module takes them."
  value = {
    endpoint = aws_opensearchserverless_collection.this.collection_endpoint
    arn      = aws_opensearchserverless_collection.this.arn
    name     = var.name
  }
  depends_on = [aws_opensearchserverless_security_policy.network]
}

output "name" {
  description = "Name of the collection."
  value       = var.name
}
