// Italian sentences of the plots in plots_journeys.cpp, in their order.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kItalianPlotsOfJourneys = R"plots(
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
  {A} scavò con [una pala|una vanga|una zappa|un badile|un vecchio piccone], e presto videro {q.a}.
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
