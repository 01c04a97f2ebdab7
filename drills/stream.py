"""Drills of the stream: given up, dropped, split, delivered twice and late."""

import json
from typing import Any

from stream_indexer.documents.actions import document_id

from drills.scene import Scene, expect
from harness.agreement import Agreement
from harness.items import Item, event_form
from harness.pipeline import KEY_NAMES
from localaws.faults.fault import Fault, FaultKind

NEARLY_A_DAY_SECONDS = 23.5 * 3600  # past the 23 hours of retries, within the stream's 24
GIVEN_UP = r"^PUT /.*/aws/lambda/"


def retry_window(scene: Scene) -> None:
    """The index is down for longer than retries last: the destination holds exactly what the index lacks."""
    kept = scene.write(20)
    scene.aws.wait_until_drained()
    late = scene.grows("Retried")
    with scene.index_proxy.failing(Fault(FaultKind.REFUSE)):
        with scene.step("OpenSearch is down; orders come, change and go") as step:
            scene.write(30)
            scene.touch([key_of(item) for item in kept[:5]])
            scene.pipeline.delete(*kept[5:10])
            scene.watch(step, late, "the records are given back")
            step.result = scene.progress()
        with scene.step("Twenty-three hours and a half pass") as step:
            scene.aws.advance_time(NEARLY_A_DAY_SECONDS)
            scene.aws.wait_until_drained()
            given_up = scene.pipeline.given_up()
            step.result = f"given up: {len(given_up)} batches, {len(changed_keys(given_up))} items, with their payload"
            conditions = {document["requestContext"]["condition"] for document in given_up}
            expect(conditions == {"RecordAgeExceeded"}, f"they were too old, not {conditions}")
    scene.alarm_goes_off("given-up")
    with scene.step("The index lacks what the destination holds") as step:
        agreement, keys = scene.pipeline.agreement(), changed_keys(given_up)
        step.result = str(agreement)
        expect(differing(agreement) == set(keys), "exactly those items differ")
    catch_up(scene, agreement, list(keys.values()))
    scene.alarm_is_ok("given-up")


def dropped(scene: Scene) -> None:
    """The index and the destination are down for a day: nothing but the table has the changes, and an alarm says so."""
    with (
        scene.index_proxy.failing(Fault(FaultKind.REFUSE)),
        scene.aws_proxy.failing(Fault(FaultKind.FORBID, match=GIVEN_UP)) as injection,
        scene.step("OpenSearch is down, S3 answers 403, for a day") as step,
    ):
        items = scene.write(20)
        scene.aws.advance_time(NEARLY_A_DAY_SECONDS)
        scene.aws.wait_until_drained()
        expect(injection.hits > 0, "the destination was asked")
        expect(scene.pipeline.given_up() == [], "it holds nothing")
        step.result = f"{injection.hits} deliveries refused"
    scene.alarm_goes_off("dropped")
    with scene.step("A comparison says which items it was") as step:
        agreement = scene.pipeline.agreement()
        step.result = str(agreement)
        expect(differing(agreement) == {name_of(item) for item in items}, "exactly those items differ")
    catch_up(scene, agreement, [key_of(item) for item in items])
    scene.alarm_is_ok("dropped")


def shard_split(scene: Scene) -> None:
    """The stream's shards split while it is written: parents are read before their children, nothing is lost."""
    with scene.step("Shards split twice while orders are written") as step:
        for _ in range(2):
            items = scene.write(40)
            scene.aws.split_shard(scene.stream_arn)
            scene.touch([key_of(item) for item in items])
        scene.aws.wait_until_drained()
        ((mapping),) = scene.aws.status()["mappings"]
        step.result = f"{len(mapping['shards'])} shards are read now"
        expect(len(mapping["shards"]) > 1, "more than one is read")
    scene.converges()


def duplicates(scene: Scene) -> None:
    """The whole stream is delivered again, late and in other batches, while new changes come: it changes nothing."""
    client = scene.aws.client("lambda")
    items = scene.write(60)
    scene.touch([key_of(item) for item in items[:30]])
    scene.pipeline.delete(*items[50:])
    stale = scene.grows("Stale")
    version = client.publish_version(FunctionName=scene.function_name)["Version"]
    again: dict[str, Any] = {
        "FunctionName": f"{scene.function_name}:{version}",
        "EventSourceArn": scene.stream_arn,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 7,
        "ParallelizationFactor": 3,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    with scene.step("A second mapping delivers it from its beginning") as step:
        mapping = client.create_event_source_mapping(**again)
        scene.touch([key_of(item) for item in items[20:40]])
        scene.write(20)
        scene.aws.wait_until_drained(120)
        expect(stale(), "old changes are counted as stale")
        step.result = f"Stale {scene.metric('Stale'):g}: the index knew better"
        client.delete_event_source_mapping(UUID=mapping["UUID"])
    scene.converges()


def catch_up(scene: Scene, agreement: Agreement, keys: list[Item]) -> None:
    """Catch up as the runbook says: change each item that the table has, delete the documents of those it has not."""
    with scene.step("Catch up, as the runbook says") as step:
        present = [key for key in keys if name_of(key) not in agreement.orphans]
        scene.touch(present)
        scene.aws.wait_until_drained()
        for name in agreement.orphans:
            scene.pipeline.index.delete(name)
        step.result = f"{len(present)} items changed, {len(agreement.orphans)} documents deleted by hand"
    scene.converges()


def changed_keys(given_up: list[dict[str, Any]]) -> dict[str, Item]:
    """Return the keys of what was given up, by document id."""
    records = [record for document in given_up for record in json.loads(document["payload"])["Records"]]
    keys = [record["dynamodb"]["Keys"] for record in records]
    return {name_of(key): key for key in keys}


def differing(agreement: Agreement) -> set[str]:
    """Return the ids in which index and table differ."""
    return {*agreement.missing, *agreement.stale, *agreement.orphans}


def key_of(item: Item) -> Item:
    """Return an item's primary key."""
    return {name: item[name] for name in KEY_NAMES}


def name_of(item: Item) -> str:
    """Return an item's document id."""
    return document_id(event_form(key_of(item)), KEY_NAMES)
