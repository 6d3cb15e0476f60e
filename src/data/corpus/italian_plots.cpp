// Italian sentences of the plots, in the order of plots_things.cpp, plots_people.cpp and plots_journeys.cpp.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kItalianPlots = R"plots(
rule treasure:
  Il tesoro più grande {A.di} era {o.a}, un regalo di {kin}.
  {A} portava sempre con sé {o.a}.
  {A} era molto {proud.agr} di un suo tesoro: {o.a}.
  Per il compleanno {A} aveva ricevuto {o.a} da {kin}.
  {A} aveva {o.a}, che un tempo era di {kin}.
adj proud: orgoglioso, geloso, fiero
rule miss:
  Poi {A} volle guardare {o.the}, ma non c'era più.
  {A} si frugò in tasca. {o.the} non c'era!
  "Dov'è {o.own}?" gridò {A.n}. Nessuno lo sapeva.
  All'improvviso {A} si accorse di aver perso {o.the}.
rule search:
  cercò {o.the} {p.in}
  cercò {o.the} dappertutto {p.in}
  mise tutto sottosopra {p.in}, ma {o.the} non c'era
rule offer_search:
  "Non ti preoccupare," disse {B.n}. "Guardiamo {p.in}."
  "Dove sei stat{A.e} oggi?" chiese {B.n}. "{p.in}," disse {A.n}.
  {B} ebbe un'idea. "Oggi sei stat{A.e} {p.in}," disse. "Forse è ancora lì."
  "Ti aiuto io," disse {B.n}. "{o.him} troveremo."
rule not_here:
  Cercarono dappertutto, ma {o.the} non era {p.in}.
  C'era soltanto {small_creature.a} vicino {rare_object.al}.
  Trovarono {countable.a} e {rare_object.a}, ma {o.the} no.
  "Qui non c'è," disse {B.n}.
rule whose:
  "Di chi sarà {o.the}?" si chiese {A.n}.
  "Qualcuno {o.him} starà cercando," pensò {A.n}.
  Era {o.a.n} molto {lovely.agr}, ma {A} sapeva che era di qualcun altro.
adj lovely: grazioso, particolare, prezioso, curioso
rule ask_around:
  chiese {C.al}
  andò a chiedere {C.al}
  andò {C.dal} con la sua scoperta
rule belongs:
  "È {B.di}," disse {C.n}.
  {C} lo capì subito. "{o.the} è {B.di}," disse.
  "L'ho già vist{o.e}," disse {C.n}. "Chiedi {B.al}."
rule owns:
  {A} aveva {o.a}.
  {A} aveva {o.a}[ e ne era fier{A.e}|].
  {A} aveva ricevuto {o.a} da {kin}.
  {A} teneva in mano {o.a}.
  Da poco {A} aveva {o.a}.
rule ask_lend:
  "Mi presti {o.the}?" chiese {B.n}.
  Quel giorno anche {B} aveva bisogno di {o.a.n}. "Mi presti {o.the}?" chiese.
  "Vorrei tanto provare {o.the}," disse {B.n}.
rule use_gladly:
  {A} era {good_mood.agr} e usò {o.the} per ore.
  Lì {A} provò {o.the}, e funzionava molto bene.
  {A} trattò {o.the} con grande cura.
  {p.in} tutti volevano vedere {o.the}.
rule break:
  inciampò e ruppe {o.the}
  fece cadere {o.the}, che si ruppe
  si distrasse un momento e ruppe {o.the}
rule mended_by:
  Per fortuna passò {C.n} e aggiustò {o.the} con {a_repair}.
  {C} sapeva che cosa fare e aggiustò {o.the} con {a_repair}.
  "Ci penso io," disse {C.n}. Con {a_repair} {o.the} tornò come prima.
phrase a_repair: un po' di colla, un filo di ferro, una vite nuova, ago e filo, una goccia d'olio, una striscia di cuoio,
  due chiodi, un pezzo di spago, un po' di cera
rule lend_thanks:
  "Grazie del prestito," disse {B.n}.
  "Quando vuoi, {o.him} presto di nuovo," disse {A.n}.
  Per dire grazie, {B} portò anche {sweet.a}.
  "L'ho trattat{o.e} bene," disse {B.n}, e {A.n} sorrise.
rule admire_both:
  {B} ammirava {o.the}, e {A.n} non aveva occhi che per {q.the}.
  "Che meraviglia {o.the}!" disse {B.n}. "E che meraviglia {q.the}!" disse {A.n}.
  {A.n} mostrò {o.the}, e {B.n} mostrò {q.the}.
rule propose_swap:
  "Facciamo cambio?" chiese {B.n}.
  "Ti do {q.the}, se tu mi dai {o.the}," disse {B.n}.
  "Mi daresti {q.the} in cambio {o.di}?" chiese {A.n}.
rule after_swap:
  Adesso {A.n} aveva {q.the}, e {B.n} aveva {o.the}.
  Ora {q.the} era {A.di}, e {o.the} era {B.di}.
  {A} portò a casa {q.the}, e {B.n} andò via con {o.the}.
rule regret_swap:
  Ma presto {A.al} mancò {o.the}, e {B.al} mancò {q.the}. Così fecero di nuovo cambio.
  Il giorno dopo nessuno dei due era contento. "Facciamo cambio di nuovo," disse {A.n}, e così fecero.
