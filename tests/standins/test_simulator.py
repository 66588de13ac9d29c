"""The simulator sends what the vendors would send and shows what the stand-ins received."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp.test_utils import TestServer, unused_port

from core.clock import FixedClock
from standins.simulator.people import Address, Channel
from standins.simulator.phones import Phones
from tests.conftest import NOW
from tests.standins.scripted_bot import ScriptedBot

CHOSEN = {
    "tenant": "salon",
    "customer": "c1",
    "merchant": "owner",
    "customer_channel": "whatsapp",
    "merchant_channel": "whatsapp",
}
ON_TELEGRAM = {"customer_channel": "telegram"}


class Play:
    """One open page: `view` polls, `do` posts, `until` waits for a view that satisfies."""

    def __init__(self, http: aiohttp.ClientSession, script: ScriptedBot) -> None:
        self.http, self.script = http, script

    async def view(self, **choice: Any) -> dict[str, Any]:
        async with self.http.get("/sim/view", params={**CHOSEN, **choice}) as response:
            assert response.status == 200
            view: dict[str, Any] = await response.json()
            return view

    async def do(self, path: str, **body: Any) -> int:
        async with self.http.post(f"/sim/{path}", json={**CHOSEN, "side": "customer", **body}) as response:
            return response.status

    async def until(
        self, is_there: Callable[[list[dict[str, Any]]], bool], side: str = "customer", **choice: Any
    ) -> list[dict[str, Any]]:
        """The thread once it is as wanted."""
        async with asyncio.timeout(5):
            view = await self.view(**choice)
            while not is_there(view[side]["bubbles"]):
                view = await self.view(after=view["version"], **choice)
        bubbles: list[dict[str, Any]] = view[side]["bubbles"]
        return bubbles

    async def bubbles(self, count: int, side: str = "customer", **choice: Any) -> list[dict[str, Any]]:
        return await self.until(lambda bubbles: len(bubbles) >= count, side, **choice)


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    port = unused_port()
    script = ScriptedBot(f"http://127.0.0.1:{port}", FixedClock(NOW))
    server = TestServer(script.app(), host="127.0.0.1", port=port)
    await server.start_server()
    async with aiohttp.ClientSession(server.make_url("/")) as http:
        yield Play(http, script)
    await script.settle()
    await server.close()


async def test_a_sentence_goes_out_signed_in_metas_shape_and_the_answer_is_shown(play: Play) -> None:
    assert await play.do("say", text="Hello") == 200
    mine, answer = await play.bubbles(2)
    value = play.script.webhooks[0]
    message = value["messages"][0]
    assert play.script.forged == 0
    assert value["metadata"]["phone_number_id"] == play.script.tenant.accounts[Channel.WHATSAPP].address
    assert (message["type"], message["text"]["body"], message["id"]) == ("text", "Hello", mine["vendor_id"])
    assert message["timestamp"] == str(int(NOW.timestamp()))
    assert value["contacts"][0]["wa_id"] == message["from"]
    assert (mine["ticks"], mine["time"]) == ("read", "09:00")
    assert (answer["style"], len(answer["choices"])) == ("list", 10)


async def test_a_tap_on_a_row_and_on_a_button_answers_the_message_it_stands_on(play: Play) -> None:
    await play.do("say", text="Hello")
    offer = (await play.bubbles(2))[1]
    assert await play.do("tap", seq=offer["seq"], choice="t10:30") == 200
    summary = (await play.bubbles(4))[3]
    row = play.script.webhooks[1]["messages"][0]
    assert row["interactive"]["list_reply"] == {"id": "t10:30", "title": "10:30", "description": "Solange, Yannick"}
    assert row["context"]["id"] == offer["vendor_id"]
    await play.do("tap", seq=summary["seq"], choice="yes")
    assert "Confirmed" in (await play.bubbles(6))[5]["text"]
    button = play.script.webhooks[2]["messages"][0]
    assert button["interactive"] == {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes, book it"}}


async def test_the_merchant_sees_the_notice_and_reading_it_reports_read(play: Play) -> None:
    await play.do("say", text="Hello")
    await play.do("tap", seq=(await play.bubbles(2))[1]["seq"], choice="t10:30")
    await play.do("tap", seq=(await play.bubbles(4))[3]["seq"], choice="yes")
    await play.bubbles(1, "merchant")
    assert (await play.view())["merchant"]["unread"] == {"whatsapp": 1, "telegram": 0}
    await play.do("read", side="merchant")
    assert (await play.view())["merchant"]["unread"]["whatsapp"] == 0
    await play.script.graph.drain_statuses()
    assert play.script.statuses.count("read") == 1


async def test_telegram_gets_start_and_callback_queries_and_edits_are_drawn_in_place(play: Play) -> None:
    await play.do("say", text="/start", **ON_TELEGRAM)
    offer = (await play.bubbles(2, **ON_TELEGRAM))[1]
    start = play.script.webhooks[0]["message"]
    assert (start["text"], start["entities"][0]["type"], start["chat"]["type"]) == ("/start", "bot_command", "private")
    await play.do("tap", seq=offer["seq"], choice="yes", **ON_TELEGRAM)
    last = (await play.until(lambda bubbles: "Confirmed" in bubbles[-1]["text"], **ON_TELEGRAM))[-1]
    query = play.script.webhooks[1]["callback_query"]
    assert (query["data"], str(query["message"]["message_id"])) == ("yes", offer["vendor_id"])
    assert last["is_edited"]
    ids = [update["update_id"] for update in play.script.webhooks]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    ("kind", "channel", "type_"), [("voice", "whatsapp", "audio"), ("location", "whatsapp", "location")]
)
async def test_attachments_go_out_as_what_they_are(play: Play, kind: str, channel: str, type_: str) -> None:
    await play.do("attach", kind=kind, customer_channel=channel)
    await play.bubbles(2)
    assert play.script.webhooks[0]["messages"][0]["type"] == type_


async def test_a_file_hangs_on_the_message_before_it_and_can_be_saved(play: Play) -> None:
    await play.do("say", text="Hello")
    sender = (await play.bubbles(2)) and play.script.webhooks[0]["messages"][0]["from"]
    number = play.script.tenant.accounts[Channel.WHATSAPP].address
    form = aiohttp.FormData({"messaging_product": "whatsapp"})
    form.add_field("file", b"BEGIN:VCALENDAR", filename="visit.ics", content_type="text/plain")
    authorised = {"Authorization": "Bearer t"}
    async with play.http.post(f"/graph/v25.0/{number}/media", data=form, headers=authorised) as answer:
        media_id = (await answer.json())["id"]
    document = {"type": "document", "document": {"id": media_id, "filename": "visit.ics"}}
    message = {"messaging_product": "whatsapp", "to": sender, **document}
    for _ in range(2):
        async with play.http.post(f"/graph/v25.0/{number}/messages", json=message, headers=authorised) as answer:
            assert answer.status == 200
    *_, answered, alone = await play.bubbles(3)
    assert [shown["file"] for shown in (answered, alone)] == [{"name": "visit.ics", "content": "BEGIN:VCALENDAR"}] * 2
    assert (bool(answered["choices"]), alone["text"]) == (True, "")


async def test_a_file_on_telegram_is_shown_too(play: Play) -> None:
    await play.do("say", text="/start", **ON_TELEGRAM)
    await play.bubbles(2, **ON_TELEGRAM)
    chat = play.script.webhooks[0]["message"]["chat"]["id"]
    form = aiohttp.FormData({"chat_id": str(chat)}, quote_fields=False)
    form.add_field("document", b"BEGIN:VCALENDAR", filename="my visit.ics", content_type="text/calendar")
    token = play.script.tenant.accounts[Channel.TELEGRAM].address
    async with play.http.post(f"/bot/bot{token}/sendDocument", data=form) as answer:
        assert (await answer.json())["result"]["document"]["file_name"] == "my visit.ics"
    shown = await play.until(lambda bubbles: bool(bubbles[-1]["file"]), **ON_TELEGRAM)
    assert shown[-1]["file"] == {"name": "my visit.ics", "content": "BEGIN:VCALENDAR"}


async def test_a_webhook_that_is_refused_is_shown_as_not_delivered(play: Play) -> None:
    play.script.simulator._postman._app_secret = "wrong"
    await play.do("say", text="Hello")
    await play.until(lambda bubbles: bubbles[0]["ticks"] == "failed")
    assert play.script.forged == 1


async def test_the_timeline_joins_webhooks_turns_and_calls(play: Play) -> None:
    await play.do("say", text="Hello")
    await play.bubbles(2)
    async with play.http.get("/sim/timeline", params={**CHOSEN, "side": "customer"}) as response:
        entries = await response.json()
    assert {entry["kind"] for entry in entries} == {"in", "turn", "out"}
    inbound = next(entry for entry in entries if entry["kind"] == "in")
    assert (inbound["status"], inbound["title"]) == (200, "POST /webhooks/whatsapp")


async def test_live_views_come_by_server_sent_events(play: Play) -> None:
    async with play.http.get("/sim/events", params=CHOSEN) as response:
        first = await response.content.readline()
        await play.do("say", text="Hello")
        await response.content.readline()
        second = await response.content.readline()
    assert orjson.loads(first.removeprefix(b"data: "))["customer"]["bubbles"] == []
    assert orjson.loads(second.removeprefix(b"data: "))["customer"]["bubbles"][0]["text"] == "Hello"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"tenant": "nobody"}, 404),
        ({"customer": "c99"}, 404),
        ({"side": "stranger"}, 404),
        ({"text": "  "}, 400),
    ],
)
async def test_what_does_not_exist_is_refused(play: Play, change: dict[str, str], status: int) -> None:
    assert await play.do("say", **{"text": "Hello", **change}) == status
    assert play.script.webhooks == []


async def test_a_choice_that_was_never_shown_cannot_be_tapped(play: Play) -> None:
    await play.do("say", text="Hello")
    offer = (await play.bubbles(2))[1]
    assert await play.do("tap", seq=offer["seq"], choice="invented") == 404


async def test_forms_of_other_sites_are_refused(play: Play) -> None:
    async with play.http.post("/sim/say", data={**CHOSEN, "side": "customer", "text": "Hello"}) as response:
        assert response.status == 415


async def test_the_page_loads_nothing_from_elsewhere(play: Play) -> None:
    for language, word in (("en", "New customer"), ("fr", "Nouveau client")):
        async with play.http.get("/sim", params={"lang": language}) as response:
            page = await response.text()
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert word in page
        assert "http://" not in page
        assert "https://" not in page


async def test_the_network_can_be_slow_or_away(play: Play) -> None:
    await play.do("network", state="away")
    assert (await play.view())["network"] == "away"
    assert play.script.graph.faults.is_down
    assert play.script.bot.faults.is_down
    await play.do("network", state="ok")
    assert not play.script.graph.faults.is_down


async def test_phones_show_after_a_restart_what_they_showed_before(tmp_path: Path) -> None:
    address = Address("salon-wa", "237699000001")
    first = Phones(tmp_path / "simulator.json")
    first.customers = 3
    first.tick(first.say(address, "Hello", NOW, "wamid.1"), "delivered")
    first.show(address, NOW, "wamid.2", {"text": "Welcome"})
    first.close()
    second = Phones(tmp_path / "simulator.json")
    second.load()
    assert second.customers == 3
    assert [bubble.text for bubble in second.thread(address).bubbles] == ["Hello", "Welcome"]
    assert second.thread(address).unread == 1


async def test_an_unreadable_memory_of_the_phones_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "simulator.json").write_text('{"threads": [{}]}')
    phones = Phones(tmp_path / "simulator.json")
    phones.load()
    assert phones.customers == 1
