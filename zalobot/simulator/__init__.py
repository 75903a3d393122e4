"""A fake Zalo over real HTTP, on its own port: the other side of the wire, and a page to chat with the bot.

The one rule: it refuses what Zalo refuses and imports nothing of the bot, so that the two cannot share a mistake.
What it does not pretend is written in README.md beside this file.
"""
