"""The wiring of `booka demo`: what is refused, what wins, what the samples say."""

import socket
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from cli.demo import (
    _only_demo_of,
    _refuse_taken_port,
    _sim_tenant,
    _with_secrets,
    run_demo,
)
from cli.demo_labels import quick_reply_label
from cli.demo_tenants import sample_files
from cli.demo_urls import beside_demo, told, with_urls
from core.errors import ConfigurationError
from core.settings import Settings, load_settings
from standins.simulator.people import Channel
from tenants.definition import parse_definition


def settings_on(port: int) -> Settings:
    settings = load_settings()
    return settings.model_copy(update={"http": settings.http.model_copy(update={"port": port})})


async def test_a_taken_port_is_one_clear_line_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port} .* is taken; .* --port {port + 1}"):
            await run_demo(settings_on(port))
    assert capsys.readouterr().out == ""


async def test_a_second_demo_of_the_same_folder_is_refused(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, http={"port": unused_port()})
    with _only_demo_of(tmp_path), pytest.raises(ConfigurationError, match="choose another --data-dir"):
        await run_demo(settings)


def test_a_free_port_is_not_refused() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _refuse_taken_port(settings_on(port))


def test_urls_and_secrets_that_are_set_win_over_the_demos_own() -> None:
    chosen = load_settings(
        whatsapp={"api_url": "http://127.0.0.1:9/v25.0", "app_secret": "mine", "verify_token": ""},
    )
    settings = with_urls(_with_secrets(chosen), "http://127.0.0.1:7")
    assert settings.whatsapp.api_url == "http://127.0.0.1:9/v25.0"
    assert settings.telegram.api_url == "http://127.0.0.1:7/bot"
    assert settings.whatsapp.app_secret.get_secret_value() == "mine"
    assert settings.whatsapp.verify_token.get_secret_value()


def test_commands_speak_to_the_stand_ins_of_a_running_demo(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, http={"port": 8123}, database={"url": ""})
    elsewhere = load_settings(data_dir=tmp_path, database={"url": ""})
    with _only_demo_of(tmp_path), told(settings, "http://127.0.0.1:7"):
        beside = beside_demo(elsewhere)
        assert beside.notchpay.api_url == "http://127.0.0.1:7/notchpay"
        assert beside.base_url == "http://127.0.0.1:8123"
    assert beside_demo(elsewhere) is elsewhere
    with told(settings, "http://127.0.0.1:7"):  # what a killed demo leaves
        assert beside_demo(elsewhere) is elsewhere


@pytest.mark.parametrize(("name", "text"), sample_files())
def test_the_sample_tenants_are_whole_and_speak_both_languages(name: str, text: str) -> None:
    definition = parse_definition(text, lambda _: None)
    tenant = _sim_tenant(definition)
    assert set(tenant.accounts) == {Channel.WHATSAPP, Channel.TELEGRAM}
    assert all(all(person.addresses.values()) for person in tenant.merchants)
    assert set(definition.tenant.languages) == {"en", "fr"}
    assert tenant.openers["fr"][1].startswith(definition.services[0].name["fr"])


def test_quick_replies_of_templates_are_labelled_as_at_meta() -> None:
    assert quick_reply_label("approve:1:2", "en") == "Accept"
    assert quick_reply_label("late:4:1:102:keep", "fr") == "Maintenir"
    assert quick_reply_label("late:4:1:102:4200", "en") == "Cancel with fee"
    assert quick_reply_label("unknown", "en") == "unknown"
