"""What a model says becomes a command only with the customer's words for it, and never more than it may say.

NOW is Monday 2 March 2026, 9:00 in Douala.
"""

from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from dialog.understanding.llm_commands import Heard, to_commands
from dialog.understanding.llm_wire import KINDS, MOST, SCHEMA, WireCommand, read_answer
from dialog.understanding.state import CatalogueView, Entry, Offered, ReadingState
from llm.failures import Kind, LlmError
from llm.redaction import redact
from tests.conftest import NOW

CATALOGUE = CatalogueView(
    services=(Entry("cut", ("Haircut", "Coupe", "trim")), Entry("braids", ("Braids", "Tresses"))),
    staff=(Entry("nadia", ("Nadia",)), Entry("emile", ("Émile",))),
    locations=(Entry("centre", ("Centre",)),),
)
TIMES = (Offered("o1", "time", "10:00", "10:00"), Offered("o2", "time", "15:00", "15:00"))
BOOKINGS = (Offered("o1", "booking", 17, "Haircut, Friday"),)
HELD = (Offered("o1", "booking", 99, "Yes, book it", is_light=False),)


def said(kind: str, name: str | None = None, **more: Any) -> WireCommand:
    return WireCommand(kind=kind, name=name, **more)


def commands(message: str, *wire: WireCommand, **state: Any) -> list[dict[str, Any]]:
    return [command.model_dump(mode="json") for command in reading(message, *wire, **state).commands]


def reading(message: str, *wire: WireCommand, **state: Any) -> Any:
    heard = Heard(redact(message, "CM"), "en", NOW, ZoneInfo("Africa/Douala"), CATALOGUE, ReadingState(**state))
    return to_commands(wire, heard)


class TestValues:
    def test_a_service_is_the_one_of_the_list_that_the_model_names(self) -> None:
        wire = said("set_field", "service", value="haircut", words="my mane")
        assert commands("do something about my mane", wire) == [
            {"kind": "set_field", "field": "service", "value": "cut"},
        ]

    @pytest.mark.parametrize("words", ["my hair", "", "…", None, "  "])
    def test_words_that_the_customer_did_not_write_count_for_nothing(self, words: str | None) -> None:
        assert commands("do something about my mane", said("set_field", "service", value="Haircut", words=words)) == []

    @pytest.mark.parametrize("value", ["Massage", "cut'; DROP TABLE bookings", "*", "", None])
    def test_what_the_list_does_not_hold_cannot_be_set(self, value: str | None) -> None:
        assert commands("do something about my mane", said("set_field", "service", value=value, words="my mane")) == []

    def test_words_that_name_another_entry_contradict_the_model(self) -> None:
        wire = said("set_field", "staff", value="Émile", words="with Nadia")
        assert commands("tomorrow with Nadia", wire) == []

    def test_case_spaces_and_typography_of_the_words_do_not_matter(self) -> None:
        wire = said("set_field", "service", value="COUPE", words="MY  mane")
        assert commands("do something about my\nmane", wire)

    def test_a_day_and_a_time_are_read_out_of_the_customers_words(self) -> None:
        wire = said("set_field", "when", value="whatever", words="tomorrow at 3pm")
        assert commands("could you do tomorrow at 3pm maybe", wire) == [
            {"kind": "set_field", "field": "date", "value": "2026-03-03"},
            {"kind": "set_field", "field": "time", "value": "15:00"},
        ]

    def test_words_that_our_reader_does_not_know_are_read_as_the_model_renders_them(self) -> None:
        wire = said("set_field", "when", value="friday afternoon", words="ostatni roboczy po obiedzie")
        assert commands("ostatni roboczy po obiedzie?", wire) == [
            {"kind": "set_field", "field": "date", "value": "2026-03-06"},
            {"kind": "set_field", "field": "time_range", "value": {"start": "12:00", "end": "18:00"}},
        ]

    def test_a_rendering_that_says_another_day_than_the_words_is_a_doubt(self) -> None:
        wire = said("set_field", "when", value="thursday", words="tomorrow")
        read = reading("tomorrow please", wire)
        assert [(doubt.field, doubt.value) for doubt in read.doubts] == [("date", "2026-03-05")]
        assert [command.value for command in read.commands] == ["2026-03-03"]

    def test_what_the_customer_rules_out_is_not_wished_for(self) -> None:
        assert commands("not saturday", said("set_field", "when", value="saturday", words="not saturday")) == []
        assert commands("not saturday", said("exclude", "when", value="saturday", words="not saturday")) == [
            {"kind": "exclude", "field": "date", "value": "2026-03-07"},
        ]

    def test_how_many_come_is_a_number_of_the_words_or_of_the_rendering(self) -> None:
        assert commands("a table for 4", said("set_field", "party_size", value="4", words="for 4")) == [
            {"kind": "set_field", "field": "party_size", "value": 4},
        ]
        wire = said("set_field", "party_size", value="3", words="me and both of my sisters")
        assert commands("me and both of my sisters", wire)[0]["value"] in (2, 3)

    def test_a_value_that_stood_already_is_corrected(self) -> None:
        wire = said("set_field", "service", value="Braids", words="plaits")
        assert commands("plaits rather", wire, flow="book", filled={"service": "cut"})[0]["kind"] == "correct_field"

    def test_a_field_or_flow_of_its_own_invention_is_dropped_alone(self) -> None:
        wires = (
            said("set_field", "price", value="1", words="1"),
            said("set_field", "when", value="tomorrow", words="tomorrow"),
            said("start_flow", "commit_book"),
            said("book_now"),
            said("ask_info", "passwords"),
        )
        assert commands("tomorrow for 1", *wires) == [{"kind": "set_field", "field": "date", "value": "2026-03-03"}]

    def test_what_was_hidden_from_the_model_is_read_as_it_was_written(self) -> None:
        message = "call 699000001 tomorrow"
        shown = redact(message, "CM").text
        assert shown == "call <PHONE_1> tomorrow"
        wire = said("set_field", "when", value="tomorrow", words="<PHONE_1> tomorrow")
        assert commands(message, wire) == [{"kind": "set_field", "field": "date", "value": "2026-03-03"}]


