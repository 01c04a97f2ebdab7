"""Does the function get batches again when asked, late and out of order, as AWS may deliver them?"""

from pathlib import Path

from localaws.stack import LocalAws
from localaws.tests.pipelines import Pipeline


def test_batches_come_again_the_latest_first(embedded: LocalAws, tmp_path: Path) -> None:
    """The mapping neither waits for them nor loses its position."""
    pipeline = Pipeline.create(embedded, tmp_path, "again")
    mapping_id = pipeline.connect(BatchSize=1)
    for key in ("one", "two"):
        pipeline.put(key)
    embedded.wait_until_drained()
    assert embedded.replay("again", batches=9) == 2
    pipeline.put("three")
    embedded.wait_until_drained()
    assert pipeline.batches == [["one"], ["two"], ["two"], ["one"], ["three"]]
    embedded.client("lambda").delete_event_source_mapping(UUID=mapping_id)
