"""Measures zalobot beside a bare server and beside a common framework, in one run, on one machine.

The one rule: only ratios within one run mean anything; see bench/README.md.
"""
