"""A ticket's life: opened by a business, split into parts, each answered by its agency, judged by the business.

The one rule: every change goes through a verb here, moves along `life.TRANSITIONS`, and leaves a TicketEvent in the
same transaction.
"""
