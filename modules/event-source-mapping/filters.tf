locals {
  # A condition on an attribute, as the pattern's test of it. Through JSON, for a BOOL's tests are of another type than an S's.
  _tests = [
    for filter in var.filters : {
      for image, conditions in { Keys = filter.keys, NewImage = filter.new_image, OldImage = filter.old_image } : image => {
        for attribute, asked in conditions : attribute => {
          (asked.type) = jsondecode(
            asked.equals != null && asked.type == "BOOL" ? jsonencode([for value in coalesce(asked.equals, []) : value == "true"]) :
            asked.equals != null ? jsonencode(asked.equals) :
            asked.not_equals != null ? jsonencode([{ anything-but = asked.not_equals }]) :
            asked.begins_with != null ? jsonencode([{ prefix = asked.begins_with }]) :
            jsonencode([{ exists = asked.exists }])
          )
        }
      } if length(conditions) > 0
    }
  ]

  patterns = [
    for number, filter in var.filters : filter.pattern != null ? filter.pattern : jsonencode({
      for name, rule in {
        eventName = filter.event_names
        dynamodb  = length(local._tests[number]) == 0 ? null : local._tests[number]
      } : name => rule if rule != null
    })
  ]

  _rules = [for pattern in local.patterns : jsondecode(pattern)]

  asks_new_image = anytrue([for rules in local._rules : can(rules.dynamodb.NewImage)])
  passes_removes = anytrue([
    for rules in local._rules :
    !can(rules.dynamodb.NewImage) && try(contains(rules.eventName, "REMOVE"), true)
  ])
}
