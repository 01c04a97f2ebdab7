"""The one form in which DynamoDB keeps what can be written in several: numbers and sets. Values are in wire form."""

from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Final

EXACT: Final = Context(prec=38, traps=[Inexact, InvalidOperation])  # digits; DynamoDB has no more
LEAST_POWER, GREATEST_POWER = -130, 125  # of ten, in DynamoDB's numbers


def number(text: str) -> str:
    """Return a number without zeros at its ends, without exponent; other text stays unchanged."""
    try:
        exact = EXACT.normalize(EXACT.create_decimal(text))
    except (InvalidOperation, Inexact):
        return text
    if not exact:
        return "0"  # -0 is 0
    if not exact.is_finite() or not LEAST_POWER <= exact.adjusted() <= GREATEST_POWER:
        return text
    return f"{exact:f}"


def number_set(texts: list[str]) -> list[str]:
    """Return a set of numbers, each in its one form, by value."""
    try:
        return sorted(map(number, texts), key=Decimal)
    except InvalidOperation:
        return texts


def string_set(texts: list[str]) -> list[str]:
    """Return a set of strings in the order of their bytes."""
    return sorted(texts, key=lambda text: text.encode("utf-8", "surrogatepass"))
