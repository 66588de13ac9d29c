"""Where a running demo answers, told to commands of other processes that name its folder."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from core.settings import Settings

LOCK = "demo.lock"
NOTCHPAY = "/notchpay"
_TOLD = "demo.urls"


def with_urls(settings: Settings, standins_url: str) -> Settings:
    """A URL that was set wins over the stand-ins."""
    whatsapp, telegram = settings.whatsapp, settings.telegram
    if "api_url" not in whatsapp.model_fields_set:
        whatsapp = whatsapp.model_copy(update={"api_url": f"{standins_url}/graph/v25.0"})
    if "api_url" not in telegram.model_fields_set:
        telegram = telegram.model_copy(update={"api_url": f"{standins_url}/bot"})
    notchpay = settings.notchpay
    if "api_url" not in notchpay.model_fields_set:
        notchpay = notchpay.model_copy(update={"api_url": f"{standins_url}{NOTCHPAY}"})
    return settings.model_copy(update={"whatsapp": whatsapp, "telegram": telegram, "notchpay": notchpay})


@contextlib.contextmanager
def told(settings: Settings, standins_url: str) -> Iterator[None]:
    """While the demo runs."""
    path = settings.data_dir / _TOLD
    path.write_text(f"{settings.http.port} {standins_url}", encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def beside_demo(settings: Settings) -> Settings:
    """As the demo that runs in this folder has them; unchanged where none does."""
    path = settings.data_dir / _TOLD
    if settings.database.url or settings.in_production or not path.exists() or not _is_running(settings.data_dir):
        return settings
    port, url = path.read_text(encoding="utf-8").split()
    http = settings.http.model_copy(update={"port": int(port)})
    return with_urls(settings.model_copy(update={"http": http}), url)


def _is_running(data_dir: Path) -> bool:
    """After a SIGKILL the file is still there, and the lock is not held."""
    with (data_dir / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
