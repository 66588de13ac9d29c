"""Spanish words about time, of Spain and of Latin America."""

from __future__ import annotations

from dialog.understanding.text import wordset
from dialog.understanding.when_es_not_time import COUNTED, LABELS, LOOKALIKES, NOT_TIME, WEAK
from dialog.understanding.when_es_parts import AFTER_NEXT, PARTS
from dialog.understanding.when_lexicon import WhenWords
from dialog.understanding.when_values import NIGHT

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
            "sabado|sabados|sab|savado": 5,
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
            "manana|mnn|manna|manana mismo|el dia de manana": 1,
            "pasado manana|pasadomanana|el dia despues de manana": 2,
            "de hoy en ocho|de hoy en 8|hoy en ocho|de hoy en ocho dias|de hoy en 8 dias": 7,
            "de manana en ocho|de manana en 8|manana en ocho|de manana en ocho dias": 8,
            "de hoy en quince|de hoy en 15": 14,
            "esta noche|hoy noche|hoy en la noche|hoy a la noche": [("relday", 0), ("part", NIGHT)],
        },
        "num": {
            "un|una|uno": 1,
            "dos": 2,
            "tres": 3,
            "cuatro": 4,
            "cinco": 5,
            "seis": 6,
            "siete": 7,
            "ocho": 8,
            "nueve": 9,
            "diez": 10,
            "once": 11,
            "doce": 12,
            "trece": 13,
            "catorce": 14,
            "quince": 15,
            "dieciseis|diez y seis": 16,
            "diecisiete|diez y siete": 17,
            "dieciocho|diez y ocho": 18,
            "diecinueve|diez y nueve": 19,
            "veintiuno|veintiun|veintiuna": 21,
            "veintidos": 22,
            "veintitres": 23,
            "veinticuatro": 24,
            "veinticinco": 25,
            "veintiseis": 26,
            "veintisiete": 27,
            "veintiocho": 28,
            "veintinueve": 29,
            "dos mil": 2000,
            "la una": [("at", "las"), ("num", 1)],
            "a la una": [("at_to", 1), ("at", "las"), ("num", 1)],
        },
        "tens": {"veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50},
        "zero": {"cero|zero": 0},
        "ord": {
            "primer|primero|primera": 1,
            "segundo|segunda": 2,
            "tercer|tercero|tercera": 3,
            "cuarta": 4,
            "quinto|quinta": 5,
            "sexto|sexta": 6,
            "septimo|septima": 7,
            "octavo|octava": 8,
            "noveno|novena": 9,
            "decimo|decima": 10,
            "undecimo|decimoprimero": 11,
            "duodecimo|decimosegundo": 12,
            "decimotercero|decimotercer": 13,
            "decimocuarto": 14,
            "decimoquinto": 15,
            "decimosexto": 16,
            "decimoseptimo": 17,
            "decimoctavo": 18,
            "decimonoveno": 19,
            "vigesimo": 20,
            "vigesimo cuarto": 24,
            "trigesimo": 30,
            "primer dia": [("ord", 1), ("unit", "day")],
            "dia primero|el dia primero": [("on", 1), ("num", 1)],
        },
        "unit": {
            "dias": "day",
            "un dia|1 dia": [("num", 1), ("unit", "day")],
            "semana|semanas|sem|semana numero|semana nro": "week",
            "semana laboral|semana de trabajo|semana habil|semana lectiva": "workweek",
            "quincena": "fortnight",
            "mes|meses": "month",
            "ano|anos": "year",
            "media hora|una media hora|media horita": [("num", 30), ("tunit", 1)],
            "hora y media|una hora y media": [("num", 90), ("tunit", 1)],
            "cuarto de hora|un cuarto de hora": [("num", 15), ("tunit", 1)],
            "una hora|una horita": [("num", 60), ("tunit", 1)],
            "tres cuartos de hora": [("num", 45), ("tunit", 1)],
            "un par de horas": [("num", 2), ("tunit", 60)],
            "unos dias|unos cuantos dias|pocos dias": [("num", 3), ("unit", "day")],
            "un par de dias": [("num", 2), ("unit", "day")],
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
        "half": {"media": 30},
        "quarter": {"cuarto|un cuarto|1/4": 15},
        "minus": {"menos": "minus"},
        "next": {
            "proximo|proxima|proximos|proximas|prox|que viene|que vienen|que entra|q viene|entrante|siguiente"
            "|siguientes|venidero|venidera": "next",
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
            "dia previo|el dia previo|dia de antes|el dia de antes"
            "|el dia anterior|el dia antes|un dia antes|la vispera|vispera|dia anterior": -1,
            "dia posterior|el dia posterior|el dia de despues"
            "|el dia siguiente|al dia siguiente|dia siguiente|el dia despues|un dia despues|al otro dia": 1,
        },
        "last": {"ultimo|ultima": "last", "ultimo dia": [("last", "last"), ("unit", "day")]},
        "in": {
            "en|dentro de|en aproximadamente|en alrededor de|en mas o menos|en como|en torno a"
            "|dentro de aproximadamente|de aqui a|de aca a|de aqui en|en unos|en unas|dentro de unos"
            "|en cosa de": "in",
            "en unos dias|dentro de unos dias": [("in", "in"), ("num", 3), ("unit", "day")],
        },
        "fromnow": {"mas tarde|desde ahora|a partir de ahora|mas adelante": "fromnow"},
        "after": {
            "despues de|despues|desp de|dps de|luego de|tras|pasada|pasadas|posterior a|posteriores a"
            "|mas tarde de|mas tarde que|mas alla de|despues d|posteriormente a|con posterioridad a": "after",
            "no antes de|nunca antes de|no mas temprano de|no mas temprano que|como pronto|como muy pronto"
            "|lo mas pronto|lo mas temprano|tan pronto como|tan temprano como|a mas temprano": "not before",
            "no antes del|nunca antes del": [("after", "not before"), ("on", 1)],
            "posterior al|posteriores al": [("after", "after"), ("on", 1)],
            "pasado el": [("after", "after"), ("on", 1)],
            "despues del|luego del": [("after", "after"), ("on", 1)],
            "pasado el mediodia|pasado el medio dia|pasado mediodia|pasado medio dia": [
                ("after", "after"),
                ("noon", 720),
            ],
        },
        "before": {
            "antes de|antes|antes d|no mas tarde de|no mas tarde que|previo a|anterior a"
            "|no despues de|con anterioridad a": "before",
            "antes de que acabe el|antes de que acabe la|antes de que termine el|antes de que termine la"
            "|antes de acabar el|antes de acabar la|antes de terminar el|antes de terminar la": [
                ("before", "not after"),
                ("this", "this"),
            ],
            "antes del|previo al|anterior al|no despues del|no mas tarde del": [("before", "before"), ("on", 1)],
        },
        "until": {"hasta": "until", "de aqui al|de aca al|hasta el": [("until", 1), ("on", 1)]},
        "since": {
            "desde|a partir de|a contar de|partiendo de|empezando|comenzando|arrancando|iniciando": "since",
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
            "sobre|a eso de|hacia|alrededor de|mas o menos|aproximadamente|aprox|cerca de|tipo|en torno a"
            "|mas o menos a|al rededor de|alrededor del|cerca del|hacia el|sobre el|a eso del": "about",
            "como|digamos|quizas|quiza|tal vez": "loose",
        },
        "for": {
            "para|pa": "para",
            "pal": [("for", "para"), ("on", 1)],
            "por": "por",
            "durante|por espacio de|por un periodo de": "for",
        },
        "edge": {
            "primeros de|primeros dias de|principios de|principio de|comienzos de|comienzo de|inicios de"
            "|inicio de": "begin",
            "principios del|principio del|comienzos del|comienzo del|inicios del|inicio del": [
                ("edge", "begin"),
                ("on", 1),
            ],
            "temprano|tempranito|bien temprano|tempranito en": "begin",
            "mediados de|mitad de|medianos de|medio de": "mid",
            "mediados del|mitad del": [("edge", "mid"), ("on", 1)],
            "ultimos de|ultimos dias de|fin de|fines de|final de|finales de": "end",
            "fin del|fines del|final del|finales del": [("edge", "end"), ("on", 1)],
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
        "later": {"o mas tarde|en adelante|o despues|para adelante|minimo|como minimo": "later"},
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
    after_number={"mar": ("month", 3)},
    unaccented=wordset("esta este"),
)
