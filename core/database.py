"""Connections: URLs, roles, the pool of the application role, migrations by the owner role."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg
import orjson
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core.errors import ConfigurationError

APP_ROLE = "booka_app"
OWNER_ROLE = "booka_owner"
BACKUP_ROLE = "booka_backup"
_DIALECT = "postgresql+asyncpg://"
_MIGRATIONS = Path(__file__).parent.parent / "migrations"

_CREATE_ROLES = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'booka_owner') THEN CREATE ROLE booka_owner {login}; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'booka_app') THEN CREATE ROLE booka_app {login}; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'booka_backup') THEN
        CREATE ROLE booka_backup {login} BYPASSRLS; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'booka_claim') THEN
        CREATE ROLE booka_claim NOLOGIN BYPASSRLS; END IF;
END $$;
GRANT booka_claim TO booka_owner;
"""


def _json_text(value: Any) -> str:
    return orjson.dumps(value).decode()


def with_role(url: str, role: str) -> str:
    """The same database, another login role (embedded servers trust local roles)."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}@{host}"))


def open_engine(url: str, *, role: str, pool_size: int = 16) -> AsyncEngine:
    """An engine whose sessions run as `role`, whoever logged in. Transactions are begun by core/uow.py alone."""
    settings = {
        "role": role,
        "application_name": "booka",
        "lock_timeout": "2000",
        "statement_timeout": "20000",
        "idle_in_transaction_session_timeout": "30000",
        "jit": "off",
    }
    return create_async_engine(
        _DIALECT,
        async_creator=_connector(url, settings),
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        json_serializer=_json_text,
        json_deserializer=orjson.loads,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=20,
    )


def _connector(url: str, server_settings: dict[str, str]) -> Callable[[], Awaitable[asyncpg.Connection]]:
    """The driver reads the URL itself: SQLAlchemy knows neither `sslmode` nor several hosts."""
    return partial(asyncpg.connect, url, server_settings=server_settings, timeout=10)


async def ensure_roles(url: str, *, login: bool, member: str | None = None) -> None:
    """Creates the four roles where they are missing; needs a superuser (or CREATEROLE with BYPASSRLS).

    `member` is a login that the application uses: it may then act as booka_app.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_CREATE_ROLES.format(login="LOGIN" if login else "NOLOGIN"))
        await connection.execute(
            "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO booka_owner', current_database()); END $$;"
            "ALTER SCHEMA public OWNER TO booka_owner"
        )
        if member and member != APP_ROLE:
            await connection.execute(f"GRANT booka_app TO {_quoted(member)}")
    finally:
        await connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


async def check_database(url: str) -> None:
    """Raises ConfigurationError, in words for an operator, when the application cannot work on this database."""
    where = describe(url)
    try:
        connection = await asyncpg.connect(url, timeout=10, server_settings={"role": APP_ROLE})
    except asyncpg.InsufficientPrivilegeError as error:
        raise ConfigurationError(f"{where}: the login may not act as {APP_ROLE}; run booka migrate") from error
    except (asyncpg.InvalidParameterValueError, asyncpg.UndefinedObjectError) as error:
        raise ConfigurationError(f"{where}: the role {APP_ROLE} does not exist; run booka migrate") from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise ConfigurationError(f"{where}: no connection ({error}); check BOOKA_DATABASE_URL") from error
    try:
        if await connection.fetchval("SELECT to_regclass('public.alembic_version')") is None:
            raise ConfigurationError(f"{where}: there is no schema; run booka migrate")
        stored = await connection.fetchval("SELECT version_num FROM alembic_version")
        if stored != newest_revision():
            raise ConfigurationError(
                f"{where}: the schema is of revision {stored}, this program is made for {newest_revision()};"
                " run booka migrate with the newest program"
            )
    finally:
        await connection.close()


def newest_revision() -> str | None:
    """Of the migrations that this program brings."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


async def migrate(url: str, revision: str = "head") -> None:
    """Brings the schema up to a revision, by default the newest, as the owner role."""
    engine = create_async_engine(
        _DIALECT,
        async_creator=_connector(url, {"role": OWNER_ROLE}),
        poolclass=NullPool,
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(alembic_config(connection), revision)


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def describe(url: str) -> str:
    """The URL without its password, for messages."""
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    host = parts.hostname or ",".join(parse_qs(parts.query).get("host", ["local socket"]))
    return f"{user}{host}{parts.path}"
