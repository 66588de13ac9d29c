"""The page's own parts in a browser: tenants, apps, attachments, outages, the keyboard, a lost connection."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

SMALL, LARGE = (360, 740), (1280, 800)


async def test_the_merchant_accepts_a_request_on_the_other_phone(open_page: OpenPage) -> None:
    page = await open_page(LARGE, "en", tenant="sourire-dental", customer_channel="telegram")
    await page.customer.press("Start")
    await page.customer.say("I would like a filling on Thursday at 10:00")
    await page.customer.say("yes")
    await expect(page.merchant.answers.last).to_contain_text("Filling")
    await page.merchant.tap((await page.merchant.labels())[0])
    await page.customer.expect_answer("confirmed")


async def test_a_voice_note_is_answered_politely(open_page: OpenPage) -> None:
    page = await open_page(SMALL, "fr")
    await page.window.locator("#phone-customer [data-part=attach] > button").click()
    await page.window.get_by_role("button", name="Message vocal").click()
    await expect(page.customer.answers.last).to_contain_text(re.compile(r"\w"))
    await expect(page.customer.bubbles.first).to_contain_text("Message vocal")


async def test_during_an_outage_the_answer_waits_and_comes_once(open_page: OpenPage) -> None:
    page = await open_page(LARGE, "en")
    network = page.window.locator("#network")
    await network.select_option("away")
    await expect(network).to_have_value("away")
    await page.customer.root.locator("input[name=text]").fill("Hello")
    await page.customer.root.locator("input[name=text]").press("Enter")
    await expect(page.customer.bubbles.first.locator(".ticks.delivered")).to_be_visible()
    await expect(page.customer.answers).to_have_count(0)
    await network.select_option("ok")
    await expect(page.customer.answers).to_have_count(1, timeout=30_000)


async def test_a_list_opens_a_sheet_that_the_keyboard_closes(open_page: OpenPage) -> None:
    page = await open_page(SMALL, "en")
    await page.customer.press("Hello, I would like to book")
    assert len(await page.customer.labels()) > 3
    await page.window.keyboard.press("Escape")
    await expect(page.window.locator("dialog[open]")).to_have_count(0)
    await expect(page.customer.answers.last.locator(".opens")).to_be_focused()


async def test_the_address_of_the_page_brings_the_same_chat_back(open_page: OpenPage) -> None:
    page = await open_page(LARGE, "fr", tenant="sourire-dental")
    await page.customer.say("Bonjour")
    before = await page.customer.bubbles.count()
    await page.window.reload()
    await expect(page.customer.bubbles).to_have_count(before)
    await expect(page.window.locator("#tenant")).to_have_value("sourire-dental")


async def test_without_event_streams_the_page_polls(open_page: OpenPage) -> None:
    page = await open_page(LARGE, "en")
    await page.window.route("**/sim/events*", lambda route: route.fulfill(status=500))
    await page.window.reload()
    await page.customer.say("Hello")
    assert any("/sim/view" in url for url in page.requested)
    page.faults.clear()  # the browser itself reports the refused stream
