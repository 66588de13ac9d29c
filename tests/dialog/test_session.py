"""What is read back of a stored session."""

from typing import Any

import pytest

from dialog.session import SCHEMA, Session, session_from_json
from tests.conftest import NOW


def test_a_session_is_read_back_as_it_was_stored() -> None:
    session = Session(flow="book", fields={"service": "cut"}, asked=("date",), touched_at=NOW.isoformat())
    assert session_from_json(session.to_json(), NOW) == session


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"schema": SCHEMA},
        {"schema": SCHEMA - 1, "flow": "book"},
        Session(flow="book").to_json() | {"of_a_newer_version": 1},
        Session(flow="book").to_json() | {"offer": [{"handle": "o1"}]},
    ],
)
def test_a_session_of_another_shape_begins_anew_and_silence_stays(stored: dict[str, Any]) -> None:
    assert session_from_json(stored, NOW) == Session()
    assert session_from_json(stored | {"is_silent": True}, NOW) == Session(is_silent=True)
