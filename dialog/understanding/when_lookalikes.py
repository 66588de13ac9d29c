"""Words and names of any of the languages that are one or two letters away from a word of time and are none: no slips.

They are the frequent words of each language that would otherwise be taken for a slip in a weekday, a month, a part of
the day, tomorrow or next.
"""

from __future__ import annotations

from dialog.understanding.text import wordset

LOOKALIKES = wordset(
    "abria abrio acontecer acosto agoto agradecer agusto amanda angosto apanha aparecer aposto aranha augusta "
    "auguste augusto avail bienes deceder deceler decerner decombres dedain demais demarche demarches denombre "
    "derem detain detem devem dizem docinhos domain dominados domingues dominicos dominios dominou drain earnings "
    "enfrente enterarte enteraste enterate entran entrana entranas entrando entraste entro errante estante "
    "extrane ferreiro ferrero flowing frida javier journey judio juives julia julie julio junco junin junior "
    "lanes lines lungs lures macro madri madruga madrugar magna mahdi makin malha malhas malin malins manada "
    "manantial mancha manchas manco mandas mandy manga mangas mania manias manna manny mansa manta mantas mantes "
    "marais marana marcao march marcio marcy marde marees mareo marges margo mariana maries marin marins markings "
    "marko marois marrow martel martens marti martin martins martos matan match maten mates matic matiz maton "
    "mcknight meanings mediada medida melodia merced mercedes midway mindy minhas mitin moaning mondo monty moody "
    "mortes motin mourning nicht nightlife noise nombre nombres nombro notes novinha primas primos probamos "
    "proche proclaim projimo promos propias propinas propios quartos quieta quina quintais sabao sabido sacado "
    "sacados safadao safado safados salados saturada saturado savante savantes savants seguida seguidas seguidos "
    "seguisse seguras seita seitas sembro senta servante servantes setas sirviente sirvientes soies soins "
    "solvants sturdy suivais suivait suivent suivons sundae survivante survivants tardes tardia tardis teras "
    "terco tercos termas terras thugs tirinha todinha tours trade turca turcas vender vendera venderan venderla "
    "venderlo vendieron vendra venera venida venideros venido viennes vierges viniera viradouro"
)
