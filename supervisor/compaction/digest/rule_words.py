"""Words by which a user's sentence tells a rule, in the languages that users write in.

Word lists as in `cues`: a star stands for any ending, an underscore for a space. They are broad on
purpose: a rule that is missed may be broken; one too many costs a line. What is no word between
blanks (an ending, a sign) and what has a gap in it stands in a pattern beside the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# What forbids by itself, whatever it speaks of.
FORBIDDING = """
    avoid* ban banned ban_on do_not don't don'ts dont does_not forbad* forbid* hands_away hands_off
    in_no_case keep_away keep_clear keep_out keep_your may_not must_not mustn't never no-go
    no_longer not_to_be nobody_but nothing_but off-limits off_limits only out_of_bounds
    out-of-bounds prohibit* read-only read_only readonly refrain* frozen freeze steer_clear
    stay_away stay_clear stay_off stay_out stop taboo under_no unless untouch* without sacred
    sacrosanct immutable append-only hold_off set_in_stone not_permitted
    nicht nichts nie niemals kein keine keinen keinem keiner keinerlei nur ohne verboten verbot
    verbiete* untersagt tabu finger_weg hände_weg unverändert unberührt unangetastet
    jamais interdit* interdiction défense_de défendu* sans seulement uniquement évite* intouchable*
    pas_touche aucune_modification aucun_changement
    nunca jamás prohibid* prohíb* solo sólo solamente sin evita evite eviten intocable* bajo_ningún
    bajo_ninguna ni_se_te_ocurra
    jamais proibid* proíb* somente apenas sem evitar intocáve* de_jeito_nenhum
    mai vietat* vieta proibit* divieto soltanto senza evitare intoccabil* guai
    niet nooit geen verboden zonder blijf_af afblijven
    nigdy zabron* zakaz* nie_wolno tylko bez ręce_precz
    asla sakın yasak* yalnızca hiçbir_zaman kesinlikle
    inte_röra rör_inte ändra_inte aldrig förbjud* får_inte ikke aldri forbudt må_ikke må_inte
    nikdy zakázán* nesahej* neměň* nemaž* nesmí*
    нельзя запрещ* запрет* никогда ни_в_коем_случае ни_за_что только без руки_прочь не_смей*
    не_вздумай* не_должн* не_надо заборон* ніколи лише не_можна
"""
# What demands or reserves something, and may yet be said without any prohibition.
DEMANDING = """
    always always_use every_time whenever at_all_times ask_me ask_first ask_before check_with_me
    before_you except from_now_on going_forward remember make_sure ensure mind_that note_that
    important require required requires insist has_to have_to need_to needs_to must should shouldn't
    shouldnt shall can't cant cannot won't wont instead_of rather_than prefer stick_to limit at_most
    at_least no_more_than no_less_than no_fewer_than as_is as_it_is as_it_stands as_it_was
    as_they_are keep_it keep_the keep_all keep_every keep_using hands_on
    immer darf dürfen muss müssen bitte_kein stets vorher lass lassen
    toujours laisse laissez doit doivent siempre deja dejen debe deben sempre deixe deve devem
    lascia lasciate devono altijd alleen moet moeten laat zawsze musi muszą zostaw
    her_zaman sadece mutlaka alltid måste bara altid skal vždy musí
    всегда обязательно должен должна должно должны оставь оставьте завжди повинен
