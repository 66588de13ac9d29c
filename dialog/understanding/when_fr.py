"""French words about time."""

from __future__ import annotations

from dialog.understanding.text import wordset
from dialog.understanding.when_fr_parts import PARTS
from dialog.understanding.when_lexicon import WhenWords
from dialog.understanding.when_values import AFTERNOON, EVENING

FRENCH = WhenWords(
    code="fr",
    mixes=("en",),
    is_day_first=True,
    words={
        "weekday": {
            "lundi|lundis|lun|lndi|ludi": 0,
            "mardi|mardis|mar": 1,
            "mercredi|mercredis|mer": 2,
            "jeudi|jeudis|jeu": 3,
            "vendredi|vendredis|ven|vend": 4,
            "samedi|samedis|sam": 5,
            "dimanche|dimanches|dim": 6,
        },
        "month": {
            "janvier|janv|jan": 1,
            "fevrier|fevr|fev": 2,
            "mars": 3,
            "avril|avr": 4,
            "mai": 5,
            "juin": 6,
            "juillet|juil": 7,
            "aout": 8,
            "septembre|sep": 9,
            "octobre|oct": 10,
            "novembre|nov": 11,
            "decembre|dec": 12,
        },
        "relday": {
            "aujourd'hui|aujourdhui|ajd|auj|aujourd8|ojd|ce jour": 0,
            "demain|2main|dmain|dem1|dmn|2m1|dm1|tomo": 1,
            "apres-demain|apres demain|ap-demain|ap demain|apdemain|surlendemain|le surlendemain": 2,
            "dans un jour|d'ici un jour": 1,
            "et apres-demain": [("and", "and"), ("relday", 2)],
            "ou apres-midi|ou l'apres-midi": [("also", "or"), ("part", AFTERNOON)],
            "ou apres-demain|ou apres demain": [("also", "or"), ("relday", 2)],
            "ce soir|cette nuit|c soir|ce soar": [("relday", 0), ("part", EVENING)],
        },
        "num": {
            "zero": 0,
            "un|une": 1,
            "deux": 2,
            "trois": 3,
            "quatre": 4,
            "cinq": 5,
            "six": 6,
            "sept": 7,
            "huit": 8,
            "neuf": 9,
            "dix": 10,
            "onze": 11,
            "douze": 12,
            "treize": 13,
            "quatorze": 14,
            "quinze": 15,
            "seize": 16,
            "dix-sept|dix sept": 17,
            "dix-huit|dix huit": 18,
            "dix-neuf|dix neuf": 19,
            "une quinzaine": 15,
            "soixante-quinze": 75,
            "quatre-vingt-dix|quatre vingts dix": 90,
            "deux mille": 2000,
        },
        "tens": {
            "vingt": 20,
            "trente": 30,
            "quarante": 40,
            "cinquante": 50,
            "soixante": 60,
            "septante": 70,
            "nonante": 90,
        },
        "ord": {
            "premier|premiere|1ere|premiers|premieres": 1,
            "deuxieme|second|seconde|duexieme": 2,
            "troisieme": 3,
            "quatrieme": 4,
            "cinquieme|cinqieme": 5,
            "avant dernier|avant derniere": -2,
        },
        "unit": {
            "jour|jours": "day",
            "semaine|semaines|sem": "week",
            "quinzaine": "fortnight",
            "mois": "month",
            "annee|an|ans|annees": "year",
            "demi-heure|une demi-heure|demi heure|une demi heure": [("num", 30), ("tunit", 1)],
            "quart d'heure|un quart d'heure": [("num", 15), ("tunit", 1)],
            "trois quarts d'heure|3 quarts d'heure|3/4 d'heure": [("num", 45), ("tunit", 1)],
            "une quinzaine de jours|quinzaine de jours": [("num", 2), ("unit", "week")],
            "dans une quinzaine": [("in", "in"), ("num", 2), ("unit", "week")],
            "dans une quinzaine de minutes": [("in", "in"), ("num", 15), ("tunit", 1)],
            "sous quinzaine": [("in", "within"), ("num", 2), ("unit", "week")],
            "sous huitaine": [("in", "within"), ("num", 1), ("unit", "week")],
            "une huitaine|une huitaine de jours|huitaine": [("num", 7), ("unit", "day")],
            "quelques jours": [("num", 3), ("unit", "day")],
            "une petite heure|une bonne heure|une heure environ": [("num", 60), ("tunit", 1)],
            "nuits": "day",
            "quelques heures": [("num", 3), ("tunit", 60)],
            "une dizaine de jours": [("num", 10), ("unit", "day")],
            "un mois et demi": [("num", 45), ("unit", "day")],
            "une semaine et demie": [("num", 10), ("unit", "day")],
        },
        "tunit": {"minute|minutes|min|mn|mins": 1},
        "hsign": {
            "h|heure|heures|hr|hrs|heurs|hres|heure pile|heures pile|h pile|heures petantes|h petantes"
            "|heures tapantes|h tapantes|heures precises|h precises|ish": "h"
        },
        "weekend": {"week-end|weekend|week end|week-ends|weekends|week ends|we|wk-end|fin de semaine": "weekend"},
        "part": PARTS,
        "noon": {
            "midi|milieu de journee|milieu de la journee|mi-journee|milieu de jour|milieu du jour": 720,
            "minuit": 0,
        },
        "ampm": {"am|a.m|a m": "am", "pm|p.m|p m": "pm", "hpm": [("hsign", "h"), ("ampm", "pm")]},
        "half": {"demi|demie|moitie": 30},
        "quarter": {"quart|un quart|1/4|quarts": 15},
        "minus": {"moins": "minus"},
        "next": {
            "prochain|prochaine|prochains|prochaines|suivant|suivante|suivants|suivantes|d'apres|pro|qui suit"
            "|proch|qui viennent|qui suivent": "next",
        },
        "this": {"ce|cet|cette|cet te|c'te|courant|ces": "this", "qui vient|qui arrive|a venir": "coming"},
        "last": {"dernier|derniere|derniers|dernieres": "last"},
        "in": {
            "dans|dans environ": "in",
            "d'ici|d'ici a|sous|dans moins de|en moins de|dans moins d|en moins d": "within",
        },
        "fromnow": {"plus tard|plus tard dans": "fromnow"},
        "after": {
            "apres|passe|plus tard que|au dela de": "after",
            "au dela du|qui suit le|qui suivra le": [("after", "after"), ("on", 1)],
            "pas avant|jamais avant|pas possible avant|pas dispo avant|pas libre avant|impossible avant": "not before",
        },
        "before": {
            "avant|before|precedant|qui precede|plus tot que|aussi tard que": "before",
            "pas apres|pas plus tard que|au plus tard a": "not after",
        },
        "until": {
            "jusqu'a|jusque|jusqu a|jusk|jusqua": "until",
            "jusqu'au|jusqu au|jusquau": [("until", 1), ("on", 1)],
        },
        "since": {
            "a partir de|a partir d'|a compter de|a compter d'|des|depuis|a partir": "since",
            "a partir du|a compter du": [("since", 1), ("on", 1)],
        },
        "at_to": {"a": "a", "au|aux": [("at_to", 1), ("on", 1)]},
        "between": {"entre": "between"},
        "and": {"et": "and"},
        "also": {"ou|ou bien|sinon": "or"},
        "from": {"de|d'|d": "of", "du": [("from", "of"), ("on", 1)], "a compter": "from"},
        "of": {
            "en": "of",
            "sur": "on",
            "dans le courant|dans le courant de|courant de|au courant de|au cours de|au cours": "during",
            "dans le courant du|courant du|au cours du": [("of", "during"), ("on", 1)],
        },
        "the": {"la|l|les|l'": "the"},
        "on": {"le|sur la|sur le": "on"},
        "at": {"@": "at"},
        "about": {
            "vers|environ|autour de|sur le coup de|sur les coups de|aux abords de"
            "|aux alentours de|aux environs de|a peu pres|peu pres|peu pres a|vers les"
            "|sur les|vers le coup de"
            "|plutot vers": "about",
            "genre|disons|plutot|de preference|si possible|par exemple|idealement|notamment": "loose",
        },
        "for": {"pendant|durant": "for", "pour": "pour"},
        "edge": {
            "premiers jours de|premiers jours d'|tout premiers jours de": "begin",
            "derniers jours de|derniers jours d'|tout derniers jours de": "tail",
            "premiers jours du": [("edge", "begin"), ("on", 1)],
            "derniers jours du": [("edge", "tail"), ("on", 1)],
            "debut|tout debut|tot|en debut de|debut de|tot dans|tres tot|assez tot|de bonne heure": "begin",
            "milieu|mi|milieu de": "mi",
            "en milieu de|en milieu|au milieu de|au milieu": "middle",
            "fin|fin de|en fin de|toute fin de": "tail",
            "tard|tard dans|assez tard|tres tard": "end",
        },
        "weekslater": {"en huit|en 8": 1, "en quinze|en 15": 2},
        "rest": {"reste|reste de": "rest"},
        "whole": {"toute|tout|toutes|entiere|entier": "whole"},
        "weekof": {
            "semaine du": [("weekof", 1), ("on", 1)],
            "semaine qui commence|semaine qui debute|semaine commencant|semaine debutant": "weekof",
        },
        "ago": {"il y a": "ago"},
        "anchor": {
            "avant veille|l'avant veille": -2,
            "le jour qui suit le|jour qui suit le": [("anchor", 1), ("from", "of"), ("on", 1)],
            "surlendemain du|le surlendemain du": [("anchor", 2), ("from", "of"), ("on", 1)],
            "la veille|le jour d'avant|le jour avant|un jour avant|veille": -1,
            "le lendemain|lendemain|le jour d'apres|le jour suivant|le jour apres|un jour apres": 1,
            "mais le prochain|mais la prochaine|mais le suivant|mais la suivante|plutot le suivant"
            "|plutot la suivante": 7,
            "celle d'apres|celui d'apres|la suivante|le suivant|celle qui suit|celui qui suit": 7,
            "la semaine d'avant": -7,
        },
        "holiday": {
            "noel|jour de noel": (12, 25),
            "veille de noel|reveillon de noel": (12, 24),
            "saint sylvestre|reveillon|veille du nouvel an": (12, 31),
            "jour de l'an|nouvel an": (1, 1),
            "saint valentin|la saint valentin|st valentin|la st valentin": (2, 14),
            "fete du travail": (5, 1),
            "halloween": (10, 31),
            "toussaint|la toussaint": (11, 1),
            "armistice|l'armistice": (11, 11),
            "assomption|l'assomption": (8, 15),
            "fete de la jeunesse": (2, 11),
            "journee de la femme|fete de la femme|journee des droits des femmes": (3, 8),
            "paques|dimanche de paques": ("easter", 0),
            "lundi de paques": ("easter", 1),
            "vendredi saint": ("easter", -2),
            "jeudi de l'ascension|l'ascension|ascension": ("easter", 39),
            "pentecote|dimanche de pentecote": ("easter", 49),
            "lundi de pentecote": ("easter", 50),
        },
        "nothing": {
            "joyeux noel|bonne annee|bon reveillon|joyeuses paques|bonnes paques|bonne paques": None,
            "mais|ca passe|se passe|qui passe": None,
            "je passe|on passe|il passe|elle passe|je repasse|on repasse": None,
            "bonne soiree|bonne journee|bonne fin de journee|bonne fin d'apres midi|bonne nuit|bonne semaine"
            "|bon week end|bon weekend|bonne fin de"
            " semaine|bon apres midi"
            "|bonne apres midi|bonne matinee|la derniere fois|l autre jour|hier soir|hier matin|hier|avant hier"
            "|samedi dernier|vendredi dernier|lundi dernier|mardi dernier|mercredi dernier|jeudi dernier"
            "|dimanche dernier|tous les jours|un jour|une fois": None,
        },
        "later": {"passees|ou plus tard|ou apres|et plus|et apres|minimum|au plus tot|mini": "later"},
        "less": {"au plus tard|max|maximum|grand max|dernier delai": "less"},
    },
    ordinal_endings=frozenset({"er", "ere", "e", "eme", "ieme", "nd", "nde", "re"}),
    counted=wordset(
        "personnes personne pers gens couverts adultes enfants filles garcons femmes hommes amis copines fois etoiles "
        "etudiants places ans chaises rdv"
    ),
    weak=wordset("mar mer jeu sam sept six we second seconde mi mars passe pro"),
    travels=wordset(
        "lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier avril juin juillet aout septembre octobre "
        "novembre decembre demain matin soir midi aujourd'hui heures prochain prochaine"
    )
    | {"ce soir", "apres-midi", "apres-demain", "week-end"},
    labels=wordset(
        "batiment salle chambre etage appartement appart porte bureau allee rue avenue boulevard quai voie ligne code "
        "taille table immeuble lot escalier casier etape"
    ),
    lookalikes=wordset(
        "merci marche mardis demande demandes vendre monde mains marie maris soires mains ronde lundis santi"
        " matine jeune jouir avoir sorti suite avril avis main"
    ),
    after_number={"sept": ("month", 9), "j": ("unit", "day"), "jrs": ("unit", "day")},
)
