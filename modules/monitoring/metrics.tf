locals {
  # The function's own metrics stand in one file, which the function reads as well: a name that is not there fails the plan.
  _own = jsondecode(file("${path.module}/../../lambda/src/stream_indexer/metrics.json"))
  own  = { for name, metric in local._own.metrics : name => { name = name, meaning = metric.meaning } }

  # Where a metric comes from: its namespace, and the dimension that picks out this pipeline.
  sources = {
    table    = { namespace = "AWS/DynamoDB", dimension = "TableName", value = var.table_name }
    mapping  = { namespace = "AWS/Lambda", dimension = "EventSourceMappingUUID", value = var.mapping_uuid }
    function = { namespace = "AWS/Lambda", dimension = "FunctionName", value = var.function_name }
    own      = { namespace = local._own.namespace, dimension = one(local._own.dimensions), value = var.function_name }
  }
}
