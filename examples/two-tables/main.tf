locals {
  # One row for each table. Its name is also the alias to search.
  tables = {
    customers = { hash_key = { name = "customer_id", type = "S" }, range_key = null }
    orders    = { hash_key = { name = "customer_id", type = "S" }, range_key = { name = "order_id", type = "S" } }
  }
}

resource "aws_sns_topic" "operations" {
  # checkov:skip=CKV_AWS_26: CloudWatch cannot publish to a topic that is encrypted by AWS's own key

  name = "search-operations"
}

module "search" {
  source = "../.."
  # source = "github.com/example/terraform-aws-stream-indexer?ref=v0.1.0"

  for_each = local.tables

  name    = each.key
  package = { path = "../../build/stream-indexer.zip" }
  table   = merge(each.value, { name = each.key, deletion_protection_enabled = var.deletion_protection_enabled })

  domain = {
    endpoint = var.opensearch_endpoint
    arn      = var.opensearch_arn
  }

  alarms = { topic_arn = aws_sns_topic.operations.arn }
}
