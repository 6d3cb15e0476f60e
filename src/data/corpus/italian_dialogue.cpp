// Italian sentences of questions and conversations.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kItalianDialogue = R"talk(
rule own_had:
  {A.n} aveva {o.a}.
rule own_give:
  {A.n} diede {o.the} {B.al}.
  {A.n} passò {o.the} {B.al}.
  {A.n} regalò {o.the} {B.al}.
  {A.n} prestò {o.the} {B.al}.
  {A.n} vendette {o.the} {B.al}.
  Poi {A.n} diede {o.the} {B.al}.
rule own_take:
  {A.n} prese {o.the} {B.dal}.
  {A.n} ricevette {o.the} {B.dal}.
  {A.n} prese in prestito {o.the} {B.dal}.
rule own_swap:
  {A.n} scambiò {o.the} con {q.the} {B.di}.
rule own_aside:
  {A.n} era {good_mood.agr}.
  {A.n} rise.
  {A.n} andò {village.in}.
  Era un giorno {weather_spring}.
  {A.n} mangiò {fruit.a}.
  {A.n} si sedette.
  {A.n} cantò una canzone.
  {A.n} guardò {bird.pl.the}.
rule own_question:
  Chi ha {o.the} adesso?

rule problem_add:
  {A.n} ha {n.d} {x.pl}. {B.n} {A.gli} dà altr{x.i} {m.d} {x.pl}. Quant{x.i} {x.pl} ha {A.n} adesso?
  Ci sono {n.d} {x.pl} {y.nel}. {A.n} ne aggiunge {m.d}. Quant{x.i} {x.pl} ci sono adesso {y.nel}?
  {A.n} trova {n.d} {x.pl} e {B.n} ne trova {m.d}. Quant{x.i} {x.pl} hanno insieme?
rule problem_subtract:
  {A.n} ha {n.d} {x.pl} e ne dà {m.d} {B.al}. Quant{x.i} {x.pl} restano {A.al}?
  Ci sono {n.d} {x.pl} {y.nel}. {A.n} ne prende {m.d}. Quant{x.i} {x.pl} restano?
  {A.n} ha {n.d} {x.pl} e ne perde {m.d}. Quant{x.i} {x.pl} restano?
rule problem_multiply:
  Ci sono {n.d} {y.pl} con {m.d} {x.pl} ciascun{y.e}. Quant{x.i} {x.pl} ci sono in tutto?
  {A.n} riempie {n.d} {y.pl} con {m.d} {x.pl} ciascun{y.e}. Quant{x.i} {x.pl} ci sono in tutto?
rule problem_divide:
  {A.n} mette {n.d} {x.pl} in {m.d} {y.pl}, lo stesso numero in ogni {y}. Quant{x.i} {x.pl} ci sono in ogni {y}?
  {m.d} amici si dividono {n.d} {x.pl}. Quant{x.i} {x.pl} riceve ciascuno?

rule chat_hello:
  Ciao!
  Buongiorno!
  Buonasera!
  Salve!
  Ciao, ci sei?
rule chat_hello_back:
  Ciao! Come posso aiutarti?
  Ciao! Di che cosa vuoi parlare?
  Buongiorno! Mi fa piacere parlare con te.
  Ciao! Vuoi una storia o una domanda?
rule chat_thanks:
  Grazie!
  Grazie, è tutto.
  Grazie, arrivederci!
  A presto!
rule chat_welcome:
  Prego!
  Arrivederci! Torna presto.
  È stato un piacere. A presto!
  Di niente. Buona giornata!
rule chat_my_name:
  Ciao, mi chiamo {A.n}.
  Ciao, sono {A.n}.
  Mi chiamo {A.n}. E tu come ti chiami?
  Il mio nome è {A.n}. E il tuo?
rule chat_nice_to_meet:
  Piacere, {A.n}! Io sono Bantam.
  Ciao, {A.n}! Mi chiamo Bantam.
