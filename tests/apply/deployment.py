"""An example applied to a local AWS: what Terraform would change next, and what is there."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from localaws.stack import LocalAws
from testkit.search import connect
from testkit.shared_provider import running_provider
from testkit.terraform import Change, Terraform

ROOT: Final = Path(__file__).resolve().parents[2]
OVERRIDE: Final = "settings_override.tf"
BESIDE: Final = "beside.tf"
# Of a provider that runs for minutes: a GiB would be too much for each process of the tests.
FRUGAL: Final = {"GOMEMLIMIT": "600MiB"}
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

    def set(self, text: str, *, beside: str = "") -> None:
        """Give the module further arguments, and the example more `beside` it, in place of what was given before."""
        (self.terraform.root / OVERRIDE).write_text(text)
        (self.terraform.root / BESIDE).write_text(beside)

    def apply(self) -> None:
        """Apply the example; nothing else changes what Terraform has made, so the state is not refreshed first."""
        self.terraform.apply(refresh=False)

    def next_changes(self) -> list[Change]:
        """Return what an apply would change, with the state refreshed."""
        return self.terraform.changes()

    def destroy(self) -> None:
        """Destroy what was applied."""
        self.terraform.destroy(refresh=False)

    def mapping(self) -> Mapping[str, Any]:
        """Return the only event source mapping, as Lambda describes it."""
        (found,) = self.aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        described: Mapping[str, Any] = found
        return described

    def left(self) -> dict[str, Any]:
        """Return what there is in the local AWS of all that the modules can make."""
        return left(self.aws)


@dataclass(frozen=True, slots=True)
class Stack:
    """A local AWS and the provider that runs for it.

    Attributes:
        package_folder: stands for the tree's `build/`.
        home: where Terraform works.
        provider: the environment that attaches Terraform to the provider.
    """

    aws: LocalAws
    package_folder: Path
    home: Path
    provider: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def start(cls, home: Path, package_folder: Path) -> Iterator["Stack"]:
        """Start both; relative paths of all examples start at the same depth, so one provider serves them."""
        with LocalAws.start(engines="embedded", home=home / "aws") as aws:
            stack = cls(aws, package_folder, home)
            first = stack.initialise("minimal").terraform
            with running_provider(replace(first, environment={**first.environment, **FRUGAL})) as provider:
                yield replace(stack, provider=provider)

    def initialise(self, example: str, **variables: str) -> Deployment:
        """Make the example ready to be applied; `variables` replace the address of the local OpenSearch."""
        given = {
            "opensearch_endpoint": self.aws.opensearch_url,
            "deletion_protection_enabled": "false",  # for tests destroy what they apply
            "opensearch_arn": f"arn:aws:es:{self.aws.region}:123456789012:domain/local",
            **variables,
        }
        environment = {
            **self.aws.environment,
            **self.provider,
            **{f"TF_VAR_{name}": value for name, value in given.items()},
        }
        work = Path(tempfile.mkdtemp(prefix=f"{example}-", dir=self.home))
        linked = {"build": self.package_folder}
        terraform = Terraform(ROOT, ROOT / "examples" / example, work, environment, symlinks=linked)
        terraform.init()
        return Deployment(self.aws, terraform)

    def left(self) -> dict[str, Any]:
        """Return what there is of all that the modules can make."""
        return left(self.aws)


class Stacks:
    """Keeps a stack for many tests, and replaces it where a failed test has left something in it."""

    def __init__(self, package_folder: Path, home: Path) -> None:
        """Start none yet."""
        self._package_folder, self._home = package_folder, home
        self._running = ExitStack()
        self._stack: Stack | None = None

    def clean(self) -> Stack:
        """Return the stack, with nothing in it; indexes outlive what made them, and are deleted."""
        if self._stack is None or self._stack.left():
            self._running.close()
            home = Path(tempfile.mkdtemp(dir=self._home))
            self._stack = self._running.enter_context(Stack.start(home, self._package_folder))
        indices = connect(self._stack.aws).indices
        indices.delete_index_template(name="*")
        indices.delete(index="*")
        return self._stack

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()


def left(aws: LocalAws) -> dict[str, Any]:
    """Return what there is in a local AWS of all that the modules can make."""
    found = {
        f"{service} {member}": getattr(aws.client(service), operation)().get(member)
        for service, operation, member in LISTS
    }
    return {name: listed for name, listed in found.items() if listed}
