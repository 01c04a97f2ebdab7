# The pipeline that the drills are played on: small batches, so that a fault meets several, and every alarm.

variable "opensearch_endpoint" {
  type = string
}

variable "opensearch_arn" {
  type = string
}

resource "aws_sns_topic" "alarms" {
  name = "drills"
}

module "search" {
  source = "../.."

  name                 = "drills"
  package              = { path = "../../build/stream-indexer.zip" }
  index                = { number_of_replicas = 0 }
  event_source_mapping = { batch_size = 100 }
  alarms               = { topic_arn = aws_sns_topic.alarms.arn }

  table = {
    name                        = "drills"
    deletion_protection_enabled = false
    hash_key                    = { name = "customer_id", type = "S" }
    range_key                   = { name = "order_id", type = "S" }
  }

  domain = {
    endpoint = var.opensearch_endpoint
    arn      = var.opensearch_arn
  }
}

output "topic_arn" {
  description = "ARN of the topic that the alarms notify."
  value       = aws_sns_topic.alarms.arn
}

output "pipeline" {
  description = "Outputs of the pipeline."
  value       = module.search
}