rule chat_what_is_my_name:
  Come mi chiamo?
  Ti ricordi il mio nome?
rule chat_your_name:
  Ti chiami {A.n}.
rule chat_ask_story:
  Raccontami una storia di {A.n} e {B.n}.
  Per favore, raccontami una storia di {A.n}.
  Mi racconti una storia di {B.n} e {A.n}?
  Vorrei sentire una storia di {A.n} e {B.n}.
  Scrivi una breve storia su {A.n}.
rule story_who_has:
  Chi ha {o.the} alla fine?
rule story_has:
  {A.n} ha {o.the}.
rule story_friend:
  Con chi fa amicizia {A.n}?
  Chi accompagna {A.n} nella storia?
rule story_friend_is:
  Nella storia con {A.n} c'è {B.n}.
rule story_where:
  Dove vive {A.n}?
rule story_lives_in:
  {A.n} vive {x.in}.
rule story_lives_on:
  {A.n} vive {x.in}.
rule story_what_is:
  Chi è {A.n}?
  Che cosa sai di {A.n}?
rule story_is:
  {A.n} è {A.full.a}.
rule chat_meaning:
  Che cos'è {x}?
rule chat_meaning_is:
  {x} {x.pl}.
rule chat_translate:
  Come si dice '{x}' in inglese?
  Qual è la parola inglese per '{x}'?
rule chat_translation:
  In inglese si dice '{x.pl}'.
rule chat_opposite:
  Qual è il contrario di '{x}'?
rule chat_opposite_is:
  Il contrario di '{x}' è '{x.pl}'.
rule chat_sound:
  Che verso fa {x}?
  Che cosa fa {x} quando si fa sentire?
rule chat_sound_is:
  {x} {x.pl}.
rule chat_colour:
  Di che colore è {x}?
rule chat_colour_is:
  {x} è {x.pl}.
rule chat_what_is:
  Che cos'è {x.a}?
rule chat_is_it:
  {x.the} è {y.pl}?
rule chat_yes_it_is:
  Sì, {x.the} è {y.pl}.
rule chat_no_it_is_not:
  No, {x.the} non è {y.pl}.
rule chat_after:
  Quale numero viene dopo il {n.d}?
rule chat_after_is:
  {m.d}
rule chat_larger:
  Quale numero è più grande, {n.d} o {m.d}?
rule chat_larger_is:
  {t.d}
rule chat_count:
  Conta da {n.d} a {m.d}.
rule about_fruit:
  {x.the} è un frutto. Si può mangiare.
rule about_vegetable:
  {x.the} è un ortaggio. Si può cucinare.
rule about_bird:
  {x.the} è un uccello. Ha le piume e fa le uova.
rule about_farm_animal:
  {x.the} è un animale da fattoria. Vive con i contadini.
rule about_wild_animal:
  {x.the} è un animale selvatico. Vive nei boschi o nei campi.
rule about_zoo_animal:
  {x.the} è un animale di terre lontane. Si può vedere allo zoo.
rule about_instrument:
  {x.the} è uno strumento musicale. Serve per fare musica.
rule about_tool:
  {x.the} è un attrezzo. Serve per lavorare.
rule about_vehicle:
  {x.the} è un mezzo di trasporto. Porta le persone da un posto all'altro.
rule about_garment:
  {x.the} è un capo di abbigliamento. Si può indossare.
rule about_flower:
  {x.the} è un fiore. Cresce nei giardini e nei prati.
rule about_tree:
  {x.the} è un albero. Ha radici e rami.
rule about_furniture:
  {x.the} è un oggetto di arredamento. Si trova in casa.
rule about_small_creature:
  {x.the} è un animaletto. Si può vedere nell'erba o in giardino.
rule about_sea_creature:
  {x.the} è un animale del mare. Vive nell'acqua.
rule about_toy:
  {x.the} è un giocattolo. Ci giocano i bambini.
