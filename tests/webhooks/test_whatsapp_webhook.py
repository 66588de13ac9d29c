from typing import Any

import pytest

from core.runtime import Runtime
from tests.conftest import VERIFY_TOKEN
from tests.support.channels import (
    dumps,
    new_id,
    signed,
    stored_events,
    wa_message,
    wa_status,
    wa_text,
    wa_value,
    wa_webhook,
)
from tests.support.tenants import TenantFixture, make_tenant
from tests.webhooks.conftest import Web

_HANDSHAKE = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY_TOKEN}


async def test_the_handshake_returns_the_bare_challenge(web: Web) -> None:
    async with web.client.get("/webhooks/whatsapp", params=_HANDSHAKE) as answer:
        assert (answer.status, await answer.text()) == (200, "1158201444")


@pytest.mark.parametrize("change", [{"hub.verify_token": "wrong"}, {"hub.verify_token": ""}, {"hub.mode": "other"}])
async def test_a_handshake_with_a_wrong_token_is_refused(web: Web, change: dict[str, str]) -> None:
    async with web.client.get("/webhooks/whatsapp", params=_HANDSHAKE | change) as answer:
        assert answer.status == 403


async def test_a_message_is_stored_under_its_tenant_before_the_answer(
    web: Web, runtime: Runtime, tenant: TenantFixture
) -> None:
    message = wa_text("I would like a haircut")
    assert await web.whatsapp(wa_webhook(wa_value(tenant.phone_number_id, messages=[message]))) == 200
    (event,) = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert (event["channel"], event["scope"], event["event_key"]) == (
        "whatsapp",
        tenant.phone_number_id,
        message["id"],
    )
    assert (event["kind"], event["urgent"], event["status"]) == ("message", False, "new")
    assert event["conversation_id"] is not None
    assert event["payload"]["message"] == message
    assert event["payload"]["contact"]["profile"]["name"] == "Mireille"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha1=" + "0" * 40},
        {"X-Hub-Signature-256": "sha256=\u00e9\u00e9"},
    ],
)
async def test_a_forged_delivery_is_refused_and_leaves_nothing(
    web: Web, runtime: Runtime, tenant: TenantFixture, headers: dict[str, str]
) -> None:
    raw = dumps(wa_webhook(wa_value(tenant.phone_number_id, messages=[wa_text("hello")])))
    async with web.client.post("/webhooks/whatsapp", data=raw, headers=headers) as answer:
        assert answer.status in (401, 403)
    assert await stored_events(runtime, tenant_id=tenant.tenant_id) == []


async def test_a_signature_by_another_secret_or_over_another_body_is_refused(
    web: Web, runtime: Runtime, tenant: TenantFixture
) -> None:
    raw = dumps(wa_webhook(wa_value(tenant.phone_number_id, messages=[wa_text("hello")])))
    for headers, body in ((signed(raw, "another secret"), raw), (signed(raw), raw + b" ")):
        async with web.client.post("/webhooks/whatsapp", data=body, headers=headers) as answer:
            assert answer.status in (401, 403)
    assert await stored_events(runtime, tenant_id=tenant.tenant_id) == []


async def test_a_signature_is_checked_before_anything_is_parsed(web: Web) -> None:
    async with web.client.post("/webhooks/whatsapp", data=b"{broken", headers={"X-Hub-Signature-256": "x"}) as answer:
        assert answer.status in (401, 403)


async def test_a_batch_of_several_entries_changes_messages_and_tenants_is_stored_whole(
    web: Web, runtime: Runtime, tenant: TenantFixture
) -> None:
    other = await make_tenant(runtime)
    first = wa_value(tenant.phone_number_id, messages=[wa_text("one"), wa_text("two", sender="237699000002")])
    second = wa_value(other.phone_number_id, messages=[wa_text("three")], statuses=[wa_status(new_id(), "read")])
    body = wa_webhook(first, second)
    body["entry"][0]["changes"].append(
        {"field": "messages", "value": wa_value(tenant.phone_number_id, statuses=[wa_status(new_id(), "sent")])}
    )
    assert await web.whatsapp(body) == 200
    ours, theirs = [await stored_events(runtime, tenant_id=t.tenant_id) for t in (tenant, other)]
    assert sorted(event["kind"] for event in ours) == ["message", "message", "status"]
    assert sorted(event["kind"] for event in theirs) == ["message", "status"]
    assert len({event["conversation_id"] for event in ours if event["kind"] == "message"}) == 2


