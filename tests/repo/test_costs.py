"""Can a reader work out what an example costs, and come to what is said?"""

import math
import re
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
ROWS: Final = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in (ROOT / "docs/costs.md").read_text().splitlines()
    if line.startswith("| ")
]
PRICES: Final = {row[0]: Decimal(row[1]) for row in ROWS if len(row) == 4 and row[0] != "price"}
COSTS: Final = [row for row in ROWS if len(row) == 5 and row[0] != "example"]
EXAMPLES: Final = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())
CENT: Final = Decimal("0.01")


def total(example: str) -> Decimal:
    """Return what all of an example is said to cost."""
    ((*_, dollars),) = [row for row in COSTS if row[:2] == [example, "all"]]
    return Decimal(dollars)


@pytest.mark.parametrize("row", [row for row in COSTS if row[2]], ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_row_is_its_price_times_how_many(row: list[str]) -> None:
    *_, price, many, dollars = row
    product = PRICES[price] * math.prod(Decimal(number) for number in many.split(" x "))
    assert product.quantize(CENT) == Decimal(dollars)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_costs_what_its_rows_do(example: str) -> None:
    """What it has of another example among them."""
    rows = [row for row in COSTS if row[0] == example and row[1] != "all"]
    assert sum(Decimal(row[4]) for row in rows) == total(example)
    for row in rows:
        if (other := re.fullmatch(r"what ([a-z-]+) makes(, twice)?", row[1])) is not None:
            assert Decimal(row[4]) == total(other[1]) * (2 if other[2] else 1)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_says_where_its_cost_is_reckoned(example: str) -> None:
    readme = (ROOT / "examples" / example / "README.md").read_text()
    assert "**Costs** " in readme
    assert "(../../docs/costs.md)" in readme
