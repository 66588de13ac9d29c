"""One file for each payment provider (PROVIDER), found by core/registry.py: no vendor's word is known elsewhere."""
