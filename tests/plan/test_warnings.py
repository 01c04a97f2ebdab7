"""Does a plan at the root warn of settings that contradict each other, though each of them is valid?

The checks are in the modules, and `terraform test` there tries each. Here the root passes on what they look at.
"""

from typing import Any, Final

from tests.plan.configurations import Configurations
from tests.plan.test_refusals import RIGHT

TOPIC_ARN: Final = "arn:aws:sns:eu-west-1:123456789012:operations"
CONTRADICTORY: Final[dict[str, Any]] = {
    "on_failure": {"maximum_record_age_in_seconds": 3600},
    "event_source_mapping": {
        "maximum_batching_window_in_seconds": 300,
        "parallelization_factor": 4,
        "batch_size": 10_000,
    },
    "function": {"reserved_concurrent_executions": 2, "timeout": 60},
    "documents": {"ttl_deletes": "ignore"},
    "filters": [{"new_image": {"status": {"equals": ["paid"]}}}],
}


def warned(plan: dict[str, Any]) -> set[str]:
    """Return the names of the checks that failed."""
    checks = [check for check in plan["checks"] if check["address"]["kind"] == "check"]
    return {check["address"]["name"] for check in checks if check["status"] == "fail"}


def test_settings_that_contradict_each_other_are_warned_of(configurations: Configurations) -> None:
    """Nothing is refused: the apply continues, and the warning says what will happen."""
    plan = configurations.of(".").plan(**RIGHT, **CONTRADICTORY, alarms={})
    assert warned(plan) == {
        "critical_age_comes_before_giving_up",
        "window_is_shorter_than_the_lag",
        "reservation_fits_one_shard",
        "kept_items_expire",
        "timeout_fits_batch",
        "removes_pass_the_filters",
        "alarms_notify_somebody",
    }


def test_the_defaults_are_warned_of_nowhere(configurations: Configurations) -> None:
    """Readers ignore a warning that is always there."""
    assert warned(configurations.of(".").plan(**RIGHT, alarms={"topic_arn": TOPIC_ARN})) == set()
