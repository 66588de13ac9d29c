"""The simulator page as a person uses it: by what is written on it."""

import re
from urllib.parse import urlencode, urlsplit

from playwright.async_api import Locator, Page, expect

WORDS = {
    "en": {"new": "New customer", "merchant": "Merchant", "customer": "Customer", "inspector": "Inspector"},
    "fr": {"new": "Nouveau client", "merchant": "Commerçant", "customer": "Client", "inspector": "Inspecteur"},
}
YES = re.compile(r"^(Yes|Oui|Confirm)")
_ANSWER_MS = 15_000


class SimPage:
    def __init__(self, window: Page, language: str, *, is_narrow: bool) -> None:
        self.window, self.words, self.is_narrow = window, WORDS[language], is_narrow
        self.language = language
        self.faults: list[str] = []
        self.requested: list[str] = []
        self.origin = ""
        self.customer = Phone(window.locator("#phone-customer"))
        self.merchant = Phone(window.locator("#phone-merchant"))
        window.on("pageerror", lambda error: self.faults.append(str(error)))
        window.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        window.on("request", lambda request: self.requested.append(request.url))

    async def open(self, url: str, choice: dict[str, str]) -> None:
        """Every test is a customer of its own."""
        parts = urlsplit(url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        await self.window.goto(f"{url}?{urlencode({'lang': self.language, **choice})}")
        known = self.customer.root.locator('[data-part="person"] option')
        await expect(known.first).to_be_attached()
        before = await known.count()
        await self.window.get_by_role("button", name=self.words["new"]).click()
        await expect(known).to_have_count(before + 1)
        await expect(self.customer.bubbles).to_have_count(0)

    async def show(self, side: str) -> None:
        """On a small screen the phones are tabs."""
        if self.is_narrow:
            await self.window.locator(".tabs").get_by_role("button", name=self.words[side]).click()


class Phone:
    def __init__(self, root: Locator) -> None:
        self.root = root
        self.bubbles = root.locator(".chat > li")
        self.answers = root.locator(".chat > li.theirs")

    async def say(self, text: str) -> None:
        async with _Answered(self):
            field = self.root.locator("input[name=text]")
            await field.fill(text)
            await field.press("Enter")

    async def press(self, name: str) -> None:
        async with _Answered(self):
            await self.root.get_by_role("button", name=name, exact=True).click()

    async def labels(self) -> list[str]:
        """What the last message offers, whether on buttons or on a sheet."""
        choices = self.answers.last.locator(".choices")
        if await choices.locator(".opens").count():
            await choices.locator(".opens").click()
            found = await self._sheet_rows().all()
            return [(await row.inner_text()).split("\n")[0] for row in found]
        return await choices.get_by_role("button").all_inner_texts()

    async def tap(self, label: str) -> None:
        """Taps a choice of the last message; a sheet must have been opened by `labels`."""
        async with _Answered(self):
            if await self.root.locator("dialog[open]").count():
                await self._sheet_rows().filter(has_text=label).first.click()
            else:
                buttons = self.answers.last.locator(".choices").get_by_role("button")
                await buttons.filter(has_text=label).first.click()

    async def tap_through(self, opening: str) -> None:
        """From the first word to the yes by taps alone: always the first choice, until there is a yes."""
        await self.press(opening)
        for _ in range(8):
            labels = await self.labels()
            wanted = next((label for label in labels if YES.match(label)), labels[0])
            await self.tap(wanted)
            if YES.match(wanted):
                return
        raise AssertionError("no summary was shown")

    async def expect_answer(self, pattern: str) -> None:
        await expect(self.answers.last).to_contain_text(re.compile(pattern, re.IGNORECASE), timeout=_ANSWER_MS)

    def _sheet_rows(self) -> Locator:
        return self.root.locator("dialog[open] li button")


class _Answered:
    """Waits until the phone shows an answer that was not there before, or one that was edited."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._before = ""

    async def __aenter__(self) -> None:
        self._before = await self._last()

    async def __aexit__(self, failed: object, *_: object) -> None:
        if failed is None:
            await expect(self._phone.answers.last).not_to_have_attribute("data-seq", self._before, timeout=_ANSWER_MS)

    async def _last(self) -> str:
        if not await self._phone.answers.count():
            return ""
        return await self._phone.answers.last.get_attribute("data-seq") or ""
