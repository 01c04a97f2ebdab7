"""Count odd phrases in documents, docstrings, messages and descriptions: `python -m tools.prose [paths]`.

Each phrase has a plain replacement. The rate is the number of phrases per 1,000 words of prose. Code, code in
backticks and link targets do not count as prose.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
END: Final = r"(?=[.,;:)]|$)"
# Phrase -> what to write. A phrase is here only if it is odd in nearly every sentence: a hit is to be rewritten.
PHRASES: Final = {
    r"told|tells?": "reports, logs, notifies, shows",
    r"alone": "only",
    r"(?:is|are|was|were|be|has|have|there be) (?-i:none)|or (?-i:none)" + END: "is missing, does not exist, is not a",
    r"(?-i:none) (?:is|are|goes|has|have|may|can)": "no NOUN is",
    r"beside": "next to, with, in addition to",
    r"nobody|somebody|anybody|whoever|whosoever": "name the actor: the operator, the caller, Lambda",
    r"given up": "discarded",
    r"g(?:iven|ives?|ave|iving) back": "returned for retry",
    r"of (?:its|their|your|our|his|one's|(?:the|a|another) \w+'s|\w+s') own": "its own X, your X",
    r"mend(?:s|ed|ing)?": "fix, repair, clear",
    r"stands?(?! for\b)(?! by\b)(?!-)|stood": "is, are",
    r"de(?:als?|alt|aling) with": "processed",
    r"troubles?": "error, problem",
    r"nought|naught": "zero",
    r"befalls?|befell": "happens to",
    r"(?:goes|went|going|go) on(?! (?:fire|top|sale))": "continues",
    r"(?:goes|went|go) without": "does not use, has no",
    r"(?:be|is|are|was|were) had": "is available",
    r"held to|holds? (?:\w+ ){1,3}to (?!the )": "checks, enforces",
    r"all the same": "nevertheless, anyway",
    r"the better part": "most",
    r"as it (?:is|stands)" + END: "unchanged",
    r"(?:is|are|was|were|be) so" + END: "say the predicate again",
    r"for good": "permanently",
    r"goes? by (?:it|them|the|a|an|its|what)|went by|go by": "uses",
    r"hangs? on": "depends on",
    r"for want of|lest|save for|wherefore|whereof|thereof|hereof|thereupon|anew|betimes|forthwith": "a plain word",
    r"pass(?:es|ed)? over": "skips",
    r"(?:knows?|knew) (?:nothing|nought) of": "does not use, does not know",
    r"asked? of|asks of": "requests from, asks",
    r"be(?:ing)? it": "whether it is",
    r"who would|those who|they who|he who|one who": "you, or name the actor",
    r"what (?:nobody|somebody|no one|none)": "name the actor",
    r"as (?:\w+ ){1,2}(?:has|have) (?:it|them)": "as X does",
    r"(?:is|are) let (?:in|out|be)": "is allowed",
    r"comes? to nothing": "has no effect",
    r"sees? to it": "ensures",
    r"sooner or later|time and again|by and by|at that" + END: "eventually",
    r"(?:is|are) of use": "is useful",
    r"the (?:one|other) side": "the client, the server",
    r"out of hand": "immediately",
    r"it may be that|be that as": "possibly",
    r"(?:is|are|was|were) (?:to go|to come|to stay)": "will be removed, will arrive",
    r"(?:a|the|its|their) place" + END: "position, location, checkpoint",
    r"(?:is|are) (?:at work|in order|at odds|at home)": "say what happens",
    r"makes? (?:no|much|little) (?:odds|matter)": "has no effect",
}
ANY: Final = re.compile(rf"\b(?:{'|'.join(f'({phrase})' for phrase in PHRASES)})(?!\w)", re.IGNORECASE)
SUGGESTIONS: Final = tuple(PHRASES.values())
WORD: Final = re.compile(r"[A-Za-z][A-Za-z'-]*")
FENCE: Final = re.compile(r"^\s*(?:```|~~~)")
CODE: Final = re.compile(r"`[^`\n]*`")
LINK: Final = re.compile(r"\]\([^)]*\)")
HCL_TEXT: Final = re.compile(r"^\s*(?:description|error_message|alarm_description)\s*=\s*(.*)$")
HCL_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
HCL_PARTS: Final = 'join(" ", ['  # a long text, one part on each line
HCL_HEREDOC: Final = re.compile(r"<<-?\s*(\w+)")
INTERPOLATION: Final = re.compile(r"\$\{[^}]*\}")
PRAGMA: Final = re.compile(r"#\s*(?:noqa|type:|pragma|mypy:|ruff:|tflint-ignore|checkov:|!).*$")


@dataclass(frozen=True)
class Text:
    """A line of prose and where it is."""

    path: str
    line: int
    prose: str


@dataclass(frozen=True)
class Hit:
    """An odd phrase and what to write instead."""

    text: Text
    phrase: str
    suggestion: str

    def __str__(self) -> str:
        return f"{self.text.path}:{self.text.line} {self.phrase!r} -> {self.suggestion}"


def main() -> None:
    """Print the hits and the rate of each kind of file."""
    chosen = [Path(argument).resolve() for argument in sys.argv[1:]]
    words: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for path in files(chosen or [ROOT]):
        texts = list(texts_of(path))
        words[path.suffix or path.name] += count_words(texts)
        for hit in hits(texts):
            found[path.suffix or path.name] += 1
            sys.stdout.write(f"{hit}\n")
    for kind in sorted(words):
        share = rate(found[kind], words[kind])
        sys.stdout.write(f"{kind}: {found[kind]} in {words[kind]} words, {share:.2f} per 1,000\n")


def files(chosen: Iterable[Path]) -> Iterator[Path]:
    """Yield the tracked files with prose below the chosen paths."""
    for base in chosen:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", str(base)]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
        for name in sorted(filter(None, listed.split("\0"))):
            path = ROOT / name
            if reader(path) is not None and path.is_file():
                yield path


def reader(path: Path) -> Callable[[str], Iterator[tuple[int, str]]] | None:
    """Return the function that finds the prose in this kind of file, or None if the kind is not checked."""
    if path == Path(__file__) or path.name == "test_prose.py":  # they quote the phrases
        return None
    by_suffix = {".md": markdown, ".py": python, ".tf": hcl, ".hcl": hcl}
    return makefile if path.name == "Makefile" else by_suffix.get(path.suffix)


def texts_of(path: Path) -> Iterator[Text]:
    """Yield the prose of a file."""
    read = reader(path)
    if read is not None:
        for line, prose in read(path.read_text()):
            yield Text(str(path.relative_to(ROOT)), line, _without_code(prose))


def hits(texts: Iterable[Text]) -> Iterator[Hit]:
    """Yield each odd phrase in order."""
    for text in texts:
        for match in ANY.finditer(text.prose):
            yield Hit(text, match[0], SUGGESTIONS[(match.lastindex or 1) - 1])


def count_words(texts: Iterable[Text]) -> int:
    """Return the number of words of prose."""
    return sum(len(WORD.findall(text.prose)) for text in texts)


def rate(phrases: int, words: int) -> float:
    """Return the number of phrases per 1,000 words."""
    return 1000 * phrases / words if words else 0.0


def markdown(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines outside code fences."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def python(text: str) -> Iterator[tuple[int, str]]:
    """Yield comments, docstrings and strings of at least three words."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline) if "#" in text else ():
        if token.type == tokenize.COMMENT and (comment := PRAGMA.sub("", token.string).strip("# ")):
            yield token.start[0], comment
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) >= 3:
            for offset, line in enumerate(node.value.splitlines()):
                yield node.lineno + offset, line


