from pathlib import Path

import pytest

from cli.tenant import apply_file, show
from core.errors import InputError
from core.runtime import Runtime

SALON = Path(__file__).parent / "salon.toml"
SECRETS = {"SALON_WA_TOKEN": "EAAG-hidden", "SALON_NP_KEY": "np-hidden"}


@pytest.fixture(autouse=True)
def secrets_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


async def test_a_file_is_applied_and_applied_again_unchanged(runtime: Runtime) -> None:
    assert await apply_file(runtime, SALON) == "salon: applied"
    assert await apply_file(runtime, SALON) == "salon: unchanged"


async def test_show_prints_what_is_stored_and_no_secret(runtime: Runtime) -> None:
    await apply_file(runtime, SALON)
    lines = await show(runtime, "salon")
    for told in (
        "salon · Salon",
        "Africa/Douala, fr, en",
        "reminders_hours_before = 24, 2",
        "cut · en: Haircut / fr: Coupe · 0+45+0 min, FCFA 5,000, deposit percent 30 · anna, chair",
        "beard · Barbe · 0+20+0 min · anna",
        "anna · Anna · mon 09:00-13:00, 14:00-18:00",
        "2026-12-25 closed",
        "2027-01-01 · New Year",
        "Amara · owner · +237670000001 · 7000001 · calendar anna",
        "whatsapp · salon-wa · 10654 · secrets: ****",
        "paystack · salon-pay · secrets: ****",
        "parking · Gratuit.",
    ):
        assert told in lines, lines
    assert not [secret for secret in (*SECRETS.values(), "s3cret", "evo-key") if secret in lines]


async def test_a_missing_file_and_an_unknown_tenant_are_refused_in_one_line(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.toml"):
        await apply_file(runtime, tmp_path / "absent.toml")
    with pytest.raises(InputError, match="there is no tenant 'nobody'"):
        await show(runtime, "nobody")
