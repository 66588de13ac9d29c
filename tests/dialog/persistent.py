"""A customer who knows what they want: says it once in words of their own, then taps whatever leads there."""

from dataclasses import dataclass, field

from tests.support.phone import Phone

_PATIENCE = 16
_MENU = "menu"


@dataclass
class Persistent:
    """`wants` are labels in the order in which they are looked for; `agrees_to` must all stand in a summary before
    it gets its yes. What is not to be found is looked for from the menu."""

    phone: Phone
    wants: tuple[str, ...]
    agrees_to: tuple[str, ...]
    done: tuple[str, ...]
    seen: list[str] = field(default_factory=list)

    async def pursues(self, *words: str) -> int:
        """How many messages it took; fails where patience ends."""
        text = await self.phone.writes(*words)
        for count in range(1, _PATIENCE):
            self.seen.append(text)
            if any(word in text.lower() for word in self.done):
                return count
            text = await self._answers(text)
        raise AssertionError("\n---\n".join(self.seen))

    async def _answers(self, text: str) -> str:
        labels = self.phone.labels
        if any(label.startswith("Yes") for label in labels):
            is_meant = all(fact in text for fact in self.agrees_to)
            return await (self.phone.taps("Yes") if is_meant else self.phone.writes(_MENU))
        for wanted in self.wants:
            found = next((label for label in labels if label.startswith(wanted)), None)
            if found is not None:
                return await self.phone.taps(found)
        return await self.phone.writes(_MENU)
