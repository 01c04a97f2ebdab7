output "alias" {
  description = "The index to search."
  value       = module.search.alias
}

output "domain_access_policy" {
  description = "What the domain's access policy must allow, where it names who may."
  value       = module.search.domain_access_policy
}

output "alarm_arns" {
  description = "The alarms, by their headings in docs/runbook.md."
  value       = module.search.alarm_arns
}
