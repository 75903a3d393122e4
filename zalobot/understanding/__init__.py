"""What people mean: their words read, what they want, what it is about, whose it is. Pure, no language model.

The one rule: everything decided here says which words decided it.
"""

from zalobot.understanding.intents import Intent
from zalobot.understanding.reader import Context, Ranked, Reader, Understanding, reader_for

__all__ = ["Context", "Intent", "Ranked", "Reader", "Understanding", "reader_for"]
