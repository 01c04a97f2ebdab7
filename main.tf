# The path of a record: from the table through its stream and the function to the index, and the monitoring of it.

module "table" {
  source = "./modules/table"

  table          = var.table
  existing_table = var.existing_table
  tags           = var.tags
}

module "event_source_mapping" {
  source = "./modules/event-source-mapping"

  stream_arn           = module.table.stream_arn
  stream_view_type     = module.table.stream_view_type
  key_names            = module.table.key_names
  table_kms_key_arn    = module.table.kms_key_arn
  account_id           = var.function.account_id
  attach_policy        = var.role.existing == null
  function_name        = module.indexer.function_name
  role_name            = module.indexer.role_name
  event_source_mapping = var.event_source_mapping
  filters              = var.filters
  on_failure           = var.on_failure
  default_bucket_arn   = module.indexer.quarantine_bucket_arn
  kms_key_arns         = var.kms_key_arns
  tags                 = var.tags
}

module "indexer" {
  source = "./modules/indexer"

  name         = var.name
  package      = var.package
  region       = module.table.region
  connection   = module.opensearch_access.connection
  index        = var.index
  indices      = var.indices
  documents    = var.documents
  function     = var.function
  role         = var.role
  on_failure   = var.on_failure
  kms_key_arns = var.kms_key_arns
  tags         = var.tags

  batch_size             = var.event_source_mapping.batch_size
  parallelization_factor = var.event_source_mapping.parallelization_factor
  filters_drop_removals  = module.event_source_mapping.filters_drop_removals

  source_table = {
    arn       = module.table.arn
    name      = module.table.name
    key_names = module.table.key_names

    kms_key_arn      = module.table.kms_key_arn
    stream_view_type = module.table.stream_view_type
    ttl_enabled      = module.table.ttl_enabled
    has_replicas     = module.table.has_replicas
  }
}

module "opensearch_access" {
  source = "./modules/opensearch-access"

  name          = var.name
  region        = module.table.region
  domain        = var.domain
  collection    = var.collection
  aliases       = module.indexer.aliases
  role_name     = module.indexer.role_name
  role_arn      = module.indexer.role_arn
  attach_policy = var.role.existing == null
  kms_key_arns  = var.kms_key_arns
  tags          = var.tags

  access_function = {
    package                 = var.package
    runtime                 = var.function.runtime
    architecture            = var.function.architecture
    tracing_mode            = var.function.tracing_mode
    code_signing_config_arn = var.function.code_signing_config_arn
    logging                 = var.function.logging
    vpc                     = module.indexer.vpc
  }
}

module "monitoring" {
  source = "./modules/monitoring"

  table_name                = module.table.name
  event_source_mapping_uuid = module.event_source_mapping.uuid
  region                    = module.table.region
  opensearch                = { arn = module.opensearch_access.arn, service = module.opensearch_access.service }
  alarms                    = var.alarms
  create_dashboard          = var.create_dashboard
  tags                      = var.tags

  quarantine_bucket                  = module.indexer.quarantine_bucket
  table_in_other_account             = var.function.account_id != null
  maximum_record_age_in_seconds      = var.on_failure.maximum_record_age_in_seconds
  maximum_batching_window_in_seconds = var.event_source_mapping.maximum_batching_window_in_seconds

  function = {
    name                           = module.indexer.function_name
    timeout                        = var.function.timeout
    reserved_concurrent_executions = var.function.reserved_concurrent_executions
    log_group                      = { name = module.indexer.log_group_name }
  }
}
