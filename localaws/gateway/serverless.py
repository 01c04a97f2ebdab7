"""The control plane of OpenSearch Serverless: collections, and their security and data access policies.

Moto lacks half of it. Every collection is the OpenSearch that runs here, behind the endpoint of `collections.py`.
"""

import fnmatch
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from localaws.errors import AwsError
from localaws.http_messages import ACCOUNT_ID, Json, Request, Response, json_error, json_response

TYPES: Final = frozenset({"SEARCH", "TIMESERIES", "VECTORSEARCH"})
ID_LENGTH: Final = 20

Store = dict[tuple[str, ...], dict[str, Json]]


@dataclass(slots=True)
class Serverless:
    """The collections and policies of every region.

    Attributes:
        endpoint: of every collection.
    """

    endpoint: str
    _policies: Store = field(default_factory=dict)  # by region, kind (access, security), type, name
    _collections: Store = field(default_factory=dict)  # by region, id
    _tags: dict[str, dict[str, str]] = field(default_factory=dict)  # by ARN
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _operations: Mapping[str, Callable[[str, dict[str, Json]], Json]] = field(init=False)

    def __post_init__(self) -> None:
        """Name the operations."""
        policies = {
            "Create": self._create_policy,
            "Get": self._get_policy,
            "Update": self._update_policy,
            "Delete": self._delete_policy,
        }
        self._operations = {
            "CreateCollection": self._create_collection,
            "BatchGetCollection": self._batch_get_collection,
            "ListCollections": self._list_collections,
            "UpdateCollection": self._update_collection,
            "DeleteCollection": self._delete_collection,
            "ListTagsForResource": self._list_tags,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListAccessPolicies": partial(self._list_policies, "access"),
            "ListSecurityPolicies": partial(self._list_policies, "security"),
            **{f"{verb}AccessPolicy": partial(operation, "access") for verb, operation in policies.items()},
            **{f"{verb}SecurityPolicy": partial(operation, "security") for verb, operation in policies.items()},
        }

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        operation = self._operations.get(request.target)
        if operation is None:
            message = f"This local AWS has no {request.target} of OpenSearch Serverless."
            return json_error(AwsError("UnknownOperationException", message))
        try:
            with self._lock:
                return json_response(operation(request.region, request.json()))
        except AwsError as error:
            return json_error(error)

    def _create_policy(self, kind: str, region: str, request: dict[str, Json]) -> Json:
        key = region, kind, request["type"], request["name"]
        if key in self._policies:
            message = f"Policy with name {request['name']} and type {request['type']} already exists"
            raise AwsError("ConflictException", message)
        now = _now()
        self._policies[key] = {
            "type": request["type"],
            "name": request["name"],
            "policyVersion": uuid.uuid4().hex,
            "policy": _policy(request),
            "createdDate": now,
            "lastModifiedDate": now,
            **_given(request, "description"),
        }
        return {f"{kind}PolicyDetail": self._policies[key]}

    def _get_policy(self, kind: str, region: str, request: dict[str, Json]) -> Json:
        return {f"{kind}PolicyDetail": self._policy_of(kind, region, request)}

    def _update_policy(self, kind: str, region: str, request: dict[str, Json]) -> Json:
        policy = self._policy_of(kind, region, request)
        if request["policyVersion"] != policy["policyVersion"]:
            message = "Policy version specified in the request refers to an older version and policy has since changed"
            raise AwsError("ValidationException", message)
        policy.update(_given(request, "description"))
        if request.get("policy"):
            policy["policy"] = _policy(request)
        policy.update(policyVersion=uuid.uuid4().hex, lastModifiedDate=_now())
        return {f"{kind}PolicyDetail": policy}

    def _delete_policy(self, kind: str, region: str, request: dict[str, Json]) -> Json:
        self._policy_of(kind, region, request)
        del self._policies[region, kind, request["type"], request["name"]]
        return {}

    def _list_policies(self, kind: str, region: str, request: dict[str, Json]) -> Json:
        wanted = region, kind, request["type"]
        found = [shown for key, shown in self._policies.items() if key[:3] == wanted]
        summaries = [{name: value for name, value in shown.items() if name != "policy"} for shown in found]
        return {f"{kind}PolicySummaries": summaries}

    def _policy_of(self, kind: str, region: str, request: dict[str, Json]) -> dict[str, Json]:
        found = self._policies.get((region, kind, request["type"], request["name"]))
        if found is None:
            message = f"Policy with name {request['name']} and type {request['type']} is not found"
            raise AwsError("ResourceNotFoundException", message)
        return found

    def _create_collection(self, region: str, request: dict[str, Json]) -> Json:
        name, kind = request["name"], request.get("type", "TIMESERIES")
        if kind not in TYPES:
            raise AwsError("ValidationException", f"Value '{kind}' at 'type' must be one of {', '.join(sorted(TYPES))}")
        if any(shown["name"] == name for shown in self._in(region)):
            raise AwsError("ConflictException", f"Collection with name {name} already exists")
        policy = self._encryption_policy(region, f"collection/{name}")
        if policy is None:
            raise AwsError(
                "ValidationException",
                f"No matching security policy of encryption type found for collection name: {name}. "
                "Please create security policy of encryption type for this collection.",
            )
        identifier, now = uuid.uuid4().hex[:ID_LENGTH], _now()
        shown = {
            "id": identifier,
            "name": name,
            "status": "ACTIVE",
            "type": kind,
            "arn": f"arn:aws:aoss:{region}:{ACCOUNT_ID}:collection/{identifier}",
            "kmsKeyArn": policy.get("KmsARN", "auto"),
            "standbyReplicas": request.get("standbyReplicas", "ENABLED"),
            "createdDate": now,
            "lastModifiedDate": now,
            **_given(request, "description"),
        }
        self._collections[region, identifier] = shown
        self._tags[shown["arn"]] = {tag["key"]: tag["value"] for tag in request.get("tags", ())}
        return {"createCollectionDetail": shown}

    def _encryption_policy(self, region: str, resource: str) -> Mapping[str, Json] | None:
        for (place, _, kind, _), shown in self._policies.items():
            if place == region and kind == "encryption":
                patterns = [pattern for rule in shown["policy"]["Rules"] for pattern in rule["Resource"]]
                if any(fnmatch.fnmatchcase(resource, pattern) for pattern in patterns):
                    policy: Mapping[str, Json] = shown["policy"]
                    return policy
        return None

    def _batch_get_collection(self, region: str, request: dict[str, Json]) -> Json:
        ids, names = request.get("ids", []), request.get("names", [])
        found = [shown for shown in self._in(region) if shown["id"] in ids or shown["name"] in names]
        known = {text for shown in found for text in (shown["id"], shown["name"])}
        return {
            "collectionDetails": [
                {**shown, "collectionEndpoint": self.endpoint, "dashboardEndpoint": f"{self.endpoint}/_dashboards"}
                for shown in found
            ],
            "collectionErrorDetails": [
                {
                    member: text,
                    "errorCode": "NOT_FOUND",
                    "errorMessage": "The specified Collection is not found.",
                }
                for member, texts in (("id", ids), ("name", names))
                for text in texts
                if text not in known
            ],
        }

    def _list_collections(self, region: str, _request: dict[str, Json]) -> Json:
        shown = [{name: each[name] for name in ("id", "name", "status", "arn")} for each in self._in(region)]
        return {"collectionSummaries": shown}

    def _update_collection(self, region: str, request: dict[str, Json]) -> Json:
        shown = self._collection_of(region, request)
        shown.update(_given(request, "description"), lastModifiedDate=_now())
        return {"updateCollectionDetail": shown}

    def _delete_collection(self, region: str, request: dict[str, Json]) -> Json:
        shown = self._collection_of(region, request)
        del self._collections[region, shown["id"]]
        self._tags.pop(shown["arn"], None)
        return {"deleteCollectionDetail": {"id": shown["id"], "name": shown["name"], "status": "DELETING"}}

    def _collection_of(self, region: str, request: dict[str, Json]) -> dict[str, Json]:
        found = self._collections.get((region, request["id"]))
        if found is None:
            raise AwsError("ResourceNotFoundException", f"Collection with ID {request['id']} cannot be found.")
        return found

    def _in(self, region: str) -> Iterator[dict[str, Json]]:
        return (shown for (place, _), shown in self._collections.items() if place == region)

    def _list_tags(self, _region: str, request: dict[str, Json]) -> Json:
        tags = self._tags.get(request["resourceArn"], {})
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def _tag(self, _region: str, request: dict[str, Json]) -> Json:
        tags = self._tags.setdefault(request["resourceArn"], {})
        tags.update({tag["key"]: tag["value"] for tag in request["tags"]})
        return {}

    def _untag(self, _region: str, request: dict[str, Json]) -> Json:
        for key in request["tagKeys"]:
            self._tags.get(request["resourceArn"], {}).pop(key, None)
        return {}


def _policy(request: dict[str, Json]) -> Json:
    try:
        return json.loads(request["policy"])
    except ValueError as error:
        raise AwsError("ValidationException", f"The policy is no JSON: {error}") from error


def _given(request: dict[str, Json], name: str) -> dict[str, Json]:
    return {name: request[name]} if name in request else {}


def _now() -> int:
    return int(time.time() * 1000)
