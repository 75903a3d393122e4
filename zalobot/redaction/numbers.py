"""Bank accounts, identity numbers and telephones among all the numbers of a text.

The one rule: a run of digits is read group by group from its beginning, and at each place the account is tried first,
then the identity number, then the telephone; a number that must stay is stepped over whole.
"""

import re
from typing import Final

from zalobot.redaction import context
from zalobot.redaction.context import Context
from zalobot.redaction.kinds import Kind
from zalobot.redaction.links import Found
from zalobot.redaction.runs import Run
from zalobot.redaction.shadow import Shadow
from zalobot.redaction.words import listed

_RUN: Final = re.compile(r"[0-9]+(?:[ .()\-]{1,3}[0-9]+)*")
_PHONE: Final = re.compile(r"(?:0|(?:00)?840?)(?:[35789][0-9]{8}|2[0-9]{9}|1[2689][0-9]{8})")
_LIKE_PHONE: Final = re.compile(r"0[1-9][0-9]{7,10}|(?:00)?84[0-9]{8,10}|[35789][0-9]{8}")
_IDENTITY: Final = re.compile(r"0(?!00)(?:[0-8][0-9]|9[0-6])[0-9]{9}")
_SERVICE: Final = re.compile(r"1[89]00[0-9]{4,6}")
_ROUND: Final = re.compile(r"[1-9][0-9]*0{5}")
_AFTER_SIGN: Final = re.compile(r"[/.\-][a-z0-9]|/")


_NOT_ACCOUNT: Final = ("keep", "tax", "phone", "identity")
Taken = tuple[int, Found | None]


def numbers(shadow: Shadow) -> list[Found]:
    """All accounts, identity numbers and telephones, in the order of the text."""
    masks: list[Found] = []
    for match in _RUN.finditer(shadow.num):
        if match.end() - match.start() < 6:
            continue
        masks += _read(Run.of(shadow, *match.span()), masks)
    return masks


def _read(run: Run, earlier: list[Found]) -> list[Found]:
    masks: list[Found] = []
    group, after_mask = 0, False
    while group < len(run.groups):
        taken = _take(run, group, after_mask, masks[-1:] or earlier[-1:])
        after_mask = taken is not None and taken[1] is not None
        if taken and taken[1]:
            masks.append(taken[1])
        group = taken[0] + 1 if taken else group + 1
    return masks


def _take(run: Run, first: int, after_mask: bool, previous: list[Found]) -> Taken | None:
    """The last group of the number that begins here with its mask, or without one where it stays; None: no number."""
    ahead = run.reach(first, 19)
    if not ahead or len(ahead[-1][1]) < 6:
        return None
    start = run.groups[first][0]
    said = context.before(run.shadow, start)
    if not _may_start(run, first, said, after_mask):
        return None
    return (
        _account(run, first, said, ahead, previous)
        or _identity(run, first, said, ahead)
        or _stays(run, first, said, ahead)
        or _phone(run, first, said, ahead)
    )


def _may_start(run: Run, first: int, said: Context, after_mask: bool) -> bool:
    """Not inside a code such as QN2611 or an amount; a word that says what the number is may touch it."""
    num, start = run.shadow.num, run.groups[first][0]
    if first and not after_mask:
        gap = run.gap(first)
        return " " in gap or "(" in gap or ")" in gap or len(run.singles[first]) >= 10
    left = num[start - 1 : start]
    if left.isalpha():
        touching = said.kind != "" and said.end == start
        return touching or (len(run.singles[first]) >= 10 and run.shadow.bare[start - 1].islower())
    return not (left == "," and num[start - 2 : start - 1].isdigit() and len(run.singles[first]) < 9)


def _account(run: Run, first: int, said: Context, ahead: list[tuple[int, str]], previous: list[Found]) -> Taken | None:
    if said.kind in _NOT_ACCOUNT:
        return None
    last = _account_end(run, first, ahead)
    if last < first:
        return None
    digits = run.digits(first, last)
    start, end = run.groups[first][0], run.groups[last][1]
    reason = _account_reason(run, (first, last), digits, said, previous)
    coded = run.shadow.low[start - 1 : start] == "-" and run.shadow.low[max(0, start - 2) : start - 1].isalpha()
    signed = last + 1 == len(run.groups) and _AFTER_SIGN.match(run.shadow.low, end)
    if not reason or len(digits) < 6 or signed or (coded and said.end != start - 1):
        return None
    cue = run.shadow.low[said.start : said.end]
    if said.kind == "account" and cue == "stk" and start - said.end <= 3:
        start = said.start
    return last, (Kind.ACCOUNT, start, end, reason)


def _account_end(run: Run, first: int, ahead: list[tuple[int, str]]) -> int:
    """As far as one account goes: not into an amount, nor into a telephone typed after it."""
    last = first
    for group, digits in ahead[1:]:
        gap, single = run.gap(group), run.singles[group]
        whole = len(single) > 9 and (_PHONE.fullmatch(single) or _IDENTITY.fullmatch(single))
        if len(gap) > 1 or (whole and len(digits) - len(single) >= 6):
            break
        last = group
    if not context.unit_follows(run.shadow, run.groups[last][1]):
        return last
    money = last
    while money > first and len(run.singles[money]) == 3 and len(run.singles[money - 1]) <= 3:
        money -= 1
    return money - 1


