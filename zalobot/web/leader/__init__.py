"""The leader's console: what is late, about to be, and why; the agencies' figures; answers to score.

The one rule: its figures are those of the public page, from the same board.
"""