def hcl(text: str) -> Iterator[tuple[int, str]]:
    """Yield comments, descriptions and error messages."""
    end = parts_end = ""
    for number, line in enumerate(text.splitlines(), 1):
        if end:
            if line.strip() == end:
                end = ""
            else:
                yield number, INTERPOLATION.sub("", line)
            continue
        if parts_end:
            if line == parts_end:
                parts_end = ""
            elif line.strip().startswith('"'):
                yield number, INTERPOLATION.sub("", line.strip().strip('",'))
            continue
        if match := HCL_TEXT.match(line):
            heredoc = HCL_HEREDOC.match(match[1])
            end = heredoc[1] if heredoc else ""
            if match[1] == HCL_PARTS:
                parts_end = f"{' ' * (len(line) - len(line.lstrip()))}])"
                continue
            yield from ((number, INTERPOLATION.sub("", string)) for string in HCL_STRING.findall(match[1]))
        outside = HCL_STRING.sub('""', line)
        if "#" in outside:
            yield number, PRAGMA.sub("", outside[outside.index("#") :]).strip("# ")


def makefile(text: str) -> Iterator[tuple[int, str]]:
    """Yield comments and the targets' help."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or "## " in line:
            yield number, line[line.index("#") :].strip("# ")


def _without_code(prose: str) -> str:
    return LINK.sub("]", CODE.sub("`", prose))


if __name__ == "__main__":
    main()