rule refuse_swap:
  {A} ci pensò e fece di no con la testa. Così {A.n} tenne {o.the}, e {B.n} tenne {q.the}.
  "No," disse {A.n}, "è un regalo." E tenne {o.the}.
  Ma alla fine ognuno volle tenere la propria cosa.
rule hiding_game:
  "Facciamo un gioco," disse {A.n}. "Io nascondo {o.the}, e tu {o.him} cerchi."
  {A.n} e {B.n} volevano giocare a nascondino con {o.a}.
  {A} aveva {o.a}. "{o.him} nascondo," disse {B.al}, "e tu {o.him} cercherai."
rule seek_call:
  "Pronti!" gridò {A.n}.
  Poi {A} chiamò {B.n}.
  Intanto {B.n} contava fino a {hundredish}.
phrase hundredish: venti, cinquanta, cento, dieci, trenta
rule wrong_container:
  Prima {A} guardò dentro {q}, ma c'era soltanto {rare_object.a}.
  {A} aprì {q}. Non c'era niente.
  Dentro {q} {A} trovò soltanto {countable.pl.a}.
rule seek_won:
  "Trovat{o.e}!" gridò {A.n}.
  "Era troppo facile," disse {A.n}, e {B.n} rise.
  "Adesso tocca a me nasconder{o.him}," disse {A.n}.
rule stands:
  {p.in} c'era {o.a}, che era {C.di}.
  {C} aveva {o.a} che tutti ammiravano. Stava {p.in}.
  {o.a} stava {p.in}. Era l'orgoglio {C.di}.
rule wild_play:
  {A.n} e {B.n} giocavano a palla {p.in}.
  {A.n} e {B.n} si rincorrevano {p.in}.
  {A.n} e {B.n} giocavano a [calcio|tennis|pallavolo|bocce] {p.in}, anche se non era permesso.
rule knock_over:
  {A} non guardò dove metteva i piedi e fece cadere {o.the}, che si ruppe in {brokenparts} pezzi.
  Si sentì un gran rumore. {A} aveva rotto {o.the}.
  {A} urtò {o.the}, che cadde e si ruppe.
phrase brokenparts: due, tre, molti, cento, mille
rule hide_or_tell:
  "Non ci ha visto nessuno," disse {B.n}. "Ma {C.n} sarà triste," disse {A.n}.
  "Potremmo scappare," sussurrò {B.n}. {A} fece di no con la testa.
  Per un momento {A} pensò di nascondere i pezzi. Poi andò {C.dal}.
  "Dobbiamo dirlo {C.al}," disse {B.n}.
rule confess:
  "Mi dispiace," disse {A.n}. "Ho rotto {o.the}."
  {A} raccontò tutto {C.al}.
  {A} fece un respiro profondo. "Sono stat{A.e} io," disse. "Ho rotto {o.the}."
rule glue_together:
  {C} non si arrabbiò. Con un po' di colla {A.n} rimise insieme {o.the}.
  Per ore {A.n} incollò i pezzi, finché {o.the} tornò come prima.
  "Allora {o.him} aggiustiamo," disse {C.n}, e alla fine {o.the} tornò al suo posto.
rule forgive:
  "Grazie di avermelo detto," disse {C.n}. "È soltanto {o.a.n}."
  {C} era {bad_mood.agr}, ma non per molto. "Sei stat{A.e} sincer{A.e}," disse.
  {A} promise di lavorare per {C.n} e di ripagare {o.the}.
rule same_bags:
  {p.in} {A.n} e {B.n} posarono le loro cose. {A.n} aveva {o.a.n} e {B.n} aveva {o.a.n} quasi uguale. Nella prima c'era {k.a}, nella seconda {q.a}.
  {A.n} portava {k.a} in {o.a.n}, e {B.n} portava {q.a} in {o.a.n} proprio uguale. {p.in} le posarono e poi presero quella sbagliata.
rule wrong_bag:
  Quando {A} aprì {o.the}, dentro c'era {q.the} e non {k.the}. "È {o.the} {B.di}!" disse.
  {A} cercò {k.the}, ma trovò {q.the}. Era {o.the} sbagliat{o.e}.
rule bags_back:
  "Ho io {q.the}," disse {A.n}. "E io ho {k.the}," disse {B.n}. Risero e fecero di nuovo cambio.
  {A.n} restituì {q.the} {B.al}, e {B.n} restituì {k.the} {A.al}.
rule magpie_steals:
  Una gazza vide luccicare {o.the}, {o.him} prese nel becco e volò via.
  All'improvviso una gazza scese, afferrò {o.the} e sparì.
  {A} non vide l'uccello bianco e nero che portava via {o.the}.
rule nest_seen:
  {A} guardò in alto. "C'è qualcosa che brilla in quel nido," disse.
  "Le gazze amano le cose che brillano," disse {A.n}. "Guarda, c'è un nido sull'albero!"
  {A} vide brillare {o.the} in un nido, in alto tra i rami.
rule bring_tool:
  {C} portò {k.a}.
  {C} aveva {k.a} e volle aiutare.
  "Ti do {k.the}," disse {C.n}, e portò {k.a}.
rule climb_with:
  salì con {k.the}
  usò {k.the} per salire fino al nido
rule nest_take:
  prese {o.the} dal nido
  trovò {o.the} nel nido
