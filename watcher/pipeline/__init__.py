"""The corridor: gather → sift → read → judge → commit → speak. The only package that sees every room.

`sitting` judges a batch of entries against memory (pure); `polling` is one cycle of collecting,
judging and committing; `speaking` drains the outbox; `replaying` is the same judgement over an
archive with a simulated clock. Only `schedule` and `cli` import it.
"""
