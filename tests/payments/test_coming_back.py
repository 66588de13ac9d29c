"""Back from the provider's page: what somebody reads who has paid, has failed to, or went away."""

from html import unescape

import pytest

from core.runtime import Runtime
from tests.support.psp import open_shop


@pytest.mark.parametrize(
    ("happens", "told", "may_pay"),
    [("nothing", "pas encore payé", True), ("decline", "pas passé", True), ("start_paying", "Nous vérifions", False)],
)
async def test_who_comes_back_without_having_paid_may_pay_all_the_same(
    runtime: Runtime, happens: str, told: str, may_pay: bool
) -> None:
    async with open_shop(runtime, "notchpay") as shop:
        link = await shop.book(shop.phone())
        await shop.press(link)
        if happens != "nothing":
            getattr(shop.psp, happens)(shop.newest)
        await shop.work()
        refresh = (await shop.client.get(f"{link}/done")).headers["Refresh"]
        page = unescape(await (await shop.client.get(refresh.partition("url=")[2])).text())
        assert told in page
        assert (f'action="{link}"' in page) is may_pay
