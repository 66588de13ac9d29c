"""How many come: four people, table for two, nous serons 6, my wife and me, moi et les 3 enfants."""

from __future__ import annotations

from collections.abc import Sequence

from dialog.understanding.counting import ARTICLES, MEASURES, NUMBERS, asked_number, by_twos, number_of
from dialog.understanding.text import wordset

_PERSONS = wordset(
    "people person persons pax guests guest adults adult seats us personnes personne pers couverts adultes"
    " places individuals kids kid children child enfants enfant friends friend amis copines girls girl filles"
    " women woman femmes sisters ladies lady garcons boys boy gens tetes diners covers heads men man hommes"
    " bebes bebe baby babies toddlers ados invites convives potes copains cousines soeurs freres collegues"
    " colleagues clients guys pikin gosse gosses gamin gamins gamine gamines marmots mioches bambins convive"
    " fils sons daughters cousins nieces nephews brothers siblings petits petites adulte fille garcon femme"
    " homme mbindi filleuls bridesmaids groomsmen students ppl grownups teenagers teens"
)
_HEADS = wordset("person people personne adult adulte guest couvert place seat diner cover pers pax")
_TOGETHER = wordset(
    "people persons person pax personnes personne personas persona pessoas pessoa us guests places seats"
)
_KIN = wordset(
    "wife husband girlfriend boyfriend friend sister brother mom mum mother dad father daughter son kid child sis bro"
    " hubby partner fiance fiancee cousin aunt uncle niece nephew grandma grandpa babe boo bestie roommate colleague"
    " boss boy mama papa grandmother grandfather mother twin spouse girl guy"
    " femme mari copine copain amie ami soeur frere mere maman pere fille fils petit petite bebe cousine tante oncle"
    " niece neveu mamie papi conjoint conjointe compagnon compagne cherie cheri collegue voisine meilleure amoureux go"
    " nga mater pater reuf reus gars"
)
_ENDING = wordset("please today tomorrow tonight on at this next pls only")
_JOINING = wordset("join joins")
_COMING = wordset("come comes coming vient viendra viennent")
_ASKING_LEAVE = wordset("can may if could but and que")
_MINE = wordset("my ma mon mes un une a our notre the di")
_NOT_COUNTED = wordset("me him her moi booked scheduled down")
_SIBLINGS = wordset("daughter sister brother cousin niece nephew colleague roommate aunt uncle")
_CALLED = wordset("maman papa mamie papi mum mom dad grandma grandpa")
_PERHAPS = wordset("maybe perhaps possibly or peut ou quizas talvez")
_PAIRS = wordset("parents grandparents")
_HAVING = wordset("ai have got tengo tenho tenemos temos avons")
_ME = wordset("me i moi myself")
_ABOUT = wordset("only just now une un environ about around like maybe roughly almost presque approximately nearly")
_PLACES = wordset(
    "just only restaurant table reservation booking dinner lunch brunch mesa seat spot reserva place diner dejeuner"
)
_GIVING = wordset("give get book tell for let send pour donne donnez reserve mets mettez")
_LINKS = wordset("belle beau grand and et n plus avec with my our mon ma mes nos notre the les")
_WITH = wordset("with avec")
_AND = wordset("and et n plus avec with")
_AM = (
    ["table", "for"],
    ["table", "of"],
    ["table", "pour"],
    ["table", "de"],
    ["mesa", "para"],
    ["mesa", "for"],
    ["grupo", "de"],
    ["party", "of"],
    ["group", "of"],
    ["groupe", "de"],
    ["nous", "serons"],
    ["on", "sera"],
    ["nous", "sommes"],
    ["on", "est"],
    ["on", "serait"],
    ["we", "are"],
    ["we", "be"],
    ["will", "be"],
    ["est", "a"],
    ["sera", "a"],
    ["sommes", "a"],
    ["serons", "a"],
    ["venir", "a"],
    ["viendra", "a"],
    ["viendrons", "a"],
    ["vient", "a"],
    ["make", "us"],
    ["plus", "que"],
    ["sera", "que"],
    ["serons", "que"],
    ["est", "que"],
    ["sommes", "que"],
    ["viendra", "que"],
)


