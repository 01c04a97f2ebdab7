# For the end-to-end tests: a pipeline for each stream view type, one that chooses what it indexes, one of two indexes,
# one whose items say their versions, and one that has its documents in another's index.

variable "opensearch_endpoint" {
  type = string
}

variable "opensearch_arn" {
  type = string
}

locals {
  domain = {
    endpoint = var.opensearch_endpoint
    arn      = var.opensearch_arn
  }
}

module "search" {
  source   = "../../.."
  for_each = toset(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"])

  name    = "orders-${lower(replace(each.key, "_", "-"))}"
  package = { path = "../../../build/stream-indexer.zip" }
  domain  = local.domain
  index   = { number_of_replicas = 0 }

  table = {
    name                        = "orders-${lower(replace(each.key, "_", "-"))}"
    deletion_protection_enabled = false
    hash_key                    = { name = "customer_id", type = "S" }
    range_key                   = { name = "order_id", type = "S" }
    stream_view_type            = each.key
  }
}

module "chosen" {
  source = "../../.."

  name    = "orders-new-image-vip" # its index meets the template of orders-new-image too
  package = { path = "../../../build/stream-indexer.zip" }
  domain  = local.domain

  table = {
    name                        = "orders-new-image-vip"
    deletion_protection_enabled = false
    hash_key                    = { name = "customer_id", type = "S" }
    range_key                   = { name = "order_id", type = "S" }
  }

  index = {
    number_of_replicas = 0

    numeric_fields = {
      "exchange_rate"        = { type = "keyword" }
      "total"                = { type = "scaled_float", scaling_factor = 100 }
      "ship_to.position.lat" = { type = "double" }
      "lines.quantity"       = { type = "long" }
    }

    mappings = jsonencode({
      properties = {
        codes    = { type = "keyword", ignore_above = 8191 }
        details  = { type = "flat_object" }
        anything = { type = "object", enabled = false }
      }
    })
  }

  documents = {
    filter                  = { status = { equals = ["paid", "shipped"] }, hidden = { exists = false } }
    exclude_attributes      = ["label", "scans"]
    ttl_deletes             = "ignore"
    unsupported_field_names = "flatten"
  }
}

module "routed" {
  source = "../../.."

  name    = "orders-routed"
  package = { path = "../../../build/stream-indexer.zip" }
  domain  = local.domain
  index   = { number_of_replicas = 0 }

  table = {
    name                        = "orders-routed"
    deletion_protection_enabled = false
    hash_key                    = { name = "customer_id", type = "S" }
    range_key                   = { name = "order_id", type = "S" }
  }

  documents = {
    filter = { hidden = { exists = false } }
  }

  indices = {
    orders_open  = { filter = { status = { equals = ["placed", "paid"] } } }
    orders_gifts = { filter = { gift = { equals = ["true"] } } }
  }
}

module "revised" {
  source = "../../.."

  name      = "orders-revised"
  package   = { path = "../../../build/stream-indexer.zip" }
  domain    = local.domain
  index     = { number_of_replicas = 0 }
  documents = { version_attribute = "revision" }

  table = {
    name                        = "orders-revised"
    deletion_protection_enabled = false
    hash_key                    = { name = "customer_id", type = "S" }
    range_key                   = { name = "order_id", type = "S" }
    stream_view_type            = "NEW_AND_OLD_IMAGES"
  }
}

module "sharing" {
  source = "../../.."

  name      = "orders-sharing"
  package   = { path = "../../../build/stream-indexer.zip" }
  domain    = local.domain
  index     = { number_of_replicas = 0 }
  documents = { id_prefix = "archive" }
  indices   = { orders-old-image = { filter = {} } }

  table = {
    name                        = "orders-sharing"
    deletion_protection_enabled = false
    hash_key                    = { name = "customer_id", type = "S" }
    range_key                   = { name = "order_id", type = "S" }
    stream_view_type            = "KEYS_ONLY"
  }
}

output "pipelines" {
  description = "Outputs of each pipeline: by stream view type, and \"chosen\", \"routed\", \"revised\" and \"sharing\"."
  value = merge(module.search, {
    chosen  = module.chosen
    routed  = module.routed
    revised = module.revised
    sharing = module.sharing
  })
}
