"""Drills of a function that dies: killed, out of memory, out of time."""

from drills.environment import DrillEnvironment, expect
from localaws.faults.fault import Fault, FaultKind

TIMEOUT_SECONDS = 4
MEMORY_BYTES = 12_000  # of a bulk request, as it were


def killed(env: DrillEnvironment) -> None:
    """The function is killed when the index has done its request and it does not know yet."""
    stale = env.grows("VersionConflicts")
    fault = Fault(FaultKind.LOSE_ANSWER, match="_bulk", requests=1)
    with (
        env.index_proxy.failing(fault, then=lambda: env.aws.kill(env.function_name)) as injection,
        env.step("The function is killed in the middle of a batch") as step,
    ):
        env.write(60)
        env.wait_for(step, lambda: injection.expired, "a batch was in flight")
        step.result = "Lambda cannot know what was done: the batch is halved and comes again"
    env.assert_alarm("errors")
    env.assert_consistent()
    expect(stale(), "what was done already is counted as stale")
    env.assert_ok("errors")


def out_of_memory(env: DrillEnvironment) -> None:
    """Batches are too large for the function's memory: they are halved until they fit."""
    deaths: list[int] = []
    fault = Fault(FaultKind.CLOSE, match="_bulk", above_bytes=MEMORY_BYTES)
    with env.index_proxy.failing(fault, then=lambda: deaths.append(env.aws.kill(env.function_name))):
        with env.step(f"Batches of more than {MEMORY_BYTES / 1000:g} kB exhaust the memory") as step:
            env.write(60)
            env.aws.wait_until_drained()
            step.result = f"killed {len(deaths)} times; the halves of the halves fit"
            expect(len(deaths) > 1, f"it was killed more than once, not {len(deaths)} times")
            expect(env.pipeline.discarded_batches() == [], "no record is discarded because of its neighbors' size")
        env.assert_alarm("errors")
        env.assert_consistent()


def timeout(env: DrillEnvironment) -> None:
    """The function hangs until its time is up: the batch comes again."""
    hung: list[int] = []
    fault = Fault(FaultKind.DELAY, match="_bulk", requests=1)
    with env.pipeline.timeout(TIMEOUT_SECONDS):
        with (
            env.index_proxy.failing(fault, then=lambda: hung.append(env.aws.hang(env.function_name))),
            env.step(f"The function hangs; its timeout is {TIMEOUT_SECONDS} s") as step,
        ):
            env.write(30)
            env.wait_for(step, lambda: hung == [1], "a batch was in flight")
            env.wait_for(step, lambda: env.topic_notified("errors"), "the alarm errors has notified its topic")
            step.result = "Lambda ends it, the alarm errors goes to ALARM, the batch comes again"
        env.assert_consistent()
    env.assert_ok("errors")
