"""What can go wrong at a payment provider, by what is to be done about it; adapters raise nothing else."""

from core.errors import PermanentError, TransientError, UnknownOutcomeError


class Retryable(TransientError):
    """Nothing was done, or the call only read: the same call may be made again, after `retry_after_s` where given."""


class UnknownOutcome(UnknownOutcomeError):
    """A call that moves something left, and no usable answer came: ask the provider what became of it first."""


class KeySpent(UnknownOutcome):
    """The provider failed, and will answer the same to the same reference or key for a day, done or not.

    Ask what became of it; where there is nothing, call again under another one.
    """


class Rejected(PermanentError):
    """The provider understood and refused. `code` is its own word, `field` the parameter it names, if any."""

    def __init__(self, message: str, *, code: str = "", field: str = "") -> None:
        super().__init__(message, code=code)
        self.field = field


class DuplicateReference(Rejected):
    """Our reference was used before: the earlier call arrived."""


class NotFound(Rejected):
    """The provider knows nothing by that name; adapters answer None for it where they read."""


class AuthError(PermanentError):
    """The account's keys are wrong, withdrawn or lack a right: its owner has to act."""


class NotSupported(PermanentError):
    """This provider has no such thing; its capabilities say so beforehand."""


class AmountOutOfRange(Rejected):
    """An amount or currency that the provider cannot take, or that cannot be said exactly in its units or in ours."""


class SignatureInvalid(PermanentError):
    """The webhook is not the provider's own, or too old: nothing in it may be believed or stored."""


class WebhookUnreadable(PermanentError):
    """The webhook is signed, but not what the provider is known to send."""
