"""French words for the parts of the day."""

from __future__ import annotations

from dialog.understanding.when_values import AFTERNOON, EVENING, MORNING

PARTS: dict[str, object] = {
    "matin|matinee|matins": MORNING,
    "du mat|le mat|ce mat": [("from", "of"), ("part", MORNING)],
    "petit dejeuner|au petit dejeuner|petit dej": ("breakfast", 420, 540, False),
    "en milieu de journee|au milieu de la journee|en milieu de la journee": ("midday", 660, 900, True),
    "premiere heure|a la premiere heure|premieres heures|tot le matin|de bon matin|de bonne heure": (
        "first thing",
        480,
        600,
        False,
    ),
    "apres-midi|apres midi|aprem|aprm|apm|aprem|apresmidi|apres midis|l'aprem|d'apres-midi": AFTERNOON,
    "soir|soiree|soirs": EVENING,
    "nuit": ("night", 1140, 1380, True),
    "journee": ("daytime", 480, 1080, None),
    "fin de journee|en fin de journee|fin de la journee": ("end of day", 1020, 1200, True),
    "debut de journee|en debut de journee": ("start of day", 480, 600, False),
    "sortie des classes|apres l'ecole|sortie de l'ecole": ("after school", 900, 1080, True),
    "pendant le dejeuner|au dejeuner|heure de dejeuner|l'heure de dejeuner": ("lunchtime", 720, 840, True),
    "heure du dejeuner|l'heure du dejeuner|pause dejeuner|pause midi|pause de midi": (
        "lunchtime",
        720,
        840,
        True,
    ),
    "apres le travail|apres le boulot|apres le taf|sortie du travail|sortie du boulot"
    "|sortie du bureau|apres le bureau|sortie du taf": (
        "after work",
        1020,
        1200,
        True,
    ),
    "apres le dejeuner|apres manger|apres dejeuner|apres le repas": ("after lunch", 780, 900, True),
    "avant le dejeuner|avant dejeuner": ("before lunch", 600, 720, False),
    "avant le travail|avant le boulot|avant le bureau|avant le taf": ("before work", 420, 540, False),
    "apres le diner|apres diner|apres le souper": ("after dinner", 1200, 1320, True),
    "avant le diner|avant diner|avant le souper|avant souper": ("before dinner", 1020, 1140, True),
    "petit matin|au petit matin|aux aurores|a l'aube": ("dawn", 360, 480, False),
    "l'avant-midi|en avant-midi|d'avant-midi": MORNING,
    "heure du diner|l'heure du diner|au diner": ("dinner", 1140, 1260, True),
    "heure du gouter|l'heure du gouter|au gouter": ("teatime", 930, 1020, True),
    "heure de l'apero|l'heure de l'apero|a l'apero": ("aperitif", 1080, 1200, True),
}
