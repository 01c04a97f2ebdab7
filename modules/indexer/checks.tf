# A warning and no rule, for how fast an index takes documents is not known here. 100 a second is a tenth of what one
# small node takes while it has nothing else to do; the 10 s are the least that the function works with.
check "timeout_fits_batch" {
  assert {
    condition = var.function.timeout >= local.seconds_for_a_batch
    error_message = join(" ", [
      "function.timeout must be ${local.seconds_for_a_batch} or more for batches of ${coalesce(var.batch_size, 0)} records, got",
      "${var.function.timeout}: while the index is slow (100 documents a second) a batch would not be done in time, and what is left of it",
      "is sent again and again. Raise it, or lower event_source_mapping.batch_size.",
    ])
  }
}

# A warning, for a table of few writes may never have so many batches at a time.
check "reservation_fits_one_shard" {
  assert {
    condition = (
      var.function.reserved_concurrent_executions == -1 ||
      var.function.reserved_concurrent_executions >= coalesce(var.parallelization_factor, 1)
    )
    error_message = join(" ", [
      "function.reserved_concurrent_executions must be event_source_mapping.parallelization_factor",
      "(${coalesce(var.parallelization_factor, 1)}) or more, got ${var.function.reserved_concurrent_executions}: a single shard asks for",
      "that many batches at a time, and Lambda throttles the rest under load. Raise the first value or lower the second.",
    ])
  }
}

# A warning, for time to live may be switched on later.
check "kept_items_expire" {
  assert {
    condition = var.documents.ttl_deletes != "ignore" || coalesce(var.source_table.ttl_enabled, true)
    error_message = join(" ", [
      "documents.ttl_deletes must be apply without table.ttl_attribute_name, got ignore: time to live deletes nothing of this table, so",
      "there is nothing to keep. Name the attribute, or leave ttl_deletes out.",
    ])
  }
}

# A warning of the indexer only: another function may not need removals.
check "removes_pass_the_filters" {
  assert {
    condition = !var.filters_drop_removals
    error_message = join(" ", [
      "filters must let REMOVE pass, got filters on new_image only: a REMOVE has no new image, so a deleted item keeps its document. Add {",
      "event_names = [\"REMOVE\"] }, or use documents.filter instead.",
    ])
  }
}
