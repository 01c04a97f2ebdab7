output "connection" {
  description = "Endpoint (`endpoint`) and ARN (`arn`) of the domain: the root module's `opensearch`."
  value = {
    endpoint = "https://${aws_opensearch_domain.this.endpoint}" # AWS gives the host alone
    arn      = aws_opensearch_domain.this.arn
  }
}
