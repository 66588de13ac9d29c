"""Any reply becomes messages that the vendors take, and nothing of it is lost on the way."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import telegram_render, whatsapp_render
from bot.cutting import cut_label, size, split_text, unbroken
from dialog.messages import Choice, Link, Reply, WaTemplate, reply_from_payload
from standins.bot_limits import check_keyboard, check_text
from standins.graph_limits import check_message

_words = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=200)
_long = st.builds(lambda text, times: text * times, _words, st.integers(1, 60))
_labels = st.one_of(_words, st.sampled_from(["10:30", "Oui", "Nadia", "Tresses longues avec rajouts et perles"]))
_choices = st.lists(st.tuples(_labels, st.none() | _words), max_size=25).map(
    lambda pairs: tuple(Choice(f"c:{index}", label, words) for index, (label, words) in enumerate(pairs))
)
_templates = st.builds(
    WaTemplate,
    st.just("booka_reminder"),
    st.sampled_from(["fr", "en"]),
    st.lists(_long, max_size=4).map(tuple),
    st.lists(st.just("approve:1"), max_size=2).map(tuple),
)
_links = st.builds(
    Link, st.sampled_from(["Payer 1 500 FCFA", "Pay FCFA 1,234,567,890"]), st.just("https://booka.cm/p/x")
)
_replies = st.builds(Reply, _long, _choices, _words, st.none() | _templates, link=st.none() | _links)


@given(_replies, st.booleans())
def test_whatsapp_takes_every_reply(reply: Reply, as_template: bool) -> None:
    wires = whatsapp_render.render(reply, as_template=as_template)
    assert wires
    for wire in wires:
        check_message({"messaging_product": "whatsapp", "to": "237699000001", **wire})


@given(_replies)
def test_telegram_takes_every_reply(reply: Reply) -> None:
    wires = telegram_render.render(reply)
    assert wires
    for wire in wires:
        check_text({"text": wire["text"]})
        check_keyboard({"reply_markup": {"inline_keyboard": wire.get("keyboard", [])}})


@given(_replies)
def test_every_choice_can_be_tapped_once_and_in_its_order(reply: Reply) -> None:
    ids = [choice.id for choice in reply.choices]
    assert [row["id"] for wire in whatsapp_render.render(reply) for row in _tappable(wire)] == ids
    rows = [row for wire in telegram_render.render(reply) for row in wire.get("keyboard", [])]
    assert [button["callback_data"] for row in rows for button in row if "callback_data" in button] == ids


def test_a_link_is_a_button_beside_its_words() -> None:
    reply = Reply("Payez ici : https://booka.cm/p/x", link=Link("Payer 1 500 FCFA", "https://booka.cm/p/x"))
    assert reply_from_payload(reply.to_payload()) == reply
    (wire,) = whatsapp_render.render(reply)
    assert (wire["interactive"]["type"], wire["interactive"]["body"]["text"]) == ("cta_url", unbroken(reply.text))
    assert wire["interactive"]["action"]["parameters"] == {
        "display_text": "Payer 1 500 FCFA",
        "url": "https://booka.cm/p/x",
    }
    (wire,) = telegram_render.render(reply)
    assert wire == {
        "text": unbroken(reply.text),
        "keyboard": [[{"text": "Payer 1 500 FCFA", "url": "https://booka.cm/p/x"}]],
    }


def _tappable(wire: dict[str, Any]) -> list[dict[str, Any]]:
    action = wire.get("interactive", {}).get("action", {})
    if "buttons" in action:
        return [button["reply"] for button in action["buttons"]]
    return [row for section in action.get("sections", []) for row in section["rows"]]


@given(_long, st.integers(20, 300))
def test_cutting_a_text_loses_no_word(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert all(size(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(_words, st.integers(2, 80))
def test_a_cut_label_and_its_rest_are_the_whole(text: str, limit: int) -> None:
    head, rest = cut_label(" ".join(text.split()), limit)
    assert size(head) <= limit
    assert "".join((head.removesuffix("…") + rest).split()) == "".join(text.split())


def _labels_of(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"c:{index}", label) for index, label in enumerate(labels))


def test_up_to_three_short_choices_are_buttons() -> None:
    (wire,) = whatsapp_render.render(Reply("Confirmer ?", _labels_of("Oui, je confirme", "Non", "Plus tard")))
    assert wire["interactive"]["type"] == "button"
    assert [row["title"] for row in _tappable(wire)] == ["Oui, je confirme", "Non", "Plus tard"]


@pytest.mark.parametrize(
    "choices",
    [
        _labels_of("un", "deux", "trois", "quatre"),
        _labels_of("Tresses avec rajouts longs", "Coupe"),
        _labels_of("10:30", "10:30"),
        (Choice("c:1", "Coupe", "45 min · 5 000 FCFA"),),
    ],
    ids=["four", "long label", "equal labels", "description"],
)
def test_everything_else_is_a_list(choices: tuple[Choice, ...]) -> None:
    (wire,) = whatsapp_render.render(Reply("Choisissez", choices, "Prestations"))
    assert wire["interactive"]["type"] == "list"
    assert wire["interactive"]["action"]["button"] == "Prestations"


def test_a_label_too_long_for_a_row_goes_on_in_its_description() -> None:
    choice = Choice("c:1", "Tresses avec rajouts longs et perles", "3 h")
    (wire,) = whatsapp_render.render(Reply("Choisissez", (choice,), "Voir"))
    assert _tappable(wire) == [{"id": "c:1", "title": "Tresses avec rajouts…", "description": "longs et perles · 3 h"}]


def test_more_than_ten_rows_need_further_lists() -> None:
    wires = whatsapp_render.render(Reply("Choisissez", _labels_of(*map(str, range(23))), "Voir"))
    assert [len(_tappable(wire)) for wire in wires] == [10, 10, 3]


def test_the_choices_are_on_the_last_of_several_messages() -> None:
    reply = Reply("\n\n".join("mot " * 700 for _ in range(3)), _labels_of("Oui", "Non"))
    *before, last = whatsapp_render.render(reply)
    assert {wire["type"] for wire in before} == {"text"}
    assert [row["title"] for row in _tappable(last)] == ["Oui", "Non"]
    *earlier, final = telegram_render.render(reply)
    assert not any("keyboard" in wire for wire in earlier)
    assert "keyboard" in final


def test_telegram_puts_times_three_in_a_row_and_long_labels_alone() -> None:
    labels = ("10:30", "10:45", "11:00", "11:15", "Nadia", "Peu importe", "Tresses avec rajouts longs", "Plus")
    (wire,) = telegram_render.render(Reply("Choisissez", _labels_of(*labels)))
    assert [[button["text"] for button in row] for row in wire["keyboard"]] == [
        ["10:30", "10:45", "11:00"],
        ["11:15", "Nadia", "Peu importe"][:2],
        ["Peu importe"],
        ["Tresses avec rajouts longs"],
        ["Plus"],
    ]


def test_outside_the_window_a_template_carries_words_and_buttons() -> None:
    template = WaTemplate("booka_reminder", "fr", ("Coupe\nmardi  10h30", ""), ("approve:1", "decline:1"))
    (wire,) = whatsapp_render.render(Reply("Rappel", template=template), as_template=True)
    body, accept, decline = wire["template"]["components"]
    assert [value["text"] for value in body["parameters"]] == ["Coupe mardi 10h30", "…"]
    assert [button["index"] for button in (accept, decline)] == ["0", "1"]
    assert accept["parameters"] == [{"type": "payload", "payload": "approve:1"}]


def test_no_line_begins_with_a_sign() -> None:
    (wire,) = telegram_render.render(
        Reply("Reste à payer : 1 500 FCFA. Écrivez « oui ». À 10h30 ?\nhttps://b.cm/p/x :)")
    )
    assert wire["text"] == "Reste à payer\xa0: 1 500 FCFA. Écrivez «\xa0oui\xa0». À 10h30\xa0?\nhttps://b.cm/p/x :)"
