"""Does the invariant hold when faults meet, at random, and when OpenSearch itself crashes?"""

import random
import threading
from contextlib import ExitStack

from drills.records import IN_THE_QUARANTINE, poisoned
from drills.stream import key_of, name_of
from localaws.faults.fault import Fault, FaultKind
from localaws.faults.proxy import Proxy
from localaws.waiting import wait_until
from testkit.orders import orders
from testkit.pipeline import Pipeline
from tests.flow.test_convergence import write_at_random

COMBINED = [kind for kind in FaultKind if kind is not FaultKind.REFUSE]
SMALL_BODY_BYTES = 5_000


def test_faults_that_meet_lose_nothing(each_pipeline: Pipeline, proxy: Proxy, aws_proxy: Proxy) -> None:
    """Three kinds at once, each for a share of the requests, a function that is killed, and a shard that splits.

    Among them an item that can never be indexed, and a bucket that does not take it at once.
    """
    before = each_pipeline.quarantined()
    poison = poisoned(next(orders(1, seed=66)))
    seed = sum(each_pipeline.table_name.encode())
    dice = random.Random(seed)  # noqa: S311 - no secret
    with ExitStack() as faults:
        injections = [
            faults.enter_context(
                proxy.failing(
                    Fault(
                        kind,
                        match="_bulk",
                        share=dice.uniform(0.2, 0.6),
                        seed=dice.randrange(1000),
                        requests=dice.randint(2, 5),
                        above_bytes=SMALL_BODY_BYTES if kind is FaultKind.TOO_LARGE else 0,
                        delay_seconds=0.5,
                    ),
                    then=(lambda: each_pipeline.aws.kill(each_pipeline.outputs["function_name"])) if first else None,
                )
            )
            for first, kind in zip((True, False, False), dice.sample(COMBINED, 3), strict=True)
        ]
        faults.enter_context(aws_proxy.failing(Fault(FaultKind.FORBID, match=IN_THE_QUARANTINE, requests=2)))
        write_at_random(each_pipeline, seed=seed, changes=30)
        each_pipeline.put(poison)
        each_pipeline.aws.split_shard(each_pipeline.outputs["stream_arn"])
        each_pipeline.aws.roll_shard(each_pipeline.outputs["stream_arn"])
        write_at_random(each_pipeline, seed=seed + 1, changes=30)
        each_pipeline.aws.wait_until_drained(120)
    agreement = each_pipeline.agreement()
    what = f"{[(injection.fault, injection.hits) for injection in injections]}: {agreement}"
    assert (agreement.missing, agreement.stale + agreement.orphans) == ([name_of(poison)], []), what
    kept = [entry["record"]["dynamodb"]["Keys"] for entry in each_pipeline.quarantined() if entry not in before]
    assert kept == [key_of(poison)]
    each_pipeline.delete(poison)
    assert each_pipeline.agreement()
    each_pipeline.empty_quarantine()


def test_opensearch_crashes_in_mid_stream_and_comes_back(pipeline: Pipeline, proxy: Proxy) -> None:
    """What it had acknowledged it still has, what it had not comes again."""
    unreachable = pipeline.metric("ConnectionErrors")
    stop = threading.Event()

    def write() -> None:
        seed = 200
        while not stop.wait(0.1):
            write_at_random(pipeline, seed, changes=10)
            seed += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        pipeline.aws.restart_opensearch()
        assert pipeline.aws.opensearch_url == proxy.target
        wait_until(lambda: pipeline.metric("ConnectionErrors") > unreachable, "the function has met a dead OpenSearch")
    finally:
        stop.set()
        writer.join()
    pipeline.put(*orders(5, seed=6))
    agreement = pipeline.agreement()
    assert agreement, str(agreement)
