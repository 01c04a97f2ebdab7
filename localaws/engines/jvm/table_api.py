"""The DynamoDB API in front of DynamoDB Local: this class answers what DynamoDB Local lacks or answers differently.

Items pass through. Of tables it has no tags, no continuous backups, no encryption and no table class; it forgets them
at CreateTable without a word, so they are kept here and put into its answers.
"""

import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from localaws.engines.jvm.creation_times import CreationTimes
from localaws.engines.jvm.dynamodb_local import OK, TABLES, DynamoDbLocal, from_local, to_local
from localaws.engines.jvm.write_counter import WriteCounter
from localaws.engines.time_to_live import check_name
from localaws.errors import AwsError
from localaws.http_messages import ACCOUNT_ID, Json, Request, Response, from_json, json_response, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

READS: Final = frozenset({
    "GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "DescribeTable", "ListTables",
})  # fmt: skip
KEPT_SETTINGS: Final = ("SSESpecification", "TableClass", "OnDemandThroughput", "WarmThroughput")
ON_DEMAND: Final = {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
RECOVERY_DAYS: Final = 35  # API reference of UpdateContinuousBackups: the default


@dataclass(slots=True)
class TableSettings:
    """What DynamoDB Local does not keep of one table."""

    settings: dict[str, Json] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    recovery_days: int | None = None  # None: point-in-time recovery is off
    recovery_since: float = 0.0


class TableApi:
    """The tables of one region."""

    def __init__(self, region: str, local: DynamoDbLocal, times: CreationTimes, writes: WriteCounter) -> None:
        """Forward to `local`."""
        self._region = region
        self._local = local
        self._times = times
        self._writes = writes
        self._extras: dict[str, TableSettings] = {}
        self._operations: dict[str, Callable[[Request], Response]] = {
            "CreateTable": self._create,
            "DescribeTable": self._describe,
            "UpdateTable": self._update,
            "DeleteTable": self._delete,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsOfResource": self._list_tags,
            "DescribeContinuousBackups": self._continuous_backups,
            "UpdateContinuousBackups": self._continuous_backups,
        }

    def answer(self, request: Request) -> Response:
        """Answer one request of the DynamoDB API.

        Raises:
            AwsError: refused here; what DynamoDB Local refuses is in its answer.
        """
        if request.target in READS:
            return self._answer(request)
        table_name = named_table(request.body)
        self._times.sample(table_name)
        if request.target == "UpdateTimeToLive":
            check_name(request.json().get("TimeToLiveSpecification", {}))
            self._writes.expires(table_name)
        try:
            return self._answer(request)
        finally:
            self._writes.done(table_name)

    def _answer(self, request: Request) -> Response:
        operation = self._operations.get(request.target, self._pass_on)
        return operation(request)

    def _pass_on(self, request: Request) -> Response:
        return self._local.forward(request, to_local(self._region, request.body))

    def _create(self, request: Request) -> Response:
        wanted = request.json()
        answer = self._local.forward(request, _without(wanted, {*KEPT_SETTINGS, "Tags", "ResourcePolicy"}))
        if answer.status == OK:
            kept: dict[str, Json] = {name: wanted[name] for name in KEPT_SETTINGS if name in wanted}
            self._extras[wanted["TableName"]] = TableSettings(kept, _tags(wanted.get("Tags", [])))
        return self._shown(answer, "TableDescription")

    def _describe(self, request: Request) -> Response:
        return self._shown(self._local.forward(request, to_local(self._region, request.body)), "Table")

    def _update(self, request: Request) -> Response:
        wanted = request.json()
        before = self._table(wanted.get("TableName", ""))
        kept: dict[str, Json] = {name: wanted.pop(name) for name in KEPT_SETTINGS if name in wanted}
        if set(wanted) <= {"TableName", "AttributeDefinitions"} and kept:
            self._extras_of(before["TableName"]).settings |= kept
            return self._answered({"TableDescription": self._described(before)})
        answer = self._local.forward(request, to_local(self._region, to_json(wanted)))
        if answer.status == OK:
            self._extras_of(before["TableName"]).settings |= kept
        return self._shown(answer, "TableDescription")

    def _delete(self, request: Request) -> Response:
        answer = self._local.forward(request, to_local(self._region, request.body))
        if answer.status != OK:
            return answer
        description = from_json(answer.body)["TableDescription"]
        if "LatestStreamArn" in description:
            self._times.closed(description["LatestStreamArn"])
        self._extras.pop(description["TableName"], None)
        return self._answered({"TableDescription": {**description, "TableStatus": "DELETING"}})

    def _tag(self, request: Request) -> Response:
        self._tagged(request).tags |= _tags(request.json().get("Tags", []))
        return json_response({})

    def _untag(self, request: Request) -> Response:
        tags = self._tagged(request).tags
        for key in request.json().get("TagKeys", []):
            tags.pop(key, None)
        return json_response({})

    def _list_tags(self, request: Request) -> Response:
        tags = self._tagged(request).tags
        return json_response({"Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]})

    def _continuous_backups(self, request: Request) -> Response:
        wanted = request.json()
        name = str(wanted.get("TableName", "")).rpartition("/")[2]
        try:
            extras = self._extras_of(self._table(name)["TableName"])
        except AwsError as error:
            raise AwsError("TableNotFoundException", f"Table not found: {name}") from error
        specification = wanted.get("PointInTimeRecoverySpecification")
        if specification is not None:
            on = specification["PointInTimeRecoveryEnabled"]
            if on and extras.recovery_days is None:
                extras.recovery_since = float(int(time.time()))
            extras.recovery_days = specification.get("RecoveryPeriodInDays", RECOVERY_DAYS) if on else None
        return json_response({"ContinuousBackupsDescription": _recovery(extras)})

    def _tagged(self, request: Request) -> TableSettings:
        arn = str(request.json().get("ResourceArn", ""))
        try:
            return self._extras_of(self._table(arn)["TableName"])
        except AwsError as error:
            message = f"Requested resource not found: ResourcArn: {arn} not found"  # so in AWS's own words
            raise AwsError("ResourceNotFoundException", message) from error

    def _extras_of(self, table_name: str) -> TableSettings:
        return self._extras.setdefault(table_name, TableSettings())

    def _table(self, name: str) -> dict[str, Json]:
        """Return DynamoDB Local's description of a table, found by its name or ARN of this region.

        Raises:
            AwsError: ResourceNotFoundException.
        """
        account, is_arn, own = name.partition(":table/")
        if is_arn and account != f"arn:aws:dynamodb:{self._region}:{ACCOUNT_ID}":
            raise AwsError("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
        parameters = {"TableName": own if is_arn else name}
        table: dict[str, Json] = self._local.call(self._region, TABLES, "DescribeTable", parameters)["Table"]
        return table

    def _shown(self, answer: Response, member: str) -> Response:
        """Return an answer that describes a table, as AWS would describe it."""
        if answer.status != OK:
            return answer
        return self._answered({member: self._described(from_json(answer.body)[member])})

    def _described(self, table: dict[str, Json]) -> dict[str, Json]:
        if "LatestStreamArn" in table:
            on = table.get("StreamSpecification", {}).get("StreamEnabled")
            (self._times.opened if on else self._times.closed)(table["LatestStreamArn"])
        for index in table.get("GlobalSecondaryIndexes", []):
            index.setdefault("ProvisionedThroughput", dict(ON_DEMAND))
        settings = self._extras_of(table["TableName"]).settings
        shown: dict[str, Json] = {}
        if settings.get("SSESpecification", {}).get("Enabled"):
            key = self._key_arn(settings["SSESpecification"].get("KMSMasterKeyId"))
            shown["SSEDescription"] = {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}
        if "TableClass" in settings:
            shown["TableClassSummary"] = {"TableClass": settings["TableClass"]}
        if "OnDemandThroughput" in settings:
            shown["OnDemandThroughput"] = settings["OnDemandThroughput"]
        if "WarmThroughput" in settings:
            shown["WarmThroughput"] = {**settings["WarmThroughput"], "Status": "ACTIVE"}
        return {**table, **shown}

    def _key_arn(self, key: str | None) -> str:
        if key and key.startswith("arn:"):
            return key
        key_id = key or uuid.uuid5(uuid.NAMESPACE_URL, f"{self._region}/alias/aws/dynamodb")  # the account's own key
        return f"arn:aws:kms:{self._region}:{ACCOUNT_ID}:key/{key_id}"

    def _answered(self, document: Json) -> Response:
        return json_response(from_json(from_local(self._region, to_json(document))))


def named_table(body: bytes) -> str:
    """Return the name of the one table that a request is about, empty where it may be several."""
    try:
        named = from_json(body).get("TableName", "")
    except (ValueError, AttributeError):  # no JSON, or no object
        return ""
    return named.rpartition("/")[2] if isinstance(named, str) else ""


def _without(document: dict[str, Json], names: set[str]) -> bytes:
    return to_json({name: value for name, value in document.items() if name not in names})


def _tags(tags: list[Json]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _recovery(extras: TableSettings) -> Json:
    """Return a ContinuousBackupsDescription."""
    state: dict[str, Json] = {"PointInTimeRecoveryStatus": "DISABLED"}
    if extras.recovery_days is not None:
        state = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": extras.recovery_days,
            "EarliestRestorableDateTime": extras.recovery_since,
            "LatestRestorableDateTime": float(int(time.time())),
        }
    return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": state}
