"""Is each module's wiring right, and every refusal? Runs the `terraform test` files of the modules."""

import re

import pytest

from tests.plan.configurations import ROOT, Configurations

MODULES = sorted(path.name for path in (ROOT / "modules").iterdir())


@pytest.mark.parametrize("module", MODULES)
def test_the_module_keeps_what_its_tests_say(module: str, configurations: Configurations) -> None:
    """Every run of the module's tests passes."""
    printed = configurations.of(f"modules/{module}").test(ROOT / "modules" / module)
    assert re.search(r"Success! [1-9]\d* passed, 0 failed\.", printed), printed