rule collects:
  {A} faceva collezione di {x.pl}.
  {A} aveva una scatola [rossa|verde|gialla|di legno|di latta] per {x.pl.the}.
  Niente era più bello per {A.n} che cercare {x.pl}.
rule find_number:
  trovò {n} {x.pl} {p.in}
  raccolse {n} {x.pl} {p.in}
rule find_more:
  Lì {A} trovò altr{x.i} {n} {x.pl}. Adesso ne aveva {t}.
  Lì c'erano ancora {n} {x.pl}, così {A} adesso aveva {t} {x.pl}.
rule show_collection:
  "Ho {n} {x.pl}," disse {A.n} con orgoglio.
  "Quant{x.i} {x.pl} hai?" chiese {B.n}. "{n}," disse {A.n}.
  {A.n} e {B.n} contarono {x.pl.the}: in tutto {n}.
rule pass_reason:
  {A} era {good_mood.agr}, ma dopo qualche settimana pensò a chi aveva più bisogno {o.di}.
  Per molto tempo {A} ebbe cura {o.di}.
  {A} usava {o.the} ogni {day}. Poi volle fare felice qualcun altro.
rule comes_full_circle:
  "Ho un regalo per te," disse {A.n} e diede {o.the} {B.al}, che rise. "Una volta era mi{o.e}!"
  {A} diede {o.the} {B.al}. "{o.him} conosco," disse {B.n}. "È tornat{o.e} da me."
rule keeps_it:
  Ancora oggi {A} ha {o.the}.
  {A} tenne {o.the} e non {o.him} diede mai a nessuno.
rule rummage:
  C'era molta polvere {p.in}. Dietro {furniture.a} c'era {q.a}.
  {A.n} e {B.n} si guardarono intorno. Tra {rare_object.a} e {keepsake.a} c'era {q.a}.
  Sotto un vecchio lenzuolo c'era {q.a}, che nessuno apriva da anni.
rule wonder_about:
  "Chi l'avrà usat{o.e}?" chiese {B.n}.
  "Sarà molto antic{o.e}," disse {B.n}.
  {A} girò {o.the} tra le mani con curiosità.
rule old_story:
  "Era mi{o.e} tanti anni fa," disse {C.n}. "Pensavo di aver{o.him} pers{o.e}."
  {C} guardò a lungo {o.the}. "L'ho avut{o.e} da mio nonno," disse.
  {C} raccontò {A.al} di un lungo viaggio fatto con {o.the}.
rule may_keep:
  "Tieni pure {o.the}," disse {C.n}. "Ora è tu{o.e}."
  Poi {C} disse: "Adesso {o.the} è tu{o.e}."
rule full_purse:
  Dentro {o.the} c'erano {numberish} monete.
  {A} aprì {o.the}. Era pien{o.e} di soldi.
  {A} guardò dentro {o.the} e vide una banconota e qualche moneta.
phrase numberish: trenta, quaranta, cinquanta, cento, sessanta, settanta
rule temptation:
  "Potremmo comprare {sweet.pl.a}," disse {B.n}. "No," disse {A.n}, "non sono soldi nostri."
  {A} pensò a tutti i dolci del negozio. Ma non prese neanche una moneta.
  "Qualcuno {o.him} starà cercando," disse {B.n}.
rule is_it_yours:
  {C} cercava qualcosa per terra. "Ha perso {o.a.n}?" chiese {A.n}.
  "È su{o.e} {o.the}?" chiese {A.n} {C.al}.
rule honesty_rewarded:
  {C} contò le monete, e c'erano tutte. "Sei una persona onesta," disse.
  {C} era così {good_mood.agr} che offrì {sweet.a} {A.al}.
  "Come posso ringraziarti?" chiese {C.n}. "Non è niente," disse {A.n}.
rule only_small:
  {A} aveva soltanto {o.a}, ma sognava {k.a} come quell{k.e} {C.di}.
  {C} aveva {k.a}, e {A.n} ne voleva un{k.e} uguale. Ma {A} non aveva altro che {o.a}.
rule wants_small:
  "Per la scuola mi serve {o.a.n}," disse {A.n}. "In cambio ti do {q.a}."
  {A} aveva {q.a}, ma aveva bisogno di {o.a.n}.
rule wants_next:
  "Vorrei tanto {q.a.n}," disse {C.n}. "In cambio ti darei {k.the}."
  {C} cercava {q.a.n} e offrì in cambio {k.the}.
rule chain_done:
  La mattina {A} aveva soltanto {o.a.n}, e adesso aveva {k.the}.
  Così {o.a.n} era diventat{o.e} {k.a.n}.
)plots"
R"plots(
rule birthday_soon:
  Presto era il compleanno {B.di}, e {A.n} non aveva ancora un regalo.
  Di {day} {B.n} compiva gli anni. {A} voleva trovare un regalo {idea_word}.
  {A} aveva messo da parte qualche moneta, perché il compleanno {B.di} era vicino.
phrase idea_word: bellissimo, originale, speciale, divertente, utile, che facesse ridere, da ricordare
rule what_to_buy:
  "Cerco un regalo," disse {A.n}. {C} mostrò {o.a}.
  C'erano {toy.pl.a} e {garment.pl.a}, ma {A} guardava soltanto {o.a}.
  {A} vide {o.a}. "Quanto costa?" chiese {C.al}.
