"""How much of a session a compacted context keeps: generated transcripts with planted facts.

phrasings and names give the words, records and outputs the shape, plant and generate the
transcript, contestants and perfect the contexts, score and lineage the measure, report the table.
"""
