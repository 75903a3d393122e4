"""The rules, checked over everything that was queued, written and promised in a year."""

from tests.proofs.year.rules.books import Books, Rule
from tests.proofs.year.rules.climbing import overdue_climbs, what_was_put_by_is_told_in_the_morning
from tests.proofs.year.rules.counting import dues_as_the_clerk_counts, receipts_are_kept
from tests.proofs.year.rules.pushing import (
    digests_in_the_morning,
    everybody_new_is_told,
    pushes_only_in_working_time,
    the_absent_are_left_alone,
    two_a_day,
)
from tests.proofs.year.rules.recording import every_act_is_one_event, nothing_failed, states_follow, the_ledger_verifies
from tests.proofs.year.rules.stepping import no_step_twice, only_the_latest

RULES: tuple[Rule, ...] = (
    nothing_failed,
    pushes_only_in_working_time,
    two_a_day,
    no_step_twice,
    overdue_climbs,
    what_was_put_by_is_told_in_the_morning,
    only_the_latest,
    digests_in_the_morning,
    the_absent_are_left_alone,
    everybody_new_is_told,
    dues_as_the_clerk_counts,
    receipts_are_kept,
    states_follow,
    every_act_is_one_event,
    the_ledger_verifies,
)

__all__ = ["RULES", "Books", "Rule"]
