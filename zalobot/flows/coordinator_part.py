"""What a coordinator does in chat: says whose a part is, and whether a matter is simple or hard.

The answers begin with `part`, the code that the button carried, and `seen`, its version then.
"""

from zalobot.flows.choices import Choice
from zalobot.flows.engine import Flow
from zalobot.flows.officer_part import Owner
from zalobot.flows.steps import Text
from zalobot.flows.words import spoken
from zalobot.province import Province

DECIDE, CLASS = "coordinator_decide", "coordinator_class"


def decide_flow(province: Province) -> Flow:
    """Whose part it is, and why: final and public."""
    return Flow(
        name=DECIDE, steps=(Owner(name="owner", province=province), Text(name="reason", at_least=10, at_most=1000))
    )


def class_flow(_province: Province) -> Flow:
    """Simple or hard, and why: public."""
    return Flow(
        name=CLASS,
        steps=(Choice(name="klass", options=spoken("klass")), Text(name="reason", at_least=10, at_most=1000)),
    )
