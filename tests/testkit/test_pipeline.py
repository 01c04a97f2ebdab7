"""Does the test kit refuse what would look like a result?"""

from typing import TYPE_CHECKING, cast

import pytest

from testkit.pipeline import Pipeline

if TYPE_CHECKING:
    from localaws.stack import LocalAws


def test_a_metric_that_the_function_does_not_have_is_an_error() -> None:
    """CloudWatch returns no data for it, which would read as zero."""
    with pytest.raises(ValueError, match=r"must be one of RecordsProcessed, .* \(got Stale\)"):
        Pipeline(cast("LocalAws", None), {}).metric("Stale")
