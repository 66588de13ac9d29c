"""The error families of the whole product: what a person reads, what is tried again, what is not."""


class BookaError(Exception):
    """Root of all errors that Booka raises itself."""


class ExpectedError(BookaError):
    """A refusal that belongs to the business; the person in chat reads the text under `reply_key`."""

    reply_key = "error.expected"

    def __init__(self, message: str = "", **facts: object) -> None:
        super().__init__(message or self.reply_key)
        self.facts = facts


class TransientError(BookaError):
    """Somebody else's passing fault: the same call may succeed later. `retry_after_s` when the other side says."""

    def __init__(self, message: str, *, code: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_s = retry_after_s


class UnknownOutcomeError(TransientError):
    """The request left but no answer came: it may have been carried out (read timeout, lost connection)."""


class PermanentError(BookaError):
    """The same call will never succeed."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class ConfigurationError(BookaError):
    """The operator has to change something; the message says what."""


class InputError(BookaError):
    """A file or a command line is wrong. `problems` names each fault with its place; nothing was stored."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
