"""Output of the demo: search hits, a changed item, a deleted item, lag, and commands to paste."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from stream_indexer.documents.actions import document_id

from demo.lag import Lag
from demo.writes import KEY_NAMES, NEW_STATUS, Written
from testkit.consistency import Comparison
from testkit.items import Item, event_form
from testkit.search import Index

WORD = "lamp"
RANGE = (500, 1000)


def created(console: Console, resources: Sequence[str], outputs: Mapping[str, Any]) -> None:
    """Print the resources of each module, and the names of table, function and index."""
    by_module: dict[str, list[str]] = {}
    for address in resources:
        *modules, resource = re.sub(r"\[[^]]*\]", "", address).split("module.")
        kind = resource.split(".")[-2].removeprefix("aws_")
        by_module.setdefault(resource.split(".")[0] if modules else "", []).append(kind)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 4))
    for module, kinds in by_module.items():
        counted = Counter(kinds)
        listed = (f"{kind} x{count}" if count > 1 else kind for kind, count in counted.items())
        table.add_row(module, f"[dim]{', '.join(listed)}[/]")
    names = {name: outputs[name] for name in ("table_name", "function_name", "alias")}
    table.add_row("names", ", ".join(f"{name.removesuffix('_name')} {value}" for name, value in names.items()))
    console.print(table)


def searches(console: Console, index: Index) -> None:
    """Search for a word and for a range of numbers and show the first hits of each."""
    word = {"match": {"lines.product": WORD}}
    between = {"range": {"total": {"gte": RANGE[0], "lt": RANGE[1]}}}
    _hits(console, f'Orders with a "{WORD}"', index.search({"query": word, "size": 3}))
    cheapest_first = {"query": between, "sort": [{"total": "asc"}], "size": 3}
    _hits(console, f"Orders of {RANGE[0]} up to {RANGE[1]}, cheapest first", index.search(cheapest_first))


def changed_and_deleted(index: Index, written: Written) -> str:
    """Check one changed and one deleted item in the index and say what was seen.

    Raises:
        LookupError: the index shows something else.
    """
    changed_id, deleted_id = _id(written.a_changed_key), _id(written.a_deleted_key)
    changed = index.get(changed_id)
    if changed is None or changed["status"] != NEW_STATUS or "note" in changed:
        raise LookupError(f"{changed_id} was changed to {NEW_STATUS}, the index has {changed}")
    if index.get(deleted_id) is not None:
        raise LookupError(f"{deleted_id} was deleted, the index still has it")
    return f"{changed_id} reads {changed['status']}, {deleted_id} is gone"


def summary(console: Console, written: Written, lag: Lag, agreement: Comparison, seconds: float) -> None:
    """Print the result in a few lines."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 4))
    verdict = "[green]agree[/]" if agreement else "[red]differ[/]"
    table.add_row("index and table", f"{verdict}: {escape(str(agreement))}")
    table.add_row("writes", f"{written.put} put, {written.changed} changed, {written.deleted} deleted")
    table.add_row("replication lag", f"p50 {lag.p50:.0f} ms, p99 {lag.p99:.0f} ms over {lag.samples} samples")
    table.add_row("", "[dim]counted from the whole second of the stream: up to 1,000 ms is rounding[/]")
    table.add_row("took", f"{seconds:.0f} s")
    console.print()
    console.print(table)


def next_steps(console: Console) -> None:
    """Print how to explore."""
    console.print(
        "\nNothing is left behind. [bold]make demo-up[/] does the same and leaves it running, with commands to paste. "
        "[bold]make demo-down[/] stops it."
    )


def by_hand(console: Console, environment: Mapping[str, str], index_url: str, table_name: str) -> None:
    """Print commands that put an item and search for it."""
    key = {"customer_id": {"S": "me"}, "order_id": {"S": "1"}}
    item = {**key, "note": {"S": "hello from the shell"}, "total": {"N": "1"}}
    console.print("\nCommands to paste:\n", style="bold")
    lines = [
        *(f"export {name}={value}" for name, value in environment.items()),
        f"aws dynamodb put-item --table-name {table_name} --item '{json.dumps(item)}'",
        "sleep 3  # the batching window, then OpenSearch's refresh",
        f"curl -s '{index_url}/_search?q=note:hello&pretty'",
        f"aws dynamodb delete-item --table-name {table_name} --key '{json.dumps(key)}'",
    ]
    for line in lines:
        console.print(f"  {line}", markup=False, soft_wrap=True)


def _hits(console: Console, title: str, hits: list[dict[str, Any]]) -> None:
    columns = ("id", "status", "total", "first product")
    table = Table(*columns, title=title, title_justify="left", box=None, padding=(0, 2, 0, 4))
    for hit in hits:
        source = hit["_source"]
        table.add_row(hit["_id"], source["status"], str(source["total"]), source["lines"][0]["product"])
    console.print(table)


def _id(key: Item) -> str:
    return document_id(event_form(key), KEY_NAMES)
