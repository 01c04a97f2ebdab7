locals {
  # Saved queries of CloudWatch Logs Insights over the lines that the function and Lambda write, a key each.
  queries = {
    slowest-batches = <<-EOT
      fields coalesce(requestId, record.requestId) as request
      | stats max(record.metrics.durationMs) as durationMs, max(records) as recordsOfBatch, max(oldestRecordAgeMs) as ageMs by request
      | sort durationMs desc
      | limit 20
    EOT

    record-age = <<-EOT
      filter ispresent(oldestRecordAgeMs)
      | stats max(oldestRecordAgeMs) / 1000 as oldestRecordAgeSeconds, sum(records) as recordsGiven by bin(5m)
    EOT

    rejected-records = <<-EOT
      fields @timestamp, sequenceNumber, reason, error.type, error.status, alias, requestId
      | filter message = "record rejected"
      | sort @timestamp desc
      | limit 100
    EOT

    rejection-reasons = <<-EOT
      filter message = "record rejected"
      | stats count(*) as rejected by reason, error.type
      | sort rejected desc
    EOT

    partial-batch-failures = <<-EOT
      fields @timestamp, records, checkpoint, oldestRecordAgeMs, requestId
      | filter message = "partial batch failure"
      | parse @message /"retryReasons": ?\{(?<reasons>[^}]*)\}/
      | display @timestamp, reasons, records, checkpoint, oldestRecordAgeMs, requestId
      | sort @timestamp desc
      | limit 100
    EOT

    retry-reasons = <<-EOT
      filter message = "partial batch failure"
      | parse @message /"retryReasons": ?\{(?<reasons>[^}]*)\}/
      | stats count(*) as batches, max(oldestRecordAgeMs) / 1000 as oldestRecordAgeSeconds by reasons
      | sort batches desc
    EOT

    cold-starts = <<-EOT
      filter type = "platform.report" and ispresent(record.metrics.initDurationMs)
      | stats count(*) as coldStarts, avg(record.metrics.initDurationMs) as averageMs,
          max(record.metrics.initDurationMs) as longestMs by bin(1h)
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
  for_each = var.function.log_group == null ? {} : local.queries

  name            = "${var.function.name}/${each.key}"
  query_string    = trimspace(each.value)
  log_group_names = [var.function.log_group.name]
}
