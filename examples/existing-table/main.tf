# A table of yours, with its stream enabled.
resource "aws_dynamodb_table" "products" {
  # checkov:skip=CKV_AWS_119: encrypted by DynamoDB's own key

  name             = "products"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "sku"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "sku"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_sns_topic" "operations" {
  # checkov:skip=CKV_AWS_26: CloudWatch cannot publish to a topic that is encrypted by AWS's own key

  name = "operations"
}

module "search" {
  source = "../.."
  # source = "github.com/example/terraform-aws-stream-indexer?ref=v0.1.0"

  name    = "products"
  package = { path = "../../build/stream-indexer.zip" }

  existing_table = {
    stream_arn = aws_dynamodb_table.products.stream_arn
    hash_key   = aws_dynamodb_table.products.hash_key
  }

  domain = {
    endpoint = var.opensearch_endpoint
    arn      = var.opensearch_arn
  }

  alarms = { topic_arn = aws_sns_topic.operations.arn }
}
