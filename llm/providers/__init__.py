"""One file for each protocol (PROVIDER) and the list of prices (PRICES), found by core/registry.py: a vendor's library
is imported nowhere else, and loaded when the first question is asked."""
