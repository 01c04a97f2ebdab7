"""A drill of clocks that do not agree: the stream's steps back, so later changes carry earlier times."""

from drills.environment import DrillEnvironment, DrillError, expect
from drills.stream import differing, key_of, name_of
from testkit.items import Item

STEP_SECONDS = 55  # less than the minute that is noticed, docs/decisions/0116-version-from-second-and-ordinal.md
FAR_SECONDS = 600
TRIES = 20
COUNT = 2


def clock_skew(env: DrillEnvironment) -> None:
    """The stream's clock steps back: a later change that carries an earlier time still counts, within a minute."""
    stale = env.metric("VersionConflicts")
    with env.step(f"The clock steps back to {STEP_SECONDS} s before the orders were written; they are changed") as step:
        items, tries = _changed_earlier(env)
        step.result = f"{len(items)} changes are older than what they change (try {tries})"
    with env.step("OpenSearch refuses them by their version; the function reads the table and knows better") as step:
        env.aws.wait_until_drained()
        expect(env.metric("VersionConflicts") == stale, "none of them is taken for stale")
        step.result = "sequence numbers say which is later"
    env.assert_consistent()
    with env.step(f"It steps back {FAR_SECONDS / 60:g} minutes: too far to be distinguished from a replay") as step:
        items = env.write(COUNT)
        env.aws.wait_until_drained()
        begun = env.aws.advance_time(0)
        env.aws.advance_time(-FAR_SECONDS)
        env.rewrite([key_of(item) for item in items])
        expect(env.aws.advance_time(0) < begun, "the changes were made before the clock had come round")
        agreement = env.pipeline.agreement()
        expect(differing(agreement) == {name_of(item) for item in items}, f"exactly those are stale, not {agreement}")
        step.result = f"{env.metric('VersionConflicts') - stale:g} changes are taken for stale: {agreement}"
    with env.step("The clock is right again; the items are changed, as the runbook says") as step:
        env.aws.advance_time(FAR_SECONDS)
        env.rewrite([key_of(item) for item in items])
        step.result = "any later change corrects the item"
    env.assert_consistent()


def _changed_earlier(env: DrillEnvironment) -> tuple[list[Item], int]:
    """Write orders and change them at an earlier time; it may come round meanwhile, a hundred times as fast.

    Raises:
        DrillError: each time the changes came so late that the clock had come round.
    """
    for tries in range(1, TRIES + 1):
        begun = env.aws.advance_time(0)
        items = env.write(COUNT)
        written = env.aws.advance_time(0)
        env.aws.wait_until_drained()
        env.aws.advance_time(written - STEP_SECONDS - env.aws.advance_time(0))
        env.rewrite([key_of(item) for item in items])
        if env.aws.advance_time(0) < begun:
            return items, tries
    raise DrillError(f"in {TRIES} tries the clock had always come round before the changes were made")
