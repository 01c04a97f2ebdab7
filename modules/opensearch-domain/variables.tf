variable "name" {
  description = "Name of the domain."
  type        = string
  nullable    = false

  validation {
    condition = can(regex("^[a-z][a-z0-9-]{2,27}$", var.name))
    error_message = join(" ", [
      "name must be 3 to 28 lowercase letters, digits or hyphens, a letter first, got",
      "\"${var.name}\": AWS makes no domain of another.",
    ])
  }
}

variable "engine_version" {
  description = "What the domain runs: OpenSearch 2.19 is what the function is tested on."
  type        = string
  default     = "OpenSearch_2.19"
  nullable    = false

  validation {
    condition = can(regex("^OpenSearch_[2-9]\\.[0-9]+$", var.engine_version))
    error_message = join(" ", [
      "engine_version must be OpenSearch_MAJOR.MINOR, 2.0 or newer, got \"${var.engine_version}\": older ones, and Elasticsearch, have",
      "other index templates.",
    ])
  }
}

variable "cluster" {
  description = <<-EOT
    Size of the domain. The default is one small node, for development.

    - `instance_type`: Instance type. Burstable types do not suit a high write load.
    - `instance_count`: Number of nodes. 2 or more are in different zones, and allow replicas.
    - `volume_size`: Size of the gp3 volume of each node, in GiB.
  EOT
  type = object({
    instance_type  = optional(string, "t3.small.search")
    instance_count = optional(number, 1)
    volume_size    = optional(number, 10)
  })
  default  = {}
  nullable = false

  validation {
    condition = can(regex("^[a-z0-9]+\\.[a-z0-9]+\\.search$", var.cluster.instance_type))
    error_message = join(" ", [
      "cluster.instance_type must be one of OpenSearch Service's, such as t3.small.search, got",
      "\"${var.cluster.instance_type}\".",
    ])
  }

  validation {
    condition = (
      var.cluster.instance_count >= 1 &&
      var.cluster.instance_count <= 80 &&
      floor(var.cluster.instance_count) == var.cluster.instance_count
    )
    error_message = join(" ", [
      "cluster.instance_count must be a whole number, 1 to 80, got ${var.cluster.instance_count}: more takes a higher quota and dedicated",
      "masters, which this module does not make.",
    ])
  }

  validation {
    condition = (
      var.cluster.volume_size >= 10 &&
      var.cluster.volume_size <= 16384 &&
      floor(var.cluster.volume_size) == var.cluster.volume_size
    )
    error_message = join(" ", [
      "cluster.volume_size must be a whole number of GiB, 10 to 16384, got",
      "${var.cluster.volume_size}: the instance type may take less.",
    ])
  }
}

variable "vpc" {
  description = <<-EOT
    VPC of the domain. A change replaces the domain. If null, the domain has a public endpoint, which answers only signed requests.

    - `subnet_ids`: IDs of subnets, one for each zone.
    - `security_group_ids`: IDs of security groups that allow the function, on port 443.
  EOT
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition = alltrue([for vpc in var.vpc[*] : length(vpc.subnet_ids) == min(var.cluster.instance_count, 3)])
    error_message = join(" ", [
      "vpc.subnet_ids must be one for each node and at most 3, got ${length(flatten(var.vpc[*].subnet_ids))} for",
      "${var.cluster.instance_count} nodes: AWS refuses the domain.",
    ])
  }
}

variable "access_policies" {
  description = <<-EOT
    JSON document of who may use the domain. Null: the principals that the account's IAM policies allow, with signed requests
    only. A policy that was set stays when this is null again.
  EOT
  type        = string
  default     = null

  validation {
    condition     = alltrue([for policy in var.access_policies[*] : can(keys(jsondecode(policy)))])
    error_message = "access_policies must be a JSON object, got ${join("", var.access_policies[*])}."
  }
}

variable "allow_explicit_index" {
  description = <<-EOT
    Whether a request of many parts may name an index in its body, which IAM does not read: true for OpenSearch Dashboards, then
    with `fine_grained_access`.
  EOT
  type        = bool
  default     = false
  nullable    = false
}

variable "fine_grained_access" {
  description = <<-EOT
    Fine-grained access control. AWS cannot disable it again. If null, only IAM decides.

    - `master_user_arn`: ARN of the role that administers the domain's security: `domain.fine_grained_access` of the root module.
  EOT
  type = object({
    master_user_arn = string
  })
  default = null
}

variable "kms_key_arn" {
  description = "Key that data at rest is encrypted by, for the domain's life. Null: AWS's own."
  type        = string
  default     = null
}

variable "log_group_arns" {
  description = <<-EOT
    Log groups that the domain writes to, by type of log; a resource policy of CloudWatch Logs must let es.amazonaws.com write
    there.
  EOT
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for type in keys(var.log_group_arns) : contains(["INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS", "ES_APPLICATION_LOGS", "AUDIT_LOGS"], type)
    ])
    error_message = join(" ", [
      "log_group_arns must be by INDEX_SLOW_LOGS, SEARCH_SLOW_LOGS, ES_APPLICATION_LOGS or AUDIT_LOGS, got",
      "${join(", ", keys(var.log_group_arns))}.",
    ])
  }

  validation {
    condition     = var.fine_grained_access != null || !contains(keys(var.log_group_arns), "AUDIT_LOGS")
    error_message = "log_group_arns must be without AUDIT_LOGS where fine_grained_access is null, got it: there is nothing to audit."
  }
}

variable "tags" {
  description = "Tags of everything here that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
