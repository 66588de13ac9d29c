"""The sample tenants of `booka demo`, one file each, in the order of their names."""

from importlib.resources import files


def sample_files() -> list[tuple[str, str]]:
    """(file name, text) of each."""
    found = [item for item in files(__name__).iterdir() if item.name.endswith(".toml")]
    return [(item.name, item.read_text(encoding="utf-8")) for item in sorted(found, key=lambda item: item.name)]
