module "collection" {
  source = "../../modules/opensearch-collection"
  # source = "github.com/example/terraform-aws-stream-indexer//modules/opensearch-collection?ref=v0.1.0"

  name             = "shop"
  standby_replicas = "DISABLED" # half the price; ENABLED for production
}

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

  collection = merge(module.collection.connection, { data_access = { reader_arns = var.reader_arns } })
}
