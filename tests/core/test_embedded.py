"""The embedded servers are shared by processes, survive the death of one, and end with the last."""

import asyncio
import sys
from pathlib import Path

import psutil
import pytest

from core.errors import ConfigurationError
from core.runtime import open_runtime
from core.settings import load_settings
from core.uow import call_across_tenants

_HOLD = """
import asyncio, sys
from pathlib import Path
from core.runtime import open_runtime
from core.settings import load_settings
async def hold():
    async with open_runtime(load_settings(data_dir=Path(sys.argv[1]))):
        print("open", flush=True)
        await asyncio.Event().wait()
asyncio.run(hold())
"""


def servers_of(folder: Path) -> list[psutil.Process]:
    """The PostgreSQL and Redis of this data folder (or on a socket named in it)."""
    socket = folder / "redis" / "socket"
    marks = [str(folder), socket.read_text() if socket.exists() else str(folder)]
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if ("postgres" in line or "redis-server" in line) and any(mark in line for mark in marks):
            found.append(process)
    return found


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Beyond the length of a socket's name, as a home folder may be."""
    path = tmp_path_factory.mktemp("a-rather-long-name-of-a-folder-" * 3) / "data"
    for parent in (path.parent, *path.parents[1:3]):
        parent.chmod(0o755)
    return path


async def test_a_killed_process_does_not_keep_the_servers_alive(folder: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(folder)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"open\n"
    process.kill()
    await process.communicate()
    assert servers_of(folder)
    async with open_runtime(load_settings(data_dir=folder)) as runtime:
        assert await runtime.queue.is_reachable()
        assert (await call_across_tenants(runtime, "SELECT 1 AS one"))[0]["one"] == 1
    _, alive = await asyncio.to_thread(psutil.wait_procs, servers_of(folder), 10)
    assert alive == []


async def test_a_blank_in_the_path_is_refused_with_a_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="blank"):
        async with open_runtime(load_settings(data_dir=tmp_path / "my data")):
            pass
