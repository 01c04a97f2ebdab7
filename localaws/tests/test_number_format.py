"""Has each number and each set one form, however it was written?"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localaws.engines.number_format import number, number_set, string_set

DIGITS = st.integers(-(10**38) + 1, 10**38 - 1)


@given(DIGITS, st.integers(-130, 87), st.integers(0, 5), st.integers(0, 5))
def test_every_way_to_write_a_number_ends_in_one(digits: int, power: int, leading: int, trailing: int) -> None:
    """Equal to the number, without exponent, without zeros at its ends."""
    sign, plain = ("-" if digits < 0 else ""), str(abs(digits))
    form = number(f"{digits}E{power}")
    assert Decimal(form) == Decimal(f"{digits}E{power}")
    assert number(f"{sign}{'0' * leading}{plain}.{'0' * trailing}E{power}") == form
    assert number(form) == form
    whole, _, fraction = form.lstrip("-").partition(".")
    assert (whole + fraction).isdecimal()
    assert whole == "0" or not whole.startswith("0")
    assert not fraction.endswith("0")


@pytest.mark.parametrize("text", ["", "one", "NaN", "Infinity", "1E126", "1E-131", "1E999999999", "1" * 39])
def test_what_is_no_number_of_dynamodbs_stays_as_it_is(text: str) -> None:
    """It is not for us to refuse, and not to be written out."""
    assert number(text) == text


@given(st.sets(DIGITS).flatmap(lambda numbers: st.permutations([str(one) for one in numbers])))
def test_a_set_of_numbers_has_one_order(texts: list[str]) -> None:
    """By value."""
    assert number_set(texts) == sorted(texts, key=int)


@given(st.sets(st.text()).flatmap(lambda texts: st.permutations(list(texts))))
def test_a_set_of_strings_has_one_order(texts: list[str]) -> None:
    """By bytes."""
    assert string_set(texts) == sorted(texts, key=str.encode)
