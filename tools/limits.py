"""Writes docs/limits.md: every value that is refused at plan, in the words of the validation that refuses it.

`make docs` runs it, and a test holds the page to the code. A rule about a new setting needs its source in `SOURCES`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.module_interface import read_hcl

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "limits.md"
PLACE: Final = re.compile(r"(?<=<!-- BEGIN_LIMITS -->\n).*?(?=<!-- END_LIMITS -->)", re.DOTALL)
CONDITIONED: Final = re.compile(r'^(?:resource "(\w+)"|(output)) "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
PRECONDITION: Final = re.compile(r'^ +precondition \{\n(?:.*\n)*? +error_message = "(.*)"$', re.MULTILINE)
VARIABLE: Final = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
MESSAGE: Final = re.compile(r'^    error_message = "(.*)"$', re.MULTILINE)
FIELD: Final = re.compile(r"(?P<field>[a-z_0-9.]+(?:,? (?:and |or )?[a-z_0-9.]+)*?):? (?P<rule>must|at most|exactly) ")

# What a rule allows where that is numbers: `be 1 to 10`, `a target_value of 20 to 90`, `at most 20 non_key_attributes`.
RANGE: Final = re.compile(
    r"(?:be|an? (?P<of>\w+) of|names? of)(?: a whole number(?: of GiB)?,)?(?: -1(?: \([^)]*\))? or)?"
    r" (?P<low>-?\d+)(?: \([^)]*\))?(?: to (?P<high>\d+)| or more)(?! when)(?P<text>.* (?:characters|letters)\b)?"
    r"|at most (?P<most>\d+)(?P<short>.* characters)?(?: (?P<many>non_key_attributes))?"
)

LAMBDA: Final = "https://docs.aws.amazon.com/lambda/latest/dg/"
API: Final = "https://docs.aws.amazon.com/lambda/latest/api/"
DYNAMODB: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/"
OPENSEARCH: Final = "https://docs.opensearch.org/latest/"
SERVICE: Final = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/"
OURS: Final = "ours"  # a rule of this project: what the function or the modules can do
# By module, setting and the first words of what it must be, the longest that fits: who says so.
SOURCES: Final[dict[str, str]] = {
    "indexer/name": f"{OPENSEARCH}api-reference/index-apis/create-index/",
    "indexer/package": OURS,
    "opensearch-access/package": OURS,
    "indexer/source_table": "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
    "indexer/connection": f"{SERVICE}request-signing.html",
    "indexer/kms_key_arns": "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
    "event-source-mapping/kms_key_arns": "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
    "indexer/index": f"{OPENSEARCH}install-and-configure/configuring-opensearch/index-settings/",
    "indexer/index.numeric_fields": OURS,
    "indexer/documents": OURS,
    "indexer/documents and indices": f"{LAMBDA}gettingstarted-limits.html",
    "indexer/indices": OURS,
    "indexer/function": f"{API}API_CreateFunction.html",
    "indexer/role": "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
    "indexer/function.vpc": f"{LAMBDA}configuration-vpc.html",
    "indexer/on_failure.quarantine_bucket": "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
    "indexer/function.logging.retention_in_days": (
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"
    ),
    "indexer/function.logging.application_log_level": OURS,
    "indexer/function.logging": f"{API}API_LoggingConfig.html",
    "monitoring/alarm": "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    "monitoring/alarms.runbook_url": OURS,
    "monitoring/alarms.disabled": OURS,
    "monitoring/alarms.thresholds": OURS,
    "monitoring/alarms.thresholds in minutes": (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    ),
    "opensearch-access/domain": f"{SERVICE}request-signing.html",
    "opensearch-access/indices": "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    "opensearch-access/collection": f"{SERVICE}serverless-data-access.html",
    "opensearch-access/domain.fine_grained_access": f"{SERVICE}fgac.html",
    "opensearch-access/access_function": OURS,
    "opensearch-collection/": (
        "https://docs.aws.amazon.com/opensearch-service/latest/ServerlessAPIReference/API_CreateCollection.html"
    ),
    "opensearch-domain/": "https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_CreateDomain.html",
    "table/": f"{DYNAMODB}APIReference/API_CreateTable.html",
    "table/provisioned_capacity be null with existing_table": OURS,
    "table/global_secondary_indexes be {} with existing_table": OURS,
    "table/replicas be {} with existing_table": OURS,
    "table/global_secondary_indexes be at most": f"{DYNAMODB}developerguide/ServiceQuotas.html",
    "table/existing_table": f"{DYNAMODB}developerguide/Streams.html",
    "event-source-mapping/stream_arn": f"{DYNAMODB}developerguide/Streams.html",
    "event-source-mapping/stream_view_type": f"{DYNAMODB}developerguide/Streams.html",
    "event-source-mapping/function.account_id": "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html",
    "event-source-mapping/": f"{LAMBDA}services-ddb-params.html",
    "event-source-mapping/filter": f"{LAMBDA}invocation-eventfiltering.html",
    "event-source-mapping/on_failure.": f"{LAMBDA}services-dynamodb-errors.html",
    "tags": "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
}


@dataclass(frozen=True, slots=True)
class Range:
    """What a number, a count or a text's length may be; None at a side that has no end.

    Attributes:
        of: the attribute below the rule's field that it is about; "" for the field itself.
        lowest: the least that is allowed.
        highest: the most that is allowed.
        is_length: whether it is of a text's characters.
    """

    of: str
    lowest: int | None
    highest: int | None
    is_length: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One validation or precondition: what `field` must be, and what would go wrong otherwise ("" where it says not).

    `variable` is the one that refuses it, or the address of the resource or output whose precondition does.
    """

    module: str
    variable: str
    field: str
    allowed: str
    otherwise: str

    @property
    def ranges(self) -> list[Range]:
        """The ranges that its words name, in their order."""
        return [
            Range(
                of=found["of"] if found["of"] not in {None, "name"} else found["many"] or "",
                lowest=None if found["low"] is None else int(found["low"]),
                highest=int(highest) if (highest := found["high"] or found["most"]) else None,
                is_length=bool(found["text"] or found["short"]),
            )
            for found in RANGE.finditer(self.allowed)
        ]

    @property
    def source(self) -> str:
        """Who says so: an address, or `OURS`."""
        name = self.field if self.variable == "tags" else f"{self.module}/{self.field} {self.allowed}"
        return SOURCES[max((prefix for prefix in SOURCES if name.startswith(prefix)), key=len)]