def party_size(words: Sequence[str], timed: set[int], *, is_asked: bool) -> tuple[int, int, int] | None:
    """(how many, first word, word after the last); the words in `timed` belong to a time, unless people follow them."""
    found = (
        _family(words)
        or by_twos(words)
        or _counted(words)
        or _told(words, timed, is_asked=is_asked)
        or (asked_number(words, timed) if is_asked else None)
        or _companions(words)
        or _just_me(words, is_asked=is_asked)
    )
    return _with_doubt(words, *found) if found else None


def _with_doubt(words: Sequence[str], number: int, first: int, last: int) -> tuple[int, int, int]:
    """ "6 maybe 7": the second one is no hour."""
    beyond = words[last + 1] if last + 1 < len(words) else ""
    following = words[last + 2] if last + 2 < len(words) else ""
    is_doubt = last < len(words) and words[last] in _PERHAPS and number_of(beyond) == number + 1
    return number, first, last + 2 if is_doubt and following not in MEASURES else last


def _counted(words: Sequence[str]) -> tuple[int, int, int] | None:
    """ "2 adults and 3 children", "nous deux et les 3 enfants", "the two of us"."""
    total, first, last = 0, -1, 0
    counts: list[int] = []
    for i, word in enumerate(words[:-1]):
        number = number_of(word) or (1 if first >= 0 and word in ("a", "an") else None)
        is_kin = number is not None and number > 1 and words[i + 1] in _SIBLINGS
        if not number or not (words[i + 1] in _PERSONS or is_kin or list(words[i + 1 : i + 3]) == ["of", "us"]):
            continue
        if word in ARTICLES and words[i + 1] not in _HEADS and first < 0:
            continue
        if first >= 0 and not set(words[last:i]) <= _AND | {"les", "the", "mes", "my", "nos", "our", "des"}:
            break
        counts.append(number)
        total, first, last = total + number, i if first < 0 else first, i + 2
    if first < 0:
        return None
    if sum(counts[1:]) == counts[0] and (len(counts) > 2 or words[first + 1] in _TOGETHER):
        return counts[0], first, last
    if first and words[first - 1] in _HAVING and words[last : last + 1] != ["a"]:
        return None
    before = list(words[max(0, first - 3) : first])
    joined = bool(_AND & set(before))
    if joined and {"nous", "us"} & set(words[:first]) and NUMBERS.get(words[max(0, first - 3)]) == 2:
        return total + 2, first, last
    own = joined and bool(_ME & set(words[max(0, first - 4) : first]))
    after = list(words[last : last + 2])
    return (
        total + (1 if own or after in (["and", "me"], ["et", "moi"], ["and", "i"], ["plus", "moi"]) else 0),
        first,
        last,
    )


def _family(words: Sequence[str]) -> tuple[int, int, int] | None:
    """ "Me, my husband and our two kids": each of them counts."""
    total, groups, first, last, i = 0, 0, -1, 0, 0
    has_me = has_pair = False
    while i < len(words):
        number = number_of(words[i])
        following = words[i + 1] if i + 1 < len(words) else ""
        if words[i] in _ME and words[max(0, i - 1)] not in _GIVING:
            count, size, has_me = 1, 1, True
        elif number and following in _PERSONS - _HEADS and words[i] not in ARTICLES:
            count, size = number, 2
        elif words[i] in _MINE and following in _KIN:
            count, size = 1, 2
        elif words[i] in _CALLED and first >= 0:
            count, size = 1, 1
        elif words[i] in _MINE and following in _PAIRS:
            count, size, has_pair = 2, 2, True
        elif first >= 0 and words[i] in _LINKS:
            i += 1
            continue
        elif first >= 0:
            break
        else:
            i += 1
            continue
        total, groups, first, last = total + count, groups + 1, i if first < 0 else first, i + size
        i += size
    if not has_me and groups and first > 0 and words[first - 1] in _WITH and (has_pair or groups > 1):
        return total + 1, first, last
    return (total, first, last) if has_me and (groups > 2 or (groups == 2 and has_pair)) else None


