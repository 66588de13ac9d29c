"""Every way in which asking a model can fail, in our own words: no vendor's exception leaves its adapter."""

from enum import StrEnum

from core.errors import BookaError
from llm.call import Usage


class Kind(StrEnum):
    """As `llm_calls.status` holds it. The first four were never sent."""

    QUOTA = "quota"
    BUSY = "busy"
    BREAKER_OPEN = "breaker_open"
    NO_ENDPOINT = "no_endpoint"
    NO_CONNECTION = "no_connection"
    TIMEOUT = "timeout"
    UNAUTHORISED = "unauthorised"
    NO_CREDIT = "no_credit"
    RATE_LIMITED = "rate_limited"
    BAD_REQUEST = "bad_request"
    UNSUPPORTED = "unsupported"
    SERVER_ERROR = "server_error"
    HTTP_ERROR = "http_error"
    GARBLED = "garbled"
    NO_CHOICES = "no_choices"
    REFUSAL = "refusal"
    LENGTH = "length"
    FILTERED = "filtered"
    PARSE_ERROR = "parse_error"
    SCHEMA_ERROR = "schema_error"
    CANCELLED = "cancelled"


UNSENT = frozenset({Kind.QUOTA, Kind.BUSY, Kind.BREAKER_OPEN, Kind.NO_ENDPOINT, Kind.NO_CONNECTION})
MALFORMED = frozenset({Kind.PARSE_ERROR, Kind.SCHEMA_ERROR})
"""The model was reached and said something that cannot be used: saying so may help."""
PASSING = frozenset({Kind.NO_CONNECTION, Kind.SERVER_ERROR, Kind.RATE_LIMITED, Kind.GARBLED, Kind.NO_CHOICES})
"""The same call may succeed in a moment."""


class LlmError(BookaError):
    """`code` is a short word for the records, never the words of a person or of the model. `usage` is what the call
    cost all the same, None where that is not known."""

    def __init__(
        self,
        kind: Kind,
        code: str = "",
        *,
        http_status: int | None = None,
        usage: Usage | None = None,
        model: str | None = None,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"{kind}: {code}" if code else str(kind))
        self.kind = kind
        self.code = code
        self.http_status = http_status
        self.usage = usage
        self.model = model
        self.request_id = request_id
        self.retry_after_s = retry_after_s
