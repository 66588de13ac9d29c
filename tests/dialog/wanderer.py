"""A customer without a plan: taps what they see or saw, writes sense and nonsense; and what they can be seen to do."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import orjson

from tests.support.channels import tg_message, tg_update, wa_message, wa_value, wa_webhook
from tests.support.phone import Phone, run_turns

YES = {"en": ("yes", "yes please", "ok", "sure", "👍"), "fr": ("oui", "oui merci", "d'accord", "ok")}
SWITCHES = ("English please", "en français s'il vous plaît")
OPT_OUT, OPT_IN = "stop", "start"
WORDS: dict[str, tuple[str, ...]] = {
    "en": (
        "hello", "book", "I would like a haircut", "a haircut with Nadia tomorrow at 10", "braids on Friday morning",
        "with Émile please", "anyone", "not Nadia", "next week", "at 3pm", "Saturday at 11", "the second one", "2",
        "more", "another day", "no", "no, Thursday instead", "how much is it?", "where are you?", "when are you open?",
        "is there parking?", "my bookings", "cancel", "cancel my Friday appointment", "the first", "move my booking",
        "move it to Friday at 11",
        "menu", "restart", "thanks", "goodbye", "I want to talk to a person", "I am running late", "for 2 people",
        "long braids with beads", "a haircut and short braids", "and also a haircut", "and a beard trim", "no beads",
        "nothing else", "short", "with the beads", "without the haircut", "both", "add a make-up class",
        "make-up class for 3 people on Tuesday", "as soon as possible", "never mind", "what can you do?",
        "every week for 3 weeks", "a haircut every Tuesday at 10", "just once", "4 times", "cancel all of them",
        "every day", "put me on the waiting list", "waiting list for a haircut on Sunday", "any day",
        "take me off the waiting list",
    ),
    "fr": (
        "bonjour", "réserver", "je voudrais une coupe", "une coupe avec Nadia demain à 10h", "des tresses vendredi",
        "avec Émile", "peu importe", "pas Nadia", "la semaine prochaine", "à 15h", "samedi à 11h", "le deuxième", "3",
        "plus", "un autre jour", "non", "non plutôt jeudi", "c'est combien ?", "vous êtes où ?", "vos horaires ?",
        "il y a un parking ?", "mes rendez-vous", "annuler", "annuler mon rendez-vous de vendredi", "le premier",
        "déplacer mon rendez-vous",
        "décaler à samedi 11h", "menu", "recommencer", "merci", "au revoir", "je veux parler à quelqu'un",
        "tresses longues avec perles", "une coupe et des tresses courtes", "et aussi des tresses", "sans perles",
        "sans rien", "longues", "plutôt courtes", "avec un shampoing", "sans les tresses", "non merci",
        "je serai en retard", "pour 2 personnes", "le plus tôt possible", "laisse tomber", "atelier maquillage mardi",
        "chaque semaine pendant 2 semaines", "une coupe tous les mardis à 10h, 3 fois", "annuler toute la série",
        "une seule fois", "mettez-moi sur liste d'attente",
        "prévenez-moi si une place se libère dimanche pour une coupe", "retirez-moi de la liste d'attente",
    ),
}  # fmt: skip
NONSENSE = (
    "asdf qwer",
    "😀😀😀",
    "?",
    "...",
    "42",
    "31/02",
    "99:99",
    "{service} %s",
    "<b>",
    "\u200b!",
    "ааа ббб",
)
LONG = "je voudrais vraiment savoir " * 140
RUBBISH = (
    *("flow:book", "yes:0123456789ab", "cancel:1", "slot:abc:1:0", "slot:29544480:1:0", "date:nope:1:0", "more:7"),
    *("variant:1:none", "add_on:x:beads", "add_on:1:none", "enough", "also:none", "drop:none", "add", "change:less"),
    *("service:none", "staff:none", "change:time", "change:staff", "approve:1", "lang:de", "foo", "leave", "person"),
    *("take:1", "pass:1", "unwait:1", "unwait", "wait:1:0:nope", "wait:1:0:/:9999", "waiting"),
)


@dataclass(frozen=True, slots=True)
class View:
    """What can be seen from outside after a step: rows, and what was sent. `parts` of a booking are service, variant
    and add-ons, in their order; `service_ids` by key."""

    session: dict[str, Any]
    language: str | None
    bookings: dict[int, dict[str, Any]]
    replies: list[dict[str, Any]]
    failed: int
    service_ids: dict[str, str]

    @property
    def live(self) -> set[int]:
        return {key for key, row in self.bookings.items() if row["status"] == "confirmed"}


@dataclass(frozen=True, slots=True)
class Did:
    """One step: the words or the button's id."""

    kind: str
    texts: tuple[str, ...] = ()
    tap: str = ""


