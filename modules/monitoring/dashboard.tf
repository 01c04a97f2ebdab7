locals {
  # The way of a record, left to right: a column for each station, its graphs from top to bottom, a line for each
  # metric and statistic.
  columns = [
    {
      title = "Table"
      graphs = [
        { title = "Writes (units)", source = "table", lines = [["ConsumedWriteCapacityUnits", "Sum"]] },
        { title = "Throttled requests", source = "table", lines = [["WriteThrottleEvents", "Sum"], ["ReadThrottleEvents", "Sum"]] },
      ]
    },
    {
      title = "Stream"
      graphs = [
        { title = "Records", source = "mapping", lines = [["PolledEventCount", "Sum"], ["InvokedEventCount", "Sum"]] },
        { title = "Age of the last record read (ms)", source = "function", lines = [["IteratorAge", "Maximum"]] },
        { title = "Records given up, lost", source = "mapping", lines = [["OnFailureDestinationDeliveredEventCount", "Sum"], ["DroppedEventCount", "Sum"]] },
      ]
    },
    {
      title = "Function"
      graphs = [
        { title = "Invocations", source = "function", lines = [["Invocations", "Sum"], ["Errors", "Sum"], ["Throttles", "Sum"]] },
        { title = "Duration (ms)", source = "function", lines = [["Duration", "p50"], ["Duration", "p99"], ["Duration", "Maximum"]] },
        { title = "Running at once", source = "function", lines = [["ConcurrentExecutions", "Maximum"]] },
      ]
    },
    {
      title = "Index"
      graphs = [
        { title = "Documents", source = "own", lines = [[local.own.Written.name, "Sum"], [local.own.Deleted.name, "Sum"], [local.own.Stale.name, "Sum"]] },
        { title = "From change to index (ms)", source = "own", lines = [[local.own.ReplicationLag.name, "p50"], [local.own.ReplicationLag.name, "p99"], [local.own.ReplicationLag.name, "Maximum"]] },
        { title = "Records given back, quarantined", source = "own", lines = [[local.own.Retried.name, "Sum"], [local.own.Quarantined.name, "Sum"]] },
      ]
    },
  ]

  _width        = 24 / length(local.columns) # CloudWatch's grid is 24 wide
  _title_height = 1
  _graph_height = 6

  _titles = [
    for number, column in local.columns : {
      type       = "text"
      x          = number * local._width
      y          = 0
      width      = local._width
      height     = local._title_height
      properties = { markdown = "## ${number + 1}. ${column.title}" }
    }
  ]

  _graphs = flatten([
    for number, column in local.columns : [
      for row, graph in column.graphs : {
        type   = "metric"
        x      = number * local._width
        y      = local._title_height + row * local._graph_height
        width  = local._width
        height = local._graph_height
        properties = {
          title  = graph.title
          region = var.region
          view   = "timeSeries"
          period = 60
          metrics = [
            for line in graph.lines : [
              local.sources[graph.source].namespace,
              line[0],
              local.sources[graph.source].dimension,
              local.sources[graph.source].value,
              { stat = line[1] },
            ]
          ]
        }
      }
    ]
  ])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.function_name}-${var.region}" # dashboards are an account's, not a region's
  dashboard_body = jsonencode({ widgets = concat(local._titles, local._graphs) })
}
