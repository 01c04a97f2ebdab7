"""Tags of scalable targets, which moto's Application Auto Scaling lacks: Terraform reads them with each target."""

import json
from typing import Final

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.utilities.tagging_service import TaggingService

REGISTER: Final = ApplicationAutoScalingResponse.register_scalable_target
DEREGISTER: Final = ApplicationAutoScalingResponse.deregister_scalable_target
TAGS: Final = TaggingService()  # of every region: ARNs are unique


def keep_tags_of_scalable_targets() -> None:
    """Let moto answer the three operations of tags, and keep what a target is registered with."""
    ours = {
        "register_scalable_target": _register,
        "deregister_scalable_target": _deregister,
        "list_tags_for_resource": _list,
        "tag_resource": _tag,
        "untag_resource": _untag,
    }
    for name, operation in ours.items():
        setattr(ApplicationAutoScalingResponse, name, operation)


def _register(request: ApplicationAutoScalingResponse) -> str:
    answer = REGISTER(request)
    TAGS.tag_resource(json.loads(answer)["ScalableTargetARN"], _pairs(request))
    return answer


def _deregister(request: ApplicationAutoScalingResponse) -> str:
    by_resource = request.applicationautoscaling_backend.targets.get(_given(request, "ScalableDimension"), {})
    target = by_resource.get(_given(request, "ResourceId"))
    answer = DEREGISTER(request)
    if target is not None:
        TAGS.delete_all_tags_for_resource(target.arn)
    return answer


def _list(request: ApplicationAutoScalingResponse) -> str:
    return json.dumps({"Tags": TAGS.get_tag_dict_for_resource(_given(request, "ResourceARN"))})


def _tag(request: ApplicationAutoScalingResponse) -> str:
    TAGS.tag_resource(_given(request, "ResourceARN"), _pairs(request))
    return "{}"


def _untag(request: ApplicationAutoScalingResponse) -> str:
    TAGS.untag_resource_using_names(_given(request, "ResourceARN"), json.loads(request.body)["TagKeys"])
    return "{}"


def _given(request: ApplicationAutoScalingResponse, name: str) -> str:
    return str(json.loads(request.body)[name])


def _pairs(request: ApplicationAutoScalingResponse) -> list[dict[str, str]]:
    tags = json.loads(request.body).get("Tags") or {}
    return [{"Key": key, "Value": value} for key, value in tags.items()]
