"""Portuguese words about time, of Brazil and of Portugal."""

from __future__ import annotations

from dialog.understanding.text import wordset
from dialog.understanding.when_lexicon import WhenWords
from dialog.understanding.when_pt_parts import PARTS
from dialog.understanding.when_values import NIGHT

PORTUGUESE = WhenWords(
    code="pt",
    is_day_first=True,
    words={
        "weekday": {
            "segunda feira|segundas feiras|segunda|segundas|2a feira|2 feira|seg|na 2a": 0,
            "terca feira|tercas feiras|terca|tercas|3a feira|3 feira|ter|na 3a": 1,
            "quarta feira|quartas feiras|quarta|quartas|4a feira|4 feira|qua|na 4a": 2,
            "quinta feira|quintas feiras|quinta|quintas|5a feira|5 feira|qui|na 5a": 3,
            "sexta feira|sextas feiras|sexta|sextas|6a feira|6 feira|sex|na 6a": 4,
            "sabado|sabados|sab|sabadao": 5,
            "domingo|domingos|dom": 6,
        },
        "month": {
            "janeiro|jan": 1,
            "fevereiro|fev": 2,
            "marco|mar": 3,
            "abril|abr": 4,
            "maio|mai": 5,
            "junho|jun": 6,
            "julho|jul": 7,
            "agosto|ago": 8,
            "setembro|set": 9,
            "outubro|out": 10,
            "novembro|nov": 11,
            "dezembro|dezem": 12,
        },
        "relday": {
            "neste momento|nesse momento|agora mesmo|hoje|hj|hoje mesmo|o dia de hoje|dia de hoje|este dia": 0,
            "amanha|amnh|amanh|amanha mesmo": 1,
            "depois de amanha|dps de amanha|depois d amanha|depois amanha": 2,
            "hoje a noite|hj a noite|hoje de noite": [("relday", 0), ("part", NIGHT)],
        },
        "num": {
            "um|uma": 1,
            "dois|duas": 2,
            "tres": 3,
            "quatro": 4,
            "cinco": 5,
            "seis": 6,
            "sete": 7,
            "oito": 8,
            "nove": 9,
            "dez": 10,
            "onze": 11,
            "doze": 12,
            "treze": 13,
            "catorze|quatorze": 14,
            "quinze": 15,
            "dezesseis|dezasseis": 16,
            "dezessete|dezassete": 17,
            "dezoito": 18,
            "dezenove|dezanove": 19,
            "dois mil": 2000,
        },
        "tens": {"vinte": 20, "trinta": 30, "quarenta": 40, "cinquenta": 50},
        "zero": {"zero": 0},
        "ord": {
            "primeiro|primeira|primeiros|primeiras": 1,
            "segundo": 2,
            "terceiro|terceira": 3,
            "quarto": 4,
            "quinto": 5,
            "sexto": 6,
            "setimo|setima": 7,
            "oitavo|oitava": 8,
            "nono|nona": 9,
            "decimo|decima": 10,
            "vigesimo": 20,
            "trigesimo": 30,
            "penultimo|penultima": -2,
            "antepenultimo|antepenultima": -3,
            "penultimo dia": [("ord", -2), ("unit", "day")],
            "primeiro dia": [("ord", 1), ("unit", "day")],
            "dia primeiro|no dia primeiro": [("on", 1), ("num", 1)],
        },
        "unit": {
            "dias": "day",
            "um dia|1 dia": [("num", 1), ("unit", "day")],
            "semana|semanas|sem": "week",
            "semana util": "workweek",
            "quinzena": "fortnight",
            "mes|meses": "month",
            "ano|anos": "year",
            "meia hora|uma meia hora|meia horinha": [("num", 30), ("tunit", 1)],
            "hora e meia|uma hora e meia": [("num", 90), ("tunit", 1)],
            "quarto de hora|um quarto de hora": [("num", 15), ("tunit", 1)],
            "uma hora|uma horinha": [("num", 60), ("tunit", 1)],
            "tres quartos de hora": [("num", 45), ("tunit", 1)],
            "um par de horas|umas duas horas": [("num", 2), ("tunit", 60)],
            "uns dias|alguns dias|poucos dias|uns poucos dias": [("num", 3), ("unit", "day")],
            "um par de dias|uns dois dias": [("num", 2), ("unit", "day")],
            "um par de meses": [("num", 2), ("unit", "month")],
            "um par de semanas": [("num", 2), ("unit", "week")],
            "mes e meio|um mes e meio": [("num", 45), ("unit", "day")],
            "semana e meia|uma semana e meia": [("num", 10), ("unit", "day")],
        },
        "tunit": {"minuto|minutos|min|mins|minutinhos": 1},
        "hsign": {"h|hs|hr|hrs|hora|horas|em ponto|horas em ponto|h em ponto|hrs em ponto": "h"},
        "weekend": {
            "fim de semana do dia|fds do dia|final de semana do dia": [("weekend", 1), ("from", "of"), ("on", 1)],
            "fim de semana|final de semana|fds|fim d semana|fins de semana|fim semana": "weekend",
        },
        "part": PARTS,
        "noon": {
            "meio dia e meio": [("noon", 720), ("half", 30)],
            "meio dia|meiodia|metade do dia": 720,
            "meia noite|meianoite": 0,
        },
        "ampm": {"am|a.m|a m": "am", "pm|p.m|p m": "pm"},
        "half": {"meia": 30, "½": [("and", "e"), ("half", 30)]},
        "quarter": {"um quarto|1/4": 15},
        "minus": {"menos": "minus", "menos quarto|menos um quarto": [("minus", "menos"), ("quarter", 15)]},
        "next": {
            "proximo|proxima|proximos|proximas|prox|que vem|q vem|que entra|seguinte|seguintes|vindouro"
            "|na outra|no outro": "next",
            "outra semana": [("next", "next"), ("unit", "week")],
            "outro mes": [("next", "next"), ("unit", "month")],
            "dia da semana que vem|dia da proxima semana|dia da outra semana": [("next", "next"), ("unit", "week")],
            "dia desta semana|dia dessa semana": [("this", "this"), ("unit", "week")],
        },
        "this": {
            "este|esta|esse|essa|estes|estas|neste|nesta|nesse|nessa|deste|desta|desse|dessa|agora|mesmo|mesma": "this",
            "atual|corrente|em curso": "current",
            "a mesma semana|na mesma semana": [("this", "this"), ("unit", "week")],
            "o mesmo mes|no mesmo mes": [("this", "this"), ("unit", "month")],
        },
        "anchor": {
            "o dia anterior|no dia anterior|o dia antes|dia antes|um dia antes"
            "|a vespera|na vespera|vespera|dia anterior": -1,
            "o dia seguinte|no dia seguinte|dia seguinte|um dia depois|no outro dia": 1,
        },
        "last": {"ultimo|ultima|ultimos|ultimas": "last", "ultimo dia": [("last", "last"), ("unit", "day")]},
        "in": {
            "em|dentro de|em aproximadamente|em cerca de|daqui a cerca de|em torno de|daqui a|daqui|daki a"
            "|daki|de hoje a|daqui uns|daqui umas|em uns|em umas": "in",
        },
        "fromnow": {"mais tarde|a partir de agora|a contar de hoje": "fromnow"},
        "after": {
            "depois de|depois|dps de|dps|apos|passado|passadas|posterior a|mais tarde que": "after",
            "nao antes de|nunca antes de": "not before",
            "nao antes do|nao antes da|nunca antes do": [("after", "not before"), ("on", 1)],
            "depois do|depois da|dps do|dps da": [("after", "after"), ("on", 1)],
            "nao antes das|nunca antes das": [("after", "not before"), ("at", "as")],
            "depois das|dps das|apos as|depois as|apos das|passadas as|passado das": [("after", "after"), ("at", "as")],
        },
        "before": {
            "antes de|antes|nao mais tarde que|nao mais que|nao depois de|no maximo ate": "before",
            "antes do|antes da": [("before", "before"), ("on", 1)],
            "antes das": [("before", "before"), ("at", "as")],
        },
        "until": {"ate|ateh|e ate": "until"},
        "since": {
            "desde|a partir de|a contar de": "since",
            "a partir do|a partir da|desde o|desde a": [("since", 1), ("on", 1)],
            "a partir das|desde as": [("since", 1), ("at", "as")],
        },
        "at_to": {
            "a": "a",
            "ao|aos": [("at_to", 1), ("on", 1)],
            "as": [("at_to", 1), ("at", "as")],
            "as uma|a uma": [("at_to", 1), ("at", "as"), ("num", 1)],
            "a uma hora|as uma hora": [("at_to", 1), ("at", "as"), ("num", 1), ("hsign", "h")],
        },
        "at": {"@": "as"},
        "between": {"entre": "between"},
        "and": {"e": "e"},
        "also": {"ou|ou entao": "or"},
        "from": {"de|d": "of", "do|da|dos": [("from", "of"), ("on", 1)], "das": [("from", "of"), ("at", "as")]},
        "the": {"os": "the"},
        "on": {"o|no|na|nos|nas|dia|no dia|o dia|pro dia|do dia|os dias|nos dias|dos dias": "on"},
        "about": {
            "por volta de|por volta|la pelas|la para as|la pras|pelas|perto de|perto das|cerca de|cerca das|umas"
            "|mais ou menos|aproximadamente|aprox|por volta das|em torno de|em torno das|tipo": "about",
            "de preferencia|preferencialmente|se possivel|idealmente|como|digamos|talvez|acho que": "loose",
        },
        "for": {
            "para|pra|p|por": "para",
            "pro": [("for", "para"), ("on", 1)],
            "pras|para as|pra as": [("for", "para"), ("at", "as")],
            "durante": "for",
        },
        "edge": {
            "primeiros dias de|comecinho de|inicio de|no inicio de|comeco de|principio de": "begin",
            "comecinho do|comecinho da|inicio do|inicio da|comeco do|comeco da|principio do|principio da": [
                ("edge", "begin"),
                ("on", 1),
            ],
            "cedo|cedinho|bem cedo": "begin",
            "meados de|metade de": "mid",
            "meio de|mei de": "mid",
            "meados do|meados da|meio do|meio da": [("edge", "mid"), ("on", 1)],
            "ultimos dias de|finalzinho de|finzinho de|fim de|final de|fim d|fins de|finais de": "end",
            "fim do|fim da|final do|final da|finalzinho do|finalzinho da|finzinho do|finzinho da|fins do": [
                ("edge", "end"),
                ("on", 1),
            ],
        },
        "rest": {"resto|resto de|restante|restante de|o que resta|o que sobra|o que falta": "rest"},
        "whole": {"todo|toda|todos|todas|inteira|inteiro|qualquer": "whole"},
        "weekslater": {
            "depois da proxima|depois do proximo|apos a proxima|apos o proximo|seguinte a proxima|seguinte ao proximo"
            "|depois da que vem|depois do que vem": 1
        },
        "weekof": {"semana do dia|semana do": [("weekof", 1), ("on", 1)], "semana que comeca": "weekof"},
        "ago": {"ha|faz|fazem": "ago"},
        "holiday": {
            "natal|dia de natal": (12, 25),
            "vespera de natal": (12, 24),
            "reveillon|vespera de ano novo|passagem de ano": (12, 31),
            "ano novo|dia de ano novo": (1, 1),
            "dia do trabalho": (5, 1),
        },
        "nothing": {
            "mas|porem|e pouco|e pouquinho|e tantas|e qualquer coisa": None,
            "feliz natal|feliz ano novo|boas festas|feliz ano": None,
            "bom dia|boa tarde|boa noite|bons dias|boas tardes|boas noites|bom fim de semana|bom final de semana"
            "|bom fds|boa semana|otimo dia|otima tarde|otima noite|otima semana": None,
            "dia da semana|dias da semana|durante a semana"
            "|outro dia|todos os dias|todo dia|cada dia|um dia desses|algum dia|semana santa|uma vez"
            "|ate logo|ate mais|dia a dia": None,
            "o mais rapido|o quanto antes|quanto antes|antes possivel|mais cedo possivel|mais cedo|muito cedo"
            "|tao cedo|cedo demais|tarde demais|muito tarde|tao tarde|cedo ou tarde": None,
            "semana passada|mes passado|ano passado|segunda passada|terca passada|quarta passada|quinta passada"
            "|sexta passada|sabado passado|domingo passado|ontem a tarde|ontem de manha|ontem a noite|ontem de tarde"
            "|ontem de noite": None,
            "a mesma|o mesmo|primeira vez|que horas|outro horario|agora nao|por agora": None,
            "segunda opcao|primeira opcao|terceira opcao|quarta opcao|quinta opcao|segunda vez|quinta vez": None,
        },
        "later": {"ou mais tarde|em diante|adiante|ou depois|no minimo|pra frente|para frente": "later"},
        "less": {"no maximo|maximo|max|ou antes|o mais tardar|no mais tardar|quando muito": "less"},
    },
    ordinal_endings=frozenset({"o", "a", "°"}),
    counted=wordset(
        "pessoa pessoas pess pax gente adultos adulto criancas crianca filhos filhas meninos meninas amigos amigas "
        "homens mulheres vezes vez estrelas estudantes lugares assentos cadeiras mesas anos aninhos reservas opcoes "
        "horarios servicos primeiras primeiros ultimas ultimos coisas bebes cortes clientes convidados reais conto"
    ),
    weak=wordset("seg ter qua qui sex sab dom sem marco mar mai out set jan ago"),
    travels=wordset("sabado domingo janeiro fevereiro setembro outubro novembro dezembro amanha hoje"),
    labels=wordset(
        "predio sala andar quarto apartamento apto ap escritorio porta mesa balcao rua avenida rota linha casa lote "
        "tamanho passo codigo onibus bloco"
    ),
    lookalikes=wordset(
        "luzes lunas teria terias teriam terra norte nomes marca marcar marcas marcou marcos marcado barco "
        "parco maior maiores junto junta juntos julgo sabia salgado salvado abrir abriu quanta quantas quando "
        "quanto conta sexto cesta sesta certa cerca tersa torca noites noivas tarda tardar carde lindo "
        "dominio manhas manda mande manhosa minha gosto gostos seguindo proxy segundos segundo quinto quintal "
    ),
    after_number={
        "noites": ("unit", "day"),
        "dez": ("month", 12),
        "set": ("month", 9),
        "out": ("month", 10),
        "mar": ("month", 3),
    },
    unaccented=wordset("esta e da"),
)
