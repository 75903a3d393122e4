"""What a business does in chat with a ticket it has: look it up, reply to a question, say why an answer did not do."""

from zalobot.flows.engine import Flow
from zalobot.flows.steps import Code, Confirm, Files, Text
from zalobot.flows.words import changes
from zalobot.province import Province

LOOK_UP, REPLY, VERDICT_REASON = "look_up", "reply", "verdict_reason"


def look_up_flow(_province: Province) -> Flow:
    """Asks for a code; "của tôi" works everywhere and needs no flow."""
    return Flow(name=LOOK_UP, steps=(Code(name="code"),))


def reply_flow(_province: Province) -> Flow:
    """The reply to an officer's question, in as many messages and photos as it takes, then sent by one tap.

    `files` is answered beforehand (none, done): it only collects what comes.
    """
    return Flow(
        name=REPLY,
        steps=(
            Text(name="reply", at_least=2),
            Files(name="files"),
            Confirm(name="confirm", change=changes("reply"), more="reply"),
        ),
    )


def verdict_reason_flow(_province: Province) -> Flow:
    """Why the answer did not do; may be skipped."""
    return Flow(name=VERDICT_REASON, steps=(Text(name="reason", at_least=2, at_most=2000, optional=True),))