def _account_reason(run: Run, groups: tuple[int, int], digits: str, said: Context, previous: list[Found]) -> str:
    """Why these digits are an account; "" if nothing says so."""
    start, end = run.groups[groups[0]][0], run.groups[groups[1]][1]
    gap = run.shadow.low[said.end : start]
    is_amount = run.amount(groups[0]) == groups[1] or bool(_ROUND.fullmatch(digits))
    if said.kind == "account":
        # Right after "stk", "số tài khoản" it is one, whatever it looks like; "trong tài khoản 1.250.000.000" is money.
        direct = (not gap.strip(" :.-") and run.shadow.low[said.start] == "s") or said.bank
        money = is_amount and digits.endswith("000") and not direct
        return "" if money else "account_word"
    other = bool(_PHONE.fullmatch(digits) or _IDENTITY.fullmatch(digits) or _SERVICE.fullmatch(digits)) or is_amount
    if said.kind == "account_weak" and len(digits) >= 8 and not other:
        return "transfer_word"
    if said.kind in ("", "account_weak", "bank", "neutral") and context.bank_follows(run.shadow, end):
        return "" if is_amount or _SERVICE.fullmatch(digits) else "bank_after"
    if said.kind == "bank" and len(digits) >= 8 and not other:
        return "bank_before"
    return "account_list" if len(digits) >= 8 and not other and _listed(run, start, previous) else ""


def _listed(run: Run, start: int, previous: list[Found]) -> bool:
    """Whether this follows another account after no more than a comma or an "and"."""
    if not previous or previous[0][0] is not Kind.ACCOUNT:
        return False
    between = run.shadow.low[previous[0][2] : start]
    return len(between) <= 9 and between.strip(" ,;/+-\n") in {"", "va", "hoac", "hay"}


def _identity(run: Run, first: int, said: Context, ahead: list[tuple[int, str]]) -> Taken | None:
    if said.kind == "keep":
        return None
    lengths = (12, 9) if said.kind == "identity" else (12,)
    for length in lengths:
        for last, digits in ahead:
            if len(digits) != length or not _identity_shape(run, first, last, digits, said):
                continue
            reason = "identity_word" if said.kind == "identity" else "identity_form"
            return last, (Kind.IDENTITY, run.groups[first][0], run.groups[last][1], reason)
    return None


def _identity_shape(run: Run, first: int, last: int, digits: str, said: Context) -> bool:
    if said.kind != "identity" and not _IDENTITY.fullmatch(digits):
        return False
    gaps = [run.gap(group) for group in range(first + 1, last + 1)]
    if any(len(gap) > 1 for gap in gaps) or run.shadow.num[run.groups[first][0] - 1 : run.groups[first][0]] == "+":
        return False
    if said.kind == "identity":
        return True
    # "0912 000 345 12" is a telephone and a number after it.
    phone = any(len(d) < 12 and _PHONE.fullmatch(d) for _, d in run.reach(first, 11))
    return not phone or last - first == 11


def _stays(run: Run, first: int, said: Context, ahead: list[tuple[int, str]]) -> Taken | None:
    """Tax codes, numbers of documents and amounts."""
    if said.kind == "keep":
        return first, None
    if said.kind == "tax":
        last = next((last for last, digits in ahead if len(digits) == 10), -1)
        if last >= 0:
            branch = last + 1 < len(run.groups) and len(run.singles[last + 1]) == 3 and "-" in run.gap(last + 1)
            return last + branch, None
        return (first, None) if len(run.singles[first]) == 13 else None
    if said.kind == "phone" or run.shadow.num[run.groups[first][0] - 1 : run.groups[first][0]] == "+":
        return None
    amount = run.amount(first)
    if amount >= 0:
        return amount, None
    return (first + 1, None) if _is_branch(run, first) else None


def _is_branch(run: Run, first: int) -> bool:
    """0109881236-001 is the tax code of a branch."""
    if first + 1 >= len(run.groups) or len(run.singles[first]) != 10 or len(run.singles[first + 1]) != 3:
        return False
    end = first + 2 == len(run.groups) or run.gap(first + 2) not in ("-", ".")
    return run.gap(first + 1) == "-" and end


def _phone(run: Run, first: int, said: Context, ahead: list[tuple[int, str]]) -> Taken | None:
    start = run.groups[first][0]
    plus = run.shadow.num[start - 1 : start] == "+"
    last, reason = _phone_end(run, first, said, ahead, plus)
    if not reason:
        return None
    end = run.groups[last][1]
    if not plus and run.singles[first][0] != "0" and said.kind != "phone" and context.unit_follows(run.shadow, end):
        return last, None
    if run.digits(first, last) in listed("number", "official_phones"):
        return last, None
    return last, (Kind.PHONE, _phone_start(run, start, end), end, reason)


def _phone_end(run: Run, first: int, said: Context, ahead: list[tuple[int, str]], plus: bool) -> tuple[int, str]:
    for last, digits in ahead:
        if _PHONE.fullmatch(digits):
            return last, "form"
    if plus and run.amount(first) < 0:
        abroad = [last for last, digits in ahead if 10 <= len(digits) <= 15 and digits[0] != "0"]
        if abroad and not context.unit_follows(run.shadow, run.groups[abroad[-1]][1]):
            return abroad[-1], "abroad"
    if said.kind == "phone":
        for last, digits in reversed(ahead):
            if _LIKE_PHONE.fullmatch(digits):
                return last, "phone_word"
    return -1, ""


def _phone_start(run: Run, start: int, end: int) -> int:
    """With the plus, and with the bracket that is closed inside the number."""
    num = run.shadow.num
    if num[start - 1 : start] == "+":
        start -= 1
    if num[start - 1 : start] == "(" and num.count(")", start, end) > num.count("(", start, end):
        start -= 1
    return start
