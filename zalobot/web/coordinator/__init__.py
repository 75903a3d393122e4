"""The coordinator's console: each ticket to the right place, disputes decided, and who waits on whom.

The one rule: everything works by forms; the keys only press what can be seen.
"""
