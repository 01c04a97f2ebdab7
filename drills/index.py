"""Drills of an index that fails: down, throttling, refusing, lying."""

from drills.environment import DrillEnvironment, expect
from localaws.faults.fault import Fault, FaultKind

HOUR_SECONDS = 3600
SMALL_BODY_BYTES = 12_000  # of some ten orders


def outage(env: DrillEnvironment) -> None:
    """The index is down for over an hour: everything waits, nothing is lost."""
    late = env.grows("ConnectionErrors", "RecordsRetried")
    with env.index_proxy.failing(Fault(FaultKind.REFUSE)):
        with env.step("OpenSearch refuses connections; writes continue") as step:
            env.write(60)
            env.wait_for(step, late, "the function cannot reach it and returns the records for retry")
            step.result = env.progress()
        with env.step("An hour passes") as step:
            env.aws.advance_time(HOUR_SECONDS + 300)
            step.result = "retries continue, at most 30 s apart"
        env.assert_alarm("iterator-age-warning")
    with env.step("OpenSearch is back; the backlog drains") as step:
        env.aws.wait_until_drained()
        step.result = env.progress()
    env.assert_consistent()
    env.assert_ok("iterator-age-warning")


def throttle(env: DrillEnvironment) -> None:
    """The index answers 429: the function backs off, then the mapping does."""
    throttled = env.grows("DocumentsThrottled")
    with env.index_proxy.failing(Fault(FaultKind.THROTTLE, match="_bulk", requests=10)) as injection:
        with env.step("OpenSearch answers 429 to ten bulk requests") as step:
            env.write(60)
            env.wait_for(step, lambda: injection.expired, "ten requests are throttled")
            step.result = "four attempts per invocation, with jitter; then Lambda retries the batch"
        with env.step("It takes requests again") as step:
            env.aws.wait_until_drained()
            expect(throttled(), "the metric DocumentsThrottled counts it")
            expect(env.pipeline.quarantined() == [], "nothing is taken for poison")
            step.result = f"DocumentsThrottled {env.metric('DocumentsThrottled'):g} documents"
    env.assert_consistent()


def too_large(env: DrillEnvironment) -> None:
    """The index refuses large bodies with 413: they are cut until they fit."""
    with env.index_proxy.failing(Fault(FaultKind.TOO_LARGE, match="_bulk", above_bytes=SMALL_BODY_BYTES)) as injection:
        with env.step(f"OpenSearch answers 413 to bodies above {SMALL_BODY_BYTES / 1000:g} kB") as step:
            requests = env.index_proxy.requests
            env.write(60)
            env.aws.wait_until_drained()
            sent = env.index_proxy.requests - requests
            step.result = f"{injection.hits} refused, {sent - injection.hits} smaller ones taken"
            expect(injection.hits > 0, "a body was too large")
            expect(sent > injection.hits, "smaller ones went through")
            expect(env.pipeline.quarantined() == [], "no document is blamed for its neighbours' size")
        env.assert_consistent()


def invalid_bulk_response(env: DrillEnvironment) -> None:
    """Answers have an item too few, one too many, or are cut: none of them is believed."""
    for kind in (FaultKind.DROP_ITEM, FaultKind.ADD_ITEM, FaultKind.TRUNCATE):
        requests = env.index_proxy.requests
        with (
            env.step(f"Bulk answers lie: {kind.value}") as step,
            env.index_proxy.failing(Fault(kind, match="_bulk", requests=3)) as injection,
        ):
            env.write(20)
            env.wait_for(step, lambda injection=injection: injection.expired, "three answers have lied")  # type: ignore[misc]
            env.aws.wait_until_drained()
            sent = env.index_proxy.requests - requests
            expect(sent > injection.hits, "what such an answer is about is sent again")
            expect(env.pipeline.quarantined() == [], "no document is blamed for an answer")
            step.result = (
                f"{injection.hits} answers, {sent - injection.hits} requests more; the versions make it harmless"
            )
    env.assert_consistent()


def forbidden(env: DrillEnvironment) -> None:
    """OpenSearch denies the role with 403: the records wait until an operator restores the access."""
    back = env.grows("RecordsRetried")
    with env.index_proxy.failing(Fault(FaultKind.FORBID, match="_bulk")):
        with env.step("OpenSearch answers 403, security_exception") as step:
            env.write(40)
            env.wait_for(step, back, "the records are returned for retry")
            expect(env.pipeline.quarantined() == [], "a refused caller is no reason to give a record up")
            step.result = env.progress()
        env.assert_alarm("stalled")
    with env.step("The role is admitted again") as step:
        env.aws.wait_until_drained()
        step.result = env.progress()
    env.assert_consistent()
    env.assert_ok("stalled")
