"""The channels that exist: every file of bot/channels that defines CHANNEL."""

from bot import channels
from bot.channel import Channel
from core.registry import discover

CHANNELS: dict[str, Channel] = discover(channels, "CHANNEL")
