"""The ledger: every act of an agency, a business or the bot on a ticket is one entry, chained to the one before.

The one rule: entries are only ever added, by `writing`; everything else here reads, checks, publishes, or erases words.
"""

from zalobot.ledger.erasing import Erased, erase_person

__all__ = ["Erased", "erase_person"]
