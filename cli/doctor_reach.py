"""Whether a vendor's server answers at all."""

from core.errors import TransientError
from core.http import request
from core.runtime import Runtime

Finding = tuple[str, bool, str]


async def check_reachable(runtime: Runtime, name: str, url: str) -> Finding:
    """Any answer below 500 will do. A vendor that is away matters in production; at a desk it is only said."""
    try:
        answer = await request(runtime.http, "GET", url, timeout_s=5)
    except TransientError as error:
        return name, not runtime.settings.in_production, f"{url} cannot be reached ({error})"
    return name, answer.status < 500, f"{url}: HTTP {answer.status}"
