# The path of a record: from the table through its stream and the function to the index, and its monitoring.

module "table" {
  source = "./modules/table"

  name                     = var.name
  table                    = var.table
  capacity                 = var.capacity
  global_secondary_indexes = var.global_secondary_indexes
  local_secondary_indexes  = var.local_secondary_indexes
  replicas                 = var.replicas
  existing_table           = var.existing_table
  tags                     = var.tags
}

module "event_source_mapping" {
  source = "./modules/event-source-mapping"

  stream_arn         = module.table.stream_arn
  stream_view_type   = module.table.stream_view_type
  key_names          = module.table.key_names
  table_kms_key_arn  = module.table.kms_key_arn
  account_id         = module.table.function_account_id
  attach_policy      = var.role.existing == null
  function_name      = module.indexer.function_name
  role_name          = module.indexer.role_name
  batching           = var.batching
  polling            = var.polling
  filters            = var.filters
  filter_kms_key_arn = var.filter_kms_key_arn
  failures           = var.failures
  default_bucket_arn = module.indexer.quarantine_bucket_arn
  tags               = var.tags
}

module "indexer" {
  source = "./modules/indexer"

  name         = var.name
  package_file = var.package_file
  region       = module.opensearch_access.region
  opensearch   = module.opensearch_access.connection
  index        = var.index
  documents    = var.documents
  routes       = var.routes
  function     = var.function
  batch_size   = var.batching.batch_size
  role         = var.role
  network      = var.network
  quarantine   = var.quarantine
  logging      = var.logging
  tags         = var.tags

  parallelization_factor     = var.batching.parallelization_factor
  tumbling_window_in_seconds = var.batching.tumbling_window_in_seconds
  filters_drop_removals      = module.event_source_mapping.filters_drop_removals

  source_table = {
    arn       = module.table.arn
    name      = module.table.name
    region    = module.table.region
    key_names = module.table.key_names

    kms_key_arn         = module.table.kms_key_arn
    stream_view_type    = module.table.stream_view_type
    ttl_enabled         = module.table.ttl_enabled
    has_replicas        = module.table.has_replicas
    function_account_id = module.table.function_account_id
  }
}

module "opensearch_access" {
  source = "./modules/opensearch-access"

  name                = var.name
  opensearch          = var.opensearch
  serverless          = var.serverless
  fine_grained_access = var.fine_grained_access
  indexes             = module.indexer.aliases
  role_name           = module.indexer.role_name
  role_arn            = module.indexer.role_arn
  attach_policy       = var.role.existing == null
  network             = module.indexer.network
  logging             = var.logging
  tags                = var.tags

  access_function = {
    package_file            = var.package_file
    runtime                 = var.function.runtime
    architecture            = var.function.architecture
    tracing_mode            = var.function.tracing_mode
    kms_key_arn             = var.function.kms_key_arn
    code_signing_config_arn = var.function.code_signing_config_arn
  }
}

module "monitoring" {
  source = "./modules/monitoring"

  table_name       = module.table.name
  mapping_uuid     = module.event_source_mapping.uuid
  region           = module.opensearch_access.region
  opensearch       = { arn = var.opensearch.arn }
  alarms           = var.alarms
  alarm_thresholds = var.alarm_thresholds
  tags             = var.tags

  quarantine_bucket                  = module.indexer.quarantine_bucket
  table_in_other_account             = module.table.function_account_id != null
  maximum_record_age_in_seconds      = var.failures.maximum_record_age_in_seconds
  maximum_batching_window_in_seconds = var.batching.maximum_batching_window_in_seconds

  function = {
    name                           = module.indexer.function_name
    timeout                        = var.function.timeout
    reserved_concurrent_executions = var.function.reserved_concurrent_executions
    log_group_name                 = module.indexer.log_group_name
  }
}