async def test_the_same_message_in_other_batches_is_stored_once(
    web: Web, runtime: Runtime, tenant: TenantFixture
) -> None:
    messages = [wa_text("one"), wa_text("two"), wa_text("three")]
    for batch in (messages[:1], messages, messages[1:], messages[::-1], messages + messages):
        assert await web.whatsapp(wa_webhook(wa_value(tenant.phone_number_id, messages=batch))) == 200
    assert len(await stored_events(runtime, tenant_id=tenant.tenant_id)) == 3


async def test_each_status_of_a_message_is_an_event(web: Web, runtime: Runtime, tenant: TenantFixture) -> None:
    wamid = new_id()
    for status in ("sent", "delivered", "delivered", "read"):
        await web.whatsapp(wa_webhook(wa_value(tenant.phone_number_id, statuses=[wa_status(wamid, status)])))
    events = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert [event["event_key"] for event in events] == [f"{wamid}:{s}" for s in ("sent", "delivered", "read")]
    assert {(event["kind"], event["conversation_id"]) for event in events} == {("status", None)}


async def test_an_unknown_number_is_answered_and_stored_without_a_tenant(web: Web, runtime: Runtime) -> None:
    message = wa_text("hello")
    assert await web.whatsapp(wa_webhook(wa_value("999000999", messages=[message]))) == 200
    (event,) = await stored_events(runtime, event_key=message["id"])
    assert (event["tenant_id"], event["scope"]) == (None, "999000999")


@pytest.mark.parametrize(
    ("message", "is_urgent"),
    [
        (wa_message("interactive", {"type": "button_reply", "button_reply": {"id": "a", "title": "A"}}), True),
        (wa_message("interactive", {"type": "list_reply", "list_reply": {"id": "a", "title": "A"}}), True),
        (wa_message("button", {"payload": "a", "text": "A"}), True),
        (wa_message("interactive", {"type": "nfm_reply", "nfm_reply": {}}), False),
        (wa_message("audio", {"id": "1"}), False),
    ],
)
async def test_taps_do_not_wait_for_more_words(
    web: Web, runtime: Runtime, tenant: TenantFixture, message: dict[str, Any], is_urgent: bool
) -> None:
    body = wa_webhook(wa_value(tenant.phone_number_id, messages=[message | {"id": new_id()}]))
    assert await web.whatsapp(body) == 200
    (event,) = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert event["urgent"] is is_urgent


async def test_a_person_without_a_phone_is_known_by_the_business_scoped_id(
    web: Web, runtime: Runtime, tenant: TenantFixture
) -> None:
    message = wa_text("hello", from_user_id="CM.8814120")
    del message["from"]
    value = wa_value(tenant.phone_number_id, messages=[message], contacts=[{"user_id": "CM.8814120"}])
    assert await web.whatsapp(wa_webhook(value)) == 200
    (event,) = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert (event["kind"], event["conversation_id"] is None) == ("message", False)


@pytest.mark.parametrize("field", ["message_template_status_update", "account_update", "smb_message_echoes"])
async def test_news_about_the_account_are_stored_and_open_no_conversation(
    web: Web, runtime: Runtime, tenant: TenantFixture, field: str
) -> None:
    value = wa_value(tenant.phone_number_id, event="APPROVED")
    for _ in range(2):
        assert await web.whatsapp(wa_webhook(value, field=field)) == 200
    (event,) = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert (event["kind"], event["conversation_id"]) == ("other", None)


async def test_group_messages_open_no_conversation(web: Web, runtime: Runtime, tenant: TenantFixture) -> None:
    message = wa_text("hello all", group_id="group-1")
    assert await web.whatsapp(wa_webhook(wa_value(tenant.phone_number_id, messages=[message]))) == 200
    (event,) = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert (event["kind"], event["conversation_id"]) == ("other", None)