rule gift_joy:
  "È proprio quello che volevo!" gridò {A.n}.
  {A} aprì il pacchetto ed era {good_mood.agr}.
  "Ne avrò cura," disse {A.n} e abbracciò {B.n}.
rule no_money:
  Il compleanno {B.di} era vicino, ma {A.n} non aveva soldi. "Farò qualcosa con le mie mani," pensò {A.n}.
  {A} voleva fare felice {B.n}. "Preparerò {o.a}," pensò.
rule makes_thing:
  Lì lavorò con {material.the} e {tool.the}, finché {o.the} fu pront{o.e}.
  {C} prestò {tool.a}, e {day} {o.the} era pront{o.e}.
  {A} tagliò, incollò e dipinse per ore. Alla fine sul tavolo c'era {o.a}.
rule handmade_joy:
  "L'hai fatt{o.e} tu?" chiese {A.n}. {B} fece di sì con la testa.
  "Nessun altro ha {o.a.n} così," disse {A.n}.
  Per {A.n} era meglio di qualsiasi cosa comprata.
rule both_see:
  {p.in} c'era {o.a} che era {C.di}.
  Lì {A.n} e {B.n} videro {o.a}, che {C.n} aveva dimenticato.
rule quarrel:
  "L'ho vist{o.e} prima io!" gridò {A.n}. "No, io!" gridò {B.n}.
  Tutti e due volevano {o.the}, e cominciarono a litigare.
rule wise_word:
  Poi arrivò {C.n}. "Potete usar{o.him} un po' per uno," disse.
  {C} sentì il rumore. "Non si litiga per {o.a.n}," disse.
rule take_turns:
  Da quel momento {A.n} e {B.n} fecero a turno.
  Prima toccò {B.al}, poi {A.al}, e nessuno litigò più.
  Insieme fu ancora più divertente di prima.
rule friend_is_ill:
  {B} aveva la febbre e doveva restare a letto. {A.n} [aspettava con pazienza|non era content{A.e} per niente|sentiva la sua mancanza].
  {A} aspettava {B.n}, ma {B.n} aveva il raffreddore e non poteva venire.
  {B} si era fatt{B.e} male a un piede e non poteva uscire.
rule cooks_for:
  Così {A} preparò {o.a}.
  Con l'aiuto di {kin} {A} preparò {o.a}.
  "Porterò {B.al} qualcosa di caldo," pensò {A.n} e preparò {o.a}.
rule packs_too:
  prese anche {o.a}
  portò con sé anche {o.a}
rule visits_sick:
  Poi {A} bussò alla porta {B.di}.
  {B} era a letto quando {A.n} entrò.
rule eats_up:
  mangiò {o.the} [lentamente|con appetito|con un cucchiaio grande]
  mangiò subito {o.the}
rule gets_well:
  "Mi sento già meglio," disse {B.n}.
  Qualche giorno dopo {B.n} stava di nuovo bene.
  {B} rise per la prima volta in quella settimana.
rule newcomer:
  {D.n} era appena arrivat{D.e}. Da {day} abitava vicino {p.al}.
  Era arrivato qualcuno di nuovo: {D.n}, {D.full.a} {trait.agr}.
rule newcomer_shy:
  {D} stava in disparte e non conosceva nessuno.
  "Dovremmo salutare {D.n}," disse {B.n}.
  {A} vide {D.n} in disparte, vicino {furniture.al}.
rule bakes_welcome:
  {A.n} e {B.n} prepararono {o.a}.
  In cucina {A.n} e {B.n} prepararono {o.a}.
  "Portiamo {o.a} {D.al}," disse {A.n}.
rule welcome_talk:
  "Piacere!" disse {B.n}. "Io sono {B.n}, e con me c'è {A.n}."
  {D} era {good_mood.agr} e offrì qualcosa da mangiare a tutti.
  "Da tanto non ricevevo un regalo," disse {D.n}.
rule three_friends:
  Presto {A.n}, {B.n} e {D.n} facevano tutto insieme.
  Da quel giorno {D.n} non fu più sol{D.e}.
  Insieme giocarono a {game} fino alle {hour}.
phrase game: calcio, tennis, scacchi, nascondino, carte, biglie, mosca cieca, dama, pallavolo, bocce, rubabandiera, domino
rule cannot_do:
  {B} aveva {o.a} e sapeva usar{o.him} bene. {A.n} no.
  {A} guardava {B.n} con {o.a}. "Non imparerò mai," disse.
  "Mi insegni a usare {o.the}?" chiese {A.n}, perché {B.n} aveva {o.a}.
rule first_try:
  {A} provò una volta, due volte, tre volte. Non ci riusciva.
  All'inizio andò tutto storto.
  {A} quasi fece cadere {o.the}, e {B.n} rise.
rule teacher_word:
  "Piano," disse {A.n}. "Nessuno ci riesce il primo giorno."
  "Prova ancora," disse {A.n}. "A me ci è voluto un anno intero."
  {A} mostrò {B.al} come tenere {o.the}.
rule skill_learnt:
  Finalmente {A.n} ci riuscì. "Guardate!" gridò.
  {A} usava {o.the} come se non avesse mai fatto altro.
  {B} batté le mani, perché {A.n} aveva imparato.
rule wish_to_bake:
  {A.n} e {B.n} volevano preparare {o.a} {p.in}.
  "Prepariamo {o.a}," disse {A.n}.
