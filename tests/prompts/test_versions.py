"""Drafts, labels and what may go live, with several people at it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg
import pytest

from core.errors import InputError
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from prompts.cases import Case, Run, cases_of, note_run, put_case
from prompts.editing import edit
from prompts.front_matter import with_base
from prompts.instructions import Instructions, published_instructions
from prompts.versions import Deed, Kind, Text, hash_of_set, history_of, publish, roll_back, texts_of
from tenants.tenant import get_tenant
from tests.support.tenants import TenantFixture, make_tenant

INFO = "core.info"
_T = TypeVar("_T")


class Admin:
    """Somebody who edits this tenant's skills; each step is a unit of work of its own."""

    def __init__(self, runtime: Runtime, tenant_id: int, name: str = "Ada") -> None:
        self.runtime, self.tenant_id, self.name = runtime, tenant_id, name

    async def unit(self, work: Callable[[UnitOfWork], Awaitable[_T]]) -> _T:
        async with unit_of_work(self.runtime, self.tenant_id) as uow:
            return await work(uow)

    @property
    def deed(self) -> Deed:
        return Deed(self.name, self.runtime.clock.now())

    async def shown(self, key: str = INFO) -> str:
        text = (await self.unit(texts_of)).newest(Kind.SKILL, key)
        assert text is not None
        return with_base(text.source, text.content_hash)

    async def edits(self, source: str, key: str = INFO, kind: Kind = Kind.SKILL) -> Text:
        async def work(uow: UnitOfWork) -> Text:
            return await edit(uow, await get_tenant(uow), kind, key, source, self.deed)

        return await self.unit(work)

    async def says(self, words: str, key: str = INFO) -> Text:
        """A draft with these words as guidance."""
        _, settings, _ = (await self.shown(key)).split("+++\n")
        return await self.edits(f"+++\n{settings}+++\n{words}\n", key)

    async def runs_tests(self, *, passed: int = 1, key: str = INFO) -> None:
        async def work(uow: UnitOfWork) -> None:
            drafted = hash_of_set((await texts_of(uow)).in_force((Kind.SKILL, key)))
            more: dict[str, Any] = {"times": 1, "results": [], "author": self.name, "at": self.runtime.clock.now()}
            await note_run(uow, drafted, await cases_of(uow), Run(1, passed), **more)

        await self.unit(work)

    async def adds_case(self, name: str = "hello") -> None:
        case = Case(name, "hello", "en", self.runtime.clock.now(), [{"kind": "greet"}])
        await self.unit(lambda uow: put_case(uow, case, author=self.name, at=self.runtime.clock.now()))

    async def publishes(self, key: str = INFO) -> Text:
        return await self.unit(lambda uow: publish(uow, Kind.SKILL, key, self.deed))

    async def rolls_back(self, key: str = INFO) -> Text | None:
        return await self.unit(lambda uow: roll_back(uow, Kind.SKILL, key, self.deed))

    async def goes_live_with(self, words: str, key: str = INFO) -> Text:
        await self.says(words, key)
        await self.runs_tests(key=key)
        return await self.publishes(key)

    async def live(self) -> Instructions:
        async def work(uow: UnitOfWork) -> Instructions:
            return await published_instructions(uow, await get_tenant(uow))

        return await self.unit(work)


@pytest.fixture
async def salon(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime)


@pytest.fixture
async def admin(runtime: Runtime, salon: TenantFixture) -> Admin:
    admin = Admin(runtime, salon.tenant_id)
    await admin.adds_case()
    return admin


async def test_of_two_who_edit_the_same_text_the_second_is_told(admin: Admin) -> None:
    shown = await admin.shown()
    await admin.edits(shown.replace("about", "around"))
    with pytest.raises(InputError, match="somebody has changed it"):
        await admin.edits(shown.replace("about", "on"))
    await admin.edits((await admin.shown()).replace("around", "on"))


async def test_of_many_who_edit_at_the_same_moment_one_wins(admin: Admin) -> None:
    shown = await admin.shown()
    edits = [admin.edits(shown.replace("about", f"about {number}")) for number in range(8)]
    done = await asyncio.gather(*edits, return_exceptions=True)
    refused = [outcome for outcome in done if isinstance(outcome, InputError)]
    assert (len(done) - len(refused), len(refused)) == (1, 7), done


async def test_a_text_without_what_it_was_made_from_is_refused_unless_it_is_new(admin: Admin) -> None:
    own = '+++\ntitle = "Bridal parties"\ncommands = ["set_field"]\n+++\n{business} does brides.\n'
    with pytest.raises(InputError, match="without the line base"):
        await admin.edits(own)
    assert (await admin.edits(own, "bridal.parties")).number == 1


