"""The officer's console: my queue, and one part on one page.

The one rule: everything is done by the verbs that the chat uses, with the version that was on the screen.
"""
