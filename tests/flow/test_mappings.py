"""Does the index take what differs between items, by the default mappings and by those that the README shows?"""

from collections.abc import Mapping

import pytest

from testkit.items import AttributeValue
from testkit.pipeline import Pipeline
from tests.flow.test_documents import an_order, document_of

NAMES = 110  # of each map; ten items have more than OpenSearch's own limit of 1000 fields
MIXED: AttributeValue = {"L": [{"S": "a"}, {"N": "1"}, {"BOOL": True}, {"NULL": True}]}
TOO_LONG = "x" * 40_000  # a term of a search may have 32,766 bytes


@pytest.fixture(name="mapped")
def _mapped(pipelines: Mapping[str, Pipeline]) -> Pipeline:
    """The pipeline whose index has the mappings that the README shows."""
    return pipelines["chosen"]


def test_a_text_in_a_field_of_numbers_is_indexed(pipeline: Pipeline) -> None:
    """It is not searchable by that field, and the document has it."""
    items = [an_order("number", size={"N": "42"}), an_order("no-number", size={"S": "forty-two"})]
    pipeline.put(*items)
    agreement = pipeline.agreement()
    assert agreement, str(agreement)
    found = pipeline.index.search({"query": {"range": {"size": {"gte": 42}}}})
    assert [hit["_source"]["size"] for hit in found] == [42]
    pipeline.delete(*items)


def test_maps_with_more_than_a_thousand_names_are_indexed(pipeline: Pipeline) -> None:
    items = [
        an_order(f"wide-{number}", stock={"M": {f"place-{number}-{name}": {"N": "1"} for name in range(NAMES)}})
        for number in range(10)
    ]
    pipeline.put(*items)
    agreement = pipeline.agreement()
    assert agreement, str(agreement)
    pipeline.delete(*items)


def test_a_list_of_mixed_types_needs_a_mapping(pipeline: Pipeline) -> None:
    """A guessed field is of one type: the record goes to the quarantine."""
    item = an_order("mixed-guessed", mixed=MIXED)
    pipeline.put(item)
    assert document_of(pipeline, item) is None
    assert [kept for kept in pipeline.quarantined() if "mixed-guessed" in str(kept["record"]["dynamodb"]["Keys"])]
    pipeline.delete(item)


def test_mixed_lists_and_values_among_maps_are_indexed_by_the_readme_s_mappings(mapped: Pipeline) -> None:
    paid: dict[str, AttributeValue] = {"status": {"S": "paid"}, "codes": MIXED}
    details: list[AttributeValue] = [
        {"M": {"size": {"N": "1"}, "deep": {"M": {"list": MIXED}}}},
        {"M": {"size": {"S": "large"}}},
        {"L": [{"M": {"size": {"N": "1"}}}, {"M": {"size": {"BOOL": True}}}]},
    ]
    anything: list[AttributeValue] = [{"S": "text"}, {"M": {"a": MIXED}}, {"L": [{"N": "1"}, {"M": {}}]}]
    items = [
        an_order(f"mixed-{number}", **paid, details=one, anything=other)
        for number, (one, other) in enumerate(zip(details, anything, strict=True))
    ]
    mapped.put(*items)
    assert all(document_of(mapped, item) for item in items)
    for query in ({"term": {"codes": "1"}}, {"term": {"codes": "true"}}, {"exists": {"field": "details.size"}}):
        assert len(mapped.index.search({"query": query})) == len(items), query
    mapped.delete(*items)


def test_a_value_too_long_for_search_stays_in_its_document_where_names_are_flattened(mapped: Pipeline) -> None:
    item = an_order("long-leaf", status={"S": "paid"}, **{"a.note": {"S": TOO_LONG}, "b.note": {"S": "short"}})
    mapped.put(item)
    document = document_of(mapped, item)
    assert document is not None
    assert document["flattened_unsearchable"] == {"a.note": TOO_LONG}
    assert document["flattened_attributes"] == {"b.note": "short"}
    mapped.delete(item)
