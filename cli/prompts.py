"""`booka prompts` and `booka skills`: a tenant's texts from the first draft to the way back."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from cli.cases import tenant_id_of, told
from core.errors import InputError
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from dialog.evaluation import evaluate
from prompts.cases import cases_of, hash_of_cases, last_run
from prompts.editing import edit
from prompts.front_matter import SHORT, with_base
from prompts.versions import (
    Deed,
    Kind,
    Text,
    Texts,
    builtin_text,
    discard,
    hash_of_set,
    history_of,
    publish,
    roll_back,
    texts_of,
)
from tenants.tenant import get_tenant


async def list_texts(runtime: Runtime, tenant: str, kind: Kind) -> str:
    """One text a line: what is live, and the draft with what is known of it."""
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        texts = await texts_of(uow)
        places = sorted(place for place in {*texts.published, *texts.drafts} if place[0] is kind)
        return "\n".join([" · ".join(await _summary(uow, texts, kind, key)) for _, key in places])


async def _summary(uow: UnitOfWork, texts: Texts, kind: Kind, key: str) -> list[str]:
    live, draft = texts.published.get((kind, key)), texts.drafts.get((kind, key))
    line = [key, f"live {_named(live)}" if live else "not live"]
    return [*line, f"draft {_named(draft)}, {await _state_of(uow, texts, draft)}"] if draft else line


def _named(text: Text) -> str:
    return f"{text.number or 'built-in'} ({text.content_hash[:SHORT]})"


async def _state_of(uow: UnitOfWork, texts: Texts, draft: Text) -> str:
    cases = await cases_of(uow)
    run = await last_run(uow, hash_of_set(texts.in_force((draft.kind, draft.key))), hash_of_cases(cases))
    if run is None:
        return "untested"
    return "tested" if run.is_green else f"{run.total - run.passed} of {run.total} test cases failed"


async def show_text(runtime: Runtime, tenant: str, kind: Kind, key: str, *, live: bool) -> str:
    """As it is edited: handed back, the line `base` tells what it was made from."""
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        texts = await texts_of(uow)
    text = texts.published.get((kind, key)) if live else texts.newest(kind, key)
    if text is None:
        raise InputError([f"there is no {kind} {key!r}"])
    return with_base(text.source, text.content_hash).rstrip("\n")


async def compare(runtime: Runtime, tenant: str, kind: Kind, key: str) -> str:
    """The draft against what is live; without a draft what is live against what comes with the product."""
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        texts = await texts_of(uow)
    live, draft = texts.published.get((kind, key)), texts.drafts.get((kind, key))
    before, after = (live, draft) if draft else (builtin_text(kind, key), live)
    return "\n".join(_difference(before, after)) or f"{key}: no difference"


def _difference(before: Text | None, after: Text | None) -> Iterable[str]:
    old, new = [text.source.splitlines() if text else [] for text in (before, after)]
    old_name, new_name = [_named(text) if text else "nothing" for text in (before, after)]
    return difflib.unified_diff(old, new, old_name, new_name, lineterm="")


async def edit_text(runtime: Runtime, tenant: str, kind: Kind, key: str, source: str, *, author: str) -> str:
    """Raises InputError with every fault; nothing is stored then."""
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        deed = Deed(author, runtime.clock.now())
        draft = await edit(uow, await get_tenant(uow), kind, key, source, deed)
    return f"{key}: draft {_named(draft)}"


def read_source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([f"{path}: {error}"]) from error


async def test_text(runtime: Runtime, tenant: str, kind: Kind, key: str, *, times: int, author: str) -> str:
    """The tenant's cases on this draft, with all else as it is live. Raises BookaError when one fails."""
    tenant_id = await tenant_id_of(runtime, tenant)
    return told(await evaluate(runtime, tenant_id, draft=(kind, key), arms=("draft",), times=times, author=author))


async def publish_text(runtime: Runtime, tenant: str, kind: Kind, key: str, *, author: str, reason: str) -> str:
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        live = await publish(uow, kind, key, Deed(author, runtime.clock.now(), reason))
    return f"{key}: live {_named(live)}"


async def roll_back_text(runtime: Runtime, tenant: str, kind: Kind, key: str, *, author: str, reason: str) -> str:
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        live = await roll_back(uow, kind, key, Deed(author, runtime.clock.now(), reason))
    return f"{key}: live {_named(live)}" if live else f"{key}: no longer live"


async def discard_draft(runtime: Runtime, tenant: str, kind: Kind, key: str, *, author: str) -> str:
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        await discard(uow, kind, key, Deed(author, runtime.clock.now()))
    return f"{key}: the draft is gone"


async def tell_history(runtime: Runtime, tenant: str, kind: Kind, key: str) -> str:
    """Who moved which label, when and why; the oldest first."""
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        moves = await history_of(uow, kind, key)
    lines = [
        f"{move.moved_at:%Y-%m-%d %H:%M} · {move.action} · {move.number or 'built-in'} · {move.author}"
        + (f" · {move.reason}" if move.reason else "")
        for move in moves
        if not (move.label == "draft" and move.action == "published")
    ]
    return "\n".join(lines) or f"{key}: never changed"
