"""The only reader of the environment: BOOKA_* variables or a .env file, nested by concern."""

import os
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import ConfigurationError


def _under(prefix: str) -> SettingsConfigDict:
    return SettingsConfigDict(
        env_prefix=f"BOOKA_{prefix}", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )


class DatabaseSettings(BaseSettings):
    model_config = _under("DATABASE_")

    url: str = ""
    owner_url: str = ""
    pool_size: int = 16


class RedisSettings(BaseSettings):
    model_config = _under("REDIS_")

    url: str = ""


class HttpSettings(BaseSettings):
    model_config = _under("HTTP_")

    host: str = "127.0.0.1"
    port: int = 8080


class WhatsAppSettings(BaseSettings):
    """`api_url` includes the version; `/{phone_number_id}/messages` follows it."""

    model_config = _under("WHATSAPP_")

    api_url: str = "https://graph.facebook.com/v25.0"
    app_secret: SecretStr = SecretStr("")
    verify_token: SecretStr = SecretStr("")


class TelegramSettings(BaseSettings):
    """`/bot{token}/{method}` follows `api_url`."""

    model_config = _under("TELEGRAM_")

    api_url: str = "https://api.telegram.org"


class OpenAiSettings(BaseSettings):
    """Any server that speaks OpenAI's chat completions. No key: rules alone read, but for tenants with endpoints of
    their own. `tokens_per_day` caps what all tenants together use of this key, by days of UTC; None is no cap."""

    model_config = _under("OPENAI_")

    api_key: SecretStr = SecretStr("")
    base_url: str = "https://api.openai.com/v1"
    model: str = "gpt-4.1-mini"
    tokens_per_day: int | None = Field(default=None, ge=0)


class StripeSettings(BaseSettings):
    """`/v1/…` follows `api_url`."""

    model_config = _under("STRIPE_")

    api_url: str = "https://api.stripe.com"


class PaystackSettings(BaseSettings):
    """`/transaction/…` follows `api_url`."""

    model_config = _under("PAYSTACK_")

    api_url: str = "https://api.paystack.co"


class NotchPaySettings(BaseSettings):
    """`/payments…` follows `api_url`."""

    model_config = _under("NOTCHPAY_")

    api_url: str = "https://api.notchpay.co"


class Settings(BaseSettings):
    model_config = _under("")

    env: Literal["development", "production"] = "development"
    data_dir: Path = Path(".booka")
    public_url: str = ""
    master_key: SecretStr = SecretStr("")
    now: datetime | None = None
    log_level: str = "INFO"
    failpoint: str = ""
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    quiet_window_ms: int = Field(default=1200, ge=0)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    redis: RedisSettings = Field(default_factory=RedisSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    whatsapp: WhatsAppSettings = Field(default_factory=WhatsAppSettings)
    telegram: TelegramSettings = Field(default_factory=TelegramSettings)
    openai: OpenAiSettings = Field(default_factory=OpenAiSettings)
    stripe: StripeSettings = Field(default_factory=StripeSettings)
    paystack: PaystackSettings = Field(default_factory=PaystackSettings)
    notchpay: NotchPaySettings = Field(default_factory=NotchPaySettings)

    @property
    def in_production(self) -> bool:
        return self.env == "production"

    @property
    def base_url(self) -> str:
        return self.public_url.rstrip("/") or f"http://{self.http.host}:{self.http.port}"

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> Self:
        if self.now is not None and self.now.tzinfo is None:
            raise ValueError("BOOKA_NOW needs an offset, such as 2026-03-02T08:00:00+01:00 or …Z")
        if self.in_production:
            problems = list(_production_problems(self))
            if problems:
                raise ValueError("; ".join(problems))
        return self


def _production_problems(settings: Settings) -> list[str]:
    problems = []
    if settings.now is not None:
        problems.append("BOOKA_NOW may not be set in production")
    if settings.failpoint:
        problems.append("BOOKA_FAILPOINT may not be set in production")
    if not settings.master_key.get_secret_value():
        problems.append("BOOKA_MASTER_KEY is required in production (booka make-key prints one)")
    if not settings.database.url or not settings.redis.url:
        problems.append("BOOKA_DATABASE_URL and BOOKA_REDIS_URL are required in production")
    if not settings.whatsapp.app_secret.get_secret_value():
        problems.append("BOOKA_WHATSAPP_APP_SECRET is required in production")
    urls = {
        "BOOKA_PUBLIC_URL": settings.public_url,
        "BOOKA_WHATSAPP_API_URL": settings.whatsapp.api_url,
        "BOOKA_TELEGRAM_API_URL": settings.telegram.api_url,
        "BOOKA_OPENAI_BASE_URL": settings.openai.base_url,
        "BOOKA_STRIPE_API_URL": settings.stripe.api_url,
        "BOOKA_PAYSTACK_API_URL": settings.paystack.api_url,
        "BOOKA_NOTCHPAY_API_URL": settings.notchpay.api_url,
    }
    problems += [
        f"{name} must be https in production" for name, url in urls.items() if url and not url.startswith("https://")
    ]
    return problems


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; raises ConfigurationError with one clear line per fault."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"{'.'.join(str(p) for p in e['loc']) or 'settings'}: {e['msg']}" for e in error.errors()]
        raise ConfigurationError("; ".join(lines)) from error


def environment_secret(name: str) -> str | None:
    """A secret that a tenant file names as { env = "NAME" }; .env is read too, the real environment wins."""
    return os.environ.get(name) or dotenv_values(".env").get(name)
