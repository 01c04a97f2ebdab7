# A pipeline for each stream view type, for the end-to-end tests.

variable "opensearch_endpoint" {
  type = string
}

variable "opensearch_arn" {
  type = string
}

module "search" {
  source   = "../../.."
  for_each = toset(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"])

  name         = "orders-${lower(replace(each.key, "_", "-"))}"
  package_file = "../../../build/stream-indexer.zip"

  table = {
    hash_key         = { name = "customer_id", type = "S" }
    range_key        = { name = "order_id", type = "S" }
    stream_view_type = each.key
  }

  opensearch = {
    endpoint = var.opensearch_endpoint
    arn      = var.opensearch_arn
  }

  index = { number_of_replicas = 0 }
}

output "pipelines" {
  description = "Outputs of each pipeline, by stream view type."
  value       = module.search
}