"""
# What makes a demand a prohibition, and is no rule by itself.
NEGATIONS = "no not nobody no_one leave as_is as_it_is pas ne no_se não non nie не ни hayır"

VERBS = (  # of what one does to a file, a service or a branch
    r"(?:touch|chang|edit|modif|alter|delet|remov|renam|commit|push|run|us(?:e|ing)|add|install"
    r"|deploy|merg|drop|reformat|upgrad|rewrit|mov|call|send|writ|mak|mess|allow|ours|yours"
    r"|business|concern|tamper|fiddl|meddl)\w*"
)
# A negation, and what shall not be done in the words behind it.
FRAMES = "|".join(
    (
        rf"\b(?:no(?:t|body|thing|ne| one| more| longer)?|zero)\b.{{0,40}}\b{VERBS}",
        r"\b(?:keep|stay|leave)s?\b.{0,30}\boff\b",
        r"\b(?:leave|let)s?\b.{0,60}"
        r"\b(?:alone|untouched|be|as|is|unchanged|where|intact|the way)\b",
        r"\b(?:keep|remain|stay)(?:s|ing)?\b.{0,60}\b(?:as|intact|unchanged|the same|the way|put"
        r"|closed|locked|unmodified|untouched|where)\b",
        r"\b(?:belongs? to|owned by)\b.{0,30}\b(?:team|else|customer|client|other|another)",
        r"\b(?:locked|sealed|hands)\b.{0,30}\b(?:from|off|until)\b",
        r"\bno (?:l[aeo]s? |me |se |te |nos )?(?:toqu|toc|cambi|borr|us[ea]|hag|modifi|elimin"
        r"|edit|renombr|muev|ejecut|sub[ae]|instal|desplieg|escrib|agregu|quit|añad|alter|reescrib"
        r"|pong|deb|pued|se pued)\w*",
        r"\bnão (?:o |a |os |as |se )?(?:alter|toqu|toc|mex|mud|apag|delet|us[ea]|edit|modifi|exclu"
        r"|remov|renom|mov|execut|instal|escrev|faç|faz|pod|dev)\w*",
        r"\bnon (?:l[aoie] |si |mi )?(?:tocc|modific|cambi|cancell|elimin|us[ai]|rimuov|spost"
        r"|rinomin|edit|scriv|esegu|install|aggiung|fare|far[ei]|dev|può|puoi|alter)\w*",
        r"\b(?:ne |n')(?:\w+ ){0,2}\w+(?:-\w+)? .{0,30}\b(?:pas|jamais|rien|aucun\w*)\b",
        r"\bne (?:pas|jamais|rien) \w+",
        r"\bnie (?:rusz|dotyk|zmieni|modyfik|usuw|kasuj|edytuj|używaj|wysył|pushuj|commit|przenoś)"
        r"\w*",
        r"\b(?:dokun|elle|sil|değiştir|çalıştır|düzenle|kullan)(?:ma|me)(?:y[ıi]n\w*|z)?\b[.!]*$",
        r"\bне (?:трог|трон|меня|измен|удал|редакт|использ|пуш|запуск|добавл|переимен|перепис|дела"
        r"|коммит|прикас|лез|чіпа|зміню|видал|чепа)\w*",
    )
)
# Chinese, Japanese, Korean, Arabic and Hindi put no blanks, or no border, where these end.
SIGNS = (
    r"不要|禁|绝不|絕不|不得|只能|不能|勿|不许|不許|不准|不可|不应|不應|绝对不|千万|千萬|永远不"
    r"|[别別](?:碰|动|動|改|删|刪|用|再|修|在|把|去|提交|推|乱)|除非|原样|原樣|不动|不碰|不改"
    r"|[るくうすつぬむぶぐ]な(?=$|[。！!、，,よ」\s])|しない|ないで|いけ(?:ない|ません)|な(?:らない|りません)"
    r"|[だダ][めメ]|触らな|変えな|消さな|絶対に|決して|厳禁|まま(?:に|で|$)|以外"
    r"|지 ?(?:마|말)|금지|안 ?(?:돼|되|됩|된)|절대|않(?:도록|게)|그대로"
    r"|ممنوع|يمنع|لا ت|أبد[اً]|मत |कभी न|न करें"
)
DEMANDS = r"必须|必須|务必|務必|始终|始終|总是|總是|一律|必ず|常に|べき|반드시|항상|دائما|हमेशा"


def _pattern(words: str, beside: str) -> re.Pattern[str]:
    """As `cues.cue`, with the words by their first letters: a third of the time."""
    listed: dict[str, list[str]] = {}
    for word in words.split():
        rest = re.escape(word[1:]).replace(r"\*", r"\w*").replace("_", " ")
        listed.setdefault(word[0], []).append(rest)
    grouped = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in listed.items())
    return re.compile(rf"\b(?:{grouped})\b|{beside}", re.IGNORECASE)


FORBIDS = _pattern(FORBIDDING, f"{FRAMES}|{SIGNS}")
RULE = _pattern(FORBIDDING + DEMANDING, f"{FRAMES}|{SIGNS}|{DEMANDS}")
NEGATED = _pattern(NEGATIONS, r"n't\b")


def is_rule(text: str) -> bool:
    return RULE.search(text) is not None


def forbids(text: str) -> bool:
    """Whether a rule forbids something, and does not only demand it."""
    return FORBIDS.search(text) is not None or NEGATED.search(text) is not None


def cues_in(text: str) -> Iterator[re.Match[str]]:
    """Every place where a text forbids something."""
    return FORBIDS.finditer(text)
