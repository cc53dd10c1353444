"""plan: what is kept verbatim, what is narrated, what is dropped.

Pure functions: the budget (of the conversation's size and of earlier deaths), the newest rounds
that are kept whole, what is packed into the rest by its worth, and the chunks that a model reads.
"""
