"""The shape of the outside accounts in a tenant file: channels and payment providers, with their secrets."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, model_validator

from tenants.definition_fields import Account, AmountMinor, Localised, Percent, Secret, Section

PAYMENT_SECRETS = {
    "stripe": frozenset({"secret_key", "webhook_secret"}),
    "paystack": frozenset({"secret_key"}),
    "notchpay": frozenset({"public_key", "private_key", "hash_key"}),
    "manual": frozenset[str](),
}


class WhatsAppSection(Section):
    kind: Literal["whatsapp"]
    account: Account
    phone_number_id: Annotated[str, StringConstraints(pattern=r"^\d{1,40}$")]
    access_token: Secret

    @property
    def external_id(self) -> str | None:
        return self.phone_number_id

    @property
    def secrets(self) -> dict[str, SecretStr]:
        return {"access_token": self.access_token}


class TelegramSection(Section):
    kind: Literal["telegram"]
    account: Account
    bot_token: Secret
    secret_token: Secret

    @property
    def external_id(self) -> str | None:
        return None

    @property
    def secrets(self) -> dict[str, SecretStr]:
        return {"bot_token": self.bot_token, "secret_token": self.secret_token}


class EvolutionSection(Section):
    kind: Literal["evolution"]
    account: Account
    instance: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern="^[^\x00]+$")]
    api_key: Secret
    webhook_secret: Secret

    @property
    def external_id(self) -> str | None:
        return self.instance

    @property
    def secrets(self) -> dict[str, SecretStr]:
        return {"api_key": self.api_key, "webhook_secret": self.webhook_secret}


ChannelSection = Annotated[WhatsAppSection | TelegramSection | EvolutionSection, Field(discriminator="kind")]


# Whom they pay when no recipient is named is settled at the provider itself.
_HAVE_A_RECIPIENT = ("stripe",)
_LARGEST_COMMISSION = 50


class PaymentSection(Section):
    provider: Literal["stripe", "paystack", "notchpay", "manual"]
    account: Account
    secrets: dict[str, Secret] = Field(default_factory=dict)
    refund_auto_approve_below: AmountMinor = 0
    refund_auto_cap_per_customer_day: AmountMinor | None = None
    refund_auto_cap_per_day: AmountMinor | None = None
    instructions: Localised | None = None
    hold_minutes: int | None = Field(default=None, ge=10, le=7 * 24 * 60)
    release_after_hours: int | None = Field(default=None, ge=0, le=2160)
    commission_percent: Percent = "0"
    payout_recipient: Annotated[str, StringConstraints(max_length=200, pattern="^[^\x00]*$")] = ""
    payout_schedule: Literal["daily", "weekly", "monthly", "manual"] = "manual"
    payout_minimum: AmountMinor = 0

    @model_validator(mode="after")
    def _can_be_paid_out(self) -> "PaymentSection":
        if Decimal(self.commission_percent) > _LARGEST_COMMISSION:
            raise ValueError(f"commission_percent: at most {_LARGEST_COMMISSION}")
        if self.payout_schedule == "manual":
            return self
        if self.provider == "manual":
            raise ValueError("payout_schedule: what was paid by hand is not paid out")
        if not self.payout_recipient and self.provider not in _HAVE_A_RECIPIENT:
            raise ValueError(f"payout_recipient is missing for payouts by {self.provider}")
        return self

    @model_validator(mode="after")
    def _secrets_of_provider(self) -> "PaymentSection":
        needed = PAYMENT_SECRETS[self.provider]
        missing, unknown = needed - set(self.secrets), set(self.secrets) - needed
        if missing or unknown:
            faults = [f"{name} is missing" for name in sorted(missing)] + [
                f"{name} is unknown" for name in sorted(unknown)
            ]
            raise ValueError(f"secrets: {', '.join(faults)} for {self.provider}")
        return self

    @model_validator(mode="after")
    def _by_hand_only(self) -> "PaymentSection":
        """Who pays through a provider is held the time that [rules] says."""
        if self.provider != "manual" and self.hold_minutes is not None:
            raise ValueError("hold_minutes: only for manual")
        return self