class TestChoices:
    def test_only_what_lies_on_the_table_can_be_chosen(self) -> None:
        assert commands("the later one", said("choose", handle="o2"), offer=TIMES, flow="book") == [
            {"kind": "choose", "handle": "o2"}
        ]
        for handle in ("o3", "o99", "", None, "15:00", "booking 17"):
            assert commands("the later one", said("choose", handle=handle), offer=TIMES, flow="book") == []

    def test_a_booking_is_picked_by_its_handle(self) -> None:
        assert commands("that one", said("choose", handle="o1"), offer=BOOKINGS, flow="cancel") == [
            {"kind": "pick_booking", "handle": "o1"}
        ]

    @pytest.mark.parametrize("kind", ["choose", "affirm", "deny"])
    def test_a_time_that_is_held_is_neither_taken_nor_let_go(self, kind: str) -> None:
        read = commands("hm", said(kind, handle="o1"), offer=HELD, question="offer")
        assert {command["kind"] for command in read} <= {"repeat"}


class TestWhatItMaySay:
    def test_a_yes_of_the_model_shows_the_question_again(self) -> None:
        assert commands("whatever", said("affirm"), flow="book", question="confirm", confirming=True) == [
            {"kind": "repeat"}
        ]
        assert commands("whatever", said("affirm")) == []

    def test_a_wish_for_a_person_is_asked_about(self) -> None:
        assert commands("hm", said("handoff")) == [{"kind": "clarify", "person": True}]

    def test_words_that_point_at_a_booking_go_with_the_flow(self) -> None:
        wires = (
            said("start_flow", "reschedule"),
            said("which_booking", "when", value="friday", words="my friday thing"),
            said("set_field", "when", value="saturday", words="saturday"),
        )
        assert commands("my friday thing wont work, saturday?", *wires) == [
            {"kind": "start_flow", "flow": "reschedule", "booking": {"date": "2026-03-06"}},
            {"kind": "set_field", "field": "date", "value": "2026-03-07"},
        ]

    def test_nothing_that_acts_at_once_is_in_the_language(self) -> None:
        acting = {"opt_out", "opt_in", "privacy", "running_late", "join_waitlist", "switch_language", "restart"}
        assert not acting & set(KINDS)
        for kind in KINDS:
            read = commands("yes", said(kind, "book", value="x", words="yes", handle="o1"), flow="book", offer=HELD)
            assert not {command["kind"] for command in read} & (acting | {"affirm", "handoff"})

    def test_the_same_command_twice_is_one(self) -> None:
        assert len(commands("hello", *[said("greet")] * 5)) == 1


class TestTheWire:
    def test_the_schema_is_small_and_plain(self) -> None:
        raw = orjson.dumps(SCHEMA).decode()
        assert len(raw) < 1100
        assert not any(word in raw for word in ("oneOf", "anyOf", "pattern", "maxLength", "$ref"))

    def test_one_bad_entry_is_dropped_alone(self) -> None:
        text = '{"commands": [{"kind": "nonsense"}, 7, null, {"kind": "greet"}, {"kind": "greet", "value": {"a": 1}}]}'
        assert [command.kind for command in read_answer(text)] == ["greet"]

    def test_more_than_can_be_meant_is_cut(self) -> None:
        text = orjson.dumps({"commands": [{"kind": "greet"}] * 100}).decode()
        assert len(read_answer(text)) == MOST

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("", Kind.PARSE_ERROR),
            ("I would be happy to help!", Kind.PARSE_ERROR),
            ('{"commands": [{"kind"', Kind.PARSE_ERROR),
            ("{oops}", Kind.PARSE_ERROR),
            ('{"commands": null}', Kind.SCHEMA_ERROR),
            ('{"command": []}', Kind.SCHEMA_ERROR),
            ('{"commands": [{"kind": "book_now"}]}', Kind.SCHEMA_ERROR),
        ],
    )
    def test_what_is_no_answer_is_told_apart(self, text: str, kind: Kind) -> None:
        with pytest.raises(LlmError) as error:
            read_answer(text)
        assert error.value.kind is kind

    def test_no_command_at_all_is_an_answer(self) -> None:
        assert read_answer('{"commands": []}') == ()
