"""The credentials of Bedrock: the SDK's client that uses them, and a process that checks them.

`answer.py` is all that the supervisor itself imports; `check.py` runs in a process of its
own, for boto3 is slow to import and a chain of credentials may hang.
"""
