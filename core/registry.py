"""Plug-ins are files: every module of a package that defines the named attribute."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def discover(package: ModuleType, attribute: str) -> dict[str, Any]:
    """Key → plug-in for each module of `package` with `attribute`; the key is the plug-in's own `key`."""
    found = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        plugin = getattr(importlib.import_module(info.name), attribute, None)
        if plugin is not None:
            found[str(plugin.key)] = plugin
    return found
