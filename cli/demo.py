"""`booka demo`: everything on this machine, wired in one place: stand-ins, tenants, web, workers and the simulator."""

import asyncio
import contextlib
import fcntl
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from cli.demo_inspector import TurnInspector
from cli.demo_labels import quick_reply_label
from cli.demo_model import needs_stand_in, with_stand_in
from cli.demo_tenants import sample_files
from cli.demo_urls import LOCK, NOTCHPAY, told, with_urls
from cli.serve import start_site
from core.clock import Clock
from core.errors import ConfigurationError
from core.ids import new_token
from core.runtime import Runtime, open_runtime
from core.settings import Settings, environment_secret
from standins.bot_api import BotApi
from standins.graph_api import GraphApi
from standins.openai_api import OpenAiApi
from standins.psp.notchpay import NotchPayServer
from standins.simulator.people import Channel, SimAccount, SimPerson, SimTenant
from standins.simulator.routes import SimRoutes
from standins.simulator.simulator import Simulator
from tenants.channel_accounts import ChannelAccount, ChannelAccounts
from tenants.definition import apply_definition, parse_definition
from tenants.definition_accounts import TelegramSection, WhatsAppSection
from tenants.definition_sections import MerchantSection
from tenants.definition_shape import TenantDefinition
from webhooks.app import create_app
from workers.main import run as run_workers

_OPENERS = {
    "en": ("Hello, I would like to book", "{} tomorrow at 10:30"),
    "fr": ("Bonjour, je voudrais réserver", "{} demain à 10h30"),
}
_CANCEL_AGAIN_S = 4.0


@dataclass(frozen=True)
class _StandIns:
    graph: GraphApi
    bot: BotApi
    payments: NotchPayServer
    url: str


def print_ready(url: str) -> None:
    print(f"\nBooka is ready. Open this page:\n\n  {url}\n\nCtrl-C stops it; the data stays.", flush=True)


async def run_demo(settings: Settings, *, on_ready: Callable[[str], None] = print_ready) -> None:
    """Runs until it is cancelled. Raises ConfigurationError when the port is taken."""
    _refuse_taken_port(settings)
    settings = _with_secrets(settings)
    clock = Clock(settings.now)
    print("Starting PostgreSQL, Redis and Booka …", flush=True)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(_only_demo_of(settings.data_dir))
        standins = await stack.enter_async_context(_stand_ins(settings, clock))
        stack.enter_context(told(settings, standins.url))
        settings = with_urls(settings, standins.url)
        runtime = await stack.enter_async_context(open_runtime(settings, clock=clock))
        definitions = await _apply_samples(runtime, standins)
        application = create_app(runtime)
        simulator = await _simulator(runtime, standins, definitions)
        SimRoutes(simulator).mount(application)
        async with _working(runtime) as workers:
            runner = await start_site(application, runtime)
            try:
                on_ready(f"{_own_url(settings)}/sim")
                await asyncio.wait({workers})
                await workers
            finally:
                await runner.cleanup()


def _refuse_taken_port(settings: Settings) -> None:
    """Before anything is started: the answer is then one line at once."""
    host, port = settings.http.host, settings.http.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"port {port} on {host} is taken; stop what uses it, or choose another: booka demo --port {port + 1}"
            ) from error


