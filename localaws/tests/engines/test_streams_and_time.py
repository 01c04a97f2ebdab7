"""Does a mapping find its place in a stream that has forgotten it, on both sets of engines?"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localaws.stack import LocalAws
from localaws.tests.pipelines import Pipeline

DAY_SECONDS = 25 * 3600
ITERATOR_SECONDS = 3600


@contextmanager
def later(aws: LocalAws, seconds: float) -> Iterator[None]:
    """Let so much time have passed for the length of a block: others use the same stack."""
    aws.advance_time(seconds)
    try:
        yield
    finally:
        aws.advance_time(-seconds)


def test_trim_horizon_is_the_oldest_record_that_is_left(aws: LocalAws, tmp_path: Path) -> None:
    """What is a day old is gone, for a mapping made later and for one that was off meanwhile."""
    pipeline = Pipeline.create(aws, tmp_path, "trimmed")
    pipeline.put("old")
    with later(aws, DAY_SECONDS):
        pipeline.put("new")
        mapping = pipeline.connect()
        aws.wait_until_drained()
        assert pipeline.batches == [["new"]]
        aws.client("lambda").delete_event_source_mapping(UUID=mapping)


def test_a_mapping_goes_on_after_an_hour_in_which_its_iterators_expired(aws: LocalAws, tmp_path: Path) -> None:
    """It was reading all the time, and comes back at the record after its last."""
    pipeline = Pipeline.create(aws, tmp_path, "expired")
    mapping = pipeline.connect(BatchSize=1)
    pipeline.put("before")
    aws.wait_until_drained()
    with later(aws, ITERATOR_SECONDS):
        pipeline.put("after")
        aws.wait_until_drained()
        assert pipeline.batches == [["before"], ["after"]]
    pipeline.put("later, at an earlier time")
    aws.wait_until_drained()
    assert pipeline.batches[2:] == [["later, at an earlier time"]]
    aws.client("lambda").delete_event_source_mapping(UUID=mapping)
