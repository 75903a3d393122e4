"""What every role received, month by month, and what was checked."""

from collections import Counter, defaultdict

from tests.proofs.year.rules import RULES, Books
from tests.proofs.year.walls import local

WORDS = ("assignments", "reminders", "digests", "escalations", "other")
ASSIGNMENTS = ("assigned", "offered", "decided", "reopened", "succeeded", "handed_over")


def received(books: Books) -> str:
    """A line for each month and role: what came to their phones."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in books.outbox:
        who = books.year.world.ever.get(row.person_id)
        role = who.role.value if who else "business"
        counts[f"{local(row.created_at):%Y-%m}", role][_word(row.template, role)] += 1
    lines = ["month    role        " + "".join(f"{word:>13}" for word in WORDS)]
    for (month, role), found in sorted(counts.items()):
        lines.append(f"{month}  {role:<12}" + "".join(f"{found[word]:>13}" for word in WORDS))
    return "\n".join(lines)


def _word(template: str, role: str) -> str:
    group, _, name = template.partition("/")
    if name.startswith("digest"):
        return "digests"
    if group == "reminders" or name == "decide_reminder":
        climbs = name in ("overdue_head", "overdue_leader", "unseen") or (
            role in ("head", "leader") and name == "merged"
        )
        return "escalations" if climbs else "reminders"
    return "assignments" if group == "officer" and name in ASSIGNMENTS else "other"


def judge(books: Books) -> tuple[list[str], Counter[str], Counter[str]]:
    """Every violation in full, how much was checked, and how many violations of each rule."""
    checked: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    found: list[str] = []
    for rule in RULES:
        for violation in rule(books, checked):
            broken[rule.__name__] += 1
            if broken[rule.__name__] <= 10:
                found.append(f"{rule.__name__}: {violation}")
    return found, checked, broken
