"""Which way a message goes when it leaves, what waits for a person, and what cannot go anywhere.

The one rule: the way is chosen when the message leaves, and anew after a refusal; what a channel has refused is not
given to it again until the person has written or an operator wants it.
"""