rule about_building:
  {x.the} è una costruzione. L'hanno fatta le persone.
rule about_pet:
  {x.the} è un animale domestico. Vive con le persone.
)talk"
                                          R"talk(
rule talk_who:
  Chi sei?
  Che cosa sei?
  Sei una persona?
  Come ti chiami?
rule reply_who:
  Sono Bantam, un piccolo modello linguistico.
  Mi chiamo Bantam. Sono un piccolo modello linguistico.
rule talk_how:
  Come stai?
  Come va oggi?
rule reply_how:
  Sto bene, grazie.
  Bene, grazie. E tu come stai?
rule talk_like:
  Ti piace {y.the}?
  Mangi volentieri {y.the}?
rule reply_like:
  Non posso mangiare, ma so che {y.the} è un frutto.
rule talk_weather:
  Che tempo fa?
  Piove?
rule reply_weather:
  Non posso vedere il cielo. Guarda dalla finestra.
rule talk_can:
  Che cosa sai fare?
  Come puoi aiutarmi?
rule reply_can:
  So raccontare piccole storie, rispondere a domande e fare semplici calcoli.
  Posso raccontarti una storia o fare un calcolo con te.
rule talk_bored:
  Mi annoio.
  Non so che cosa fare oggi.
rule reply_bored:
  Potresti {x}.
  Perché non provi a {x}?
  Forse ti va di {x}.
rule talk_tired:
  Ho tanto sonno.
  Non ho dormito bene.
rule reply_tired:
  Allora riposa un po'. Domani potresti {x}.
rule talk_sad:
  Oggi ho il cuore triste.
  Oggi non ho amici vicino.
rule reply_sad:
  Mi dispiace. Forse tu{z.e} {z} ti può tirare su.
  Mi dispiace. Può aiutare {x}.
rule talk_happy:
  Oggi sono felice.
  Oggi è una bella giornata.
rule reply_happy:
  Mi fa piacere!
  Che bello! Raccontalo a tu{z.e} {z}.
rule talk_joke:
  Raccontami una barzelletta.
  Conosci una barzelletta?
rule reply_joke:
  Perché {joke_animal} attraversò la strada? Per arrivare dall'altra parte.
rule joke_animal:
  {farm_animal.the}
  {wild_animal.the}
  {zoo_animal.the}
rule talk_food:
  Ho fame.
  Che cosa posso mangiare?
rule reply_food:
  Che ne dici di {y.a}?
  Potresti mangiare {y.a} o {dish.a}.
rule talk_hobby:
  Mi piace {x}.
  Il mio passatempo è {x}.
rule reply_hobby:
  Che bello! Lo fai con tu{z.e} {z}?
  È un bel passatempo.
rule talk_friend:
  Hai amici?
  Siamo amici?
rule reply_friend:
  Chi parla con me è mio amico.
rule talk_old:
  Quanti anni hai?
  Quando sei nato?
rule reply_old:
  Sono molto giovane. Mi hanno addestrato da poco.
rule talk_where:
  Dove vivi?
  Dove sei?
rule reply_where:
  Vivo nel tuo computer.
rule talk_tip:
  È il compleanno di mi{z.e} {z}. Che cosa posso regalare?
  Cerco un regalo per mi{z.e} {z}.
rule reply_tip:
  Che ne dici di {keepsake.a} o di {readable.a}?
  Per tu{z.e} {z} andrebbe bene {garment.a}.

couple genus: fruit=un frutto, vegetable=un ortaggio, bird=un uccello, farm_animal=un animale da fattoria,
  wild_animal=un animale selvatico, zoo_animal=un animale di terre lontane, instrument=uno strumento musicale, tool=un attrezzo,
  vehicle=un mezzo di trasporto, garment=un capo di abbigliamento, flower=un fiore, tree=un albero,
  furniture=un oggetto di arredamento, small_creature=un animaletto, sea_creature=un animale del mare, toy=un giocattolo,
  building=una costruzione, pet=un animale domestico