@contextlib.contextmanager
def _only_demo_of(data_dir: Path) -> Iterator[None]:
    """Two would answer each other's messages, each on its own page."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(
                f"another demo runs in {data_dir}; stop it, or choose another --data-dir"
            ) from error
        yield


def _with_secrets(settings: Settings) -> Settings:
    """An app secret and a verify token for this run, where none is set."""
    made_up = {
        name: SecretStr(new_token())
        for name in ("app_secret", "verify_token")
        if not getattr(settings.whatsapp, name).get_secret_value()
    }
    return settings.model_copy(update={"whatsapp": settings.whatsapp.model_copy(update=made_up)})


def _own_url(settings: Settings) -> str:
    host = settings.http.host if settings.http.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
    return f"http://{host}:{settings.http.port}"


@contextlib.asynccontextmanager
async def _stand_ins(settings: Settings, clock: Clock) -> AsyncIterator[_StandIns]:
    """Both vendors and a model on a free port of this machine. Read is reported when a phone shows the message."""
    graph = GraphApi(
        clock=clock,
        callback_url=f"{_own_url(settings)}/webhooks/whatsapp",
        app_secret=settings.whatsapp.app_secret.get_secret_value(),
        auto_statuses=("sent", "delivered"),
    )
    bot = BotApi(clock=clock)
    application = web.Application()
    application.add_subapp("/graph/", graph.app)
    application.add_subapp("/bot/", bot.app)
    application.add_subapp("/openai/", OpenAiApi(clock=clock).app)
    payments = NotchPayServer(clock=clock, prefix=NOTCHPAY, store=settings.data_dir / "notchpay.json")
    application.add_subapp(f"{NOTCHPAY}/", payments.app)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield _StandIns(graph, bot, payments, f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def _working(runtime: Runtime) -> AsyncIterator["asyncio.Task[None]"]:
    """The workers end after the web server, so that nothing that was taken waits for the next start."""
    task = asyncio.create_task(run_workers(runtime))
    try:
        yield task
    finally:
        while not task.done():  # a cancellation that falls between two of the worker's steps can get lost
            task.cancel()
            await asyncio.wait({task}, timeout=_CANCEL_AGAIN_S)


async def _apply_samples(runtime: Runtime, standins: _StandIns) -> list[TenantDefinition]:
    definitions = [parse_definition(text, environment_secret) for _, text in sample_files()]
    if needs_stand_in(runtime.settings):
        definitions = [with_stand_in(definition, f"{standins.url}/openai/v1") for definition in definitions]
    for definition in definitions:
        await apply_definition(runtime, definition)
        _open_accounts(standins.payments, definition, _own_url(runtime.settings))
    return definitions


def _open_accounts(provider: NotchPayServer, definition: TenantDefinition, own_url: str) -> None:
    """The stand-in knows the sample tenants, and what was paid to them before the demo was started again."""
    for payment in definition.payments:
        secrets = {name: secret.get_secret_value() for name, secret in payment.secrets.items()}
        provider.add_account(
            secrets["public_key"],
            webhook_url=f"{own_url}/webhooks/notchpay/{payment.account}",
            webhook_secret=secrets["hash_key"],
            private_key=secrets["private_key"],
        )


async def _simulator(runtime: Runtime, standins: _StandIns, definitions: list[TenantDefinition]) -> Simulator:
    return Simulator(
        tenants=[_sim_tenant(definition) for definition in definitions],
        base_url=_own_url(runtime.settings),
        app_secret=runtime.settings.whatsapp.app_secret.get_secret_value(),
        graph=standins.graph,
        bot=standins.bot,
        clock=runtime.clock,
        inspector=TurnInspector(runtime, await _accounts(runtime, definitions)),
        quick_reply_label=quick_reply_label,
        store=runtime.settings.data_dir / "simulator.json",
    )


async def _accounts(runtime: Runtime, definitions: list[TenantDefinition]) -> dict[str, ChannelAccount]:
    finder = ChannelAccounts(runtime)
    named = [(c.kind, c.account) for definition in definitions for c in definition.channels]
    found = [await finder.find(kind, account=account) for kind, account in named]
    return {account.account: account for account in found if account is not None}


def _sim_tenant(definition: TenantDefinition) -> SimTenant:
    tenant, services = definition.tenant, definition.services
    return SimTenant(
        key=tenant.key,
        name=tenant.name,
        timezone=tenant.timezone,
        accounts={
            Channel(channel.kind): _sim_account(channel)
            for channel in definition.channels
            if isinstance(channel, WhatsAppSection | TelegramSection)
        },
        merchants=[_sim_merchant(merchant) for merchant in definition.merchants],
        openers={
            language: [line.format(services[0].name[language]) for line in lines]
            for language, lines in _OPENERS.items()
        },
    )


def _sim_account(section: WhatsAppSection | TelegramSection) -> SimAccount:
    if isinstance(section, WhatsAppSection):
        return SimAccount(Channel.WHATSAPP, section.account, section.phone_number_id)
    token, secret = section.bot_token.get_secret_value(), section.secret_token.get_secret_value()
    return SimAccount(Channel.TELEGRAM, section.account, token, secret)


def _sim_merchant(merchant: MerchantSection) -> SimPerson:
    """The sample files give every merchant both addresses."""
    addresses = {Channel.WHATSAPP: (merchant.phone or "").lstrip("+"), Channel.TELEGRAM: str(merchant.telegram_user_id)}
    return SimPerson(merchant.name.lower().replace(" ", "-"), merchant.name, addresses)
