"""Drills of records that can never be indexed, and of the place where they are kept."""

from drills.scene import Scene, expect
from harness.items import Item
from harness.pipeline import record
from localaws.faults.fault import Fault, FaultKind

IN_THE_QUARANTINE = r"^PUT /.*/quarantine/"


def poisoned(item: Item) -> Item:
    """Return an order that the index's mapping refuses: text where the index has an object."""
    return {**item, "order_id": {"S": f"{item['order_id']['S']}-poison"}, "ship_to": {"S": "Lisboa"}}


def corrected(scene: Scene, poison: Item) -> None:
    """Correct the item in the table: that is a change, and indexes it."""
    with scene.step("The item is corrected in the table") as step:
        scene.pipeline.put({**poison, "ship_to": {"M": {"city": {"S": "Lisboa"}}}})
        step.result = "a change like any other"
    scene.converges()


def mapping_conflict(scene: Scene) -> None:
    """One item does not fit the mapping: it is kept with its reason, its neighbours are indexed."""
    with scene.step("One of 101 orders does not fit the mapping") as step:
        poison = poisoned(scene.write(100)[50])
        scene.pipeline.put(poison)
        scene.watch(step, lambda: len(scene.pipeline.quarantined()) == 1, "the quarantine holds it")
        (kept,) = scene.pipeline.quarantined()
        step.result = f"quarantined: {kept['reason']['kind']}, {kept['reason']['fault']}"
        expect(kept["record"]["dynamodb"]["NewImage"]["ship_to"] == poison["ship_to"], "the whole record is kept")
    with scene.step("Everything else is indexed") as step:
        agreement = scene.pipeline.agreement()
        step.result = str(agreement)
        expect(len(agreement.missing) == 1, f"one document is missing, not {agreement}")
        expect(not agreement.stale + agreement.orphans, f"nothing else differs, not {agreement}")
    scene.alarm_goes_off("quarantined")
    corrected(scene, poison)
    scene.alarm_is_ok("quarantined")


def malformed(scene: Scene) -> None:
    """A record that is none arrives among fifty: it is kept, and the others are done."""
    with scene.step("One of fifty records has no keys") as step:
        records = [record(number) for number in range(50)]
        records[25] = record(25, Keys=None)
        answer = scene.pipeline.invoke({"Records": records})
        expect(answer == {"batchItemFailures": []}, f"the batch is done, not {answer}")
        (kept,) = scene.pipeline.quarantined()
        step.result = f"quarantined: {kept['reason']['kind']}"
        expect(kept["record"] == records[25], "the record is kept as it came")
        scene.pipeline.index.refresh()
        found = [scene.pipeline.index.get(f"by-hand|{number:06}") is not None for number in range(50)]
        expect(found.count(True) == 49 and not found[25], "the others are indexed")
    scene.alarm_goes_off("quarantined")
    with scene.step("What was indexed by hand is taken out again"):
        removed = [
            {**record(100 + number, Keys=record(number)["dynamodb"]["Keys"], NewImage=None), "eventName": "REMOVE"}
            for number in range(50)
            if number != 25
        ]
        scene.pipeline.invoke({"Records": removed})
    scene.converges()


def quarantine_refuses(scene: Scene) -> None:
    """S3 refuses what can never be indexed: the record waits, for nothing is passed over that is not kept."""
    offending = scene.grows("OffendingRecordCount", "Retried")
    with scene.aws_proxy.failing(Fault(FaultKind.FORBID, match=IN_THE_QUARANTINE)) as injection:
        with scene.step("S3 answers 403; an item does not fit") as step:
            poison = poisoned(scene.write(20)[10])
            scene.pipeline.put(poison)
            scene.write(20)
            scene.watch(step, offending, "the record is counted and given back")
            expect(injection.hits > 0, "S3 was asked")
            expect(scene.pipeline.quarantined() == [], "the quarantine is empty")
            step.result = scene.progress()
        scene.alarm_goes_off("stalled")  # whatever comes after the record is written again and again
    with scene.step("S3 takes objects again") as step:
        scene.aws.wait_until_drained()
        (kept,) = scene.pipeline.quarantined()
        step.result = f"quarantined: {kept['reason']['kind']}; the shard goes on"
    scene.alarm_goes_off("quarantined")
    corrected(scene, poison)
    for key in ("stalled", "quarantined"):
        scene.alarm_is_ok(key)