rule missing_ingredient:
  Ma non c'era più {x}, e neanche {y.a}.
  C'erano la farina e le uova, ma mancavano {x.the} e {y.pl.the}.
rule gets_ingredient:
  "Ho bisogno di {x} e di {y.pl}," disse {B.n}. {C} riempì la borsa.
  {C} diede {B.al} {x.the} e un sacchetto di {y.pl}.
rule bakes_cake:
  {A} mescolò l'impasto con {x.the}, e {B.n} mise sopra {y.pl.the}.
  {B} tagliò {y.pl.the}, e {A.n} unì {x.the} alla farina.
  Presto {o.the} era nel forno, e si sentiva profumo di {y.pl}.
rule cake_burns:
  Ma dimenticarono l'ora, e {o.the} si bruciò. "La prossima volta guarderemo l'orologio," disse {B.n}.
  Quando aprirono il forno, {o.the} era ner{o.e} come il carbone. Risero e mangiarono pane e burro.
rule cake_shared:
  Il primo pezzo fu per {C.n}.
  {A.n} e {B.n} mangiarono metà {o.di} e diedero l'altra metà {C.al}.
  {o.the} era {taste.agr}, e presto non ne rimase niente.
rule is_broken:
  {p.in} c'era {o.a}, ma era rott{o.e}. Per aggiustar{o.him} {A.al} serviva {q.a}.
  {o.the} {A.di} era rott{o.e}. "Senza {q.a} non posso aggiustar{o.him}," pensò {A.n}.
rule ask_tool:
  "Posso avere in prestito {q.the}?" chiese {A.n}. "Certo," disse {C.n}.
  {C} aveva {q.a}. "Mi serve per un'ora," disse {A.n}.
rule repairs:
  Con {q.the} {A} lavorò finché {o.the} tornò come nuov{o.e}.
  {B} teneva {o.the}, e {A.n} usava {q.the}. Presto tutto fu a posto.
  Ci volle molto tempo, ma alla fine {o.the} era come nuov{o.e}.
rule contest_news:
  {p.in} ci sarebbe stat{x.e} {x.a}. Il premio era {o.a}, e {C.n} era il giudice.
  {C} annunciò {x.a}. "Chi vince avrà {o.a}," disse.
rule trains:
  {A.n} e {B.n} si prepararono tutte le sere.
  Per tutta la settimana {A.n} e {B.n} parlarono soltanto di quella gara.
rule contest_runs:
  Tutti guardavano. Fu difficile, ma vinse {A.n}.
  {B} era molto in gamba, ma {A.n} un po' di più.
  Alla fine {A.n} arrivò al primo posto e {B.n} al secondo.
rule contest_over:
  "Brav{A.e}!" disse {B.n}.
  Fu {B.n} a stringere la mano {A.al} prima di tutti.
  {A.n} alzò {o.the}, e tutti applaudirono.
rule prize_shared:
  "Senza il tuo aiuto non avrei vinto," disse {A.n} e diede {o.the} {B.al}.
  Più tardi {A} diede {o.the} {B.al}, che ne aveva più bisogno.
rule hears_music:
  {p.in} {C.n} suonava {o.a}.
  {A} sentì della musica. Era {C.n} con {o.a}.
rule wants_to_play:
  "Potrei imparare anch'io?" chiese {A.n}. "Porta a casa {o.the} e prova," disse {C.n}.
  {A} ascoltò a lungo. "Vuoi provare?" chiese {C.n}.
rule practises:
  All'inizio sembrava {wild_animal.a} con il raffreddore.
  {B} si tappava le orecchie, ma {A.n} continuava.
  {A} si esercitò tutte le sere per {number_of_weeks} settimane.
phrase number_of_weeks: due, tre, quattro, cinque, sei
rule plays_for_all:
  {A} suonò una bella canzone con {o.the}, e tutti applaudirono.
  {A} suonava, e {B.n} ballava.
  {A} suonò così bene che anche {bird.pl.the} tacevano.
rule keep_instrument:
  "Tieni pure {o.the}," disse {C.n}. "Adesso è tu{o.e}."
  {C} non volle indietro {o.the}. "Tu suoni meglio di me," disse.
rule wants_trade:
  {A} voleva imparare un mestiere {C.dal}.
  "Da grande vorrei fare lo stesso lavoro {C.di}," diceva spesso {A.n}.
rule first_task:
  {C} guardò {A.n}. "Puoi cominciare oggi," disse e mostrò {o.a}.
  "Vediamo che cosa sai fare," disse {C.n}. Nell'angolo c'era {o.a}.
rule work_hard:
  lavorò fino a mezzogiorno
  lavorò sodo per tutta la giornata
  imparò a {chore}
  dovette {chore} e poi {chore}
rule task_mistake:
  All'inizio {A} faceva un errore dopo l'altro.
  "Non così in fretta," disse {C.n}. "Prima guarda, poi lavora."
  Una volta tenne {o.the} al contrario, e {C.n} rise.
rule task_done:
  La sera tutto era finito, e {C.n} era {good_mood.agr}.
  "Bel lavoro," disse {C.n}. "Torna {day}."
rule lesson_begins:
  Era {day}, e la lezione di {x} stava per cominciare {p.in}. Ma {A.n} aveva lasciato a casa {o.the}.
  Nella lezione di {x} {p.in} a tutti serviva {o.a.n}. Soltanto {A.n} non aveva niente: {o.the} era rimast{o.e} a casa.
