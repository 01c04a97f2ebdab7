output "aliases" {
  description = "The index to search, by table."
  value       = { for name, search in module.search : name => search.alias }
}

output "tables" {
  description = "Names of the tables to write to, by the same names."
  value       = { for name, search in module.search : name => search.table_name }
}
