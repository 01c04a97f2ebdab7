"""Drills of the stream: discarded, dropped, split, delivered twice and late."""

import json
from typing import Any

from stream_indexer.documents.actions import document_id

from drills.environment import DrillEnvironment, expect
from localaws.faults.fault import Fault, FaultKind
from testkit.consistency import Comparison
from testkit.items import Item, event_form
from testkit.pipeline import KEY_NAMES

NEARLY_A_DAY_SECONDS = 23.5 * 3600  # past the 23 hours of retries, within the stream's 24
GIVEN_UP = r"^PUT /.*/aws/lambda/"


def retry_window(env: DrillEnvironment) -> None:
    """The index is down for longer than retries last: the destination holds exactly what the index lacks."""
    kept = env.write(20)
    env.aws.wait_until_drained()
    late = env.grows("RecordsRetried")
    with env.index_proxy.failing(Fault(FaultKind.REFUSE)):
        with env.step("OpenSearch is down; orders come, change and go") as step:
            env.write(30)
            env.rewrite([key_of(item) for item in kept[:5]])
            env.pipeline.delete(*kept[5:10])
            env.wait_for(step, late, "the records are returned for retry")
            step.result = env.progress()
        with env.step("Twenty-three hours and a half pass") as step:
            env.aws.advance_time(NEARLY_A_DAY_SECONDS)
            env.aws.wait_until_drained()
            discarded = env.pipeline.discarded_batches()
            step.result = (
                f"discarded: {len(discarded)} batches, {len(changed_keys(discarded))} items, with their payload"
            )
            conditions = {document["requestContext"]["condition"] for document in discarded}
            expect(conditions == {"RecordAgeExceeded"}, f"they were too old, not {conditions}")
    env.assert_alarm("batches-discarded")
    with env.step("The index lacks what the destination holds") as step:
        agreement, keys = env.pipeline.agreement(), changed_keys(discarded)
        step.result = str(agreement)
        expect(differing(agreement) == set(keys), "exactly those items differ")
    catch_up(env, agreement, list(keys.values()))
    env.assert_ok("batches-discarded")


def dropped(env: DrillEnvironment) -> None:
    """The index and the destination are down for a day: nothing but the table has the changes, and an alarm says so."""
    with (
        env.index_proxy.failing(Fault(FaultKind.REFUSE)),
        env.aws_proxy.failing(Fault(FaultKind.FORBID, match=GIVEN_UP)) as injection,
        env.step("OpenSearch is down, S3 answers 403, for a day") as step,
    ):
        items = env.write(20)
        env.aws.advance_time(NEARLY_A_DAY_SECONDS)
        env.aws.wait_until_drained()
        expect(injection.hits > 0, "the destination was asked")
        expect(env.pipeline.discarded_batches() == [], "it holds nothing")
        step.result = f"{injection.hits} deliveries refused"
    env.assert_alarm("events-dropped")
    with env.step("A comparison says which items it was") as step:
        agreement = env.pipeline.agreement()
        step.result = str(agreement)
        expect(differing(agreement) == {name_of(item) for item in items}, "exactly those items differ")
    catch_up(env, agreement, [key_of(item) for item in items])
    env.assert_ok("events-dropped")


def shard_split(env: DrillEnvironment) -> None:
    """The stream's shards split while it is written: parents are read before their children, nothing is lost."""
    with env.step("Shards split twice while orders are written") as step:
        for _ in range(2):
            items = env.write(40)
            env.aws.split_shard(env.stream_arn)
            env.rewrite([key_of(item) for item in items])
        env.aws.wait_until_drained()
        ((mapping),) = env.aws.status()["mappings"]
        step.result = f"{len(mapping['shards'])} shards are read now"
        expect(len(mapping["shards"]) > 1, "more than one is read")
    env.assert_consistent()


def duplicates(env: DrillEnvironment) -> None:
    """The whole stream is delivered again, late and in other batches, while new changes come: it changes nothing."""
    client = env.aws.client("lambda")
    items = env.write(60)
    env.rewrite([key_of(item) for item in items[:30]])
    env.pipeline.delete(*items[50:])
    stale = env.grows("VersionConflicts")
    version = client.publish_version(FunctionName=env.function_name)["Version"]
    again: dict[str, Any] = {
        "FunctionName": f"{env.function_name}:{version}",
        "EventSourceArn": env.stream_arn,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 7,
        "ParallelizationFactor": 3,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    with env.step("A second mapping delivers it from its beginning") as step:
        mapping = client.create_event_source_mapping(**again)
        env.rewrite([key_of(item) for item in items[20:40]])
        env.write(20)
        env.aws.wait_until_drained(120)
        expect(stale(), "old changes are counted as stale")
        step.result = f"VersionConflicts {env.metric('VersionConflicts'):g}: the index knew better"
        client.delete_event_source_mapping(UUID=mapping["UUID"])
    env.assert_consistent()


def catch_up(env: DrillEnvironment, agreement: Comparison, keys: list[Item]) -> None:
    """Catch up as the runbook says: change each item that the table has, delete the documents of those it has not."""
    with env.step("Catch up, as the runbook says") as step:
        present = [key for key in keys if name_of(key) not in agreement.orphans]
        env.rewrite(present)
        env.aws.wait_until_drained()
        for name in agreement.orphans:
            env.pipeline.index.delete(name)
        step.result = f"{len(present)} items changed, {len(agreement.orphans)} documents deleted by hand"
    env.assert_consistent()


def changed_keys(discarded: list[dict[str, Any]]) -> dict[str, Item]:
    """Return the keys of discarded records, by document ID."""
    records = [record for document in discarded for record in json.loads(document["payload"])["Records"]]
    keys = [record["dynamodb"]["Keys"] for record in records]
    return {name_of(key): key for key in keys}


def differing(agreement: Comparison) -> set[str]:
    """Return the ids in which index and table differ."""
    return {*agreement.missing, *agreement.stale, *agreement.orphans}


def key_of(item: Item) -> Item:
    """Return an item's primary key."""
    return {name: item[name] for name in KEY_NAMES}


def name_of(item: Item) -> str:
    """Return an item's document id."""
    return document_id(event_form(key_of(item)), KEY_NAMES)
