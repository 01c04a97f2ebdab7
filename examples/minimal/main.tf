module "search" {
  source = "../.."
  # source = "github.com/example/terraform-aws-stream-indexer?ref=v0.1.0"

  name    = "orders"
  package = { path = "../../build/stream-indexer.zip" }

  table = {
    name                        = "orders"
    hash_key                    = { name = "customer_id", type = "S" }
    range_key                   = { name = "order_id", type = "S" }
    deletion_protection_enabled = var.deletion_protection_enabled
  }

  domain = {
    endpoint = var.opensearch_endpoint
    arn      = var.opensearch_arn
  }
}