couple opposite: grande=piccolo, caldo=freddo, vecchio=giovane, lungo=corto, alto=basso, veloce=lento, buono=cattivo, presto=tardi,
  pieno=vuoto, duro=morbido, pesante=leggero, scuro=chiaro, bagnato=asciutto, felice=infelice, aperto=chiuso, destra=sinistra,
  forte=debole, spesso=sottile, vicino=lontano, rumoroso=silenzioso, ricco=povero, pulito=sporco, profondo=superficiale,
  largo=stretto, coraggioso=timido, dolce=amaro, nuovo=vecchio, giorno=notte, estate=inverno, su=giù, dentro=fuori, primo=ultimo,
  sempre=mai, cominciare=finire, dare=prendere, comprare=vendere, spingere=tirare, vincere=perdere, ridere=piangere,
  ricordare=dimenticare, amare=odiare, domanda=risposta, amico=nemico, nord=sud, est=ovest, vero=falso, facile=difficile,
  sicuro=pericoloso, gentile=scortese, pigro=diligente, liscio=ruvido, ordinato=disordinato, sveglio=addormentato, vivo=morto,
  generoso=avaro, paziente=impaziente, antico=moderno, salire=scendere, entrare=uscire, accendere=spegnere
couple sound_of: il cane=abbaia, il gatto=miagola, la mucca=muggisce, la pecora=bela, il cavallo=nitrisce, il maiale=grugnisce,
  la gallina=chioccia, il gallo=canta, il leone=ruggisce, il lupo=ulula, la rana=gracida, l'ape=ronza, il topo=squittisce,
  il serpente=sibila, l'asino=raglia, la colomba=tuba, l'uccello=cinguetta, l'elefante=barrisce, il corvo=gracchia, il grillo=frinisce,
  l'anatra=starnazza, il pulcino=pigola
couple colour_of: il limone=giallo, la neve=bianca, l'erba=verde, il cielo=azzurro, il carbone=nero, il pomodoro=rosso,
  la carota=arancione, il sangue=rosso, la banana=gialla, il latte=bianco, la prugna=viola, il cioccolato=marrone,
  il cetriolo=verde, l'elefante=grigio, la rana=verde, il corvo=nero, il cigno=bianco, la fragola=rossa, il girasole=giallo,
  l'arancia=arancione, la violetta=viola, il pisello=verde, il mare=blu, il fenicottero=rosa, la ciliegia=rossa, il topo=grigio,
  la lattuga=verde, la volpe=rossa, il legno=marrone
couple translation: cane=dog, gatto=cat, casa=house, albero=tree, acqua=water, pane=bread, latte=milk, sole=sun, luna=moon,
  stella=star, libro=book, amico=friend, ragazza=girl, ragazzo=boy, madre=mother, padre=father, sorella=sister, fratello=brother,
  mela=apple, pera=pear, ciliegia=cherry, fiore=flower, mare=sea, montagna=mountain, fiume=river, ponte=bridge, strada=road,
  città=city, scuola=school, maestro=teacher, tavolo=table, sedia=chair, letto=bed, finestra=window, porta=door, chiave=key,
  mano=hand, testa=head, occhio=eye, rosso=red, verde=green, giallo=yellow, bianco=white, nero=black, grande=big, piccolo=small,
  buono=good, bello=beautiful, vecchio=old, nuovo=new, uno=one, due=two, tre=three, quattro=four, cinque=five, sei=six, sette=seven,
  otto=eight, nove=nine, dieci=ten, mattina=morning, sera=evening, notte=night, giorno=day, anno=year, cavallo=horse,
  uccello=bird, pesce=fish, formaggio=cheese, vino=wine, uovo=egg, sale=salt, zucchero=sugar, ciao=hello, grazie=thank you, sì=yes,
  neve=snow, pioggia=rain, vento=wind, fuoco=fire, mangiare=to eat, bere=to drink, dormire=to sleep, leggere=to read,
  scrivere=to write, giocare=to play, cantare=to sing, correre=to run, giardino=garden, cucina=kitchen, lettera=letter, palla=ball
