"""`booka` as processes that begin at once: forked from one that has loaded the code, as loading it takes seconds."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

_MOTHER = "from tests.support.forks import bear; bear()"


@dataclass
class Process:
    """As much of `asyncio.subprocess.Process` as is needed."""

    pid: int
    returncode: int | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self, returncode: int) -> None:
        self.returncode = returncode
        self._ended.set()


class Forks:
    """Asks the mother for children, and hears from her when one is dead."""

    def __init__(self, mother: asyncio.subprocess.Process) -> None:
        self._mother = mother
        self._births: asyncio.Queue[Process] = asyncio.Queue()
        self._living: dict[int, Process] = {}

    async def start(self, command: Sequence[str], environment: Mapping[str, str]) -> Process:
        assert self._mother.stdin
        self._mother.stdin.write(json.dumps([list(command), dict(environment)]).encode() + b"\n")
        return await self._births.get()

    async def listen(self) -> None:
        """Until the mother has nothing more to say."""
        assert self._mother.stdout
        async for line in self._mother.stdout:
            pid, returncode = json.loads(line)
            if returncode is None:
                self._living[pid] = Process(pid)
                self._births.put_nowait(self._living[pid])
            else:
                self._living.pop(pid).end(returncode)


@contextlib.asynccontextmanager
async def forks() -> AsyncIterator[Forks]:
    """The mother lives as long as the block; her children are not ended with her."""
    pipe = asyncio.subprocess.PIPE
    mother = await asyncio.create_subprocess_exec(sys.executable, "-c", _MOTHER, stdin=pipe, stdout=pipe)
    found = Forks(mother)
    listening = asyncio.create_task(found.listen())
    yield found
    assert mother.stdin
    mother.stdin.close()
    await mother.wait()
    await listening


def bear() -> None:
    """The mother: a child for each line of standard input, a line of standard output for each birth and death."""
    from cli import main, serve  # noqa: F401 (what is loaded here need not be loaded by each child)
    from dialog.words import warm_up
    from webhooks import app  # noqa: F401
    from workers import main as worker  # noqa: F401

    warm_up(datetime(2026, 3, 2, tzinfo=UTC))
    signal.signal(signal.SIGCHLD, lambda *_: _report_dead())
    for line in sys.stdin:
        command, environment = json.loads(line)
        # A child that dies at once must not be reported before its birth.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        if (pid := os.fork()) == 0:
            _live(command, environment)
        _say(pid, None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _live(command: Sequence[str], environment: Mapping[str, str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["booka", *command]
    code = 1
    try:
        from cli.main import main

        main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _report_dead() -> None:
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            _say(ended[0], os.waitstatus_to_exitcode(ended[1]))


def _say(pid: int, returncode: int | None) -> None:
    os.write(1, json.dumps([pid, returncode]).encode() + b"\n")
