"""Are the lines that `make mutations` breaks still there?"""

import ast

import pytest

from tools.mutations import MUTATIONS, ROOT, SOURCE, Mutation, mutated


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: f"{mutation.file}: {mutation.why}")
def test_every_mutation_finds_its_text_once_and_leaves_a_program(mutation: Mutation) -> None:
    """Its tests are there too, so that what notices it is not their absence."""
    source = (ROOT / SOURCE / mutation.file).read_text()
    assert ast.dump(ast.parse(mutated(mutation, source))) != ast.dump(ast.parse(source))
    assert all((ROOT / "tests" / name).is_file() for name in mutation.tests)


def test_a_text_that_is_not_there_once_ends_the_run() -> None:
    mutation = MUTATIONS[0]
    for source in ("", mutation.text * 2):
        with pytest.raises(SystemExit, match=f"{mutation.file} has {source.count(mutation.text)} times"):
            mutated(mutation, source)