couple meaning: un fornaio=è una persona che fa il pane, un contadino=è una persona che lavora la terra,
  un maestro=è una persona che insegna ai bambini, un dottore=è una persona che cura i malati, un sarto=è una persona che fa vestiti,
  un mugnaio=è una persona che macina il grano, un giardiniere=è una persona che cura le piante,
  un falegname=è una persona che lavora il legno, un cuoco=è una persona che prepara da mangiare,
  un pastore=è una persona che guarda le pecore, un fabbro=è una persona che lavora il ferro,
  un bibliotecario=è una persona che custodisce i libri, un'infermiera=è una persona che assiste i malati,
  un pittore=è una persona che dipinge quadri, un marinaio=è una persona che lavora su una nave,
  un musicista=è una persona che fa musica, un vasaio=è una persona che fa vasi di argilla, un calzolaio=è una persona che fa scarpe,
  un sindaco=è la persona che guida una città, un apicoltore=è una persona che alleva le api,
  un veterinario=è un dottore per gli animali, un poeta=è una persona che scrive poesie, un dentista=è un dottore per i denti,
  un giudice=è una persona che decide in tribunale, un fotografo=è una persona che fa fotografie,
  una biblioteca=è un posto dove si leggono e si prendono in prestito libri, una scuola=è un posto dove i bambini imparano,
  una panetteria=è un posto dove si vende il pane, un mercato=è un posto dove si compra e si vende,
  un porto=è un posto dove le navi sono al sicuro, un faro=è una torre che mostra la strada alle navi,
  un museo=è un posto dove si guardano cose belle o antiche, un ospedale=è un posto dove si curano i malati,
  un teatro=è un posto dove si fanno spettacoli, una stazione=è un posto dove si fermano i treni,
  un fienile=è un posto dove si tiene il fieno, una soffitta=è una stanza sotto il tetto, una cantina=è una stanza sotto la casa,
  un'isola=è una terra con l'acqua tutto intorno, un fiume=è acqua che corre verso il mare, un lago=è acqua con la terra tutto intorno,
  una foresta=è un posto con tanti alberi, un deserto=è un posto asciutto con tanta sabbia,
  un ponte=porta da una riva all'altra, una grotta=è una cavità nella roccia, una lanterna=è una lampada che si può portare in mano,
  una candela=è un bastoncino di cera che fa luce, una bussola=mostra dov'è il nord, una mappa=è il disegno di un luogo,
  un diario=è un libro in cui si scrivono le proprie giornate, una chiave=apre una serratura, un orologio=mostra l'ora,
  un telescopio=fa sembrare vicine le cose lontane, uno specchio=mostra il proprio viso, un ombrello=ripara dalla pioggia,
  una scala=serve per salire, un martello=è un attrezzo per i chiodi, una sega=è un attrezzo che taglia il legno,
  una scopa=serve per spazzare, un secchio=serve per portare l'acqua, un cuscino=serve per appoggiare la testa,
  una coperta=tiene caldo a letto, una sciarpa=tiene caldo il collo, un aquilone=è un giocattolo che vola nel vento,
  una lettera=è un messaggio scritto su carta, un biglietto=permette di viaggiare o di entrare,
  una promessa=è una parola data che si deve mantenere, un segreto=è una cosa che sanno in pochi,
  un indovinello=è una domanda difficile, un sogno=è quello che si vede dormendo,
  un amico=è una persona a cui si vuole bene, un vicino=è una persona che abita accanto, un temporale=è pioggia con lampi e tuoni,
  un arcobaleno=è un arco di colori nel cielo, un frutteto=è un giardino di alberi da frutto, un vigneto=è un campo di viti
)talk";

}  // namespace bantam::corpus
