locals {
  # Saved queries of CloudWatch Logs Insights over the lines that the function and Lambda write, a key each.
  queries = {
    slowest-batches = <<-EOT
      fields coalesce(requestId, record.requestId) as request
      | stats max(record.metrics.durationMs) as durationMs, max(records) as recordsOfBatch, max(oldestAgeMs) as ageMs by request
      | sort durationMs desc
      | limit 20
    EOT

    oldest-records = <<-EOT
      filter ispresent(oldestAgeMs)
      | stats max(oldestAgeMs) / 1000 as oldestAgeSeconds, sum(records) as recordsGiven by bin(5m)
    EOT

    offending-records = <<-EOT
      fields @timestamp, sequenceNumber, kind, fault, requestId
      | filter message = "record can never be indexed"
      | sort @timestamp desc
      | limit 100
    EOT

    offending-reasons = <<-EOT
      filter message = "record can never be indexed"
      | stats count(*) as offending by kind, fault
      | sort offending desc
    EOT

    given-back-batches = <<-EOT
      fields @timestamp, records, restartAt, oldestAgeMs, requestId
      | filter message = "batch is given back"
      | parse @message /"troubles": ?\{(?<reasons>[^}]*)\}/
      | display @timestamp, reasons, records, restartAt, oldestAgeMs, requestId
      | sort @timestamp desc
      | limit 100
    EOT

    given-back-reasons = <<-EOT
      filter message = "batch is given back"
      | parse @message /"troubles": ?\{(?<reasons>[^}]*)\}/
      | stats count(*) as batches, max(oldestAgeMs) / 1000 as oldestAgeSeconds by reasons
      | sort batches desc
    EOT

    cold-starts = <<-EOT
      filter type = "platform.report" and ispresent(record.metrics.initDurationMs)
      | stats count(*) as coldStarts, avg(record.metrics.initDurationMs) as averageMs, max(record.metrics.initDurationMs) as longestMs by bin(1h)
    EOT

    errors = <<-EOT
      fields @timestamp, errorType, errorMessage, record.status, coalesce(requestId, record.requestId) as request
      | filter level = "ERROR" or record.status != "success"
      | sort @timestamp desc
      | limit 100
    EOT
  }
}

resource "aws_cloudwatch_query_definition" "this" {
  for_each = var.function.log_group_name == null ? {} : local.queries

  name            = "${var.function.name}/${each.key}"
  query_string    = trimspace(each.value)
  log_group_names = [var.function.log_group_name]
}
