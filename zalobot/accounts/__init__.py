"""Accounts of the web pages: who may come in, by what, and what they did.

The one rule: rules take a session and the present instant; what is slow (argon2) is done before, outside a transaction.
"""
