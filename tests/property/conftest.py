"""Settings of hypothesis: other examples each time, also in CI; a failing one says how to see it again.

No deadlines, for timings are not asserted.
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "project",
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("project")
