"""Drills of an index that fails: down, throttling, refusing, lying."""

from drills.scene import Scene, expect
from localaws.faults.fault import Fault, FaultKind

HOUR_SECONDS = 3600
SMALL_BODY_BYTES = 12_000  # of some ten orders


def outage(scene: Scene) -> None:
    """The index is down for over an hour: everything waits, nothing is lost."""
    late = scene.grows("Unreachable", "Retried")
    with scene.index_proxy.failing(Fault(FaultKind.REFUSE)):
        with scene.step("OpenSearch refuses connections; writes go on") as step:
            scene.write(60)
            scene.watch(step, late, "the function cannot reach it and gives the records back")
            step.result = scene.progress()
        with scene.step("An hour passes") as step:
            scene.aws.advance_time(HOUR_SECONDS + 300)
            step.result = "retries go on, 30 s apart at most"
        scene.alarm_goes_off("iterator-age-warning")
    with scene.step("OpenSearch is back; the backlog drains") as step:
        scene.aws.wait_until_drained()
        step.result = scene.progress()
    scene.converges()
    scene.alarm_is_ok("iterator-age-warning")


def throttle(scene: Scene) -> None:
    """The index answers 429: the function backs off, then the mapping does."""
    throttled = scene.grows("Throttled")
    with scene.index_proxy.failing(Fault(FaultKind.THROTTLE, match="_bulk", requests=10)) as injection:
        with scene.step("OpenSearch answers 429 to ten bulk requests") as step:
            scene.write(60)
            scene.watch(step, lambda: injection.expired, "ten requests are throttled")
            step.result = "four tries an invocation, with jitter; then the batch is given back"
        with scene.step("It takes requests again") as step:
            scene.aws.wait_until_drained()
            expect(throttled(), "the metric Throttled counts it")
            expect(scene.pipeline.quarantined() == [], "nothing is taken for poison")
            step.result = f"Throttled {scene.metric('Throttled'):g} documents"
    scene.converges()


def too_large(scene: Scene) -> None:
    """The index refuses large bodies with 413: they are cut until they fit."""
    with scene.index_proxy.failing(
        Fault(FaultKind.TOO_LARGE, match="_bulk", above_bytes=SMALL_BODY_BYTES)
    ) as injection:
        with scene.step(f"OpenSearch answers 413 to bodies above {SMALL_BODY_BYTES / 1000:g} kB") as step:
            requests = scene.index_proxy.requests
            scene.write(60)
            scene.aws.wait_until_drained()
            sent = scene.index_proxy.requests - requests
            step.result = f"{injection.hits} refused, {sent - injection.hits} smaller ones taken"
            expect(injection.hits > 0, "a body was too large")
            expect(sent > injection.hits, "smaller ones went through")
            expect(scene.pipeline.quarantined() == [], "no document is blamed for its neighbours' size")
        scene.converges()


def lying_answer(scene: Scene) -> None:
    """Answers have an item too few, one too many, or are cut: none of them is believed."""
    for kind in (FaultKind.DROP_ITEM, FaultKind.ADD_ITEM, FaultKind.TRUNCATE):
        requests = scene.index_proxy.requests
        with (
            scene.step(f"Bulk answers lie: {kind.value}") as step,
            scene.index_proxy.failing(Fault(kind, match="_bulk", requests=3)) as injection,
        ):
            scene.write(20)
            scene.watch(step, lambda injection=injection: injection.expired, "three answers have lied")  # type: ignore[misc]
            scene.aws.wait_until_drained()
            sent = scene.index_proxy.requests - requests
            expect(sent > injection.hits, "what such an answer is about is sent again")
            expect(scene.pipeline.quarantined() == [], "no document is blamed for an answer")
            step.result = (
                f"{injection.hits} answers, {sent - injection.hits} requests more; the versions make it harmless"
            )
    scene.converges()


def forbidden(scene: Scene) -> None:
    """The role is not admitted any more, 403: the records wait for whoever mends that."""
    back = scene.grows("Retried")
    with scene.index_proxy.failing(Fault(FaultKind.FORBID, match="_bulk")):
        with scene.step("OpenSearch answers 403, security_exception") as step:
            scene.write(40)
            scene.watch(step, back, "the records are given back")
            expect(scene.pipeline.quarantined() == [], "a refused caller is no reason to give a record up")
            step.result = scene.progress()
        scene.alarm_goes_off("stalled")
    with scene.step("The role is admitted again") as step:
        scene.aws.wait_until_drained()
        step.result = scene.progress()
    scene.converges()
    scene.alarm_is_ok("stalled")
