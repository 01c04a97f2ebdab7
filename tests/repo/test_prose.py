"""Is the text of the project in plain words?"""

import math
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

from tools import prose
from tools.prose import Text

GOAL: Final = 0.5  # odd phrases per 1,000 words


def found(text: str) -> list[str]:
    """Return the odd phrases of one line."""
    return [hit.phrase for hit in prose.hits([Text("a.md", 1, text)])]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("The alarm told the topic.", "told"),
        ("It has the hash key alone.", "alone"),
        ("Where there is none, nothing happens.", "is none"),
        ("A key of the team's own encrypts it.", "of the team's own"),
        ("The filter has a role of its own.", "of its own"),
        ("Nobody reads it.", "Nobody"),
        ("The bound is held to 3.", "held to"),
        ("The batch was given up.", "given up"),
        ("No table is so: leave it out.", "is so"),
        ("The shard goes on.", "goes on"),
    ],
)
def test_an_odd_phrase_is_found(text: str, phrase: str) -> None:
    assert found(text) == [phrase]


@pytest.mark.parametrize(
    "text",
    [
        "Lambda retries the batch until the record is 23 hours old.",
        "ARN stands for Amazon Resource Name.",
        "The value is None.",
        "The batch is so large that it is split.",
        "It runs standalone, on its own.",
    ],
)
def test_plain_text_has_no_hit(text: str) -> None:
    assert found(text) == []


def test_code_in_markdown_is_not_prose() -> None:
    """Lines of a fence are left out, and the line numbers stay."""
    assert list(prose.markdown("one\n```sh\ntold\n```\ntwo")) == [(1, "one"), (5, "two")]


def test_python_has_comments_docstrings_and_messages() -> None:
    source = '"""A module docstring."""\nx = "id"  # a comment\nraise E(f"must be one of {x}")  # noqa: EM102\n'
    texts = dict(prose.python(source))
    assert texts[1] == "A module docstring."
    assert texts[2] == "a comment"
    assert "must be one of" in texts[3]
    assert "noqa" not in texts[3]


def test_hcl_has_comments_descriptions_and_messages() -> None:
    source = (
        'name = "a # b" # told\ndescription = "Two ${var.x} words."\nerror_message = <<-EOT\n  long text\nEOT\nx = 1\n'
    )
    assert [(line, text.strip()) for line, text in prose.hcl(source)] == [
        (1, "told"),
        (2, "Two  words."),
        (4, "long text"),
    ]


def test_a_text_in_parts_is_read_in_parts() -> None:
    source = (
        '  error_message = join(" ", [\n    "one must be, got",\n'
        '    "${join(", ", [\n      "x"\n    ])}: bad",\n  ])\n# end\n'
    )
    assert [(line, text.strip()) for line, text in prose.hcl(source)] == [
        (2, "one must be, got"),
        (3, '${join(", ", ['),
        (4, "x"),
        (7, "end"),
    ]


def test_code_in_backticks_is_not_prose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("See `told` in [here](alone.md).\n")
    texts = list(prose.texts_of(page))
    assert list(prose.hits(texts)) == []
    assert prose.count_words(texts) == 3


def test_a_rate_is_for_a_thousand_words() -> None:
    assert prose.rate(3, 1500) == 2
    assert prose.rate(0, 0) == 0


def test_the_project_is_in_plain_words() -> None:
    """At most one odd phrase in 2,000 words, in each folder."""
    words: dict[str, int] = defaultdict(int)
    hits: dict[str, list[str]] = defaultdict(list)
    for path in prose.files([prose.ROOT]):
        folder = folder_of(path)
        texts = list(prose.texts_of(path))
        words[folder] += prose.count_words(texts)
        hits[folder] += map(str, prose.hits(texts))
    assert sum(words.values()) > 50_000
    allowed = {folder: math.ceil(GOAL * words[folder] / 1000) for folder in words}
    assert {folder: "\n".join(hits[folder]) for folder in words if len(hits[folder]) > allowed[folder]} == {}


def folder_of(path: Path) -> str:
    """Return the first folder of a path, and the first two below docs."""
    parts = path.relative_to(prose.ROOT).parts[:-1]
    return "/".join(parts[: 2 if parts[:1] == ("docs",) else 1]) or "."