async def test_the_same_words_are_the_same_version(admin: Admin) -> None:
    first = await admin.says("One thing.")
    await admin.says("Another thing.")
    again = await admin.says("One thing.")
    assert (again.version_id, again.number, again.content_hash) == (first.version_id, 1, first.content_hash)


async def test_only_what_passed_as_it_stands_goes_live(admin: Admin) -> None:
    await admin.says("One thing.")
    with pytest.raises(InputError, match="not tested as it stands"):
        await admin.publishes()
    await admin.runs_tests(passed=0)
    with pytest.raises(InputError, match="1 of 1 test cases failed"):
        await admin.publishes()
    await admin.runs_tests()
    await admin.says("Another thing.")
    with pytest.raises(InputError, match="not tested as it stands"):
        await admin.publishes()
    await admin.says("One thing.")
    await admin.adds_case("a new one")
    with pytest.raises(InputError, match="not tested as it stands"):
        await admin.publishes()
    await admin.runs_tests()
    await admin.publishes()
    assert "One thing." in (await admin.live()).guidance


async def test_a_run_beside_other_live_texts_counts_no_more(admin: Admin) -> None:
    await admin.says("One thing.")
    await admin.runs_tests()
    await admin.goes_live_with("Be brief.", "core.talk")
    with pytest.raises(InputError, match="not tested as it stands"):
        await admin.publishes()


async def test_without_a_test_case_nothing_goes_live(runtime: Runtime, salon: TenantFixture) -> None:
    admin = Admin(runtime, salon.tenant_id)
    await admin.says("One thing.")
    with pytest.raises(InputError, match="no test case to pass"):
        await admin.publishes()


async def test_rolling_back_goes_from_version_to_version_to_what_came_with_the_product(admin: Admin) -> None:
    for words in ("First.", "Second.", "Third."):
        await admin.goes_live_with(words)
    live = []
    for _ in range(3):
        text = await admin.rolls_back()
        assert text is not None
        live.append(text.number)
    assert live == [2, 1, None]
    with pytest.raises(InputError, match="nothing of your own is published"):
        await admin.rolls_back()
    moves = await admin.unit(lambda uow: history_of(uow, Kind.SKILL, INFO))
    assert [m.action for m in moves if m.label == "published"] == ["published"] * 3 + ["rolled_back"] * 3


async def test_a_text_that_can_no_longer_be_read_gives_way_to_what_came_with_the_product(
    runtime: Runtime, salon: TenantFixture, admin: Admin
) -> None:
    await admin.goes_live_with("Once this was fine.")
    owner = await asyncpg.connect(runtime.reading_url.replace("booka_backup@", "booka_owner@"))
    await owner.execute("SELECT set_config('app.tenant_id', $1, false)", str(salon.tenant_id))
    await owner.execute("UPDATE prompt_versions SET source = 'of another time'")
    await owner.execute("UPDATE tenants SET version = version + 1")
    await owner.close()
    live = await admin.live()
    assert ("ask_info" in live.commands, "Once this was fine." in live.guidance) == (True, False)


async def test_a_tenant_reads_its_own_texts_only(runtime: Runtime, admin: Admin) -> None:
    await admin.goes_live_with("Ours alone.")
    other = Admin(runtime, (await make_tenant(runtime)).tenant_id)
    assert "Ours alone." not in (await other.live()).guidance
    assert "Ours alone." not in await other.shown()


@pytest.mark.parametrize("table", ["prompt_versions", "prompt_labels", "prompt_runs"])
async def test_what_was_written_cannot_be_written_again(admin: Admin, table: str) -> None:
    await admin.goes_live_with("Once.")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await admin.unit(lambda uow: uow.driver.execute(f"UPDATE {table} SET author = 'somebody else'"))


async def test_a_prompt_that_is_the_same_for_all_cannot_be_edited_one_of_the_tenants_can(admin: Admin) -> None:
    texts = await admin.unit(texts_of)
    fixed, own = (texts.published[Kind.PROMPT, key] for key in ("interpret", "business"))
    with pytest.raises(InputError, match="the same for every tenant"):
        await admin.edits(with_base(fixed.source, fixed.content_hash), "interpret", Kind.PROMPT)
    draft = await admin.edits(
        with_base(own.source, own.content_hash).replace("is a business", "is a quiet business"),
        "business",
        Kind.PROMPT,
    )
    assert draft.number == 1
