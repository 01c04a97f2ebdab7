"""What Terraform invokes at apply: the setup of the indexes and of the security role."""
