"""Reads, one module per audience, each function named with one line of purpose. Nothing here writes."""