def _told(words: Sequence[str], timed: set[int], *, is_asked: bool) -> tuple[int, int, int] | None:
    """ "Table for two", "we are 5", "on est à 3": a number that counts those who come."""
    for i, word in enumerate(words):
        number = number_of(word)
        following = words[i + 1] if i + 1 < len(words) else ""
        if number and list(words[max(0, i - 2) : i]) in (["me", "plus"], ["me", "and"], ["moi", "plus"], ["moi", "et"]):
            return number + 1, i, i + 1
        is_one = word in ARTICLES and i > 0 and words[i - 1] == "for" and (is_asked or bool(_PLACES & set(words)))
        if is_one and (not following or following in _ENDING):
            return 1, i, i + 1
        if not number or word in ARTICLES or following in MEASURES:
            continue
        back = i
        while back and words[back - 1] in _ABOUT:
            back -= 1
        if list(words[max(0, back - 2) : back]) in _AM:
            return number, i, i + 1
        if word == "1" and following and following not in _ENDING:
            continue
        is_for = i and words[i - 1] in ("for", "pour") and words[max(0, i - 2)] not in _NOT_COUNTED
        is_times = i > 0 and words[i - 1] == "x" and not (i > 1 and number_of(words[i - 2]))
        if (i not in timed and is_for and not _companions(words)) or is_times:
            return number, i, i + 1
    return None


def _companions(words: Sequence[str]) -> tuple[int, int, int] | None:
    """ "My wife and me", "moi et ma copine", "my sister comes too", "nous deux"."""
    for i, word in enumerate(words):
        if list(words[i : i + 2]) in (["nous", "deux"], ["us", "two"], ["two", "of"], ["tous", "deux"]):
            return 2, i, i + 2
        if word not in _KIN or not i or words[i - 1] not in _MINE:
            continue
        before = [w for w in words[max(0, i - 5) : i - 1] if w not in ("for", "pour", "pr")][-2:]
        after = [w for w in words[i + 1 : i + 4] if w not in ("for", "pour")][:2]
        if (
            (len(after) == 2 and after[0] in ("and", "et", "n", "plus") and after[1] in _ME)
            or (len(before) == 2 and before[0] in _ME and before[1] in _AND)
            or (before[-1:] and before[-1] in ("me", "moi") and before[0] not in _GIVING)
        ):
            return 2, i - 1, i + 1
        if after and words[-1] in ("too", "aussi", "also", "egalement"):
            return 2, i - 1, i + 1
        rest = set(words[i + 1 :])
        if rest & _COMING and (rest >= {"with", "me"} or rest >= {"avec", "moi"}):
            return 2, i - 1, i + 1
        if after and after[0] in _JOINING and words[max(0, i - 2)] in _ASKING_LEAVE:
            return 2, i - 1, i + 1
    return None


def _just_me(words: Sequence[str], *, is_asked: bool) -> tuple[int, int, int] | None:
    """ "Just me", and "alone" where it tells how many come: "by myself" tells how."""
    for i, word in enumerate(words):
        is_counted = is_asked or (
            i > 0 and words[i - 1] in ("for", "just", "only", "pour", "coming", "come", "viens", "viendrai", "serai")
        )
        if (word in ("myself", "alone", "solo", "seul", "seule") and is_counted) or list(words[i : i + 2]) in (
            ["just", "me"],
            ["only", "me"],
            ["moi", "seul"],
            ["moi", "seule"],
            ["juste", "moi"],
            ["que", "moi"],
            ["me", "alone"],
            ["me", "only"],
            ["tout", "seul"],
            ["toute", "seule"],
        ):
            return 1, i, i + 1
    return None
