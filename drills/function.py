"""Drills of a function that dies: killed, out of memory, out of time."""

from drills.scene import Scene, expect
from localaws.faults.fault import Fault, FaultKind

TIMEOUT_SECONDS = 4
MEMORY_BYTES = 12_000  # of a bulk request, as it were


def killed(scene: Scene) -> None:
    """The function is killed when the index has done its request and it does not know yet."""
    stale = scene.grows("Stale")
    fault = Fault(FaultKind.LOSE_ANSWER, match="_bulk", requests=1)
    with (
        scene.index_proxy.failing(fault, then=lambda: scene.aws.kill(scene.function_name)) as injection,
        scene.step("The function is killed in the middle of a batch") as step,
    ):
        scene.write(60)
        scene.watch(step, lambda: injection.expired, "a batch was in flight")
        step.result = "Lambda cannot know what was done: the batch is halved and comes again"
    scene.alarm_goes_off("errors")
    scene.converges()
    expect(stale(), "what was done already is counted as stale")
    scene.alarm_is_ok("errors")


def out_of_memory(scene: Scene) -> None:
    """Batches are too large for the function's memory: they are halved until they fit."""
    deaths: list[int] = []
    fault = Fault(FaultKind.CLOSE, match="_bulk", above_bytes=MEMORY_BYTES)
    with scene.index_proxy.failing(fault, then=lambda: deaths.append(scene.aws.kill(scene.function_name))):
        with scene.step(f"Batches of more than {MEMORY_BYTES / 1000:g} kB exhaust the memory") as step:
            scene.write(60)
            scene.aws.wait_until_drained()
            step.result = f"killed {len(deaths)} times; the halves of the halves fit"
            expect(len(deaths) > 1, f"it was killed more than once, not {len(deaths)} times")
            expect(scene.pipeline.given_up() == [], "no record is given up for its neighbours' size")
        scene.alarm_goes_off("errors")
        scene.converges()


def timing_out(scene: Scene) -> None:
    """The function hangs until its time is up: the batch comes again."""
    hung: list[int] = []
    fault = Fault(FaultKind.DELAY, match="_bulk", requests=1)
    with scene.pipeline.timeout(TIMEOUT_SECONDS):
        with (
            scene.index_proxy.failing(fault, then=lambda: hung.append(scene.aws.hang(scene.function_name))),
            scene.step(f"The function hangs; its timeout is {TIMEOUT_SECONDS} s") as step,
        ):
            scene.write(30)
            scene.watch(step, lambda: hung == [1], "a batch was in flight")
            scene.watch(step, lambda: scene.was_told("errors"), "the alarm errors is told")
            step.result = "Lambda ends it, the alarm errors goes to ALARM, the batch comes again"
        scene.converges()
    scene.alarm_is_ok("errors")
