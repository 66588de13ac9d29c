"""The shop that the state machine plays in: said once as a world for the naive oracle, from which comes its file."""

from typing import Any

from tests.booking.worlds import World

_ALL_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NO_LIMITS = {"max_bookings": None, "max_minutes": None}
_PLAIN: dict[str, Any] = _NO_LIMITS | {
    "before": 0,
    "after": 0,
    "rooms": [],
    "any_rooms": [],
    "everyone": False,
    "seats": 1,
}


def _person(*hours: str, breaks: dict[str, list[str]], **limits: int) -> dict[str, Any]:
    week = {day: list(hours) for day in _ALL_WEEK}
    plain = {"location": "centre", "hours": week, "overrides": {}, "breaks": breaks, "time_off": []}
    return plain | _NO_LIMITS | limits


SHOP: World = {
    "min_notice": 0,
    "horizon_days": 60,
    "step": 15,
    "holidays": [],
    "locations": {"centre": {"zone": "Africa/Douala", "hours": None, "overrides": {}}},
    "staff": {
        "ada": _person("08:00-12:00", "13:00-18:00", breaks={}, max_bookings=3),
        "bea": _person("09:00-17:00", breaks={"tue": ["12:00-12:40"]}),
    },
    "rooms": {
        "chair-1": {"kind": "chair", "location": "centre"},
        "chair-2": {"kind": "chair", "location": "centre"},
        "basin": {"kind": None, "location": "centre"},
    },
    "services": {
        "cut": _PLAIN | {"minutes": 30, "after": 10, "staff": {"ada": None, "bea": 45}},
        "colour": _PLAIN
        | {"minutes": 45, "before": 5, "staff": {"bea": None, "ada": None}, "any_rooms": ["chair"], "max_bookings": 3},
        "wash": _PLAIN | {"minutes": 15, "staff": {"bea": None}, "rooms": ["basin"], "any_rooms": ["chair"]},
        "class": _PLAIN | {"minutes": 60, "staff": {"bea": None}, "seats": 3},
        "show": _PLAIN | {"minutes": 30, "staff": {"ada": None, "bea": None}, "everyone": True},
    },
}


def shop_file() -> dict[str, Any]:
    """Its sections of a tenant file."""
    return {
        "locations": [{"key": "centre", "name": "Centre", "address": "3 Rue des Palmiers, Douala"}],
        "staff": [_person_section(key, said) for key, said in SHOP["staff"].items()],
        "resources": [_room_section(key, said) for key, said in SHOP["rooms"].items()],
        "services": [_service_section(key, said) for key, said in SHOP["services"].items()],
        "merchants": [],
    }


def _person_section(key: str, said: dict[str, Any]) -> dict[str, Any]:
    same = {name: said[name] for name in ("location", "hours", "breaks")}
    return {"key": key, "name": key.title(), **same, "max_bookings_per_day": said["max_bookings"]}


def _room_section(key: str, said: dict[str, Any]) -> dict[str, Any]:
    kind = {"kind": said["kind"]} if said["kind"] else {}
    return {"key": key, "name": key.title(), "location": said["location"], **kind}


def _service_section(key: str, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "name": key.title(),
        "duration_minutes": said["minutes"],
        "buffer_before_minutes": said["before"],
        "buffer_after_minutes": said["after"],
        "staff": [{"key": who, "duration_minutes": own} for who, own in said["staff"].items()],
        "resources": said["rooms"],
        "any_resources": said["any_rooms"],
        "needs_all_staff": said["everyone"],
        "capacity": said["seats"],
        "max_bookings_per_day": said["max_bookings"],
    }
