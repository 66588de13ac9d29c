"""Spanish words that look like words about time and are none, or only sometimes."""

from __future__ import annotations

from dialog.understanding.text import wordset

# Greetings, the past, and idioms with a day or an hour in them.
NOT_TIME = (
    "feliz navidad|felices fiestas|feliz ano|feliz ano nuevo|buenos dias|buen dia|buenas tardes|buenas noches"
    "|buena tarde|buena noche|lindo dia|linda tarde|buen finde|buen fin de semana|linda semana|buena semana"
    "|otro dia|todos los dias|cada dia|un dia de estos|algun dia|el otro dia|semana santa|una vez"
    "|dia de la semana|dias de la semana|entre semana|hasta luego|lo antes posible|cuanto antes"
    "|antes posible|antes que nada|de antemano|llego tarde|llegare tarde|llegar tarde|voy tarde|muy tarde"
    "|demasiado tarde|tan tarde|mas temprano|tarde o temprano|demasiado temprano|muy temprano|semana pasada"
    "|la semana pasada|mes pasado|ano pasado|lunes pasado|martes pasado|miercoles pasado|jueves pasado"
    "|pasado lunes|pasado martes|pasado miercoles|pasado jueves|pasado viernes|pasado sabado|pasado domingo"
    "|un poco tarde|es tarde|minutos tarde|min tarde|minutos de retraso|minutos de atraso|horas tarde"
    "|fin de semana pasado|finde pasado|y pico|y piquito|y algo|y poco|y tantos|y tantas|viernes pasado"
    "|sabado pasado|domingo pasado|ayer por la tarde|ayer por la manana|ayer por la noche|anoche"
    "|ayer a la tarde|ayer a la noche|ayer en la tarde|ayer en la noche|el mismo|la misma|lo mismo|primera vez"
    "|tan pronto como sea posible|tan pronto como pueda|tan pronto como puedas|lo mas pronto posible"
    "|lo mas tarde posible|lo mas temprano posible|tan temprano como sea posible|pero|mal tiempo|a tiempo"
    "|la hora|que hora|otra hora|otro horario|segunda opcion|primera opcion|tercera opcion"
)

COUNTED = wordset(
    "persona personas pers pax gente adultos adulto ninos ninas nino nina hijos hijas chicos chicas amigos amigas "
    "hombres mujeres veces vez estrellas estudiantes plazas asientos sillas mesas anos anitos citas turnos "
    "reservas opciones horarios servicios comensales monedas primeras primeros ultimas ultimos "
    "cosas bebes pesos soles metros kilometros km cuadras manzanas pasos"
)
WEAK = wordset("lun mar mart mie jue vie vier sab dom sem may ago set ene dic")
LOOKALIKES = wordset(
    "manzana manzanas vienes vienen viene vendes entero junto junta juntos abrir abrid mayor mares martas marte "
    "luces lunas juegos jueces sabio salado sabanas sabana domino marco marca mario maria marta tarda tardo tardas "
    "tarda tardan tarjeta noches coche carne maxima maximo minimo minima bueno buena enojo enseno proceso prueba "
    "manera manejo manicura mandar mando tempura siguen siguiendo"
)
LABELS = wordset(
    "edificio sala aula piso planta habitacion cuarto apartamento apto depto departamento oficina puerta mesa silla "
    "mostrador calle avenida carrera ruta linea lote talla paso codigo bus"
)
