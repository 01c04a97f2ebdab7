output "connection" {
  description = "Endpoint (`endpoint`) and ARN (`arn`) of the domain, as `domain` of the root module takes them."
  value = {
    endpoint = aws_opensearch_domain.this.endpoint
    arn      = aws_opensearch_domain.this.arn
  }
}