@dataclass
class Wanderer:
    phone: Phone
    rows: asyncpg.Connection[asyncpg.Record]
    chance: random.Random
    language: str
    service_ids: dict[str, str]
    seen_taps: list[str] = field(default_factory=list)
    last_reply_id: int = 0

    async def step(self) -> Did:
        """Does one thing and lets it be answered."""
        kinds: list[tuple[Callable[[], Awaitable[Did]], int]] = [
            (self._taps, 34), (self._taps_old, 8), (self._writes, 34), (self._agrees, 10), (self._bursts, 4),
            (self._rubbish, 4), (self._nonsense, 3), (self._sends_a_picture, 2), (self._turns_off_or_on, 1),
        ]  # fmt: skip
        act = self.chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        return await act()

    async def look(self) -> View:
        """The new replies since the last look, and how the rows stand."""
        tenant, address = self.phone.tenant.tenant_id, self.phone.address
        talk = await self.rows.fetchrow(
            "SELECT session, language, id FROM conversations WHERE tenant_id = $1 AND external_id = $2", tenant, address
        )
        sent = await self.rows.fetch(
            "SELECT id, payload FROM outbox_messages WHERE tenant_id = $1 AND recipient = $2 AND kind = 'reply'"
            " AND id > $3 ORDER BY id", tenant, address, self.last_reply_id,
        )  # fmt: skip
        booked = await self.rows.fetch(
            "SELECT b.*, (SELECT jsonb_agg(jsonb_build_array(s.key, coalesce(a.variant, ''), a.add_ons)"
            "  ORDER BY a.position) FROM appointments a JOIN services s ON s.id = a.service_id"
            "  WHERE a.booking_id = b.id) AS parts"
            " FROM bookings b WHERE b.tenant_id = $1 AND b.conversation_id = $2",
            tenant, talk["id"] if talk else 0,
        )  # fmt: skip
        failed = "SELECT count(*) FROM inbound_events WHERE tenant_id = $1 AND status NOT IN ('handled', 'ignored')"
        if sent:
            self.last_reply_id = sent[-1]["id"]
            self.phone.last = orjson.loads(sent[-1]["payload"])
        self.seen_taps += [choice["id"] for row in sent for choice in orjson.loads(row["payload"]).get("choices", ())]
        return View(
            session=orjson.loads(talk["session"]) if talk else {},
            language=talk["language"] if talk else None,
            bookings={row["id"]: dict(row) | {"parts": _parts(orjson.loads(row["parts"]))} for row in booked},
            replies=[orjson.loads(row["payload"]) for row in sent],
            service_ids=self.service_ids,
            failed=await self.rows.fetchval(failed, tenant),
        )

    async def _taps(self) -> Did:
        choices = self.phone.last.get("choices", ())
        return await self._tap(self.chance.choice(choices)["id"]) if choices else await self._writes()

    async def _taps_old(self) -> Did:
        return await self._tap(self.chance.choice(self.seen_taps)) if self.seen_taps else await self._writes()

    async def _rubbish(self) -> Did:
        return replace(await self._tap(self.chance.choice(RUBBISH)), kind="rubbish")

    async def _tap(self, tap: str) -> Did:
        await self.phone.taps_id(tap)
        return Did("tap", tap=tap)

    async def _writes(self) -> Did:
        return await self._say("words", self.chance.choice((*WORDS[self.language], *SWITCHES)))

    async def _agrees(self) -> Did:
        return await self._say("yes", self.chance.choice(YES[self.language]))

    async def _nonsense(self) -> Did:
        return await self._say("nonsense", self.chance.choice((*NONSENSE, LONG)))

    async def _bursts(self) -> Did:
        return await self._say("words", *self.chance.sample(WORDS[self.language], self.chance.randint(2, 4)))

    async def _turns_off_or_on(self) -> Did:
        await self._say("off", OPT_OUT)
        return Did("off", (OPT_OUT,))

    async def _say(self, kind: str, *texts: str) -> Did:
        await self.phone.writes(*texts)
        return Did(kind, texts)

    async def _sends_a_picture(self) -> Did:
        if self.phone.channel == "whatsapp":
            message = wa_message("image", {"id": "1"}, sender=self.phone.address)
            await self.phone.post(wa_webhook(wa_value(self.phone.tenant.phone_number_id, messages=[message])))
        else:
            photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
            await self.phone.post(tg_update("message", tg_message(int(self.phone.address), photo=photo)))
        await run_turns(self.phone.runtime, self.phone.tenant.tenant_id)
        return Did("picture")


def _parts(rows: list[list[Any]]) -> list[tuple[str, str, list[str]]]:
    return [(service, variant, sorted(add_ons)) for service, variant, add_ons in rows]
