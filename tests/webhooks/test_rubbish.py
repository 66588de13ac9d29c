"""Whatever a signed or unsigned stranger sends: a clean status, and the process lives."""

import asyncio
import dataclasses
import io
import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.database import open_engine
from core.runtime import Runtime
from tests.support.channels import dumps, signed, stored_events, wa_text, wa_value, wa_webhook
from tests.support.tenants import TenantFixture
from tests.webhooks.conftest import Web
from webhooks.app import create_app

_DEEP_BUT_LEGAL = b'{"entry":' + b"[" * 500 + b"]" * 500 + b"}"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"12",
        b'"text"',
        b"{broken",
        b"\xff\xfe\x00",
        b'{"a": NaN}',
        b'{"a": "\\ud83d"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        _DEEP_BUT_LEGAL,
        b'{"half": "\\ud83d", "number": 123456789012345678901234567890}',
    ],
    ids=lambda raw: repr(raw[:12]),
)
async def test_signed_but_unreadable_bodies_are_a_bad_request(web: Web, raw: bytes) -> None:
    assert await web.whatsapp(raw) == 400
    async with web.client.get("/livez") as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"entry": None},
        {"entry": {"changes": []}},
        {"entry": [None, 1, "x", {"changes": [None, {"value": None}, {"field": 3, "value": []}]}]},
        {"entry": [{"id": {}, "changes": [{"field": "messages", "value": {"metadata": [], "messages": "x"}}]}]},
        {"entry": [{"changes": [{"field": "messages", "value": {"messages": [{"id": ["a"], "timestamp": "x"}]}}]}]},
        {"entry": [{"changes": [{"field": "messages", "value": {"statuses": [{"id": 5, "status": None}]}}]}]},
        {"entry": [{"changes": [{"field": "messages", "value": {"messages": [{"id": "x" * 100_000}]}}]}]},
        {"entry": [{"id": 10**25, "changes": [{"field": "messages", "value": {"messages": [{"timestamp": 1e99}]}}]}]},
    ],
)
async def test_objects_of_any_shape_are_stored(web: Web, body: Any) -> None:
    assert await web.whatsapp(json.dumps(body).encode()) == 200


async def test_a_nul_and_half_an_emoji_do_not_lose_the_message(
    web: Web, runtime: Runtime, tenant: TenantFixture
) -> None:
    message = wa_text("MARK")
    raw = dumps(wa_webhook(wa_value(tenant.phone_number_id, messages=[message])))
    assert await web.whatsapp(raw.replace(b"MARK", b"a\\u0000b \\\\u0000 \\ud83d")) == 200
    (event,) = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert event["payload"]["message"]["text"]["body"] == "ab \\u0000 ?"


async def test_a_body_of_three_megabytes_is_taken_and_one_of_five_is_too_large(
    web: Web, runtime: Runtime, tenant: TenantFixture
) -> None:
    messages = [wa_text("x" * 3000, padding="y" * 27_000) for _ in range(100)]
    body = dumps(wa_webhook(wa_value(tenant.phone_number_id, messages=messages)))
    assert len(body) > 3_000_000
    async with web.client.post("/webhooks/whatsapp", data=io.BytesIO(body), headers=signed(body)) as answer:
        assert answer.status == 200
    assert len(await stored_events(runtime, tenant_id=tenant.tenant_id)) == 100
    raw = b'{"x":"' + b"x" * 5_000_000 + b'"}'
    async with web.client.post("/webhooks/whatsapp", data=io.BytesIO(raw), headers=signed(raw)) as answer:
        assert answer.status == 413


async def test_other_methods_and_paths_have_clean_answers(web: Web) -> None:
    for method, path, status in (
        ("PUT", "/webhooks/whatsapp", 405),
        ("GET", "/webhooks/telegram/nobody", 405),
        ("POST", "/webhooks/unknown", 404),
        ("POST", "/webhooks/telegram/", 404),
    ):
        async with web.client.request(method, path) as answer:
            assert answer.status == status


async def test_a_body_that_is_not_what_its_encoding_says_is_refused(web: Web) -> None:
    headers = {"Content-Encoding": "gzip"}
    async with web.client.post("/webhooks/whatsapp", data=b"not gzip", headers=headers) as answer:
        assert 400 <= answer.status < 500


async def test_with_the_database_away_the_vendor_is_asked_to_come_again(
    runtime: Runtime, tenant: TenantFixture
) -> None:
    engine = open_engine("postgresql://nobody@127.0.0.1:1/nothing", role="booka_app")
    broken = dataclasses.replace(runtime, engine=engine)
    async with TestClient(TestServer(create_app(broken))) as client:
        raw = dumps(wa_webhook(wa_value(tenant.phone_number_id, messages=[wa_text("hello")])))
        async with client.post("/webhooks/whatsapp", data=raw, headers=signed(raw)) as answer:
            assert answer.status == 503
        async with client.get("/readyz") as answer:
            assert answer.status == 503
    await engine.dispose()


async def test_a_body_that_dribbles_in_is_not_waited_for(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhooks.body._BODY_WITHIN_S", 0.05)
    reader, writer = await asyncio.open_connection(web.client.host, web.client.port)
    writer.write(b"POST /webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    await writer.wait_closed()
