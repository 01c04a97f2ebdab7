locals {
  # As JSON text: the function compares its digest with the one in its environment, and accepts no other.
  index_definition = jsonencode({
    for key, value in {
      settings = {
        number_of_shards   = var.index.number_of_shards
        number_of_replicas = var.index.number_of_replicas
        refresh_interval   = var.index.refresh_interval
      }
      fixed_settings = one([for settings in var.index.settings[*] : jsondecode(settings)])
      numeric_fields = length(var.index.numeric_fields) == 0 ? null : var.index.numeric_fields
      mappings       = one([for mappings in var.index.mappings[*] : jsondecode(mappings)])
    } : key => value if value != null
  })
}

# Puts index template, index and alias of each route in place before the first record could create an index by accident.
resource "aws_lambda_invocation" "setup_index" {
  function_name = aws_lambda_function.this.function_name

  input = jsonencode({ action = "setup_index", definition = local.index_definition })

  # A changed input invokes again. The triggers are what the function reads elsewhere: its environment and its code. With
  # new code, new defaults reach the index, and a zip for the wrong architecture fails the apply.
  triggers = {
    code = join(
      " ",
      compact([aws_lambda_function.this.source_code_hash, var.package.s3_bucket, var.package.s3_key, var.package.s3_object_version])
    )
    endpoint    = var.connection.endpoint
    aliases     = join(",", keys(local.filters))
    field_names = var.documents.unsupported_field_names
  }
}
