"""A newcomer books in the browser: by taps and by typing, in both languages, on a phone and on a desktop."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.support.calendars import parsed

pytestmark = pytest.mark.browser

SMALL, LARGE = (360, 740), (1280, 800)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["360x740", "1280x800"])
LANGUAGES = pytest.mark.parametrize("language", ["fr", "en"])
CHANNELS = pytest.mark.parametrize("channel", ["whatsapp", "telegram"])

OPENINGS = {"fr": "Bonjour, je voudrais réserver", "en": "Hello, I would like to book"}
TYPED = {
    "fr": ("Bonjour", "Je voudrais une manucure jeudi à {}", "oui"),
    "en": ("Hello", "I would like a manicure on Thursday at {}", "yes"),
}
HOURS = {
    ((360, 740), "fr"): "10h30",
    ((360, 740), "en"): "12:00",
    ((1280, 800), "fr"): "14h",
    ((1280, 800), "en"): "16:00",
}
FILE_HOURS = {
    (SMALL, "whatsapp"): "10:00",
    (SMALL, "telegram"): "12:00",
    (LARGE, "whatsapp"): "14:00",
    (LARGE, "telegram"): "16:00",
}
CONFIRMED = {"fr": "confirmé", "en": "confirmed"}
BOOKED = "Nouveau rendez-vous|New booking"


@SIZES
@LANGUAGES
async def test_a_customer_books_by_taps_and_the_merchant_is_told(
    open_page: OpenPage, size: tuple[int, int], language: str
) -> None:
    page = await open_page(size, language)
    await page.customer.tap_through(OPENINGS[language])
    await page.customer.expect_answer(CONFIRMED[language])
    await page.show("merchant")
    await page.merchant.expect_answer(BOOKED)
    await expect(page.merchant.answers.last).to_be_in_viewport()


@SIZES
@LANGUAGES
async def test_a_customer_books_by_typing(open_page: OpenPage, size: tuple[int, int], language: str) -> None:
    page = await open_page(size, language)
    hello, wish, yes = TYPED[language]
    await page.customer.say(hello)
    await expect(page.customer.bubbles.first.locator(".ticks.read")).to_be_visible()
    await page.customer.say(wish.format(HOURS[size, language]))
    await page.customer.say(yes)
    await page.customer.expect_answer(CONFIRMED[language])


@SIZES
async def test_on_telegram_the_reservation_is_edited_into_the_confirmation(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = await open_page(size, "fr", customer_channel="telegram")
    await page.customer.tap_through("Démarrer")
    await page.customer.expect_answer("confirmé")
    await expect(page.customer.answers.last).to_contain_text("modifié")
    await page.show("merchant")
    await page.merchant.expect_answer(BOOKED)


async def test_the_inspector_shows_webhook_commands_state_and_calls(open_page: OpenPage) -> None:
    page = await open_page(LARGE, "en")
    await page.customer.say("I would like a haircut on Friday at 15:00")
    entries = page.window.locator("#timeline .entry")
    await expect(page.window.locator("#timeline .entry.turn code").first).to_have_text("start_flow book")
    await expect(entries.filter(has_text="Webhook in").first).to_contain_text("200")
    await page.window.locator("#timeline .entry.turn summary").click()
    await expect(page.window.locator("#timeline .entry.turn pre").nth(1)).to_contain_text('"flow": "book"')
    call = page.window.locator("#timeline .entry.out").last
    await call.locator("summary").click()
    await expect(call.locator("pre")).to_contain_text("biz_opaque_callback_data")


@SIZES
@CHANNELS
async def test_nothing_overflows_and_every_control_has_a_name_and_a_size(
    open_page: OpenPage, size: tuple[int, int], channel: str
) -> None:
    page = await open_page(size, "fr", customer_channel=channel, tenant="sourire-dental")
    await page.customer.press("Démarrer" if channel == "telegram" else OPENINGS["fr"])
    for side in ("customer", "merchant", "inspector"):
        await page.show(side)
        width = await page.window.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], side
        for control in await page.window.locator("button:visible, select:visible, input:visible, a:visible").all():
            box = await control.bounding_box()
            name = await control.evaluate(_NAME)
            if box and box["x"] >= 0:
                assert min(box["width"], box["height"]) >= 24, name
            assert re.search(r"\w", name), await control.evaluate("e => e.outerHTML")


_NAME = """element => element.getAttribute("aria-label") || element.innerText
    || [...(element.labels || [])].map(label => label.textContent).join(" ")"""


@SIZES
@CHANNELS
async def test_the_confirmation_brings_a_calendar_file_that_can_be_saved(
    open_page: OpenPage, size: tuple[int, int], channel: str
) -> None:
    page = await open_page(size, "en", customer_channel=channel)
    if channel == "telegram":
        await page.customer.press("Start")
    await page.customer.say(f"I would like a beard trim with Yannick on Friday at {FILE_HOURS[size, channel]}")
    await page.customer.say("yes")
    await page.customer.expect_answer(CONFIRMED["en"])
    link = page.customer.root.locator("a.file").last
    await expect(link).to_be_visible()
    await expect(link).to_be_in_viewport()
    async with page.window.expect_download() as saving:
        await link.click()
    saved = await saving.value
    assert saved.suggested_filename == await link.inner_text() == "Beard trim 2026-03-06.ics"
    (event,) = parsed(Path(await saved.path()).read_bytes()).events
    assert event["status"] == "CONFIRMED"
