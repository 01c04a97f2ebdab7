"""Does the invariant hold when the function dies in the middle of a batch: out of time, or out of memory?"""

from localaws.faults.fault import Fault, FaultKind
from localaws.faults.proxy import Proxy
from localaws.waiting import wait_until
from testkit.orders import orders
from testkit.pipeline import Pipeline
from tests.flow.test_convergence import TIMEOUT_SECONDS, write_at_random
from tests.flow.test_under_load import put_many

MEMORY_BYTES = 6_000  # of a bulk request, as it were: some five orders


def test_a_function_that_runs_out_of_time_is_given_its_batch_again(pipeline: Pipeline, proxy: Proxy) -> None:
    """Lambda ends it, and nothing of the batch is lost, whether or not OpenSearch had it already."""
    hung: list[int] = []

    def hang() -> None:
        hung.append(pipeline.aws.hang(pipeline.outputs["function_name"]))

    with (
        pipeline.timeout(TIMEOUT_SECONDS),
        proxy.failing(Fault(FaultKind.DELAY, match="_bulk", requests=1), then=hang),
    ):
        write_at_random(pipeline, seed=31, changes=60)
        wait_until(lambda: len(hung) == 1, "a batch was in flight")
        agreement = pipeline.agreement()
    assert agreement, str(agreement)
    assert hung[0] > 0


def test_batches_that_exhaust_the_memory_are_halved_until_they_fit(pipeline: Pipeline, proxy: Proxy) -> None:
    """No record is discarded for its neighbours' size."""
    discarded = pipeline.discarded_batches()
    deaths: list[int] = []

    def die() -> None:
        deaths.append(pipeline.aws.kill(pipeline.outputs["function_name"]))

    with proxy.failing(Fault(FaultKind.CLOSE, match="_bulk", above_bytes=MEMORY_BYTES), then=die):
        put_many(pipeline, list(orders(100, seed=32)))
        agreement = pipeline.agreement()
    assert agreement, str(agreement)
    assert sum(deaths) > 0
    assert pipeline.discarded_batches() == discarded
