"""Settings of hypothesis: no deadlines, for timings are not asserted; a failing example says how to see it again."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "project", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("project")
