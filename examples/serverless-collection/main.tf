module "collection" {
  source = "../../modules/opensearch-collection"
  # source = "github.com/example/stream-indexer//modules/opensearch-collection?ref=v0.1.0"

  name             = "shop"
  standby_replicas = "DISABLED" # half the price; ENABLED for production
}

module "search" {
  source = "../.."
  # source = "github.com/example/stream-indexer?ref=v0.1.0"

  name         = "orders"
  package_file = "../../build/stream-indexer.zip"

  table = {
    hash_key  = { name = "customer_id", type = "S" }
    range_key = { name = "order_id", type = "S" }
  }

  opensearch = module.collection.connection

  serverless = {
    collection_name = module.collection.name
    data_access     = { reader_arns = var.reader_arns }
  }
}
