"""Moto as a WSGI application inside this process."""

from typing import TYPE_CHECKING, Any, Final, cast

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.iam.models import iam_backends
from moto.logs.models import LogsBackend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket

from localaws.alarms.composites import why_not_deleted, why_not_saved
from localaws.alarms.history import page
from localaws.http_messages import ACCOUNT_ID

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

DELETE_LOG_GROUP: Final = LogsBackend.delete_log_group  # which is patched below


def moto_application() -> "WSGIApplication":
    """Return moto's application for every service."""
    # Moto takes a statement whose condition does not hold for a denial, so that a bucket that refuses plain HTTP
    # would refuse everything. Policies are kept and shown here, and enforced nowhere.
    FakeBucket.get_permission = _neutral  # type: ignore[method-assign, assignment]
    # Moto keeps composite alarms like others, and has no request that creates one.
    CloudWatchResponse.put_composite_alarm = _put_composite_alarm  # type: ignore[attr-defined]
    CloudWatchBackend.delete_alarms = _delete_alarms  # type: ignore[method-assign]
    # Moto keeps the changes of state, and answers no request for them.
    CloudWatchResponse.describe_alarm_history = _alarm_history  # type: ignore[attr-defined]
    # Moto keeps the tags of what is deleted, and gives them to the next of that name.
    LogsBackend.delete_log_group = _delete_log_group  # type: ignore[method-assign]
    return cast("WSGIApplication", DomainDispatcherApplication(create_backend_app))


def _put_composite_alarm(request: CloudWatchResponse) -> ActionResult:
    rule = str(request._get_param("AlarmRule"))  # noqa: SLF001 - moto's own way to read a request
    _raise(why_not_saved(rule, request.cloudwatch_backend.alarms))
    return request.put_metric_alarm()


def _delete_alarms(self: CloudWatchBackend, alarm_names: list[str]) -> None:
    _raise(why_not_deleted(alarm_names, {alarm.name: alarm.rule for alarm in self.alarms.values() if alarm.rule}))
    for name in alarm_names:
        alarm = self.alarms.pop(name, None)
        if alarm is not None:
            self.tagger.delete_all_tags_for_resource(alarm.alarm_arn)


def _raise(reason: str | None) -> None:
    if reason:
        raise ValidationError(reason)


def _alarm_history(request: CloudWatchResponse) -> ActionResult:
    names = ("AlarmName", "AlarmTypes", "HistoryItemType", "StartDate", "EndDate", "MaxRecords", "NextToken", "ScanBy")
    wanted = {name: request._get_param(name) for name in names}  # noqa: SLF001 - moto's own way to read a request
    return ActionResult(page(request.cloudwatch_backend.alarms.values(), wanted))


def _delete_log_group(self: LogsBackend, log_group_name: str) -> None:
    group = self.groups.get(log_group_name)
    DELETE_LOG_GROUP(self, log_group_name)
    if group is not None:
        self.tagger.delete_all_tags_for_resource(group.arn)


def issued(access_key: str) -> bool:
    """Return whether IAM or STS has handed out an access key id: of a user, or with the credentials of a role."""
    key = iam_backends[ACCOUNT_ID]["aws"].access_keys.get(access_key)
    return key is not None and key.status == "Active"


def _neutral(_bucket: FakeBucket, _action: str, _resource: str) -> Any:
    return PermissionResult.NEUTRAL
