# Capacity that scales moves under Terraform's hands. `ignore_changes` could hide that of the table, but not that of an index:
# the indexes are one set, and to ignore it is to ignore new indexes too. So the plan asks what the capacity is now, and
# keeps it within its bounds.

data "aws_dynamodb_tables" "present" {
  count = var.provisioned_capacity == null ? 0 : 1
}

data "aws_dynamodb_table" "now" {
  # null: a region without tables
  count = var.provisioned_capacity == null ? 0 : contains(coalesce(data.aws_dynamodb_tables.present[0].names, []), var.table.name) ? 1 : 0

  name = var.table.name
}

locals {
  _units = { read = "ReadCapacityUnits", write = "WriteCapacityUnits" }

  # An index without limits has the table's.
  _bounds = {
    for index, asked in var.provisioned_capacity == null ? {} : var.global_secondary_indexes : index => {
      read  = asked.capacity == null ? var.provisioned_capacity.read : asked.capacity.read
      write = asked.capacity == null ? var.provisioned_capacity.write : asked.capacity.write
    }
  }

  # Without a table yet: 0, and with it the lower bound.
  _table_now = {
    read  = try(data.aws_dynamodb_table.now[0].read_capacity, 0)
    write = try(data.aws_dynamodb_table.now[0].write_capacity, 0)
  }
  _indexes_now = {
    for index in try(data.aws_dynamodb_table.now[0].global_secondary_index, []) :
    index.name => { read = index.read_capacity, write = index.write_capacity }
  }

  capacity_now = var.provisioned_capacity == null ? null : {
    read  = min(max(local._table_now.read, var.provisioned_capacity.read.min_capacity), var.provisioned_capacity.read.max_capacity)
    write = min(max(local._table_now.write, var.provisioned_capacity.write.min_capacity), var.provisioned_capacity.write.max_capacity)
    indexes = {
      for index, bounds in local._bounds : index => {
        read  = min(max(try(local._indexes_now[index].read, 0), bounds.read.min_capacity), bounds.read.max_capacity)
        write = min(max(try(local._indexes_now[index].write, 0), bounds.write.min_capacity), bounds.write.max_capacity)
      }
    }
  }

  # What scales, a row each: table/read, table/write, index/NAME/read, index/NAME/write.
  scaled = var.provisioned_capacity == null ? {} : merge(
    {
      for use in ["read", "write"] : "table/${use}" => {
        resource_id = "table/${one(aws_dynamodb_table.this[*].name)}"
        dimension   = "dynamodb:table:${local._units[use]}"
        metric      = "DynamoDB${title(use)}CapacityUtilization"
        bounds      = var.provisioned_capacity[use]
      }
    },
    merge([
      for index, bounds in local._bounds : {
        for use in ["read", "write"] : "index/${index}/${use}" => {
          resource_id = "table/${one(aws_dynamodb_table.this[*].name)}/index/${index}"
          dimension   = "dynamodb:index:${local._units[use]}"
          metric      = "DynamoDB${title(use)}CapacityUtilization"
          bounds      = bounds[use]
        }
      }
    ]...),
  )
}

resource "aws_appautoscaling_target" "this" {
  for_each = local.scaled

  service_namespace  = "dynamodb"
  resource_id        = each.value.resource_id
  scalable_dimension = each.value.dimension
  min_capacity       = each.value.bounds.min_capacity
  max_capacity       = each.value.bounds.max_capacity
  tags               = var.tags
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.scaled

  name               = "utilization"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = each.value.bounds.target_value

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
    }
  }
}
