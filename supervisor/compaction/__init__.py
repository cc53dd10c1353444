"""From a dead session's transcript to the next session's context.

The files stand in the order the data flows: read, digest, redact, plan, summarize (with
its backends), check, compose; `compact.py` is the whole way and `worker.py` the process
that walks it.
"""
