locals {
  # The function's own metrics are in one file, which the function reads as well: an unknown name fails the plan.
  _own = jsondecode(file("${path.module}/../../lambda/src/stream_indexer/metrics.json"))
  own  = { for name, metric in local._own.metrics : name => { name = name, meaning = metric.meaning } }

  # Without OpenSearch nothing is made of what follows from its ARN.
  _opensearch_arn   = var.opensearch == null ? "arn:aws:es:::domain/none" : var.opensearch.arn
  is_collection     = try(var.opensearch.service == "aoss", false)
  _opensearch_owner = try(split(":", local._opensearch_arn)[4], "")
  _opensearch_name  = try(split("/", local._opensearch_arn)[1], "") # a wrong ARN is refused by opensearch-access

  # Where a metric comes from: its namespace, and the dimensions that pick out this pipeline.
  sources = {
    table    = { namespace = "AWS/DynamoDB", dimensions = tomap({ TableName = var.table_name }) }
    mapping  = { namespace = "AWS/Lambda", dimensions = tomap({ EventSourceMappingUUID = var.event_source_mapping_uuid }) }
    function = { namespace = "AWS/Lambda", dimensions = tomap({ FunctionName = var.function.name }) }
    account  = { namespace = "AWS/Lambda", dimensions = tomap({}) } # of all functions in the region
    own      = { namespace = local._own.namespace, dimensions = tomap({ (one(local._own.dimensions)) = var.function.name }) }
    bucket   = { namespace = "AWS/S3", dimensions = tomap({ BucketName = var.quarantine_bucket, StorageType = "AllStorageTypes" }) }
    index    = { namespace = "AWS/ES", dimensions = tomap({ DomainName = local._opensearch_name, ClientId = local._opensearch_owner }) }
  }

  # A collection's metrics have its name among their dimensions, which its ARN does not contain: they are found by its ID.
  collection = {
    sums = {
      for metric in ["IngestionRequestErrors", "5xx"] :
      metric => join(" ", [
        "SELECT SUM(\"${metric}\") FROM SCHEMA(\"AWS/AOSS\", ClientId, CollectionId, CollectionName)",
        "WHERE CollectionId = '${local._opensearch_name}'",
      ])
    }
    search = join(" ", [
      "SEARCH('{AWS/AOSS,ClientId,CollectionId,CollectionName}",
      "MetricName=\"%s\" CollectionId=\"${local._opensearch_name}\"', '%s', 60)",
    ])
  }
}
