"""The wording studio: how the words of the bot are changed by those who answer for them.

The one rule: a draft is one person's own; what the bot says changes only by a release, which takes two people, or by
undoing one. Everything but a draft is history and stands in the admin chain.
"""
