"""What is already answered: the knowledge base that operators keep, and the public answers, searched by words.

The one rule: the index only proposes; what is shown is read from the database at that moment, and only if it may be.
"""
