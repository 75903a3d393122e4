"""What is published of the agencies: shares, medians, verdicts, hand-overs, counted in one way for pages and files.

The one rule: the table is worked out from the parts that are published with it (`table.py` reads nothing else), so
anybody who has the file can work it out again. What each figure means stands once, in `templates/web/figures.toml`.
"""
