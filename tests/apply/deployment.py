"""An example applied to a local AWS: what Terraform would change next, and what is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.terraform import Change, Terraform, changes
from local.stack import LocalAws

ROOT: Final = Path(__file__).resolve().parents[2]
OVERRIDE: Final = "settings_override.tf"
BESIDE: Final = "beside.tf"
# What the modules can make: the service, the operation that lists it, and the member of the answer.
LISTS: Final = (
    ("dynamodb", "list_tables", "TableNames"),
    ("lambda", "list_functions", "Functions"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings"),
    ("iam", "list_roles", "Roles"),
    ("logs", "describe_log_groups", "logGroups"),
    ("s3", "list_buckets", "Buckets"),
    ("sns", "list_topics", "Topics"),
    ("sqs", "list_queues", "QueueUrls"),
    ("logs", "describe_query_definitions", "queryDefinitions"),
    ("cloudwatch", "describe_alarms", "MetricAlarms"),
    ("cloudwatch", "describe_alarms", "CompositeAlarms"),
    ("cloudwatch", "list_dashboards", "DashboardEntries"),
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """An example, unchanged, and the local AWS that environment variables point it at."""

    aws: LocalAws
    terraform: Terraform

    @classmethod
    def initialise(
        cls, example: str, aws: LocalAws, package_folder: Path, work: Path, **variables: str
    ) -> "Deployment":
        """Make the example ready to be applied; `variables` replace the address of the local OpenSearch."""
        given = {
            "opensearch_endpoint": aws.opensearch_url,
            "opensearch_arn": f"arn:aws:es:{aws.region}:123456789012:domain/local",
            **variables,
        }
        environment = {**aws.environment, **{f"TF_VAR_{name}": value for name, value in given.items()}}
        terraform = Terraform(ROOT, ROOT / "examples" / example, work, environment, linked={"build": package_folder})
        terraform.init()
        return cls(aws, terraform)

    def set(self, text: str, *, beside: str = "") -> None:
        """Give the module further arguments, and the example more `beside` it, in place of what was given before."""
        (self.terraform.root / OVERRIDE).write_text(text)
        (self.terraform.root / BESIDE).write_text(beside)

    def next_changes(self) -> list[Change]:
        """Return what an apply would change."""
        return changes(self.terraform.plan())

    def mapping(self) -> Mapping[str, Any]:
        """Return the only event source mapping, as Lambda describes it."""
        (found,) = self.aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        described: Mapping[str, Any] = found
        return described

    def left(self) -> dict[str, Any]:
        """Return what there is in the local AWS of all that the modules can make."""
        found = {
            f"{service} {member}": getattr(self.aws.client(service), operation)().get(member)
            for service, operation, member in LISTS
        }
        return {name: listed for name, listed in found.items() if listed}
