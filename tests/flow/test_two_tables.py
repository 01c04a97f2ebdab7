"""Do two tables with the same keys have separate documents in one index?"""

import random
from collections.abc import Iterator, Mapping

import pytest

from testkit.consistency import Comparison, compare
from testkit.items import scan
from testkit.orders import order
from testkit.pipeline import KEY_NAMES, Pipeline

PREFIX = "archive"


@pytest.fixture
def tables(pipelines: Mapping[str, Pipeline]) -> Iterator[tuple[Pipeline, Pipeline]]:
    """The pipeline whose index it is, and the one that has a prefix there, and leaves nothing for other tests."""
    owner, guest = pipelines["OLD_IMAGE"], pipelines["sharing"]
    yield owner, guest
    guest.delete(*scan(guest.aws.client("dynamodb"), guest.table_name))
    guest.aws.wait_until_drained(60)


def agreements(owner: Pipeline, guest: Pipeline) -> tuple[Comparison, Comparison]:
    """Wait until the streams are drained, then compare each table with its documents in the index."""
    owner.aws.wait_until_drained(60)
    documents = dict(owner.index.documents())
    guests = {name: source for name, source in documents.items() if name.startswith(f"#{PREFIX}|")}
    owners = {name: source for name, source in documents.items() if name not in guests}
    dynamodb = owner.aws.client("dynamodb")
    return (
        compare(scan(dynamodb, owner.table_name), owners.items(), KEY_NAMES),
        compare(scan(dynamodb, guest.table_name), guests.items(), KEY_NAMES, PREFIX),
    )


def test_each_has_its_documents_though_their_keys_are_the_same(tables: tuple[Pipeline, Pipeline]) -> None:
    dice = random.Random(53)  # noqa: S311 - example data, not a secret
    for _ in range(120):
        table, item = dice.choice(tables), order(dice.randrange(15), dice)
        if dice.random() < 0.3:
            table.delete(item)
        else:
            table.put({**item, "table": {"S": table.table_name}})
    for agreement in agreements(*tables):
        assert agreement, str(agreement)
        assert agreement.equal > 0


def test_what_is_deleted_from_one_stays_in_the_other(tables: tuple[Pipeline, Pipeline]) -> None:
    owner, guest = tables
    item = order(1, random.Random(54))  # noqa: S311 - example data, not a secret
    owner.put(item)
    guest.put(item)
    before = agreements(owner, guest)
    owner.delete(item)
    after = agreements(owner, guest)
    assert all(before)
    assert all(after)
    assert after[0].equal == before[0].equal - 1
    assert after[1].equal == before[1].equal