rule share_desk:
  {A} se ne accorse. "Ne ho due," sussurrò e prestò {B.al} {o.a}.
  "Puoi usare {o.a.n} dei miei," disse {A.n} e {o.him} passò {B.al}.
rule take_own:
  [prese|trovò|ritrovò] {o.own}
rule never_forget:
  "Domani non ti dimenticherò," disse {o.al}.
  E {o.him} mise subito nella cartella.
rule wants_to_paint:
  {A} aveva colori nuovi e voleva dipingere {B.n} {p.in}.
  "Per favore, non ti muovere per un'ora," disse {A.n}, che voleva dipingere {B.n}.
rule paints:
  {A} dipinse a lungo, finché {o.the} fu pront{o.e}.
  {B} cercava di non ridere mentre {A.n} preparava {o.a}.
rule shows_painting:
  "Il mio naso è davvero così lungo?" chiese {B.n}.
  {B} era {good_mood.agr} e guardò a lungo {o.the}.
  Nella pittura {B.n} aveva {garment.a} {colour.agr} e un cappello enorme.
rule hangs_painting:
  {A} appese {o.the} sopra il letto.
  Adesso {o.the} è accanto {keepsake.al} nella stanza {A.di}.
rule play_announced:
  {C} preparava uno spettacolo. La parte {x.di} toccò {A.al}.
  Ci sarebbe stato uno spettacolo {p.in}, e {A.n} aveva la parte {x.di}.
rule needs_costume:
  Per questo serviva {o.a}.
  "Per la parte {x.di} ci vuole {o.a}," pensò {A.n}.
rule asks_costume:
  "C'è qui {o.a}?" chiese {A.n}. {C} ne aveva un{o.e} {furniture_container.nel}.
  {C} aprì {furniture_container.a}. Dentro c'era {o.a}.
rule on_stage:
  {A} parlò forte e chiaro, e tutti ammirarono {o.the}.
  Quando {A.n} entrò in scena con {o.the}, tutti applaudirono.
  {A} dimenticò una parola, ma {B.n} la suggerì piano.
rule what_will_grow:
  "Che cosa crescerà?" chiese {A.n}. "Aspetta e vedrai," disse {C.n}.
  "Metti {o.the} nella terra e porta pazienza," disse {C.n}.
rule plants_seed:
  Lì {A} mise {o.the} nella terra e diede un po' d'acqua.
  {A} scavò un piccolo buco e ci mise {o.the}.
rule waits:
  Ogni {time_of_day} {A.n} e {B.n} guardavano. Non succedeva niente.
  [Passarono tre settimane|Passò un mese intero|Passò molto tempo]. "Crescerà mai?" chiese {B.n}.
rule it_grows:
  Poi una punta verde uscì dalla terra. Dopo qualche mese c'era {x.a}.
  Un giorno c'era {x.a} {size.agr}. {C} disse: "Hai avuto pazienza."
  Alla fine c'era {x.a} {size.agr}, e {A.n} ne era fier{A.e}.
)plots"
R"plots(
rule errand:
  "Per favore, porta {o.the} {D.al}," disse {C.n} {A.al}. "È {p.in}."
  {C} aveva {o.a} per {D.n}, che aspettava {p.in}.
rule errand_obstacle:
  Lungo la strada {A.n} vide {wild_animal.a} e quasi dimenticò {o.the}.
  {A} dovette attraversare {landscape.a} e tenne stretto tra le mani quello che portava.
  Lì c'era {B.n}, che voleva giocare. "Non posso restare," disse {A.n}. "Devo consegnare {o.a.n}."
  A un tratto {A.n} scivolò nel fango, ma per fortuna {o.the} non cadde.
rule hand_over_from:
  diede {B.al} {o.the} da parte {C.di}
  consegnò {o.the}. "È da parte {C.di}," disse {B.al}
rule errand_thanks:
  "Arrivi proprio al momento giusto," disse {D.n}.
  {D} era {good_mood.agr} e offrì {sweet.a} {A.al}.
  {D} appoggiò {o.the} accanto {furniture.al}.
rule picnic_plan:
  "Facciamo un picnic {p.in}," disse {A.n}.
  C'era il sole, e {A.n} e {B.n} volevano mangiare {p.in}.
rule packs_into:
  mise {o.a} dentro {q}
  preparò {o.a} e mise tutto dentro {q}
rule picnic_scene:
  {B} aveva portato {o.a}. Si sedettero sotto {tree.a}.
  Si sedettero tra {flower.pl.the}, e {B.n} posò {o.a} sull'erba.
rule picnic_forgot:
  "Oh no," disse {B.n}. "Ho lasciato a casa {o.the}." Ma {A.n} rise.
  {B} aveva dimenticato {o.the}. "Non fa niente," disse {A.n}.
rule share_food:
  Mangiarono {o.the} e bevvero {drink}.
  {A} diede metà {o.di} {B.al} e gettò le briciole {bird.pl.al}.
  {o.the} era {taste.agr}, e presto finì.
rule storm_comes:
  All'improvviso si fece buio {p.in}. Ci furono lampi e tuoni.
  Poi venne un temporale. {tree.pl.the} si piegavano nel vento.
  Nuvole nere coprirono {landscape.the}, e cominciò a piovere.
