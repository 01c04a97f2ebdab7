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

  # What a given pattern asks, by place, down to the type below an attribute's name: HCL cannot walk a tree, so what is
  # deeper, or in an $or, is not looked at.
  _patterns = { for number, filter in var.filters : "filters[${number}]" => jsondecode(filter.pattern) if filter.pattern != null }
  _members  = merge([for place, asked in local._patterns : try({ for name in keys(asked) : "${place}.${name}" => asked[name] if name != "$or" }, {})]...)
  _images   = merge([for place, asked in local._members : try({ for name in keys(asked) : "${place}.${name}" => asked[name] if name != "$or" }, {})]...)
  _names    = merge([for place, asked in local._images : try({ for name in keys(asked) : "${place}.${name}" => asked[name] if name != "$or" }, {})]...)
  _types    = merge([for place, asked in local._names : try({ for name in keys(asked) : "${place}.${name}" => asked[name] if name != "$or" }, {})]...)
  _asked    = merge(local._patterns, local._members, local._images, local._names, local._types)

  # The tests of an attribute by name. A plain value has no name.
  _of_texts = ["cidr", "equals-ignore-case", "exactly", "prefix", "suffix", "wildcard"]
  _known    = concat(["anything-but", "exists", "numeric"], local._of_texts)
  _tested = {
    for place, asked in local._asked :
    place => [for test in asked : { test = jsonencode(test), names = try(keys(test), null) }]
    if !can(keys(asked)) && can(asked[0])
  }

  # The places where a pattern is wrong.
  empty_objects = [for place, asked in local._asked : place if try(length(keys(asked)) == 0, false)]
  no_lists      = [for place, asked in local._asked : place if !can(keys(asked)) && !can(asked[0])]
  unknown_tests = flatten([
    for place, tests in local._tested :
    [
      for asked in tests :
      "${asked.test} at ${place}"
      if asked.names == null ? false :
      length(asked.names) != 1 || length(setsubtract(asked.names, local._known)) > 0
    ]
  ])
  other_sources = flatten([for place in keys(local._patterns) :
    [for asked in try(local._tested["${place}.eventSource"], []) : asked.test if asked.names == null && asked.test != "\"aws:dynamodb\""]
  ])
  texts_of_numbers = flatten([for path in setproduct(keys(local._patterns), ["dynamodb"], ["ApproximateCreationDateTime", "SizeBytes"]) :
    [for asked in try(local._tested[join(".", path)], []) : "${asked.test} at ${join(".", path)}" if asked.names == null ? startswith(asked.test, "\"") : length(setintersection(asked.names, local._of_texts)) > 0]
  ])

  asks_new_image = anytrue([for rules in local._rules : can(rules.dynamodb.NewImage)])
  passes_removes = anytrue([
    for rules in local._rules :
    !can(rules.dynamodb.NewImage) && try(contains(rules.eventName, "REMOVE"), true)
  ])
}
