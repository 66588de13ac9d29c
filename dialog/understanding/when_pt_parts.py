"""Portuguese words for the parts of the day."""

from __future__ import annotations

from dialog.understanding.when_values import AFTERNOON, FIRST_THING, MORNING, NIGHT

_DAWN = ("dawn", 240, 480, False)

PARTS: dict[str, object] = {
    "manha|de manha|pela manha|na parte da manha|parte da manha|na manha|a manha|manhas|manhazinha|as manhas"
    "|pelas manhas|de manhazinha": MORNING,
    "tarde|de tarde|a tarde|pela tarde|na parte da tarde|parte da tarde|na tarde|tardes|as tardes|tardinha"
    "|de tardinha|a tardinha": AFTERNOON,
    "noite|de noite|a noite|pela noite|na parte da noite|parte da noite|na noite|noites|noitinha|a noitinha"
    "|de noitinha": NIGHT,
    "madrugada|de madrugada|pela madrugada|a madrugada|na madrugada": _DAWN,
    "primeira hora|primeiro horario|logo de manha|logo pela manha|logo cedo|de manha cedo|cedo de manha": FIRST_THING,
    "fim do dia|final do dia|no fim do dia|no final do dia|ultimo horario": ("end of day", 1020, 1200, True),
    "inicio do dia|comeco do dia|no inicio do dia|no comeco do dia": FIRST_THING,
    "depois do cafe|depois do cafe da manha|apos o cafe da manha": ("after breakfast", 540, 660, False),
    "antes do almoco|antes de almocar": ("before lunch", 600, 720, False),
    "depois do jantar|apos o jantar|depois de jantar": ("after dinner", 1200, 1320, True),
    "hora do jantar|na hora do jantar": ("dinner", 1140, 1320, True),
    "anoitecer|ao anoitecer": ("nightfall", 1080, 1200, True),
    "entardecer|ao entardecer": ("dusk", 1020, 1140, True),
    "antes do trabalho|antes de trabalhar": ("before work", 420, 540, False),
    "durante o dia": ("daytime", 480, 1080, None),
    "meio da manha|no meio da manha": ("mid morning", 570, 660, False),
    "meio da tarde|no meio da tarde": ("mid afternoon", 900, 1020, True),
    "hora do almoco|na hora do almoco|horario de almoco|no horario de almoco|no almoco": (
        "lunchtime",
        720,
        840,
        True,
    ),
    "depois do almoco|apos o almoco|dps do almoco": ("after lunch", 780, 900, True),
    "saindo do trabalho|na saida do trabalho|saida do trabalho|depois do trabalho"
    "|apos o trabalho|dps do trabalho|depois do servico|depois do expediente": (
        "after work",
        1020,
        1200,
        True,
    ),
    "depois da escola|depois da aula|depois das aulas": ("after school", 900, 1080, True),
    "do meio dia as|do meio dia a": [("from", "of"), ("noon", 720), ("at_to", "a"), ("at", "as")],
    "do meio dia ate|do meio dia ate as": [("from", "of"), ("noon", 720), ("until", "ate")],
    "do meio dia": [("of", "of"), ("part", ("midday", 720, 900, True))],
}
