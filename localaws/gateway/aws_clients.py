"""boto3 clients on the gateway itself, for what the local AWS does by AWS's own APIs."""

import threading
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from localaws.errors import AwsError
from localaws.settings import fake_aws_environment


@dataclass(slots=True)
class AwsClients:
    """One boto3 client for each service and region, made when first used."""

    endpoint_url: str
    region: str
    access_key: str = field(repr=False)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str, region: str = "") -> Any:
        """Return the client of a service, in the stack's own region unless another is given."""
        key = service, region or self.region
        with self._lock:
            if key not in self._clients:
                self._clients[key] = client(service, self.endpoint_url, key[1], self.access_key)
            return self._clients[key]

    def get_object(self, bucket: str, key: str, version: str | None) -> bytes:
        """Return an object's content.

        Raises:
            AwsError: in the words in which Lambda refuses a missing package.
        """
        wanted = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
        try:
            return bytes(self.client("s3").get_object(**wanted)["Body"].read())
        except (BotoCoreError, ClientError) as error:
            message = f"Error occurred while GetObject. S3 Error: {error}"
            raise AwsError("InvalidParameterValueException", message) from error


def client(service: str, endpoint_url: str, region: str, access_key: str) -> Any:
    """Return a boto3 client on `endpoint_url` with its access key, whatever this machine's own settings are."""
    environment = fake_aws_environment(endpoint_url, region, access_key)
    return boto3.session.Session().client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=environment["AWS_SESSION_TOKEN"],
        config=Config(s3={"addressing_style": "path"}),
    )
