"""What a tenant file may say about variants, rooms of a kind, own terms, limits, breaks, time off and fees."""

from typing import Any

import pytest
from pydantic import ValidationError

from cli.tenant import show
from core.money import Money
from core.runtime import Runtime
from tenants.definition_checks import cross_problems
from tests.support.bookings import make_salon
from tests.support.tenants import make_tenant, tenant_document

BRAIDS: dict[str, Any] = {
    "key": "braids",
    "name": "Braids",
    "duration_minutes": 120,
    "price": "10000",
    "variants": [{"key": "long", "name": "Long", "synonyms": ["waist"], "duration_minutes": 180, "price": "15000"}],
    "add_ons": [{"key": "beads", "name": "Beads", "duration_minutes": 15, "price": "2000"}],
    "staff": ["nadia", {"key": "emile", "duration_minutes": 100, "variants": {"long": {"price": "14000"}}}],
    "any_resources": ["chair", "chair"],
    "max_bookings_per_day": 4,
}
CHAIRS = [{"key": f"chair-{n}", "name": f"Chair {n}", "kind": "chair"} for n in (1, 2)]
NADIA: dict[str, Any] = {
    "key": "nadia",
    "name": "Nadia",
    "hours": {"mon": ["09:00-17:00"]},
    "breaks": {"mon": ["12:00-12:30"]},
    "time_off": [{"from": "2026-08-03", "until": "2026-08-14"}, {"from": "2026-09-01"}],
    "max_minutes_per_day": 300,
}
EMILE = {"key": "emile", "name": "Émile", "hours": {"tue": ["09:00-17:00"]}}


def whole(**changes: Any) -> dict[str, Any]:
    return {"services": [BRAIDS], "staff": [NADIA, EMILE], "resources": CHAIRS, "merchants": []} | changes


async def test_all_of_it_reaches_the_catalogue(runtime: Runtime) -> None:
    rules = {"late_cancel_fee": {"percent": 50}, "no_show_fee": {"amount": "2000"}, "staff_choice": "least_busy"}
    salon = await make_salon(runtime, **whole(rules=rules))
    service, (nadia, emile) = salon.service("braids"), salon.catalogue.staff
    long, beads = service.variant("long"), service.add_on("beads")
    assert long and beads
    assert (long.duration_minutes, long.price, long.synonyms) == (
        180, Money(15000, "XAF"), {"fr": ("waist",), "en": ("waist",)},
    )  # fmt: skip
    assert (beads.duration_minutes, beads.price) == (15, Money(2000, "XAF"))
    assert service.terms_of(emile.id).duration_minutes == 100
    assert service.terms_of(emile.id).variants["long"].price == Money(14000, "XAF")
    assert (service.any_resources, service.max_bookings_per_day) == (("chair", "chair"), 4)
    assert [room.key for room in salon.catalogue.rooms_at(nadia.location_id, "chair")] == ["chair-1", "chair-2"]
    assert (nadia.max_minutes_per_day, emile.max_minutes_per_day) == (300, None)
    assert salon.catalogue.rules.late_cancel_fee == {"percent": 50}
    assert salon.catalogue.rules.no_show_fee == {"amount_minor": 2000}
    assert salon.catalogue.look_back.total_seconds() == 24 * 3600


async def test_it_can_be_looked_up(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime, **whole())
    lines = await show(runtime, tenant.key)
    for told in (
        "nadia, emile (100 min, long FCFA 14,000), any chair, any chair",
        "at most 4 bookings a day",
        "variant long · Long · 180 min FCFA 15,000",
        "add_on beads · Beads · 15 min FCFA 2,000",
        "nadia · Nadia · mon 09:00-17:00 · at most 300 min a day",
        "breaks mon 12:00-12:30",
        "away 2026-08-03 to 2026-08-14",
        "away 2026-09-01 to 2026-09-01",
        "chair-1 · Chair 1 · chair",
    ):
        assert told in lines, lines


@pytest.mark.parametrize(
    ("service", "problem"),
    [
        ({"variants": [BRAIDS["variants"][0]] * 2}, "used twice"),
        ({"staff": [{"key": "nadia", "variants": {"short": {"price": "1"}}}]}, "no variant of this service"),
        ({"capacity": 5}, "a group session has no variants"),
        ({"price": None, "variants": [], "deposit": {"percent": 30}}, "needs a price"),
        ({"max_bookings_per_day": 0}, "greater than or equal to 1"),
        ({"staff": [{"key": "nadia", "minutes": 5}]}, "Extra inputs are not permitted"),
    ],
)
async def test_what_makes_no_sense_is_refused(runtime: Runtime, service: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        await make_tenant(runtime, **whole(services=[BRAIDS | service]))


async def test_time_off_that_ends_before_it_begins_is_refused(runtime: Runtime) -> None:
    away = NADIA | {"time_off": [{"from": "2026-08-03", "until": "2026-08-01"}]}
    with pytest.raises(ValidationError, match="ends before it begins"):
        await make_tenant(runtime, **whole(staff=[away, EMILE]))


def test_kinds_without_a_room_and_teams_apart_are_named() -> None:
    apart = [NADIA | {"location": "here"}, EMILE | {"location": "there"}]
    together = BRAIDS | {"needs_all_staff": True, "any_resources": ["table"]}
    places = [{"key": "here", "name": "Here"}, {"key": "there", "name": "There"}]
    document = tenant_document(**whole(services=[together], staff=apart, locations=places))
    assert list(cross_problems(document)) == [
        (("services", 0, "any_resources"), "no [[resources]] is of the kind 'table'"),
        (("services", 0, "staff"), "all of them are needed, but they work at different locations"),
    ]
