"""Drills of records that can never be indexed, and of the place where they are kept."""

from drills.environment import DrillEnvironment, expect
from localaws.faults.fault import Fault, FaultKind
from testkit.items import Item
from testkit.pipeline import record

IN_THE_QUARANTINE = r"^PUT /.*/quarantine/"


def poisoned(item: Item) -> Item:
    """Return an order that the index's mapping refuses: text where the index has an object."""
    return {**item, "order_id": {"S": f"{item['order_id']['S']}-poison"}, "ship_to": {"S": "Lisboa"}}


def corrected(env: DrillEnvironment, poison: Item) -> None:
    """Correct the item in the table: that is a change, and indexes it."""
    with env.step("The item is corrected in the table") as step:
        env.pipeline.put({**poison, "ship_to": {"M": {"city": {"S": "Lisboa"}}}})
        step.result = "a change like any other"
    env.assert_consistent()


def mapping_conflict(env: DrillEnvironment) -> None:
    """One item does not fit the mapping: it is kept with its reason, its neighbours are indexed."""
    with env.step("One of 101 orders does not fit the mapping") as step:
        poison = poisoned(env.write(100)[50])
        env.pipeline.put(poison)
        env.wait_for(step, lambda: len(env.pipeline.quarantined()) == 1, "the quarantine holds it")
        (kept,) = env.pipeline.quarantined()
        step.result = f"quarantined: {kept['reason']}, {kept['error']['type']}"
        expect(kept["record"]["dynamodb"]["NewImage"]["ship_to"] == poison["ship_to"], "the whole record is kept")
    with env.step("Everything else is indexed") as step:
        agreement = env.pipeline.agreement()
        step.result = str(agreement)
        expect(len(agreement.missing) == 1, f"one document is missing, not {agreement}")
        expect(not agreement.stale + agreement.orphans, f"nothing else differs, not {agreement}")
    env.assert_alarm("quarantined")
    corrected(env, poison)
    env.assert_ok("quarantined")


def malformed(env: DrillEnvironment) -> None:
    """One of fifty records is malformed: it is quarantined, and the others are indexed."""
    with env.step("One of fifty records has no keys") as step:
        records = [record(number) for number in range(50)]
        records[25] = record(25, Keys=None)
        answer = env.pipeline.invoke({"Records": records})
        expect(answer == {"batchItemFailures": []}, f"the batch is done, not {answer}")
        (kept,) = env.pipeline.quarantined()
        step.result = f"quarantined: {kept['reason']}"
        expect(kept["record"] == records[25], "the record is kept as it came")
        env.pipeline.index.refresh()
        found = [env.pipeline.index.get(f"by-hand|{number:06}") is not None for number in range(50)]
        expect(found.count(True) == 49 and not found[25], "the others are indexed")
    env.assert_alarm("quarantined")
    with env.step("What was indexed by hand is taken out again"):
        removed = [
            {**record(100 + number, Keys=record(number)["dynamodb"]["Keys"], NewImage=None), "eventName": "REMOVE"}
            for number in range(50)
            if number != 25
        ]
        env.pipeline.invoke({"Records": removed})
    env.assert_consistent()


def quarantine_unavailable(env: DrillEnvironment) -> None:
    """S3 refuses a rejected record: the record waits, because the function skips only quarantined records."""
    offending = env.grows("OffendingRecordCount", "RecordsRetried")
    with env.aws_proxy.failing(Fault(FaultKind.FORBID, match=IN_THE_QUARANTINE)) as injection:
        with env.step("S3 answers 403; an item does not fit") as step:
            poison = poisoned(env.write(20)[10])
            env.pipeline.put(poison)
            env.write(20)
            env.wait_for(step, offending, "the record is counted and returned for retry")
            expect(injection.hits > 0, "S3 was asked")
            expect(env.pipeline.quarantined() == [], "the quarantine is empty")
            step.result = env.progress()
        env.assert_alarm("stalled")  # whatever comes after the record is written again and again
    with env.step("S3 takes objects again") as step:
        env.aws.wait_until_drained()
        (kept,) = env.pipeline.quarantined()
        step.result = f"quarantined: {kept['reason']}; the shard continues"
    env.assert_alarm("quarantined")
    corrected(env, poison)
    for key in ("stalled", "quarantined"):
        env.assert_ok(key)
