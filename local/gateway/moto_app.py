"""Moto as a WSGI application inside this process."""

from typing import TYPE_CHECKING, Any, cast

from moto.cloudwatch.responses import CloudWatchResponse
from moto.iam.access_control import PermissionResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def moto_application() -> "WSGIApplication":
    """Return moto's application for every service."""
    # Moto takes a statement whose condition does not hold for a denial, so that a bucket that refuses plain HTTP
    # would refuse everything. Policies are kept and shown here, and enforced nowhere.
    FakeBucket.get_permission = _neutral  # type: ignore[method-assign, assignment]
    # Moto keeps composite alarms, by this very method, and answers no request to make one.
    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm  # type: ignore[attr-defined]
    return cast("WSGIApplication", DomainDispatcherApplication(create_backend_app))


def _neutral(_bucket: FakeBucket, _action: str, _resource: str) -> Any:
    return PermissionResult.NEUTRAL
