"""Workers look at what is due to all tenants: not at what thousands of tests elsewhere left behind."""

from tests.support.databases import runtime_of_folder as shared_runtime

__all__ = ["shared_runtime"]
