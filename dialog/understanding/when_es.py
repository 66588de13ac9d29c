"""Spanish words about time, of Spain and of Latin America."""

from __future__ import annotations

from dialog.understanding.text import wordset
from dialog.understanding.when_lexicon import WhenWords
from dialog.understanding.when_values import AFTERNOON, FIRST_THING, MORNING, NIGHT

_MIDDAY = ("midday", 720, 900, True)
_DAWN = ("dawn", 240, 480, False)

SPANISH = WhenWords(
    code="es",
    is_day_first=True,
    words={
        "weekday": {
            "lunes|lun": 0,
            "martes|mart|mar": 1,
            "miercoles|mierc|mie": 2,
            "jueves|jue|juev": 3,
            "viernes|vie|vier": 4,
            "sabado|sabados|sab": 5,
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
        },
        "unit": {
            "dias": "day",
            "un dia|1 dia": [("num", 1), ("unit", "day")],
            "semana|semanas|sem": "week",
            "semana laboral": "workweek",
            "quincena": "fortnight",
            "mes|meses": "month",
            "ano|anos": "year",
            "media hora|una media hora|media horita": [("num", 30), ("tunit", 1)],
            "hora y media|una hora y media": [("num", 90), ("tunit", 1)],
            "cuarto de hora|un cuarto de hora": [("num", 15), ("tunit", 1)],
            "una hora|una horita": [("num", 60), ("tunit", 1)],
            "un par de horas": [("num", 2), ("tunit", 60)],
            "un par de dias": [("num", 2), ("unit", "day")],
            "un par de semanas": [("num", 2), ("unit", "week")],
        },
        "tunit": {"minuto|minutos|min|mins|minutitos": 1},
        "hsign": {"h|hs|hr|hrs|hora|horas|en punto|horas en punto|hrs en punto|h en punto": "h"},
        "weekend": {"fin de semana|finde|finde semana|fines de semana|findes": "weekend"},
        "part": {
            "esta manana|esta misma manana": [("this", "this"), ("part", MORNING)],
            "la manana|por la manana|en la manana|a la manana|las mananas|por las mananas|en las mananas"
            "|de mananita|mananita|alguna manana|cualquier manana|una manana": MORNING,
            "la tarde|por la tarde|en la tarde|a la tarde|tarde|las tardes|por las tardes|en las tardes|tardecita"
            "|la tardecita": AFTERNOON,
            "la noche|por la noche|en la noche|a la noche|noche|de noche|las noches|por las noches|tarde noche"
            "|la nochecita": NIGHT,
            "madrugada|la madrugada|por la madrugada|en la madrugada|de madrugada": _DAWN,
            "primera hora|a primera hora|a primera hora de la manana|primera hora de la manana"
            "|por la manana a primera hora": FIRST_THING,
            "ultima hora|a ultima hora|final del dia|al final del dia|fin del dia|ultima hora de la tarde": (
                "end of day",
                1020,
                1200,
                True,
            ),
            "comienzos del dia|comienzo del dia|principio del dia|inicio del dia|inicios del dia": FIRST_THING,
            "durante el dia": ("daytime", 480, 1080, None),
            "despues del desayuno|despues de desayunar": ("after breakfast", 540, 660, False),
            "antes del almuerzo|antes de comer|antes de almorzar": ("before lunch", 600, 720, False),
            "despues de cenar|despues de la cena": ("after dinner", 1200, 1320, True),
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
            "despues de comer|despues del almuerzo|despues de almorzar": ("after lunch", 780, 900, True),
            "despues del trabajo|despues de trabajar|saliendo del trabajo|despues de la oficina": (
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
            "del mediodia|del medio dia": [("of", "of"), ("part", _MIDDAY)],
        },
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
        },
        "this": {"este|esta|estos|estas|mismo|misma|actual|presente": "this"},
        "anchor": {
            "el dia anterior|el dia antes|un dia antes|la vispera|vispera|dia anterior": -1,
            "el dia siguiente|al dia siguiente|dia siguiente|el dia despues|un dia despues|al otro dia": 1,
        },
        "last": {"ultimo|ultima": "last", "ultimo dia": [("last", "last"), ("unit", "day")]},
        "in": {
            "en|dentro de|en aproximadamente|en alrededor de|en mas o menos|en como|en torno a"
            "|dentro de aproximadamente|de aqui a|de aca a|de aqui en|en unos|en unas|dentro de unos"
            "|en cosa de": "in",
        },
        "fromnow": {"mas tarde|desde ahora|a partir de ahora|mas adelante": "fromnow"},
        "after": {
            "despues de|despues|desp de|dps de|luego de|tras|pasada|pasadas|posterior a|posteriores a|no antes de"
            "|mas tarde de|mas tarde que|mas alla de": "after",
            "despues del|luego del": [("after", "after"), ("on", 1)],
        },
        "before": {
            "antes de|antes|no mas tarde de|no mas tarde que|no mas tardar|a mas tardar|previo a|anterior a"
            "|no despues de": "before",
            "antes del": [("before", "before"), ("on", 1)],
        },
        "until": {"hasta": "until"},
        "since": {
            "desde|a partir de|a contar de|partiendo de": "since",
            "a partir del": [("since", 1), ("on", 1)],
        },
        "at_to": {"a": "a", "al|ala": [("at_to", 1), ("on", 1)], "a las|alas|a la": [("at_to", 1), ("at", "las")]},
        "at": {"las|@": "las"},
        "between": {"entre": "between"},
        "and": {"y": "y"},
        "also": {"o|u|o bien": "or"},
        "from": {"de|d": "of", "del": [("from", "of"), ("on", 1)]},
        "the": {"la|los|lo|mi": "the"},
        "on": {"el|dia|el dia|los dias": "on"},
        "about": {
            "sobre|a eso de|hacia|alrededor de|mas o menos|aproximadamente|aprox|cerca de|tipo|en torno a"
            "|mas o menos a|al rededor de|alrededor del|cerca del|hacia el|sobre el|a eso del": "about",
            "como|digamos|quizas|quiza|tal vez": "loose",
        },
        "for": {"para|pa|por": "para", "durante": "for"},
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
            "despues del proximo|despues de la proxima|tras el proximo|tras la proxima": 1,
        },
        "rest": {"resto|resto de|lo que queda de|lo que resta de": "rest"},
        "whole": {"todo|toda|todos|todas|cualquier|durante todo|durante toda": "whole"},
        "weekof": {"semana del": [("weekof", 1), ("on", 1)]},
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
        "nothing": {
            "feliz navidad|felices fiestas|feliz ano|feliz ano nuevo": None,
            "buenos dias|buen dia|buenas tardes|buenas noches|buena tarde|buena noche|lindo dia|linda tarde"
            "|buen finde|buen fin de semana|linda semana|buena semana": None,
            "otro dia|todos los dias|cada dia|un dia de estos|algun dia|el otro dia|semana santa|una vez"
            "|dia de la semana|dias de la semana|durante la semana|entre semana"
            "|hasta luego": None,
            "lo antes posible|cuanto antes|antes posible|antes que nada|de antemano": None,
            "llego tarde|llegare tarde|llegar tarde|voy tarde|muy tarde|demasiado tarde|tan tarde|mas temprano"
            "|tarde o temprano|demasiado temprano|muy temprano": None,
            "semana pasada|la semana pasada|mes pasado|ano pasado|lunes pasado|martes pasado|miercoles pasado"
            "|jueves pasado|viernes pasado|sabado pasado|domingo pasado|ayer por la tarde|ayer por la manana"
            "|ayer por la noche|anoche|ayer a la tarde|ayer a la noche|ayer en la tarde|ayer en la noche": None,
            "el mismo|la misma|lo mismo|primera vez|la hora|que hora|otra hora|otro horario": None,
            "segunda opcion|primera opcion|tercera opcion": None,
        },
        "later": {"o mas tarde|en adelante|o despues|para adelante|minimo|como minimo": "later"},
        "less": {"como maximo|como mucho|como muy tarde|maximo|max|o antes|a lo sumo": "less"},
    },
    ordinal_endings=frozenset(
        {"o", "a", "er", "ero", "era", "ro", "ra", "do", "da", "to", "ta", "mo", "vo", "no", "°"}
    ),
    counted=wordset(
        "persona personas pers pax gente adultos adulto ninos ninas nino nina hijos hijas chicos chicas amigos amigas "
        "hombres mujeres veces vez estrellas estudiantes plazas asientos sillas mesas anos anitos citas turnos "
        "reservas opciones horarios servicios comensales monedas primeras primeros ultimas ultimos "
        "cosas bebes pesos soles"
    ),
    weak=wordset("lun mar mart mie jue vie vier sab dom sem may ago set ene dic"),
    travels=wordset(
        "lunes martes miercoles jueves viernes enero febrero septiembre octubre noviembre diciembre manana mediodia"
    ),
    lookalikes=wordset(
        "manzana manzanas vienes vienen viene vendes entero junto junta juntos abrir abrid mayor mares martas marte "
        "luces lunas juegos jueces sabio salado sabanas sabana domino marco marca mario maria marta tarda tardo tardas "
        "tarda tardan tarjeta noches coche carne maxima maximo minimo minima bueno buena enojo enseno proceso prueba "
        "manera manejo manicura mandar mando tempura siguen siguiendo"
    ),
    after_number={"mar": ("month", 3)},
    unaccented=wordset("esta este"),
)