def rules() -> list[Rule]:
    """Return all validations and preconditions, module by module, in the order of their files."""
    return [
        rule for module in sorted(ROOT.glob("modules/*")) for rule in [*_validations(module), *_preconditions(module)]
    ]


def written() -> str:
    """Return the page with its table as it should be."""
    table = "\n".join(_rows(rules()))
    return PLACE.sub(lambda _: f"\n{table}\n\n", PAGE.read_text())


def _validations(module: Path) -> Iterator[Rule]:
    for name, body in VARIABLE.findall(read_hcl(module / "variables.tf")):
        for message in MESSAGE.findall(body):
            yield _rule(module.name, name, message)


def _preconditions(module: Path) -> Iterator[Rule]:
    for path in sorted(module.glob("*.tf")):
        for resource, output, name, body in CONDITIONED.findall(read_hcl(path)):
            for message in PRECONDITION.findall(body):
                yield _rule(module.name, f"{resource or output}.{name}", message)


def _rule(module: str, variable: str, message: str) -> Rule:
    text = _without_values(message).replace('\\"', '"')
    field = FIELD.match(text)
    if field is None:
        raise ValueError(f"modules/{module}/variables.tf: a message begins with its field and what it must be: {text}")
    said, _, got = text[field.start("rule") :].partition(", got ")
    return Rule(module, variable, field["field"], said.removeprefix("must "), got.partition(": ")[2])


def _without_values(text: str) -> str:
    """Return a template's text, with an ellipsis for each `${...}`."""
    kept, depth, position = "", 0, 0
    while position < len(text):
        if text.startswith("${", position):
            kept += "" if depth else "…"
            depth += 1
            position += 2
            continue
        depth += depth > 0 and text[position] == "{"
        if not depth:
            kept += text[position]
        depth -= depth > 0 and text[position] == "}"
        position += 1
    return kept


def _rows(found: list[Rule]) -> Iterator[str]:
    yield from ("| setting | must | otherwise | refused by | source |", "|---|---|---|---|---|")
    for rule in found:
        source = rule.source if rule.source == OURS else f"[{rule.source.split('/')[2].split('.')[1]}]({rule.source})"
        cells = (f"`{rule.field}`", rule.allowed, rule.otherwise, f"`{rule.module}`", source)
        yield "| " + " | ".join(cell.replace("|", "\\|").removesuffix(".") for cell in cells) + " |"
