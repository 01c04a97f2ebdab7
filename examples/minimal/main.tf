module "search" {
  source = "../.."
  # source = "github.com/example/stream-indexer?ref=v0.1.0"

  name         = "orders"
  package_file = "../../build/stream-indexer.zip"

  table = {
    hash_key  = { name = "customer_id", type = "S" }
    range_key = { name = "order_id", type = "S" }
  }

  opensearch = {
    endpoint = var.opensearch_endpoint
    arn      = var.opensearch_arn
  }
}
