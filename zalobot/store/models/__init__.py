"""Every table, one file per concept. Rules import from here, never from the files below."""

from sqlmodel import SQLModel

from zalobot.store.models.accounts import (
    Account,
    AccountRole,
    AdminEvent,
    AdminHead,
    EntryLink,
    HeldForm,
    Level,
    SignInTries,
    WebSession,
)
from zalobot.store.models.attachments import Attachment, AttachmentState
from zalobot.store.models.chats import LiveChat
from zalobot.store.models.desks import AnswerDraft, PartNote, PartPresence, SavedAnswer
from zalobot.store.models.events import InboxEvent, InboxState
from zalobot.store.models.grants import Consent, OaAccount, OaToken, ProfileLookUp
from zalobot.store.models.knowledge import InstantAnswer, KnowledgeEntry, KnowledgeState, KnowledgeVersion, Liked
from zalobot.store.models.learnt import OaTrait, Upload
from zalobot.store.models.ledger import LedgerDay, LedgerHead, LedgerSalt
from zalobot.store.models.messages import (
    Attempt,
    Channel,
    OutboxMessage,
    OutboxState,
    Priority,
    Reach,
    TemplateApproval,
    TemplateState,
)
from zalobot.store.models.officers import Absence, Officer, Role
from zalobot.store.models.people import ConsentAnswer, Conversation, Person, Purpose
from zalobot.store.models.reference import (
    Agency,
    CalendarDay,
    CalendarPaper,
    CalendarVersion,
    ProvinceRow,
    RoutingExample,
    RuleVersionRow,
    SuccessionRow,
    Topic,
)
from zalobot.store.models.reminders import ReminderEntry
from zalobot.store.models.scores import AnswerScore, Score
from zalobot.store.models.system import JobRun, Lease, TicketCounter
from zalobot.store.models.tickets import (
    GONE_PART,
    GONE_TICKET,
    Addition,
    DeadlineReceipt,
    EventKind,
    Part,
    PartState,
    Ticket,
    TicketEvent,
    TicketState,
    Tier,
    Verdict,
)
from zalobot.store.models.webhooks import (
    CatchUp,
    DoomedFile,
    OaSecret,
    Reaction,
    WebhookTrouble,
    Withdrawal,
    ZaloNotice,
)
from zalobot.store.models.wording import WordingOrigin, WordingPending, WordingState, WordingUse, WordingVersion

metadata = SQLModel.metadata

__all__ = [
    "GONE_PART",
    "GONE_TICKET",
    "Absence",
    "Account",
    "AccountRole",
    "Addition",
    "AdminEvent",
    "AdminHead",
    "Agency",
    "AnswerDraft",
    "AnswerScore",
    "Attachment",
    "AttachmentState",
    "Attempt",
    "CalendarDay",
    "CalendarPaper",
    "CalendarVersion",
    "CatchUp",
    "Channel",
    "Consent",
    "ConsentAnswer",
    "Conversation",
    "DeadlineReceipt",
    "DoomedFile",
    "EntryLink",
    "EventKind",
    "HeldForm",
    "InboxEvent",
    "InboxState",
    "InstantAnswer",
    "JobRun",
    "KnowledgeEntry",
    "KnowledgeState",
    "KnowledgeVersion",
    "Lease",
    "LedgerDay",
    "LedgerHead",
    "LedgerSalt",
    "Level",
    "Liked",
    "LiveChat",
    "OaAccount",
    "OaSecret",
    "OaToken",
    "OaTrait",
    "Officer",
    "OutboxMessage",
    "OutboxState",
    "Part",
    "PartNote",
    "PartPresence",
    "PartState",
    "Person",
    "Priority",
    "ProfileLookUp",
    "ProvinceRow",
    "Purpose",
    "Reach",
    "Reaction",
    "ReminderEntry",
    "Role",
    "RoutingExample",
    "RuleVersionRow",
    "SavedAnswer",
    "Score",
    "SignInTries",
    "SuccessionRow",
    "TemplateApproval",
    "TemplateState",
    "Ticket",
    "TicketCounter",
    "TicketEvent",
    "TicketState",
    "Tier",
    "Topic",
    "Upload",
    "Verdict",
    "WebSession",
    "WebhookTrouble",
    "Withdrawal",
    "WordingOrigin",
    "WordingPending",
    "WordingState",
    "WordingUse",
    "WordingVersion",
    "ZaloNotice",
    "metadata",
]
