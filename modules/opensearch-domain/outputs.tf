output "connection" {
  description = "Endpoint (`endpoint`) and ARN (`arn`) of the domain: the root module's `opensearch`."
  value = {
    endpoint = "https://${aws_opensearch_domain.this.endpoint}" # AWS returns only the host
    arn      = aws_opensearch_domain.this.arn
  }
}
