"""What can go wrong between a link and its money, each as a short play."""

from tests.payments.fault_play import MINUTE, Play, Plays

PLAYS = Plays()
ends = PLAYS.ends


@ends("booked")
async def all_goes_well(play: Play) -> None:
    await play.paid()


@ends("unpaid")
async def nobody_opens_the_link(play: Play) -> None:
    pass


@ends("unpaid")
async def the_customer_walks_away(play: Play) -> None:
    await play.open_page()
    await play.do("leave")


@ends("booked")
async def every_webhook_comes_twice(play: Play) -> None:
    play.fault("duplicate")
    await play.paid()


@ends("booked")
async def webhooks_overtake_each_other(play: Play) -> None:
    play.fault("reorder")
    await play.paid()


@ends("booked")
async def no_webhook_comes(play: Play) -> None:
    play.fault("drop")
    await play.paid()


@ends("booked")
async def webhooks_come_after_the_hold(play: Play) -> None:
    await play.open_page()
    play.fault("delay")
    await play.do("pay")
    play.workers.advance(11 * MINUTE)
    await play.workers.work(hears=False)


@ends("booked")
async def webhooks_come_when_somebody_else_wants_the_time(play: Play) -> None:
    """Paid for in time: whoever comes for the same time after the hold finds it taken."""
    await play.open_page()
    play.fault("drop")
    await play.do("pay")
    play.workers.advance(10 * MINUTE)
    await play.workers.work(hears=False)


@ends("refunded")
async def less_than_asked_for_comes(play: Play) -> None:
    play.fault("underpay")
    await play.paid()


@ends("refunded")
async def less_than_asked_for_comes_and_the_page_is_wanted_again(play: Play) -> None:
    play.fault("underpay")
    await play.paid()
    await play.shop.press(play.link)


@ends("booked")
async def more_than_asked_for_comes(play: Play) -> None:
    play.fault("overpay")
    await play.paid()


@ends("case")
async def money_of_another_country_comes(play: Play) -> None:
    await play.open_page()
    play.payments[-1].currency = "USD"
    await play.pay()


@ends("booked")
async def slow_money_comes_in_time(play: Play) -> None:
    play.fault("slow")
    await play.paid()
    await play.wait(4)
    play.shop.psp.settle(play.shop.newest)


@ends("booked")
async def slow_money_comes_after_the_hold(play: Play) -> None:
    play.fault("slow")
    await play.paid()
    for _ in range(3):
        await play.wait(20)
    play.shop.psp.settle(play.shop.newest)


@ends("refunded", "booked")
async def slow_money_comes_when_the_time_is_taken(play: Play) -> None:
    play.fault("slow", times=1)
    await play.paid()
    for _ in range(3):
        await play.wait(20)
    slow = play.shop.newest
    await play.take_the_time()
    play.shop.psp.settle(slow)


@ends("unpaid")
async def slow_money_never_comes(play: Play) -> None:
    play.fault("slow")
    await play.paid()


@ends("unpaid")
async def slow_money_is_refused_at_last(play: Play) -> None:
    play.fault("slow")
    await play.paid()
    await play.wait(5)
    await play.do("decline")


@ends("booked")
async def declined_then_paid(play: Play) -> None:
    await play.open_page()
    await play.do("decline")
    await play.workers.work()
    await play.paid()


@ends("unpaid")
async def declined_and_given_up(play: Play) -> None:
    await play.open_page()
    await play.do("decline")


@ends("booked")
async def paid_late_and_the_time_is_free(play: Play) -> None:
    """The provider's page could not be closed, and was not asked about for ever."""
    await play.open_page()
    play.fault("503")
    await play.wait(16)
    play.all_is_well()
    play.shop.psp.pay(play.shop.newest)


@ends("booked")
async def paid_when_the_page_could_not_be_closed_yet(play: Play) -> None:
    """Nobody is given the time before it is known whether somebody is paying for it."""
    await play.open_page()
    play.fault("503")
    for _ in range(3):
        await play.wait(4)
    await play.shop.phone().writes("une coupe avec Nadia vendredi à 10h")
    assert (await play.shop.stored())[0] == "held"
    play.all_is_well()
    play.shop.psp.pay(play.shop.newest)


@ends("refunded", "booked")
async def paid_late_and_the_time_is_taken(play: Play) -> None:
    late = await play.open_page()
    play.fault("503")
    await play.wait(16)
    play.all_is_well()
    other = play.shop.phone()
    await play.shop.press(await play.shop.book(other))
    play.shop.psp.pay(late)
    play.shop.psp.pay(play.shop.newest)


@ends("booked")
async def paid_twice(play: Play) -> None:
    """The first page was made, and its answer lost: two pages for one payment."""
    play.fault("500_after", times=1, on="POST")
    await play.open_page()
    await play.workers.work()
    for payment in play.payments:
        play.shop.psp.pay(payment.id)
    assert len(play.payments) == 2


@ends("booked")
async def paid_though_we_never_heard_of_the_page(play: Play) -> None:
    play.fault("lost_answer", times=1)
    assert await play.shop.press(play.link) == ""
    play.shop.psp.pay(play.shop.newest)


@ends("booked")
async def the_page_of_a_lost_answer_is_found_by_asking(play: Play) -> None:
    """Where to pay is not told by every provider: then the link leads to a page of its own."""
    play.fault("lost_answer", times=1)
    assert await play.shop.press(play.link) == ""
    await play.wait(2)
    assert await play.shop.press(play.link)
    await play.pay()


@ends("refunded")
async def paid_after_the_cancellation(play: Play) -> None:
    await play.open_page()
    await play.cancel()
    play.shop.psp.pay(play.shop.newest)


@ends("refunded")
async def paid_at_the_moment_of_the_cancellation(play: Play) -> None:
    await play.open_page()
    play.fault("drop")
    await play.do("pay")
    await play.cancel()
