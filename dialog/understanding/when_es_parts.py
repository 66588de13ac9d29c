"""Spanish words for the parts of the day, and for what comes after the next."""

from __future__ import annotations

from dialog.understanding.when_values import AFTERNOON, FIRST_THING, MORNING, NIGHT

_MIDDAY = ("midday", 720, 900, True)
_DAWN = ("dawn", 240, 480, False)

PARTS: dict[str, object] = {
    "esta manana|esta misma manana": [("this", "this"), ("part", MORNING)],
    "la manana|por la manana|x la manana|en la manana|a la manana|las mananas|por las mananas|en las mananas"
    "|de mananita|mananita|la mnna|la mnn|por la mnna|en la mnna|a la mnna|la maniana|por la maniana"
    "|alguna manana|cualquier manana|una manana": MORNING,
    "la tarde|por la tarde|x la tarde|en la tarde|a la tarde|tarde|las tardes|por las tardes|en las tardes|tardecita"
    "|la tardecita": AFTERNOON,
    "la noche|por la noche|x la noche|en la noche|a la noche|noche|de noche|las noches|por las noches"
    "|tarde noche|por la tarde noche|la tarde noche"
    "|la nochecita": NIGHT,
    "madrugada|la madrugada|por la madrugada|en la madrugada|de madrugada": _DAWN,
    "primeras horas|a primeras horas|las primeras horas"
    "|primera hora|a primera hora|a primera hora de la manana|primera hora de la manana"
    "|por la manana a primera hora": FIRST_THING,
    "ultimas horas|a ultimas horas|las ultimas horas|ultima hora"
    "|a ultima hora|final del dia|al final del dia|fin del dia|ultima hora de la tarde": (
        "end of day",
        1020,
        1200,
        True,
    ),
    "comienzos del dia|comienzo del dia|principio del dia|inicio del dia|inicios del dia": FIRST_THING,
    "durante el dia|horario laboral|horario de oficina|horario comercial|horario de trabajo|horas laborales"
    "|horas de oficina|horas de trabajo|horas habiles": ("daytime", 480, 1080, None),
    "despues del desayuno|despues de desayunar": ("after breakfast", 540, 660, False),
    "antes de la comida|antes del almuerzo|antes de comer|antes de almorzar": ("before lunch", 600, 720, False),
    "despues de cenar|despues de la cena": ("after dinner", 1200, 1320, True),
    "hora de la cena|hora de cenar|a la hora de la cena|a la hora de cenar": ("dinner", 1140, 1320, True),
    "hora de la siesta|a la hora de la siesta": ("siesta", 840, 960, True),
    "atardecer|al atardecer|al caer la tarde|a la caida de la tarde": ("dusk", 1080, 1200, True),
    "anochecer|al anochecer|al caer la noche": ("nightfall", 1140, 1260, True),
    "antes del trabajo|antes de trabajar": ("before work", 420, 540, False),
    "a media manana|a mitad de manana|mitad de manana": ("mid morning", 570, 660, False),
    "a media tarde|a mitad de tarde|mitad de tarde": ("mid afternoon", 900, 1020, True),
    "al almuerzo|en el almuerzo|durante el almuerzo"
    "|hora de comer|la hora de comer|hora de almuerzo|hora del almuerzo"
    "|la hora del almuerzo|hora de la comida": (
        "lunchtime",
        720,
        840,
        True,
    ),
    "despues de comer|despues de la comida|despues del almuerzo|despues de almorzar": ("after lunch", 780, 900, True),
    "despues del trabajo|despues de trabajar|salida del trabajo|a la salida del trabajo|al salir del trabajo"
    "|saliendo del trabajo|despues de la oficina": (
        "after work",
        1020,
        1200,
        True,
    ),
    "despues de clase|despues de clases|despues del colegio|despues de la escuela": (
        "after school",
        900,
        1080,
        True,
    ),
    "de la medianoche|de la media noche|de medianoche": [("of", "of"), ("part", NIGHT)],
    "del mediodia a las|del mediodia a la|del medio dia a las": [
        ("from", "of"),
        ("noon", 720),
        ("at_to", "a"),
        ("at", "las"),
    ],
    "del mediodia hasta|del medio dia hasta": [("from", "of"), ("noon", 720), ("until", "hasta")],
    "del mediodia en adelante": [("noon", 720), ("later", "later")],
    "del mediodia|del medio dia": [("of", "of"), ("part", _MIDDAY)],
}

_NEXT = ("l proximo", "l siguiente", "l que viene", " la proxima", " la siguiente", " la que viene")
AFTER_NEXT = "|".join(
    [
        *(
            f"{after}{coming}"
            for after in ("despues de", "de despues de", "posterior a", "siguiente a")
            for coming in _NEXT
        ),
        *(f"tras e{coming}" for coming in _NEXT[:3]),
        *(f"tras{coming}" for coming in _NEXT[3:]),
    ]
)
UNITS = ("primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "septimo", "octavo", "noveno")
