"""The local Graph API refuses what Meta refuses and answers in Meta's shapes."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.clock import FixedClock
from core.signing import is_signed_sha256
from standins.graph_api import GraphApi
from tests.conftest import NOW

TO = "237650000001"
AUTH = {"Authorization": "Bearer token"}


def text(body: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": TO, "type": "text", "text": {"body": body}, **more}


def buttons(*titles: str, ids: tuple[str, ...] = (), body: str = "Pick") -> dict[str, Any]:
    names = ids or tuple(f"b{n}" for n in range(len(titles)))
    replies = [{"type": "reply", "reply": {"id": i, "title": t}} for i, t in zip(names, titles, strict=True)]
    return _interactive("button", body, {"buttons": replies})


def rows(*count: int, title: str = "Row", description: str = "about", label: str = "Open") -> dict[str, Any]:
    sections = [
        {
            "title": f"Section {number}",
            "rows": [{"id": f"{number}-{n}", "title": title, "description": description} for n in range(amount)],
        }
        for number, amount in enumerate(count)
    ]
    return _interactive("list", "Pick", {"button": label, "sections": sections})


def template(name: str = "booking_reminder", *parameters: str) -> dict[str, Any]:
    body = {"type": "body", "parameters": [{"type": "text", "text": p} for p in parameters]}
    content = {"name": name, "language": {"code": "fr"}, "components": [body]}
    return {"messaging_product": "whatsapp", "to": TO, "type": "template", "template": content}


def _interactive(kind: str, body: str, action: dict[str, Any]) -> dict[str, Any]:
    content = {"type": kind, "body": {"text": body}, "action": action}
    return {"messaging_product": "whatsapp", "to": TO, "type": "interactive", "interactive": content}


Post = Callable[[dict[str, Any]], Any]


@pytest.fixture
def graph() -> GraphApi:
    return GraphApi(clock=FixedClock(NOW))


@pytest.fixture
async def url(graph: GraphApi) -> AsyncIterator[str]:
    server = TestServer(graph.app)
    await server.start_server()
    yield str(server.make_url("/v25.0/1065/messages"))
    await server.close()


@pytest.fixture
async def post(url: str) -> AsyncIterator[Post]:
    async with aiohttp.ClientSession(headers=AUTH) as http:

        async def send(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            async with http.post(url, json=body) as response:
                return response.status, await response.json(content_type=None)

        yield send


async def test_an_accepted_message_is_recorded_under_the_id_that_was_answered(graph: GraphApi, post: Post) -> None:
    status, answer = await post(text(biz_opaque_callback_data="17"))
    assert status == 200
    sent = graph.received[0]
    assert answer["messages"] == [{"id": sent.answer_id}]
    assert (sent.account, sent.recipient, sent.type, sent.at) == ("1065", TO, "text", NOW)


@pytest.mark.parametrize(
    "body",
    [
        text("x" * 4096),
        buttons("Yes"),
        buttons("One", "Two", "x" * 20, body="x" * 1024),
        rows(10),
        rows(4, 6, title="x" * 24, description="x" * 72, label="x" * 20),
        template("reminder", "Salon", "10:30"),
    ],
)
async def test_messages_at_the_documented_limits_are_accepted(post: Post, body: dict[str, Any]) -> None:
    assert (await post(body))[0] == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (text("x" * 4097), 131009),
        (text(" "), 131008),
        ({"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}, 100),
        ({"to": TO, "type": "text", "text": {"body": "x"}}, 100),
        ({"messaging_product": "whatsapp", "to": TO, "type": "poll"}, 131051),
        (buttons(), 131009),
        (buttons("1", "2", "3", "4"), 131009),
        (buttons("x" * 21), 131009),
        (buttons("Same", "Same"), 131009),
        (buttons("One", "Two", ids=("same", "same")), 131009),
        (buttons("One", ids=("x" * 257,)), 131009),
        (buttons("One", body="x" * 1025), 131009),
        (rows(11), 131009),
        (rows(6, 5), 131009),
        (rows(0), 131009),
        (rows(1, title="x" * 25), 131009),
        (rows(1, description="x" * 73), 131009),
        (rows(1, label="x" * 21), 131009),
        (template("Bad Name"), 132000),
        (template("reminder", "two\nlines"), 132000),
    ],
)
async def test_messages_over_a_limit_are_refused_in_the_vendors_shape(
    graph: GraphApi, post: Post, body: dict[str, Any], code: int
) -> None:
    status, answer = await post(body)
    assert (status, answer["error"]["code"]) == (400, code)
    assert answer["error"]["error_data"]["details"]
    assert graph.received == []
    assert graph.refused[0].code == code


async def test_a_call_without_token_is_refused(url: str) -> None:
    async with aiohttp.ClientSession() as http, http.post(url, json=text()) as response:
        assert response.status == 401
        assert (await response.json())["error"]["code"] == 190


async def test_planned_faults_come_in_order_and_end(graph: GraphApi, post: Post) -> None:
    graph.fail_next(131056, times=2)
    codes = [(await post(text()))[0] for _ in range(3)]
    assert codes == [400, 400, 200]
    assert len(graph.received) == 1


async def test_a_lost_answer_leaves_the_message_accepted(graph: GraphApi, url: str) -> None:
    graph.faults.drop_after_accept = 1
    async with aiohttp.ClientSession(headers=AUTH) as http:
        with pytest.raises(aiohttp.ClientError):
            await http.post(url, json=text())
        assert len(graph.received) == 1
        async with http.post(url, json=text()) as response:
            assert response.status == 200


async def test_an_outage_answers_503_to_all(graph: GraphApi, url: str) -> None:
    graph.faults.is_down = True
    async with aiohttp.ClientSession(headers=AUTH) as http, http.post(url, json=text()) as response:
        assert response.status == 503
    assert graph.received == []


async def test_outside_the_window_only_templates_pass(graph: GraphApi, post: Post) -> None:
    graph.enforce_window = True
    graph.note_inbound("1065", TO, "wamid.in", NOW - timedelta(hours=25))
    assert (await post(text()))[1]["error"]["code"] == 131047
    assert (await post(template("reminder", "Salon")))[0] == 200
    graph.note_inbound("1065", TO, "wamid.in2")
    assert (await post(text()))[0] == 200


async def test_typing_needs_a_message_that_was_received(graph: GraphApi, post: Post) -> None:
    graph.enforce_known_inbound = True
    typing = {"messaging_product": "whatsapp", "status": "read", "typing_indicator": {"type": "text"}}
    assert (await post(typing | {"message_id": "wamid.unknown"}))[1]["error"]["code"] == 100
    graph.note_inbound("1065", TO, "wamid.in")
    assert (await post(typing | {"message_id": "wamid.in"})) == (200, {"success": True})
    assert graph.received[0].type == "typing"


@pytest.fixture
async def callback() -> AsyncIterator[tuple[str, list[tuple[bytes, str]]]]:
    posts: list[tuple[bytes, str]] = []

    async def take(request: web.Request) -> web.Response:
        posts.append((await request.read(), request.headers["X-Hub-Signature-256"]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    server = TestServer(app)
    await server.start_server()
    yield str(server.make_url("/hook")), posts
    await server.close()


async def _send_with_statuses(graph: GraphApi, body: dict[str, Any]) -> None:
    server = TestServer(graph.app)
    await server.start_server()
    async with aiohttp.ClientSession(headers=AUTH) as http:
        await http.post(server.make_url("/v25.0/1065/messages"), json=body)
    await graph.drain_statuses()
    await server.close()


async def test_statuses_are_signed_and_come_in_order_with_the_tag(callback: tuple[str, list[Any]]) -> None:
    hook, posts = callback
    graph = GraphApi(callback_url=hook, app_secret="secret")
    await _send_with_statuses(graph, text(biz_opaque_callback_data="42"))
    assert all(is_signed_sha256(b"secret", raw, signature.removeprefix("sha256=")) for raw, signature in posts)
    values = [orjson.loads(raw)["entry"][0]["changes"][0]["value"] for raw, _ in posts]
    statuses = [value["statuses"][0] for value in values]
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"42"}
    assert {status["id"] for status in statuses} == {graph.received[0].answer_id}


async def test_a_later_failure_is_reported_without_contacts(callback: tuple[str, list[Any]]) -> None:
    hook, posts = callback
    graph = GraphApi(callback_url=hook, app_secret="secret")
    graph.fail_later(131047)
    await _send_with_statuses(graph, text())
    value = orjson.loads(posts[0][0])["entry"][0]["changes"][0]["value"]
    assert value["statuses"][0]["errors"][0]["code"] == 131047
    assert "contacts" not in value
    assert len(posts) == 1


async def _upload(http: aiohttp.ClientSession, mime_type: str, **fields: str) -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData(fields)
    form.add_field("file", b"BEGIN:VCALENDAR", filename="visit.ics", content_type=mime_type)
    async with http.post("/v25.0/1001/media", data=form, headers=AUTH) as answer:
        return answer.status, await answer.json()


async def test_a_file_is_kept_and_sent_by_its_id(graph: GraphApi) -> None:
    async with TestServer(graph.app) as server, aiohttp.ClientSession(server.make_url("/")) as http:
        status, answer = await _upload(http, "text/plain", messaging_product="whatsapp", type="text/plain")
        assert status == 200
        assert graph.media[answer["id"]]["filename"] == "visit.ics"
        for media_id, expected in ((answer["id"], 200), ("1", 400)):
            document = {"id": media_id, "filename": "visit.ics"}
            body = {"messaging_product": "whatsapp", "to": TO, "type": "document", "document": document}
            async with http.post("/v25.0/1001/messages", json=body, headers=AUTH) as sent:
                assert sent.status == expected
    assert [call.type for call in graph.received] == ["document"]


@pytest.mark.parametrize(("mime_type", "product"), [("text/calendar", "whatsapp"), ("text/plain", "")])
async def test_a_file_of_another_type_is_refused(graph: GraphApi, mime_type: str, product: str) -> None:
    async with TestServer(graph.app) as server, aiohttp.ClientSession(server.make_url("/")) as http:
        status, answer = await _upload(http, mime_type, messaging_product=product)
    assert (status, answer["error"]["code"], graph.media) == (400, 100, {})
    assert [refused.type for refused in graph.refused] == ["media"]
