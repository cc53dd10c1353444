"""From a dead session's transcript to the next session's context.

In the order in which the data flows: `read` and `recorder` make the `record` (masked by `redact/`),
`digest/` finds the facts in it, `plan/` says how much of what is kept, `summarize` asks one of the
`backends/` for a narrative with one of the `prompts/`, `check/` judges it, `parts`, `timeline` and
`compose` make the context. `compact` is the whole way, `worker` the process that walks it;
`offline` and `trial` walk it for a person. `earlier` and `merge` take up what an earlier
compaction kept.
"""
