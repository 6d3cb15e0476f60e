// Italian sentences of the plots in plots_people.cpp, in their order.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kItalianPlotsOfPeople = R"plots(
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
)plots";

}  // namespace bantam::corpus
