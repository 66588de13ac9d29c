"""What is written to those who wait without being asked: a time is held for them, or was."""

from dataclasses import replace
from datetime import datetime

from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from booking.paying import due_for
from booking.queries import BookingView, get_booking
from booking.waitlist_offers import Lapsed, Offer
from booking.waitlist_rows import Entry, WaitStatus
from core.uow import UnitOfWork
from dialog.conversation import interject
from dialog.labels import moment_words, price_label, time_label
from dialog.messages import Choice, Reply
from dialog.notices import booking_words
from dialog.policy import deposit_words, policy_words
from dialog.reach import customer_conversation
from dialog.sending import notice_template, send, send_asking, send_unasked
from dialog.session import OfferItem, Session, session_from_json
from dialog.taps import tap_id
from dialog.texts import say
from dialog.waiting import wait_words
from tenants.tenant import Tenant

# Nobody would read it, or could answer it: silence was wished for, the bot is blocked, a person has taken over.
_OUT_OF_REACH = """
SELECT w.id FROM waitlist_entries w
LEFT JOIN conversations c ON c.tenant_id = w.tenant_id AND c.id = w.conversation_id
LEFT JOIN channel_identities i
    ON i.tenant_id = c.tenant_id AND i.account_id = c.account_id AND i.external_id = c.external_id
WHERE w.tenant_id = $1 AND w.status = 'waiting'
    AND (c.id IS NULL OR c.mode <> 'bot' OR c.session ->> 'is_silent' = 'true' OR i.blocked_at IS NOT NULL)
"""


async def out_of_reach(uow: UnitOfWork) -> set[int]:
    """The entries whose customers cannot be asked now; they keep their place."""
    return {row["id"] for row in await uow.driver.fetch(_OUT_OF_REACH, uow.tenant_id)}


async def tell_offer(uow: UnitOfWork, tenant: Tenant, offer: Offer) -> None:
    """With a yes and a no that carry the booking; where nothing else is going on, words answer it as well."""
    conversation = await customer_conversation(uow, offer.booking.conversation_id)
    if conversation is None:
        return
    now = uow.runtime.clock.now()
    view = await get_booking(uow, offer.booking.id)
    language = conversation.language or tenant.languages[0]
    due, policy = await _due_words(uow, view, language), policy_words(tenant, language, view.price)
    text = say(
        language,
        "waitlist.offer",
        price="\n".join(filter(None, (price_label(view.price, language), due, policy))),
        until=until_words(view, now, language),
        **booking_words(view, language),
    )
    yes = Choice(tap_id("take", view.id), say(language, "button.yes_book"))
    no = Choice(tap_id("pass", view.id), say(language, "button.no_thanks"))
    template = notice_template("waitlist.offer", language, text, (yes.id, no.id))
    await send(uow, conversation, Reply(text, (yes, no), template=template), f"waitlist:{view.id}:offer", "notice")
    item = OfferItem("o1", "booking", view.id, yes.label, yes.id)
    session = _after(session_from_json(conversation.session, now), item)
    await interject(uow, conversation, replace(session, touched_at=now.isoformat()).to_json())


async def _due_words(uow: UnitOfWork, view: BookingView, language: str) -> str:
    catalogue = await load_catalogue(uow)
    due = await due_for(uow, catalogue, view)
    return deposit_words(catalogue.tenant, language, due) if due else ""


def _after(session: Session, item: OfferItem) -> Session:
    """A yes in words answers what was shown last: the offer, or nothing where one may be meant for something else."""
    awaits_yes = session.draft or session.question or session.asked == ("add_on",)
    session = session.without_question()
    return session if session.flow and awaits_yes else replace(session, question="offer", offer=(item,))


async def tell_lapsed(uow: UnitOfWork, tenant: Tenant, lapsed: Lapsed) -> None:
    conversation = await customer_conversation(uow, lapsed.booking.conversation_id)
    if conversation is None:
        return
    view = await get_booking(uow, lapsed.booking.id)
    language = conversation.language or tenant.languages[0]
    key = "waitlist.lapsed" if lapsed.entry.status is WaitStatus.WAITING else "waitlist.lapsed_last"
    text = say(language, key, **booking_words(view, language))
    template = notice_template(key, language, text)
    await send_unasked(uow, conversation, Reply(text, template=template), f"waitlist:{view.id}:lapsed", "notice")


async def tell_in_vain(uow: UnitOfWork, catalogue: Catalogue, entry: Entry) -> None:
    """That no time became free, and the way to another; or that the service is no longer offered."""
    conversation = await customer_conversation(uow, entry.conversation_id)
    if conversation is None:
        return
    language = conversation.language or catalogue.tenant.languages[0]
    key = "waitlist.in_vain" if entry.wanted.visit(catalogue) else "waitlist.service_gone"
    text = say(language, key, **wait_words(catalogue, entry.wanted, language))
    book = Choice(tap_id("flow", "book"), say(language, "button.book"))
    reply = Reply(text, (book,), template=notice_template(key, language, text, (book.id,)))
    await send_asking(uow, conversation, reply, f"waitlist:entry:{entry.id}:in_vain", "notice")


def until_words(view: BookingView, now: datetime, language: str) -> str:
    """Till when the time is held, by the clock of the place; with its day where that is not today's."""
    assert view.hold_until is not None
    local = view.hold_until.astimezone(view.zone)
    is_today = local.date() == now.astimezone(view.zone).date()
    return time_label(local, language) if is_today else moment_words(view.hold_until, view.zone, language)
