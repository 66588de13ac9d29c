"""One file for each protocol; core/registry.py finds PROVIDER in it. A vendor's library is imported nowhere else."""
