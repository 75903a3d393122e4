"""How the installation stands: one list of checks, read by `/readyz`, by `zalobot doctor` and by the operator's page.

The one rule: a check says what is (`facts`), how bad that is (`state`), and which problem it is (`problem`, a key of
the words and remedies); it says no words and repairs nothing.
"""

from zalobot.standing.checks import OK, RED, STATES, WARN, Check, worst
from zalobot.standing.whole import status

__all__ = ["OK", "RED", "STATES", "WARN", "Check", "status", "worst"]
