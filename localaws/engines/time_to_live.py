"""Which UpdateTimeToLive AWS refuses; DynamoDB Local accepts some of these requests, and moto all of them."""

from localaws.errors import AwsError, constraint_message
from localaws.http_messages import Json


def check_name(specification: Json) -> None:
    """Refuse a TimeToLiveSpecification without the name of an attribute, also where it switches time to live off.

    Raises:
        AwsError: ValidationException.
    """
    name = specification.get("AttributeName")
    if not name:
        rule = "Member must not be null" if name is None else "Member must have length greater than or equal to 1"
        problem = constraint_message(name, "timeToLiveSpecification.attributeName", rule)
        raise AwsError("ValidationException", f"1 validation error detected: {problem}")


def check_change(current: Json, specification: Json) -> None:
    """Refuse a TimeToLiveSpecification that changes nothing or names another attribute than the one in use.

    Args:
        current: the table's TimeToLiveDescription.
        specification: what the request asks for.

    Raises:
        AwsError: ValidationException.
    """
    is_on = current.get("TimeToLiveStatus") == "ENABLED"
    if specification.get("Enabled") is is_on:
        raise AwsError("ValidationException", f"TimeToLive is already {'enabled' if is_on else 'disabled'}")
    if is_on and current["AttributeName"] != specification["AttributeName"]:
        message = (
            f"TimeToLive is active on a different AttributeName: current AttributeName is {current['AttributeName']}"
        )
        raise AwsError("ValidationException", message)