rule afraid:
  {A} ebbe paura e strinse la mano {B.di}.
  "Non mi piace," sussurrò {A.n}.
  A ogni tuono {A.n} chiudeva gli occhi.
rule light_thing:
  accese {o.the}
  prese {o.the} per fare luce
rule storm_passes:
  Alla luce {o.di} {A.n} raccontò {B.al} la storia {zoo_animal.di}. Presto il temporale finì.
  {o.the} fece luce finché il temporale passò.
  Insieme contarono i secondi tra il lampo e il tuono. Poi tornò il silenzio.
rule map_found:
  {A} aveva trovato {k.a} {furniture_container.nel}. C'era una croce vicino {p.al}.
  "Guarda," disse {A.n} e mostrò {k.a} {B.al}. Una linea rossa portava fino {p.al}.
rule map_riddle:
  Lì lessero: "Cerca dove cresce {tree.the}." {B} conosceva il posto: era {r.in}.
  "Da qui dobbiamo andare {r.in}," disse {B.n} e indicò {k.the}.
  {k.sul} c'era il disegno {texture_thing.di}. "È {r.in}!" gridò {A.n}.
rule dig_up:
  {A} scavò con {tool.a}, e presto videro {q.a}.
  Dietro {texture_thing.a} c'era {q.a}.
  Sotto le foglie e {rare_object.a} trovarono {q.a}.
rule treasure_joy:
  Brillava al sole. "Un vero tesoro!" gridò {A.n}.
  "Chi l'avrà nascost{o.e}?" chiese {A.n}.
  Non avevano mai visto {o.a.n} così.
rule locked:
  {p.in} c'era {q.a}, ma era chius{q.e} a chiave.
  {A} voleva aprire {q.a} {p.in}, ma era chius{q.e} a chiave.
rule ask_key:
  "Chi ha la chiave {q.di}?" chiese {A.n}. {C} aveva {k.a}.
  {C} portava al collo {k.a}. "Posso averl{k.e} in prestito?" chiese {A.n}.
rule unlock:
  aprì la serratura {q.di} con {k.the}
  aprì {q.the} con {k.the}
rule show_to:
  "Guarda che cosa ho trovato!" gridò {A.n} e mostrò {o.the} {B.al}.
  Anche {B} volle vedere {o.the}.
rule pet_gone:
  {A} aveva {x.a} che si chiamava {y}. Quella mattina {y} non c'era più.
  {A} cercava {y}, {x.own} preferit{x.e}. La porta era aperta, e {y} non c'era.
rule pet_called:
  "{y}! {y}!" chiamavano {A.n} e {B.n}.
  "Guardiamo {p.in}," disse {B.n}. "A {y} piace stare lì."
rule pet_trace:
  Lì videro delle impronte che portavano {r.in}.
  {B} trovò dei peli vicino {texture_thing.al}. Le tracce portavano {r.in}.
  "Ho visto {x.a} correre {r.in}," disse {any_job.a}.
rule pet_found:
  E lì c'era {y}, ancora pien{x.e} di paura, accanto {texture_thing.al}.
  {y} dormiva sotto {tree.a} e non capiva perché tutti facessero tanto rumore.
  {A} sentì un verso. {y} era {p.in} e mangiava {snack.a}.
rule stuck_above:
  In alto, tra i rami {tree.di}, c'era {x.a} che non riusciva a scendere.
  {x.a} era sul tetto e chiedeva aiuto.
rule tries_alone:
  "Salta!" gridò {B.n}, ma {x.the} non aveva il coraggio.
  {A} provò a salire, ma era troppo in alto.
rule climbs_and_saves:
  {A} salì con {k.the} e portò giù {x.the}.
  Con {k.the} {A} raggiunse {x.the} e l{x.e} portò giù in braccio.
rule fog_falls:
  Poi venne la nebbia, e {A.n} non vedeva più la strada.
  La nebbia era così fitta che {A.n} non vedeva più i propri piedi.
rule worried_at_home:
  {A} aspettava {B.n}. "Vado a vedere," disse e prese {o.the}.
  {A} pensò che {B.n} fosse ancora fuori, prese {o.the} e andò.
rule guided_home:
  "Sono qui!" gridò {A.n} e tenne in alto {o.the}. Insieme trovarono la strada di casa.
  {A} camminava davanti con {o.the}, e {B.n} dietro, finché furono a casa.
rule noise_at_night:
  Nel cuore della notte {A} sentì un rumore. Veniva {p.dal}.
  {A} non riusciva a dormire. C'era uno strano rumore {p.in}.
rule wake_friend:
  svegliò {B.n}
  corse da {B.n}, che non dormiva ancora
rule noise_solved:
  Alla luce {o.di} videro {x.a} che mangiava {fruit.a}.
  Era soltanto {x.a} dentro {container.a}.
  Lì c'era {x.a} che li guardava con due occhi grandi.
rule back_to_bed:
  "E io avevo paura di {x.a}," disse {A.n}. Risero e tornarono a letto.
  Salutarono {x.the} e tornarono a letto.
rule journey_plan:
  {A.n} e {B.n} volevano andare a {town} con {x.the}. {A} aveva già {o.a}.
  {A} aveva {o.a} per andare a {town} con {x.the}, e anche {B.n} voleva partire.
rule ticket_missing:
  Ma quando {x.the} stava per partire, {A.n} non trovò più {o.the}.
  {A} guardò in tutte le tasche. {o.the} non c'era, e {x.the} era già lì.
