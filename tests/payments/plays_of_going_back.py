"""What can go wrong when money is to go back, or is taken back, each as a short play."""

from standins.psp.faults import AT_THE_API
from tests.payments.fault_play import Play, Plays, Story

# Chargebacks of mobile money at Notch Pay are settled by telephone.
_WITH_DISPUTES = ("paystack", "stripe")
PLAYS = Plays()
ends = PLAYS.ends


@ends("refunded")
async def cancelled_in_time(play: Play) -> None:
    await play.paid()
    await play.cancel()


@ends("case")
async def the_refund_fails(play: Play) -> None:
    await play.paid()
    play.fault("refund_fails")
    await play.cancel()


@ends("case")
async def the_refund_is_stuck(play: Play) -> None:
    await play.paid()
    play.fault("refund_stuck")
    await play.cancel()


@ends("case")
async def the_refund_needs_details(play: Play) -> None:
    await play.paid()
    play.fault("refund_stuck")
    await play.cancel()
    await play.workers.work()
    (refund,) = play.books.refunds
    play.shop.psp.set_refund(refund, "needs_attention")


@ends("case")
async def the_refund_is_lost_at_the_provider(play: Play) -> None:
    """It was taken once: nothing is sent anew."""
    await play.paid()
    play.fault("refund_stuck")
    await play.cancel()
    await play.workers.work()
    play.books.refunds.clear()
    await play.workers.live()
    assert not play.books.refunds


@ends("refunded")
async def the_refund_arrives_after_days(play: Play) -> None:
    """What was a case by then closes itself."""
    await play.paid()
    play.fault("refund_stuck")
    await play.cancel()
    await play.workers.live()
    (refund,) = play.books.refunds
    play.shop.psp.set_refund(refund, "succeeded")


@ends("refunded")
async def our_keys_are_refused_for_a_while_when_the_refund_goes(play: Play) -> None:
    """Changed there, and here a little later."""
    await play.paid()
    play.fault("401", times=3, on="refund")
    await play.cancel()


@ends("refunded")
async def nobody_tells_of_the_refund(play: Play) -> None:
    await play.paid()
    play.fault("drop")
    await play.cancel()


@ends("case", at=_WITH_DISPUTES)
async def disputed(play: Play) -> None:
    await play.paid()
    play.shop.psp.dispute(play.shop.newest)


@ends("case", at=_WITH_DISPUTES)
async def disputed_when_our_keys_are_refused(play: Play) -> None:
    await play.paid()
    play.fault("401", times=2, on="dispute")
    play.shop.psp.dispute(play.shop.newest)


@ends("booked", at=_WITH_DISPUTES)
async def disputed_and_won(play: Play) -> None:
    await play.paid()
    dispute = play.shop.psp.dispute(play.shop.newest)
    await play.workers.work()
    play.shop.psp.resolve(dispute.id, won=True)


@ends("case", at=_WITH_DISPUTES)
async def disputed_and_lost(play: Play) -> None:
    await play.paid()
    dispute = play.shop.psp.dispute(play.shop.newest)
    await play.workers.work()
    play.shop.psp.resolve(dispute.id, won=False)


@ends("case", at=_WITH_DISPUTES)
async def disputed_before_the_refund(play: Play) -> None:
    await play.paid()
    play.shop.psp.dispute(play.shop.newest)
    await play.workers.work()
    await play.cancel()


@ends("case", at=_WITH_DISPUTES)
async def disputed_when_the_refund_is_on_its_way(play: Play) -> None:
    await play.paid()
    await play.cancel()
    play.shop.psp.dispute(play.shop.newest)


@ends("case", at=_WITH_DISPUTES)
async def disputed_after_the_refund(play: Play) -> None:
    await play.paid()
    await play.cancel()
    await play.workers.work()
    await play.wait(1)
    play.shop.psp.dispute(play.shop.newest)


def at_every_call(fault: str) -> Story:
    """The page, the look at what was paid, the refund: each fails once in this way."""

    async def story(play: Play) -> None:
        play.fault(fault, times=1, on="POST")
        await play.open_page()
        play.fault(fault, times=1, on="GET")
        await play.pay()
        play.fault(fault, times=1, on="POST")
        await play.cancel()

    story.__name__ = f"{fault}_at_every_call"
    return story


# Who refuses our keys when we look at a payment has a person look at the account.
for _fault in sorted(AT_THE_API):
    ends("case" if _fault == "401" else "refunded")(at_every_call(_fault))
