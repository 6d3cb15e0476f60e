// Italian sentences of the plots in plots_things.cpp, in their order.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kItalianPlotsOfThings = R"plots(
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
)plots";

}  // namespace bantam::corpus
