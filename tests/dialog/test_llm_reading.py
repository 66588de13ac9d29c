"""How the reading of a model goes together with that of the rules.

NOW is Monday 2 March 2026, 9:00 in Douala.
"""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from dialog import commands as c
from dialog.understanding.llm import merged
from dialog.understanding.llm_commands import Reading
from dialog.understanding.state import Offered, ReadingState
from tests.dialog.unsure import UNSURE, phone_of, rules
from tests.support.model import ModelHouse
from tests.support.phone import query


def date_of(day: str) -> c.SetField:
    return c.SetField(field="date", value=day)


def together(
    ours: tuple[c.Command, ...],
    theirs: tuple[c.Command, ...],
    *,
    doubts: tuple[c.Alternative, ...] = (),
    **state: Any,
) -> c.Interpretation:
    return merged(rules(*ours), Reading(theirs, doubts), ReadingState(**state))


BOTH_DAYS = c.Clarify(
    between=(c.Alternative(field="date", value="2026-03-05"), c.Alternative(field="date", value="2026-03-06"))
)


class TestTogether:
    def test_the_models_reading_goes_first(self) -> None:
        service = c.SetField(field="service", value="cut")
        read = together((c.CannotHandle(),), (c.StartFlow(flow="book"), service))
        assert (read.commands, read.source, read.confidence) == ((c.StartFlow(flow="book"), service), "llm", "high")

    def test_our_values_stay_where_the_model_says_nothing_of_them(self) -> None:
        service = c.SetField(field="service", value="cut")
        assert together((date_of("2026-03-05"),), (service,)).commands == (service, date_of("2026-03-05"))

    def test_a_question_of_the_models_leaves_our_values_out(self) -> None:
        asks = c.AskInfo(topic="hours")
        assert together((date_of("2026-03-05"),), (asks,)).commands == (asks,)

    @pytest.mark.parametrize("talk", [c.Greet(), c.Thanks(), c.Chitchat(), c.Repeat(), c.CannotHandle(), c.Clarify()])
    def test_small_talk_does_not_drown_what_we_understood(self, talk: c.Command) -> None:
        assert together((date_of("2026-03-05"),), (talk,)).source == "rules"

    def test_nothing_that_holds_leaves_it_to_the_rules(self) -> None:
        assert together((c.CannotHandle(),), ()).source == "rules"

    def test_another_day_becomes_a_question(self) -> None:
        read = together((date_of("2026-03-05"),), (c.StartFlow(flow="book"), date_of("2026-03-06")))
        assert read.commands == (c.StartFlow(flow="book"), BOTH_DAYS)

    def test_another_time_becomes_a_question(self) -> None:
        ours, theirs = (c.SetField(field="time", value=value) for value in ("15:00", "03:00"))
        (asked,) = together((ours,), (theirs,), flow="book").commands
        assert asked == c.Clarify(
            between=(c.Alternative(field="time", value="03:00"), c.Alternative(field="time", value="15:00"))
        )

    def test_the_models_own_rendering_may_differ_too(self) -> None:
        doubt = c.Alternative(field="date", value="2026-03-05")
        assert together((), (date_of("2026-03-06"),), doubts=(doubt,)).commands == (BOTH_DAYS,)

    def test_a_choice_of_another_time_than_we_read_is_asked_about(self) -> None:
        offer = (Offered("o1", "time", "10:00", "10:00"),)
        ours = c.SetField(field="time", value="11:00")
        assert together((ours,), (c.Choose(handle="o1"),), flow="book", offer=offer).commands == (c.Clarify(),)

    def test_a_yes_is_one_where_the_rules_heard_it_too(self) -> None:
        service = c.CorrectField(field="service", value="cut")
        assert together((c.Affirm(),), (c.Repeat(), service)).commands == (c.Affirm(), service)
        assert together((c.Deny(),), (c.Repeat(), service)).commands == (c.Repeat(), service)


class TestInTheConversation:
    async def test_two_days_are_two_buttons(self, house: ModelHouse, client: "TestClient[Any, Any]") -> None:
        phone = await phone_of(house, client)
        house.api.answer_next(
            {"kind": "start_flow", "name": "book"},
            {"kind": "set_field", "name": "service", "value": "Haircut", "words": "mane"},
            {"kind": "set_field", "name": "when", "value": "thursday", "words": "Friday"},
        )
        assert "which day do you mean" in await phone.writes(f"{UNSURE}, Friday perhaps, or what")
        assert phone.labels == ["Thu 5 Mar", "Fri 6 Mar"]
        assert "Friday 6 March 2026" in await phone.taps("Fri 6 Mar")
        assert "these times" in await phone.taps("Nadia")

    async def test_two_times_are_two_buttons_and_words_pick_one(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        house.api.answer_next(
            {"kind": "start_flow", "name": "book"},
            {"kind": "set_field", "name": "service", "value": "Haircut", "words": "mane"},
            {"kind": "set_field", "name": "staff", "value": "Nadia", "words": "Nadia"},
            {"kind": "set_field", "name": "when", "value": "friday at 10:00", "words": "Friday at 15:00"},
        )
        assert "which time do you mean" in await phone.writes(f"{UNSURE}, Nadia, Friday at 15:00 perhaps")
        assert phone.labels == ["10:00", "15:00"]
        assert "Friday 6 March 2026 at 15:00" in await phone.writes("15:00")

    async def test_a_wish_for_a_person_is_offered_and_a_yes_takes_it(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        house.api.answer_next({"kind": "handoff"})
        assert "talk to a person?" in await phone.writes(UNSURE)
        told = "SELECT count(*) AS n FROM outbox_messages WHERE tenant_id = $1 AND kind = 'notice'"
        assert (await query(phone.runtime, told, phone.tenant.tenant_id))[0]["n"] == 0
        await phone.writes("yes")
        assert (await query(phone.runtime, told, phone.tenant.tenant_id))[0]["n"] == 1

    async def test_the_turn_and_its_call_are_found_together(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        await phone.writes(UNSURE)
        (call,) = await house.calls(phone.tenant.tenant_id)
        (turn,) = await query(
            phone.runtime,
            "SELECT conversation_id, 'turn:' || conversation_id || ':' || inbound_ids[1] AS key FROM turns"
            " WHERE tenant_id = $1",
            phone.tenant.tenant_id,
        )
        assert (call["conversation_id"], call["turn_key"]) == (turn["conversation_id"], turn["key"])
        assert call["prompt_version"].startswith("interpret@")
