# `make tflint`: all of tflint's rules about Terraform itself; those about AWS are a plugin that must be downloaded.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

rule "terraform_naming_convention" {
  enabled = true

  locals {
    custom = "^_?[a-z][a-z0-9_]*$" # _name: a step that is used only in the same block
  }
}

rule "terraform_standard_module_structure" {
  enabled = false # a file is named for what it holds; `monitoring` has no main
}

rule "terraform_unused_required_providers" {
  enabled = false # the root and most examples have only module calls, and say which provider these need
}
