"""Moving a booking: find the one that is meant, find a new time as for a booking, and move it after a yes to both."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from booking import lifecycle
from booking.booking import get
from booking.lifecycle import IllegalTransitionError, NotBookableError, SlotTakenError, TooLateToChangeError
from booking.plans import Plan, find_plan
from booking.queries import BookingView, get_booking
from booking.rules import is_too_late
from dialog.booking_steps.commit import offer_others
from dialog.booking_steps.people import staff_question, teams_of
from dialog.booking_steps.services import adopt_taps
from dialog.booking_steps.summary import draft_shown
from dialog.booking_steps.when import find_time
from dialog.booking_steps.wish import Wish, wish_of
from dialog.calendar_file import calendar_file
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, contact_words, old_words, tell_merchants
from dialog.pointing import find_booking, gone, next_steps
from dialog.session import ANY
from dialog.skills import book
from dialog.taps import tap_id
from dialog.turn import CUSTOMERS, Skill, Turn


async def run(turn: Turn, values: dict[str, Any]) -> Reply:
    found = await find_booking(turn, "move")
    if isinstance(found, Reply):
        return found
    if is_too_late(await get(turn.uow, found.id), turn.catalogue.rules, turn.now):
        return await _too_late(turn, found)
    plan = await find_plan(turn.uow, turn.catalogue, found.id, party_size=found.party_size)
    if plan is None:
        return _not_offered(turn)
    ids = [stage.item.service.id for stage in plan.stages]
    if turn.session.fields.get("service_ids", ids) != ids:
        # a button of another booking that was begun before: it says what it said then
        turn.session = replace(turn.session.fresh("book"), fields=turn.session.fields)
        return await book.run(turn, {})
    _adopt(turn, found, plan)
    wish = _wish(turn, plan, found)
    question = staff_question(turn, wish.items, teams_of(turn, [item.service for item in wish.items]))
    reply = question or await find_time(turn, wish)
    return reply if turn.session.draft else _with_old_time(turn, found, reply)


async def commit_reschedule(turn: Turn, values: dict[str, Any]) -> Reply:
    """A yes to the summary that was shown; to no other, even where booking or catalogue have changed since."""
    found = await find_booking(turn, "move")
    instant = turn.session.fields.get("instant")
    if isinstance(found, Reply):
        return found
    plan = await find_plan(turn.uow, turn.catalogue, found.id, party_size=found.party_size)
    if plan is None or instant is None:
        return await run(turn, {})
    wish, starts_at = _wish(turn, plan, found), datetime.fromisoformat(instant)
    if values["draft"] != draft_shown(turn, wish):
        return await run(turn, {})
    try:
        await _move(turn, wish, found, starts_at)
    except (SlotTakenError, NotBookableError):
        return await offer_others(turn, wish, starts_at)
    except TooLateToChangeError:
        return await _too_late(turn, found)
    except IllegalTransitionError:
        return gone(turn, "move")
    return await _moved(turn, found)


async def _move(turn: Turn, wish: Wish, old: BookingView, starts_at: datetime) -> None:
    """With those who were shown, else with others who will do."""
    *others, last = _attempts(wish, turn.session.fields["shown_staff"])
    for staff_id in others:
        try:
            await _move_with(turn, old, starts_at, staff_id)
        except (SlotTakenError, NotBookableError):
            continue
        return
    await _move_with(turn, old, starts_at, last)


def _attempts(wish: Wish, shown: list[int]) -> list[int | None]:
    """Whom to ask for, one after the other; None: anyone, those who do it now first, as it was shown."""
    if wish.staff is not None:
        return [wish.staff.id]
    if len(set(shown)) > 1:
        return [None]
    allowed = wish.items[0].staff_ids if len(wish.items) == 1 else ()
    return [shown[0], *(staff_id for staff_id in allowed or (None,) if staff_id != shown[0])]


async def _move_with(turn: Turn, old: BookingView, starts_at: datetime, staff_id: int | None) -> None:
    await lifecycle.reschedule(
        turn.uow,
        turn.catalogue,
        old.id,
        starts_at=starts_at,
        staff_id=staff_id,
        now=turn.now,
        by="customer",
        key=f"{turn.key}:move",
    )


async def _moved(turn: Turn, old: BookingView) -> Reply:
    view = await get_booking(turn.uow, old.id)
    turn.session = turn.session.fresh()
    turn.facts["moved"] = view.id
    is_request = view.status == "pending_approval"
    await tell_merchants(turn, view, "merchant.move_requested" if is_request else "merchant.moved", old=old)
    words = booking_words(view, turn.language) | old_words(old, turn.language)
    document = await calendar_file(turn.uow, turn.language, view)
    return Reply(
        turn.say("move.requested" if is_request else "move.done", **words), next_steps(turn), document=document
    )


async def _too_late(turn: Turn, view: BookingView) -> Reply:
    turn.session = turn.session.fresh()
    await tell_merchants(turn, view, "merchant.wants_move")
    hours, contact = turn.catalogue.rules.cancel_until_hours, await contact_words(turn)
    return Reply(turn.say("move.too_late", hours=hours, tenant=turn.tenant.name, contact=contact).strip())


def _not_offered(turn: Turn) -> Reply:
    """The service is no longer offered: only a person can help."""
    turn.session = turn.session.fresh()
    choices = (Choice(tap_id("person"), turn.say("button.person")), *next_steps(turn))
    return Reply(turn.say("move.not_offered"), choices)


def _adopt(turn: Turn, view: BookingView, plan: Plan) -> None:
    """What is not said stays as it is: the same person (of several, whoever is free of them and the others), and with
    a time alone at first the same day."""
    is_first = "service" not in turn.session.fields
    adopt_taps(turn)
    fields = turn.session.fields
    local = view.starts_at.astimezone(view.zone).date().isoformat()
    stays: dict[str, Any] = {"service": view.service_key, "party_size": view.party_size}
    if "staff" not in fields and not fields.get("pick_staff"):
        stays["staff"] = view.staff_key if len(set(plan.leads)) == 1 else ANY
    is_time_alone = {"time", "time_range"} & fields.keys() and not {"date", "date_range", "starts_at"} & fields.keys()
    if is_time_alone and is_first:
        stays["date"] = local
    turn.session = replace(turn.session.with_fields(**stays), booking_id=view.id)


def _wish(turn: Turn, plan: Plan, view: BookingView) -> Wish:
    """Whoever did it then may do it again; who was ruled out may not."""
    items = [stage.item for stage in plan.stages]
    teams = teams_of(turn, [item.service for item in items])
    return wish_of(turn, items, teams, moves=view, present=plan.leads)


def _with_old_time(turn: Turn, view: BookingView, reply: Reply) -> Reply:
    text = turn.say("move.from", **booking_words(view, turn.language))
    return replace(reply, text=f"{text}\n\n{reply.text}")


SKILL = Skill("reschedule", CUSTOMERS, {"reschedule": run, "commit_reschedule": commit_reschedule})
