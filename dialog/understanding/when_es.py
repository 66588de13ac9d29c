"""Spanish words about time, of Spain and of Latin America."""

from __future__ import annotations

from dialog.understanding.text import wordset
from dialog.understanding.when_es_not_time import COUNTED, LABELS, LOOKALIKES, NOT_TIME, WEAK
from dialog.understanding.when_es_numbers import NUMBERS
from dialog.understanding.when_es_parts import AFTER_NEXT, PARTS
from dialog.understanding.when_lexicon import WhenWords
from dialog.understanding.when_values import AFTERNOON, MORNING, NIGHT

SPANISH = WhenWords(
    code="es",
    is_day_first=True,
    words={
        "weekday": {
            "lunes|lun|luns|lnes": 0,
            "martes|mart|mar": 1,
            "miercoles|mierc|mier|mie|mircoles|miecoles": 2,
            "jueves|jue|juev|juebes": 3,
            "viernes|vie|vier|biernes|vienres": 4,
            "sabado|sabados|sab|savado|sabadito": 5,
            "domingo|domingos|dom": 6,
        },
        "month": {
            "enero|ene": 1,
            "febrero|feb|febr": 2,
            "marzo|mzo": 3,
            "abril|abr": 4,
            "mayo|may": 5,
            "junio|jun": 6,
            "julio|jul": 7,
            "agosto|ago": 8,
            "septiembre|setiembre|sept|sep|set": 9,
            "octubre|oct": 10,
            "noviembre|nov": 11,
            "diciembre|dic": 12,
        },
        "relday": {
            "ahora mismo|en este momento|ya mismo|ahorita|hoy|hoy dia|hoy mismo|el dia de hoy|este dia": 0,
            "manana|mnn|manna|mnna|maniana|manana mismo|el dia de manana": 1,
            "manana de manana": [("relday", 1), ("part", MORNING)],
            "pasado a las": [("relday", 2), ("at_to", 1), ("at", "las")],
            "pasado por la manana|pasado en la manana|pasado a la manana": [("relday", 2), ("part", MORNING)],
            "pasado por la tarde|pasado en la tarde|pasado a la tarde": [("relday", 2), ("part", AFTERNOON)],
            "pasado por la noche|pasado en la noche|pasado a la noche": [("relday", 2), ("part", NIGHT)],
            "pasado manana|pasadomanana|el dia despues de manana": 2,
            "de hoy en ocho|de hoy en 8|hoy en ocho|de hoy en ocho dias|de hoy en 8 dias": 7,
            "de manana en ocho|de manana en 8|manana en ocho|de manana en ocho dias": 8,
            "de hoy en quince|de hoy en 15": 14,
            "esta noche|hoy noche|hoy en la noche|hoy a la noche": [("relday", 0), ("part", NIGHT)],
        },
        **NUMBERS,
        "unit": {
            "dias": "day",
            "un dia|1 dia": [("num", 1), ("unit", "day")],
            "semana|semanas|sem|semana numero|semana nro": "week",
            "semana laboral|semana de trabajo|semana habil|semana lectiva": "workweek",
            "quincena": "fortnight",
            "noches": "day",
            "mes|meses": "month",
            "ano|anos": "year",
            "media hora|una media hora|media horita": [("num", 30), ("tunit", 1)],
            "hora y media|una hora y media": [("num", 90), ("tunit", 1)],
            "cuarto de hora|un cuarto de hora": [("num", 15), ("tunit", 1)],
            "una hora|una horita": [("num", 60), ("tunit", 1)],
            "tres cuartos de hora": [("num", 45), ("tunit", 1)],
            "par de dias": [("num", 2), ("unit", "day")],
            "un par de horas": [("num", 2), ("tunit", 60)],
            "unos dias|unos cuantos dias|pocos dias": [("num", 3), ("unit", "day")],
            "un par de dias": [("num", 2), ("unit", "day")],
            "un par de meses": [("num", 2), ("unit", "month")],
            "un par de semanas": [("num", 2), ("unit", "week")],
            "mes y medio|un mes y medio": [("num", 45), ("unit", "day")],
            "semana y media|una semana y media": [("num", 10), ("unit", "day")],
            "media semana": [("edge", "mid"), ("unit", "week")],
        },
        "tunit": {"minuto|minutos|min|mins|minutitos": 1},
        "hsign": {"h|hs|hr|hrs|hora|horas|en punto|horas en punto|hrs en punto|h en punto": "h"},
        "weekend": {"fin de semana|finde|finde semana|fines de semana|findes": "weekend"},
        "part": PARTS,
        "noon": {"mediodia|medio dia|mitad del dia": 720, "medianoche|media noche": 0},
        "ampm": {"am|a.m|a m": "am", "pm|p.m|p m": "pm"},
        "half": {"media": 30, "y 1/2": [("and", "y"), ("half", 30)], "½": [("and", "y"), ("half", 30)]},
        "quarter": {"cuarto|un cuarto|1/4": 15, "y tres cuartos|y 3/4": [("and", "y"), ("num", 45)]},
        "minus": {"menos": "minus"},
        "next": {
            "proximo|proxima|proximos|proximas|prox|que viene|que vienen|que entra|q viene|entrante|siguiente"
            "|siguientes|venidero|venidera|que sigue|que siguen|q sigue|subsiguiente|la otra|el otro": "next",
            "otra semana": [("next", "next"), ("unit", "week")],
            "otro mes": [("next", "next"), ("unit", "month")],
            "dia de la semana que viene|dia de la proxima semana|dia de la semana proxima|dia de la otra semana": [
                ("next", "next"),
                ("unit", "week"),
            ],
            "dia de esta semana": [("this", "this"), ("unit", "week")],
        },
        "this": {
            "este|esta|estos|estas|mismo|misma|presente": "this",
            "actual|corriente|en curso": "current",
            "la misma semana|aquella semana|aquella misma semana": [("this", "this"), ("unit", "week")],
            "el mismo mes|aquel mes|aquel mismo mes": [("this", "this"), ("unit", "month")],
        },
        "anchor": {
            "la manana siguiente|a la manana siguiente": [("part", MORNING), ("anchor", 1)],
            "la tarde siguiente|a la tarde siguiente": [("part", AFTERNOON), ("anchor", 1)],
            "la noche siguiente|a la noche siguiente": [("part", NIGHT), ("anchor", 1)],
            "no, el otro|no, la otra|no, el siguiente|no, la siguiente|no el otro|no la otra|no el siguiente"
            "|no la siguiente|sino el otro|sino la otra|sino el siguiente|sino la siguiente|sino el proximo"
            "|sino la proxima|sino el de despues|sino la de despues": 7,
            "dia previo|el dia previo|dia de antes|el dia de antes"
            "|el dia anterior|el dia antes|un dia antes|la vispera|vispera|dia anterior": -1,
            "dia posterior|el dia posterior|el dia de despues"
            "|el dia siguiente|al dia siguiente|dia siguiente|el dia despues|un dia despues|al otro dia": 1,
        },
        "last": {"ultimo|ultima|ultimos|ultimas": "last", "ultimo dia": [("last", "last"), ("unit", "day")]},
        "in": {
            "en|dentro de|en aproximadamente|en alrededor de|en mas o menos|en como|en torno a"
            "|dentro de aproximadamente|de aqui a|de aca a|de aqui en|en unos|en unas|dentro de unos"
            "|en cosa de": "in",
            "en el plazo de|en un plazo de|en un plazo maximo de|dentro del plazo de|en no mas de": "within",
            "al cabo de|de aqui en unos": "in",
            "en unos dias|dentro de unos dias": [("in", "in"), ("num", 3), ("unit", "day")],
        },
        "fromnow": {"mas de": "more", "mas tarde|desde ahora|a partir de ahora|mas adelante": "fromnow"},
        "after": {
            "despues de|despues|desp de|dps de|dsps de|dsp de|luego de|tras|pasada|pasadas|posterior a|posteriores a"
            "|posteriores de"
            "|mas tarde de|mas tarde que|mas alla de|despues d|posteriormente a|con posterioridad a": "after",
            "no antes de|nunca antes de|no mas temprano de|no mas temprano que|como pronto|como muy pronto"
            "|lo mas pronto|lo mas temprano|tan pronto como|tan temprano como|a mas temprano": "not before",
            "en o despues de": "not before",
            "no antes del|nunca antes del|en o despues del": [("after", "not before"), ("on", 1)],
            "posterior al|posteriores al": [("after", "after"), ("on", 1)],
            "despues delas": [("after", "after"), ("at", "las")],
            "pasado el": [("after", "after"), ("on", 1)],
            "despues del|luego del|que sigue al|q sigue al": [("after", "after"), ("on", 1)],
            "pasado el mediodia|pasado el medio dia|pasado mediodia|pasado medio dia": [
                ("after", "after"),
                ("noon", 720),
            ],
        },
        "before": {
            "antes de|antes|antes d|no mas tarde de|no mas tarde que|previo a|anterior a"
            "|no despues de|con anterioridad a": "before",
            "en o antes de": "not after",
            "en o antes del": [("before", "not after"), ("on", 1)],
            "antes de que acabe el|antes de que acabe la|antes de que termine el|antes de que termine la"
            "|antes de acabar el|antes de acabar la|antes de terminar el|antes de terminar la": [
                ("before", "not after"),
                ("this", "this"),
            ],
            "antes delas": [("before", "before"), ("at", "las")],
            "antes del|previo al|anterior al|no despues del|no mas tarde del": [("before", "before"), ("on", 1)],
        },
        "until": {"hasta|y hasta": "until", "de aqui al|de aca al|hasta el|y hasta el": [("until", 1), ("on", 1)]},
        "since": {
            "desde|a partir de|a partir|apartir de|apartir|a contar de|partiendo de|empezando|comenzando"
            "|arrancando|iniciando": "since",
            "a contar del|empezando del|empezando desde": [("since", 1), ("on", 1)],
            "a partir del": [("since", 1), ("on", 1)],
        },
        "at_to": {"a": "a", "al|ala": [("at_to", 1), ("on", 1)], "a las|alas|a la": [("at_to", 1), ("at", "las")]},
        "at": {"las|@": "las"},
        "between": {"entre": "between", "entre ahora": [("between", "between"), ("relday", 0)]},
        "and": {"y": "y"},
        "also": {"o|u|o bien": "or"},
        "from": {"de ahora": [("from", "of"), ("relday", 0)], "de|d": "of", "del": [("from", "of"), ("on", 1)]},
        "the": {"la|los|lo|mi": "the"},
        "on": {"el|dia|el dia|los dias": "on"},
        "about": {
            "sobre|a golpe de|al filo de|al filo del|a eso de|hacia|alrededor de|mas o menos|aproximadamente"
            "|aprox|cerca de|tipo|en torno a"
            "|mas o menos a|al rededor de|alrededor del|cerca del|hacia el|sobre el|a eso del": "about",
            "de preferencia|preferiblemente|preferentemente|idealmente|a ser posible|si es posible|como|digamos"
            "|quizas|quiza|tal vez": "loose",
        },
        "for": {
            "para|pa|xa": "para",
            "pal": [("for", "para"), ("on", 1)],
            "por|x": "por",
            "durante|por espacio de|por un periodo de": "for",
        },
        "edge": {
            "principios de|comienzos de|inicios de|a principios|a comienzos|a inicios": "early",
            "finales de|fines de|a finales|a fines": "late",
            "principios del|comienzos del|inicios del": [("edge", "early"), ("on", 1)],
            "finales del|fines del": [("edge", "late"), ("on", 1)],
            "primeros de|primeros dias de|principio de|comienzo de|inicio de": "begin",
            "principio del|comienzo del|inicio del": [("edge", "begin"), ("on", 1)],
            "temprano|tempranito|bien temprano|tempranito en": "begin",
            "a mediados|mediados de|mitad de|medianos de|medio de": "mid",
            "mediados del|mitad del": [("edge", "mid"), ("on", 1)],
            "ultimos dias del": [("edge", "end"), ("on", 1)],
            "primeros dias del": [("edge", "begin"), ("on", 1)],
            "ultimos de|ultimos dias de|fin de|final de": "end",
            "fin del|final del": [("edge", "end"), ("on", 1)],
        },
        "weekslater": {
            AFTER_NEXT: 1,
        },
        "rest": {"resto|resto de|lo que queda|lo que resta|lo que falta|lo restante": "rest"},
        "whole": {"todo|toda|todos|todas|cualquier|entera|entero|durante todo|durante toda": "whole"},
        "weekof": {"semana del": [("weekof", 1), ("on", 1)], "semana que empieza|semana que comienza": "weekof"},
        "ago": {"hace": "ago"},
        "holiday": {
            "navidad|dia de navidad": (12, 25),
            "nochebuena|noche buena": (12, 24),
            "nochevieja|noche vieja|fin de ano": (12, 31),
            "ano nuevo|dia de ano nuevo": (1, 1),
            "san valentin|dia de san valentin": (2, 14),
            "dia de reyes": (1, 6),
            "dia del trabajo": (5, 1),
        },
        "nothing": {NOT_TIME: None},
        "later": {
            "pa delante|pa adelante|pa alante|p'alante|o mas tarde|en adelante|o despues|para adelante"
            "|minimo|como minimo": "later"
        },
        "less": {
            "como maximo|como mucho|como muy tarde|como tarde|maximo|max|o antes|a lo sumo|a mas tardar|a lo mas tardar"
            "|no mas tardar|lo mas tarde|tan tarde como|cuando mucho": "less"
        },
    },
    ordinal_endings=frozenset(
        {"o", "a", "er", "ero", "era", "ro", "ra", "do", "da", "to", "ta", "mo", "vo", "no", "°"}
    ),
    counted=COUNTED,
    weak=WEAK,
    travels=wordset(
        "lunes martes miercoles jueves viernes enero febrero septiembre octubre noviembre diciembre manana mediodia"
    ),
    lookalikes=LOOKALIKES,
    labels=LABELS,
    after_number={"mar": ("month", 3), "noches": ("unit", "day")},
    unaccented=wordset("esta este"),
)
