"""Do several shards, and several lanes of a shard, keep what DynamoDB Streams promises?"""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from localaws.stack import LocalAws
from localaws.tests.pipelines import Pipeline

SHARDS = 4
KEYS = [str(number) for number in range(40)]


def test_four_shards_are_read_side_by_side_and_every_item_stays_in_order(tmp_path: Path) -> None:
    """Each write comes once, the writes of an item in their order, and no batch mixes shards."""
    with LocalAws.start(home=tmp_path / "aws", stream_shards=SHARDS) as aws:
        pipeline = Pipeline.create(aws, tmp_path, "orders")
        for version in range(3):
            for key in KEYS:
                pipeline.put(key, version=version)
        pipeline.connect(BatchSize=7, ParallelizationFactor=2)
        aws.wait_until_drained()
        ((mapping),) = aws.status()["mappings"]
        shards = _shard_of_each_key(pipeline)
        versions: dict[str, list[int]] = defaultdict(list)
        for event in pipeline.events:
            images = [record["dynamodb"]["NewImage"] for record in event["Records"]]
            assert len({shards[image["id"]["S"]] for image in images}) == 1
            for image in images:
                versions[image["id"]["S"]].append(int(image["version"]["N"]))
    assert versions == {key: [0, 1, 2] for key in KEYS}
    assert [shard["behind"] for shard in mapping["shards"]] == [0] * SHARDS
    assert set(shards.values()) == {shard["shard_id"] for shard in mapping["shards"]}


def _shard_of_each_key(pipeline: Pipeline) -> dict[str, str]:
    """Read the stream as any client may."""
    client = pipeline.aws.client("dynamodbstreams")
    shards = client.describe_stream(StreamArn=pipeline.stream_arn)["StreamDescription"]["Shards"]
    found = {}
    for shard in shards:
        place = {"StreamArn": pipeline.stream_arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = client.get_shard_iterator(**place)["ShardIterator"]
        for record in client.get_records(ShardIterator=iterator)["Records"]:
            found[record["dynamodb"]["Keys"]["id"]["S"]] = shard["ShardId"]
    return found


def test_a_shard_splits_and_rolls_over_on_demand_and_its_children_are_read_after_it(
    aws: LocalAws, tmp_path: Path
) -> None:
    """What is written before and after keeps its order for each item."""
    pipeline = Pipeline.create(aws, tmp_path, "split")
    mapping = pipeline.connect(BatchSize=7)
    for version in range(3):
        for key in KEYS:
            pipeline.put(key, version=version)
        if version == 0:
            assert len(aws.split_shard(pipeline.stream_arn)) == 2
        if version == 1:
            assert len(aws.roll_shard(pipeline.stream_arn)) == len(aws.roll_shard(pipeline.stream_arn)) == 1
    aws.wait_until_drained()
    aws.client("lambda").delete_event_source_mapping(UUID=mapping)
    versions: dict[str, list[int]] = defaultdict(list)
    for event in pipeline.events:
        for image in (record["dynamodb"]["NewImage"] for record in event["Records"]):
            versions[image["id"]["S"]].append(int(image["version"]["N"]))
    assert versions == {key: [0, 1, 2] for key in KEYS}


def test_a_mapping_works_in_any_region(aws: LocalAws, tmp_path: Path) -> None:
    """Table, function and mapping in another Region than that of clients; a mapping across Regions is refused."""
    elsewhere = replace(aws, region="us-east-1")
    pipeline = Pipeline.create(elsewhere, tmp_path, "elsewhere")
    mapping = pipeline.connect()
    pipeline.put("one")
    aws.wait_until_drained()
    assert pipeline.batches == [["one"]]
    elsewhere.client("lambda").delete_event_source_mapping(UUID=mapping)
    here = Pipeline.create(aws, tmp_path, "here")
    with pytest.raises(ClientError, match="Event source region must match Lambda region eu-west-1"):
        replace(here, stream_arn=pipeline.stream_arn).connect()
