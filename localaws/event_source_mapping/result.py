"""What a mapping's last invocation came to, in the words of LastProcessingResult."""

from dataclasses import dataclass


@dataclass(slots=True)
class LastProcessingResult:
    """The text; written by lanes, read by the API."""

    text: str = "No records processed"

    def set(self, *, ok: bool) -> None:
        """Note how an invocation ended."""
        self.text = "OK" if ok else "PROBLEM: Function call failed"

    def no_function(self, arn: str) -> None:
        """Note that there is no such function any more."""
        self.text = f"PROBLEM: Function not found: {arn}"

    def broken(self) -> None:
        """Set the text that Lambda shows for an internal error."""
        self.text = "PROBLEM: internal Lambda error. Please contact Lambda customer support."
