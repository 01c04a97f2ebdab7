locals {
  # The way of a record, left to right: a column for each station, its graphs from top to bottom, a line for each
  # metric and statistic; `searches` are a collection's, `marks` the values from where on an alarm goes off.
  _columns = [
    {
      title = "Table"
      text  = "What is written here comes to the stream, throttled writes do not."
      graphs = [
        { title = "Writes (units)", source = "table", lines = [["ConsumedWriteCapacityUnits", "Sum"]] },
        { title = "Throttled requests", source = "table", lines = [["WriteThrottleEvents", "Sum"], ["ReadThrottleEvents", "Sum"]] },
      ]
    },
    {
      title = "Stream"
      text  = "Age grows: the index is behind. At 24 hours records are gone."
      graphs = [
        {
          title  = "Age of the last record read (ms)"
          source = "function"
          lines  = [["IteratorAge", "Maximum"]]
          marks = flatten([for t in local._thresholds : [
            { label = "warning", value = t.iterator_age_warning_in_seconds * 1000 },
            { label = "critical", value = t.iterator_age_critical_in_seconds * 1000 },
          ]])
        },
        {
          title  = "Records"
          source = "mapping"
          lines  = [["PolledEventCount", "Sum"], ["InvokedEventCount", "Sum"], ["FailedInvokeEventCount", "Sum"]]
        },
        {
          title  = "Records discarded, lost"
          source = "mapping"
          lines  = [["OnFailureDestinationDeliveredEventCount", "Sum"], ["DroppedEventCount", "Sum"]]
        },
      ]
    },
    {
      title = "Function"
      text  = "Near its timeout it waits for the index; throttled it waits for Lambda."
      graphs = [
        {
          title  = "Duration (ms)"
          source = "function"
          lines  = [["Duration", "p50"], ["Duration", "p99"], ["Duration", "Maximum"]]
          marks  = [{ label = "timeout", value = var.function.timeout * 1000 }]
        },
        { title = "Invocations", source = "function", lines = [["Invocations", "Sum"], ["Errors", "Sum"], ["Throttles", "Sum"]] },
        { title = "Running at once", source = "function", lines = [["ConcurrentExecutions", "Maximum"]] },
      ]
    },
    {
      title    = "Index"
      text     = "What became of the changes, and whether OpenSearch is well."
      is_shown = var.opensearch != null
      graphs = [
        {
          title  = "From change to index (ms)"
          source = "own"
          lines = [
            [local.own.ReplicationLag.name, "p50"],
            [local.own.ReplicationLag.name, "p90"],
            [local.own.ReplicationLag.name, "Maximum"],
          ]
          marks = [for t in local._thresholds : { label = "limit for one in ten", value = t.replication_lag_in_seconds * 1000 }]
        },
        {
          title  = "Documents"
          source = "own"
          lines = [
            [local.own.DocumentsIndexed.name, "Sum"],
            [local.own.DocumentsDeleted.name, "Sum"],
            [local.own.VersionConflicts.name, "Sum"],
          ]
        },
        {
          title  = "Records retried, quarantined"
          source = "own"
          lines = [
            [local.own.RecordsRetried.name, "Sum"],
            [local.own.RecordsQuarantined.name, "Sum"],
            [local.own.QuarantineFailures.name, "Sum"],
          ]
        },
        {
          title    = "Objects in the quarantine bucket, counted once a day"
          source   = "bucket"
          lines    = [["NumberOfObjects", "Average"]]
          view     = { view = "singleValue", sparkline = true, period = 86400, start = "-P14D" } # not the dashboard's hours
          is_shown = var.quarantine_bucket != null
        },
        {
          title  = "OpenSearch throttles or does not respond"
          source = "own"
          lines  = [[local.own.DocumentsThrottled.name, "Sum"], [local.own.ConnectionErrors.name, "Sum"]]
        },
        {
          title    = "Domain: red, writes blocked"
          source   = "index"
          lines    = [["ClusterStatus.red", "Maximum"], ["ClusterStatus.yellow", "Maximum"], ["ClusterIndexWritesBlocked", "Maximum"]]
          is_shown = !local.is_collection
        },
        {
          title    = "Domain: CPU, memory (%)"
          source   = "index"
          lines    = [["CPUUtilization", "Maximum"], ["JVMMemoryPressure", "Maximum"]]
          is_shown = !local.is_collection
        },
        {
          title    = "Domain: free space of the fullest node (MB)"
          source   = "index"
          lines    = [["FreeStorageSpace", "Minimum"]]
          is_shown = !local.is_collection
        },
        {
          title    = "Collection: failed requests"
          searches = [["IngestionRequestErrors", "Sum"], ["5xx", "Sum"], ["4xx", "Sum"]]
          is_shown = local.is_collection
        },
        {
          title    = "Collection: how long requests take"
          searches = [["IngestionRequestLatency", "Maximum"]]
          is_shown = local.is_collection
        },
      ]
    },
  ]
  columns = [for column in local._columns : column if lookup(column, "is_shown", true)]

  _width        = 24 / length(local.columns) # CloudWatch's grid is 24 wide
  _state_height = length(local.enabled_alarms) == 0 ? 0 : 4
  _links_height = 2
  _title_height = 2
  _graph_height = 6

  _states = length(local.enabled_alarms) == 0 ? [] : [{
    type   = "alarm"
    x      = 0
    y      = 0
    width  = 24
    height = local._state_height
    properties = {
      title  = "Alarms: each is a heading in docs/runbook.md"
      alarms = concat(aws_cloudwatch_composite_alarm.index_behind[*].arn, values(aws_cloudwatch_metric_alarm.this)[*].arn)
    }
  }]

  # Consoles of the partitions by the beginning of their regions' names.
  _console_domain = one([
    for prefix, domain in { "cn-" = "amazonaws.cn", "us-gov-" = "amazonaws-us-gov.com" } : domain if startswith(var.region, prefix)
  ])
  _console     = "https://${var.region}.console.${coalesce(local._console_domain, "aws.amazon.com")}"
  _queries_url = "${local._console}/cloudwatch/home?region=${var.region}#logsV2:logs-insights"
  _query_names = join(", ", formatlist("`%s`", keys(local.queries)))
  _links = concat(
    [local._runbook_url == null ? "Runbook: docs/runbook.md" : "[Runbook](${local._runbook_url})"],
    [for bucket in var.quarantine_bucket[*] : "[Quarantine bucket](${local._console}/s3/buckets/${bucket}?region=${var.region})"],
    [
      for _ in var.function.log_group[*] :
      "[Saved queries](${local._queries_url}), folder `${var.function.name}`: ${local._query_names}"
    ],
  )

  _header = [{
    type       = "text"
    x          = 0
    y          = local._state_height
    width      = 24
    height     = local._links_height
    properties = { markdown = join(" | ", local._links) }
  }]

  _top = local._state_height + local._links_height

  _titles = [
    for number, column in local.columns : {
      type       = "text"
      x          = number * local._width
      y          = local._top
      width      = local._width
      height     = local._title_height
      properties = { markdown = "## ${number + 1}. ${column.title}\n${column.text}" }
    }
  ]

  _shown = [
    for column in local.columns :
    [
      for graph in column.graphs :
      merge({ source = "index", lines = [], searches = [], marks = [], view = {} }, graph)
      if lookup(graph, "is_shown", true)
    ]
  ]
  _graphs = flatten([
    for number, graphs in local._shown : [
      for row, graph in graphs : {
        type   = "metric"
        x      = number * local._width
        y      = local._top + local._title_height + row * local._graph_height
        width  = local._width
        height = local._graph_height
        properties = merge({ view = "timeSeries", period = 60 }, graph.view, {
          title       = graph.title
          region      = var.region
          annotations = { horizontal = graph.marks }
          metrics = concat(
            [
              for line in graph.lines : concat(
                [local.sources[graph.source].namespace, line[0]],
                flatten([for name, value in local.sources[graph.source].dimensions : [name, value]]),
                [{ stat = line[1] }],
              )
            ],
            [for line in graph.searches : [{ expression = format(local.collection.search, line[0], line[1]), label = line[0] }]],
          )
        })
      }
    ]
  ])
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.create_dashboard ? 1 : 0

  dashboard_name = "${var.function.name}-${var.region}" # dashboards are an account's, not a region's
  dashboard_body = jsonencode({ widgets = concat(local._states, local._header, local._titles, local._graphs) })
}
