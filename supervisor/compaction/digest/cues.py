"""Words by which a sentence tells that it will still matter, in the languages users write in.

Word lists: a star stands for any ending, an underscore for a space. They are broad on purpose; a
sentence without any of them is still weighed by its names, its numbers and its rarity.
"""

from __future__ import annotations

import re


def cue(words: str, beside: str = "") -> re.Pattern[str]:
    """A pattern that finds any of the words, or what `beside` matches."""
    listed = [re.escape(word).replace(r"\*", r"\w*").replace("_", " ") for word in words.split()]
    pattern = rf"\b(?:{'|'.join(listed)})\b" + (f"|{beside}" if beside else "")
    return re.compile(pattern, re.IGNORECASE)


CHOICE = cue(
    """
    abandon* adopt* agree agreed agrees approach choose chooses choosing chose chosen conclu*
    convention decid* decision defer* design discard* ditch* drop dropped dropping from_now_on
    go_for go_with going_for going_with went_for went_with in_favor in_favour instead keep keeping
    kept leave no_longer opt opted opting over park parked parking pick picked picking plan policy
    postpon* prefer* rather_than reject* replac* rule_out ruled_out rules_out settl* stay stays
    stick sticking strategy switch* tradeoff* trade-off* will_not won't wont
    bleib* entscheid* entschied* lieber statt decidi* elegi* en_vez mejor optamos
    """
)
CAUSE = cue(
    """
    as_it because caus* culprit due_to explain explains given_that hence it_was means_that otherwise
    reason* root since so_that thanks_to therefore thus turned_out turn_out turns_out which_is_why
    daher damit denn deshalb weil wegen debido por_eso porque ya_que
    """,
    r":\s",
)
DEAD_END = cue(
    """
    attempt* blew break* broke* bug can't cannot can_not cant choke choked conflict* crash* dead_end
    deadlock* did_not didn't didnt do_not doesn't doesnt does_not don't dont error* fail* flak*
    gave_up hang* hung in_vain incompatib* leak* lost mismatch missing no_effect no_good no_luck
    no_use nothing refus* regress* reject* revert* roll_back rolled_back slow* time_out timed_out
    times_out timeout tried try trying unsupported useless was_not wasn't wasnt worse worst wrong
    fehl* geht_nicht kaputt klappt* scheiter* versuch* fall\u00f3 falla* intent* no_funcion*
    """
)
FINDING = cue(
    """
    actual* assigned belongs careful confirm* created default* depend* discover* endpoint equal
    equals exactly expect* find found id important key learn* limit* listen listens live lives
    located maximum measur* minimum must need needed needs notic* note observ* only owner port
    registered remember requir* returns schema set_to stored takes use uses value version
    """,
    r"=|\bis \d",
)
LOOKING = re.compile(  # what is said on the way to the next call
    r"^(?:(?:now|next|first|then|ok|okay|so|great|good|perfect)[,.!]? )*"
    r"(?:let me|let's|let us|i'?ll|i will|i am going|i'?m going|going to|looking|checking|reading"
    r"|running|searching|opening|time to|on to|moving on|continuing|proceeding|working on|starting"
    r"|done\b|great\b|perfect\b|excellent\b|sure\b|understood|all (?:good|done|set)|all tests? pass"
    r"|that works|looks? good|as expected|here(?:'s| is))",
    re.IGNORECASE,
)
