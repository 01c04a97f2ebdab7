"""CloudWatch Logs query definitions, which moto lacks: put, describe, delete."""

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Final

from localaws.errors import AwsError
from localaws.http_messages import Json, Request, Response, json_error, json_response

JSON_1_1: Final = "application/x-amz-json-1.1"


@dataclass(slots=True)
class QueryDefinitions:
    """The saved queries of every region."""

    _definitions: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict)
    _answered: dict[str, Json] = field(default_factory=dict)  # by client token
    _lock: threading.Lock = field(default_factory=threading.Lock)

    OPERATIONS = frozenset({"PutQueryDefinition", "DescribeQueryDefinitions", "DeleteQueryDefinition"})

    def answer(self, request: Request) -> Response:
        """Answer one request of an operation in `OPERATIONS`."""
        try:
            with self._lock:
                match request.target:
                    case "PutQueryDefinition":
                        document = self._put_once(request.region, request.json())
                    case "DescribeQueryDefinitions":
                        document = self._describe(request.region, request.json())
                    case _:
                        document = self._delete(request.region, request.json())
        except AwsError as error:
            return json_error(error, JSON_1_1)
        return json_response(document, content_type=JSON_1_1)

    def _put_once(self, region: str, request: dict[str, Json]) -> Json:
        """Put, unless this is a request that the SDK sends again because it saw no answer: then answer as before."""
        token = request.get("clientToken") or str(uuid.uuid4())
        if token not in self._answered:
            self._answered[token] = self._put(region, request)
        return self._answered[token]

    def _put(self, region: str, request: dict[str, Json]) -> Json:
        for name in ("name", "queryString"):
            if not request.get(name):
                raise AwsError("InvalidParameterException", f"1 validation error detected: Value null at '{name}'")
        query_id = request.get("queryDefinitionId") or str(uuid.uuid4())
        if request.get("queryDefinitionId") and (region, query_id) not in self._definitions:
            raise AwsError("ResourceNotFoundException", "The specified query definition does not exist.")
        shown = {
            name: request[name]
            for name in ("name", "queryString", "logGroupNames", "queryLanguage")
            if request.get(name)
        }
        self._definitions[region, query_id] = {
            "logGroupNames": [],
            **shown,
            "queryDefinitionId": query_id,
            "lastModified": int(time.time() * 1000),
        }
        return {"queryDefinitionId": query_id}

    def _describe(self, region: str, request: dict[str, Json]) -> Json:
        prefix = request.get("queryDefinitionNamePrefix", "")
        found = [shown for (place, _), shown in self._definitions.items() if place == region]
        return {"queryDefinitions": [shown for shown in found if shown["name"].startswith(prefix)]}

    def _delete(self, region: str, request: dict[str, Json]) -> Json:
        if self._definitions.pop((region, request.get("queryDefinitionId", "")), None) is None:
            raise AwsError("ResourceNotFoundException", "The specified query definition does not exist.")
        return {"success": True}
