"""The summary before a yes, and the hash that ties the yes to it."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from booking.availability import Slot
from booking.plans import Plan, Stage, plan_visit
from dialog.booking_steps.deposits import due_of_plan
from dialog.booking_steps.services import to_add
from dialog.booking_steps.wish import Wish
from dialog.labels import duration_label, moment_words, price_label, time_label, with_people
from dialog.messages import Choice, Reply
from dialog.notices import old_words
from dialog.policy import deposit_words, policy_words
from dialog.taps import tap_id
from dialog.texts import say
from dialog.turn import Turn

Part = tuple[datetime, str, str]
"""When it begins, what it is, who does it."""


def summarise(turn: Turn, wish: Wish, slot: Slot) -> Reply:
    """Names services, people, day, times, place and price; only a yes to exactly this books it."""
    plan = wish.plan(turn.catalogue, slot)
    draft = draft_of(turn, wish, plan)
    remember(turn, wish, plan, draft)
    one_person = turn.say("book.one_person") if _party(turn) > wish.seats else ""
    policy = policy_words(turn.tenant, turn.language, wish.price(plan.leads))
    due = due_of_plan(turn, wish, plan)
    asked = deposit_words(turn.tenant, turn.language, due) if due else ""
    question = turn.say("move.ask_yes" if wish.moves else "book.ask_yes")
    notes = notes_of(turn, wish, turn.language)
    text = "\n\n".join(filter(None, (one_person, _facts(turn, wish, plan), asked, policy, notes, question)))
    return Reply(text, _choices(turn, wish, draft), turn.say("list.choose"))


def notes_of(turn: Turn, wish: Wish, language: str) -> str:
    """What the business wants read before the yes."""
    flow = "reschedule" if wish.moves else "book"
    return "\n".join(turn.instructions.disclaimers(flow, [item.service.key for item in wish.items], language))


def _party(turn: Turn) -> int:
    return int(turn.session.fields.get("party_size") or 1)


def _facts(turn: Turn, wish: Wish, plan: Plan) -> str:
    place, language = plan.location, turn.language
    words = {
        "service": with_people(wish.name(language), wish.seats, language),
        "staff": people_of(turn, plan),
        "moment": moment_words(plan.starts_at, place.zone, language),
        "location": place_of(turn, plan),
        "price": _price(turn, wish, plan),
    }
    if wish.moves:
        return turn.say("move.summary", **old_words(wish.moves, language), **words)
    if len(plan.stages) == 1:
        return turn.say("book.summary", **words)
    parts = [(stage.starts_at, stage.item.name(language), _people(turn, stage)) for stage in plan.stages]
    return turn.say("book.visit_summary", parts=part_lines(parts, place.zone, language), **words)


def people_of(turn: Turn, plan: Plan) -> str:
    """Everybody who does a part, each once."""
    return ", ".join(dict.fromkeys(_people(turn, stage) for stage in plan.stages))


def place_of(turn: Turn, plan: Plan) -> str:
    place = plan.location
    return ", ".join(filter(None, (place.name(turn.language), place.address)))


def part_lines(parts: Iterable[Part], zone: ZoneInfo, language: str) -> str:
    """A line for each service of a visit: when it begins, and who does it."""
    lines = (
        say(language, "book.part", time=time_label(starts_at.astimezone(zone), language), service=service, staff=staff)
        for starts_at, service, staff in parts
    )
    return "\n".join(lines)


def _people(turn: Turn, stage: Stage) -> str:
    return ", ".join(turn.catalogue.staff_by_id[staff_id].name for staff_id in stage.staff_ids)


def _price(turn: Turn, wish: Wish, plan: Plan) -> str:
    """With the duration where it does not follow from the one service's name."""
    price = price_label(wish.price(plan.leads), turn.language)
    first = wish.items[0]
    if len(wish.items) == 1 and not first.variant and not first.add_ons:
        return price
    minutes = int((plan.ends_at - plan.starts_at).total_seconds()) // 60
    return f"{duration_label(minutes, turn.language)} · {price}"


def remember(turn: Turn, wish: Wish, plan: Plan, draft: str) -> None:
    """What a yes to this summary is about."""
    local = plan.starts_at.astimezone(wish.zone)
    session = turn.session.without_question().with_fields(
        service=wish.items[0].service.key,
        date=local.date().isoformat(),
        time=local.strftime("%H:%M"),
        instant=plan.starts_at.isoformat(),
        shown_staff=list(plan.leads),
        date_range=None,
        time_range=None,
    )
    flow = "reschedule" if wish.moves else "book"
    turn.session = replace(session, flow=flow, question="confirm", draft=draft)


def _choices(turn: Turn, wish: Wish, draft: str) -> tuple[Choice, ...]:
    """Three, which WhatsApp shows as buttons."""
    other_time = Choice(tap_id("change", "time"), turn.say("button.other_time"))
    if wish.moves:
        keep = Choice(tap_id("leave"), turn.say("button.keep"))
        return Choice(tap_id("yes", draft), turn.say("button.yes_move")), other_time, keep
    can_add = bool(to_add(turn, [item.service for item in wish.items]))
    third = ("add", "button.add_service") if can_add else ("leave", "button.leave")
    yes = Choice(tap_id("yes", draft), turn.say("button.yes_book"))
    return yes, other_time, Choice(tap_id(third[0]), turn.say(third[1]))


def plan_shown(turn: Turn, wish: Wish, starts_at: datetime) -> Plan | None:
    """The visit by those who were shown, from this start on; None where they may not do it any more."""
    shown = turn.session.fields.get("shown_staff")
    if not isinstance(shown, list) or len(shown) != len(wish.items):
        return None
    if any(staff_id not in item.able for item, staff_id in zip(wish.items, shown, strict=True)):
        return None
    return plan_visit(turn.catalogue, wish.visit, tuple(shown), starts_at)


def draft_shown(turn: Turn, wish: Wish) -> str | None:
    """The hash of the summary that was shown, made anew from what stands now; None where it could not be shown."""
    plan = plan_shown(turn, wish, datetime.fromisoformat(turn.session.fields["instant"]))
    return draft_of(turn, wish, plan) if plan else None


def draft_of(turn: Turn, wish: Wish, plan: Plan) -> str:
    """Changes with everything that the summary shows and that its wish decides, in whatever language it is shown."""
    price = wish.price(plan.leads)
    said = [
        *(
            f"{stage.item.service.key} {stage.item.variant} {stage.item.add_ons} {stage.item.staff_ids}"
            f" {stage.staff_ids} {stage.starts_at.isoformat()} {stage.ends_at.isoformat()}"
            for stage in plan.stages
        ),
        f"{price} {policy_words(turn.tenant, turn.tenant.languages[0], price)}",
        f"{wish.seats} {due_of_plan(turn, wish, plan)}",
        notes_of(turn, wish, turn.tenant.languages[0]),
        *((f"moves {wish.moves.id} {wish.moves.sequence}",) if wish.moves else ()),
    ]
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:12]