rule ticket_found:
  {A} tornò di corsa {p.in}. Lì c'era {o.the}, accanto {keepsake.al}.
  "L'hai lasciat{o.e} {p.in}!" gridò {A.n}, che era tornat{A.e} indietro e aveva trovato {o.the}.
rule just_in_time:
  Arrivarono appena in tempo.
  Le porte si chiusero, e {x.the} partì.
rule row_out:
  {A.n} e {B.n} uscirono sul lago con {x.a}. {A} aveva in mano {o.a}.
  Con {x.a} {A.n} e {B.n} attraversarono il lago, e {A.n} aveva con sé {o.a}.
rule falls_in_water:
  Un'onda fece cadere in acqua {o.the} {A.di}.
  {A} si alzò in piedi e fece cadere in acqua {o.the}.
rule fishes_out:
  {A} prese un remo e tirò fuori {o.the}.
  Subito {A} si sporse e afferrò {o.the}.
rule dry_again:
  {o.the} era bagnat{o.e}, ma il sole {o.him} asciugò presto.
  Misero {o.the} al sole e mangiarono {sweet.pl.a}.
rule snow_falls:
  Nella notte aveva nevicato, e tutto era bianco.
  {A.n} e {B.n} aspettavano la neve da settimane. Finalmente era arrivata.
rule snowman:
  {p.in} fecero un pupazzo di neve con {vegetable.a} al posto del naso.
  {A} fece la testa, e {B.n} fece la pancia di un grande pupazzo di neve.
rule take_off:
  si tolse {o} per il pupazzo di neve
  mise {o} al pupazzo di neve
rule on_snowman:
  Adesso il pupazzo di neve era molto elegante.
  "Come sta bene con {o.a.n}!" disse {B.n}.
rule freezing:
  Ma presto {A.n} ebbe freddo. "Al pupazzo non serve {o.the}," disse {B.n}.
  "Serve più a te che al pupazzo," disse {B.n}, perché {A.n} tremava di freddo.
rule hot_drink:
  Poi {C.n} offrì a tutti qualcosa di caldo.
  {C} chiamò tutti in casa e servì {dish.the}.
rule goes_to_market:
  {A} aveva {n} monete e andò {p.in} a comprare qualcosa.
  Con {n} monete in tasca {A} uscì di casa.
rule price:
  {C} vendeva {o.a}. "Costa {n} monete," disse.
  "Quanto costa {o.the}?" chiese {A.n}. "{n} monete," disse {C.n}.
rule coins_left:
  Adesso {A.al} restavano {m} monete.
  Delle {t} monete ne restavano {m}.
rule shows_purchase:
  "Oggi ho comprato {o.a.n}," disse {A.n} {B.al}.
  {B} guardò {o.the} e ne volle un{o.e} anche per sé.
rule trapped_creature:
  Lì c'era {x.a} in una vecchia trappola.
  {p.in} sentì una voce: "Aiuto!" Era {x.a}.
rule frees_creature:
  Con cura {A.n} liberò {x.the}.
  {A} aprì la trappola, e {x.the} fu liber{x.e}.
rule wish_offer:
  "Puoi esprimere un desiderio," disse {x.the}.
  "Un tuo desiderio diventerà realtà," disse {x.the} {A.al}.
rule wish_for_friend:
  "A me non serve niente," disse {A.n}, "ma {B.n} vorrebbe tanto {o.a}."
  {A} ci pensò un po'. "Vorrei {o.a} per {B.n}," disse.
rule wish_true:
  {A} aspettava già. "Guarda che cosa ho trovato a casa!" gridò e mostrò {o.the} {B.al}.
  Quando {B.n} tornò, {A.n} aveva tra le mani {o.the} e non ci credeva.
rule letter_comes:
  {C} portò {o.a} {A.al}. Era di su{x.e} {x}.
  Un {day} {A.n} ricevette {o.a} {C.dal}. L'aveva scritt{o.e} su{x.e} {x}.
rule letter_read:
  "Vieni a trovarmi a {y}," c'era scritto. "Porta anche {B.n}."
  {A} {o.him} lesse ad alta voce {B.al}: "Mi manchi. Vieni a {y}."
rule travel_there:
  {A.n} e {B.n} partirono per {y}. Il viaggio durò {hour} ore.
  Così {A.n} e {B.n} misero in valigia {garment.pl.a} e {fruit.pl.a} e partirono per {y}.
rule warm_welcome:
  A {y} {x.the} {A.di} aspettava già con un gran sorriso.
  A {y} {x.the} {A.di} aveva già preparato {dish.the}.
rule heavy_load:
  {p.in} incontrarono {C.n}, che portava {o.a}. Era un peso troppo grande.
  {C} era {p.in} con {o.a}. "Non riesco più a portar{o.him}," disse.
rule carry_along:
  {A.n} e {B.n} portarono {o.the} {p.in}, e {C.n} camminava accanto a loro e raccontava storie.
  Poi andarono tutti insieme {p.in}, e {A.n} non posò {o.the} neanche una volta.
rule small_reward:
  Per ringraziare, {C.n} raccontò una bella storia.
  {C} diede {sweet.a} a ciascuno.
  "I buoni vicini valgono più dell'oro," disse {C.n}.
)plots";

}  // namespace bantam::corpus
