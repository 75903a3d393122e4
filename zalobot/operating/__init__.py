"""What operators do that belongs to no other room: failed events handled again, people talked to by a human.

The one rule: every verb takes `by`, the account that does it, and writes into the admin chain what was done.
"""
