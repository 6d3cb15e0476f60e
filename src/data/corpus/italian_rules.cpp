// Italian sentences that any story may use: openings, endings, actions, moods, weather, small observations.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kItalianRules = R"rules(
rule opening:
  C'era una volta {A.full.a} {trait.agr} di nome {A.n} che viveva {x.in} {setting_adj.agr}.
  {x.in} {setting_adj.agr} viveva {A.full.a} {trait.agr} di nome {A.n}.
  {A.n} era {A.full.a} {trait.agr} e viveva {x.in} vicino {landscape.al}.
  Tanto tempo fa, {x.in} vicino {landscape.al}, viveva {A.full.a} {trait.agr} di nome {A.n}.
  {A.n} viveva {x.in} {setting_adj.agr}. Era {A.full.a} {trait.agr}.
  C'era una volta {A.full.a} {look_phrase}, di nome {A.n}, che abitava {x.in}.
  Lontano lontano, oltre {landscape.a} {landscape_adj.agr}, {x.in} {setting_adj.agr}, abitava {A.full.a} {trait.agr} di nome {A.n}.
  Tutti conoscevano {A.n}, {A.full.the} {trait.agr} che viveva {x.in}.
rule opening_on:
  C'era una volta {A.full.a} {trait.agr} di nome {A.n} che viveva {x.in} {setting_adj.agr}.
  {x.in} {setting_adj.agr} viveva {A.full.a} {trait.agr} di nome {A.n}.
  {A.n} era {A.full.a} {trait.agr} e viveva {x.in}.
  C'era una volta {A.full.a} {look_phrase}, di nome {A.n}, che viveva {x.in}.
  Tutti conoscevano {A.n}, {A.full.the} {trait.agr} che viveva {x.in}.
rule about_hero:
  {A} amava {pastime}.
  Ogni {time_of_day} {A} voleva {pastime}.
  {A} aveva {garment.a} {colour.agr} e {footwear.pl.a} di {shoe_material}.
  Niente {A.gli} piaceva quanto {pastime}.
  {A} era {look.agr} e portava {garment.a} {colour.agr}.
  Tutti dicevano che {A} era [svelt{A.e} come una lepre|laborios{A.e} come un'ape|silenzios{A.e} come un topo|furb{A.e} come una volpe|forte come un toro|allegr{A.e} come un grillo].
  Quando poteva, {A} andava a {outing}.
  A scuola {A.gli} piaceva {school_subject.the}, ma non {A.gli} piaceva {chore}.
  Ogni {day} {A} doveva {chore}.
  A volte {A} aiutava {kin} a {chore}.
rule friend:
  {A.n} aveva un legame speciale con {B.n}, {B.full.a} {trait.agr}.
  {B.n}, {B.full.a} {trait.agr}, abitava lì accanto.
  {A.n} e {B.n} giocavano sempre insieme.
  {A.n} e {B.n} facevano tutto insieme da [anni|molto tempo|molti anni].
  {A.n} divideva ogni cosa con {B.n}, {B.full.a} {trait.agr}.
  Spesso con {A.n} c'era anche {B.n}, {B.full.a} {look_phrase}.
  Accanto abitava {B.n}, {B.full.a} {trait.agr}, e presto tra {A.n} e {B.n} nacque una bella amicizia.
rule place_sketch:
  {p.in} c'era un buon odore di {smell}.
  {p} era un posto [tranquillo|luminoso|silenzioso|fresco|buio|affollato] e odorava di {smell}.
  {p.in} c'era {furniture_like.a} {house_adj.agr} con sopra {decor}.
  {p.in} si sentiva sempre {sound.a}.
rule decor:
  {flower.pl.a}
  {kitchenware.a} {colour.agr}
  {countable.pl.a}
  {keepsake.a} {idea_adj.agr}
  un mazzetto di {herb}
rule one_day:
  Una mattina[ di {z}|], {A} era {p.in}.
  Un giorno {x} di {z}, {A.n} e {B.n} erano {p.in}.
  Accadde in un giorno {x} di {z}.
  Una mattina, in {y}, {A} aprì gli occhi molto presto.
  Una mattina, subito dopo colazione, {A} sentì {B.n} chiamare {p.in}.
  Era il primo {day} di {z} quando qualcosa accadde.
  Tutto cominciò in un giorno {x}, in {y}.
  Un giorno di {z} {A} andò {p.in} e trovò lì {B.n}.
  Era un giorno {x} di {z}, e {A.n} non aveva niente da fare.
  In {z} ci fu un giorno {x} che {A} avrebbe ricordato per sempre.
rule weather_any:
  [Un vento leggero|Un forte vento|Una brezza leggera] soffiava [sulla collina|sul lago|sulla valle|tra le case].
  Nuvole [grigie|bianche|leggere] [correvano|passavano] nel cielo.
  L'aria sapeva di {smell}.
  Un arcobaleno brillava sopra {landscape.the}.
  Le foglie {tree.pl.di} tremavano nel vento.
rule weather_sky_spring:
  {weather_any}
  Il sole splendeva [sui tetti|tra i rami|sull'acqua].
  {bird.pl.the} cantavano [tra i rami|dall'alba|sui tetti].
  Nel prato {flower.pl.the} cominciavano a fiorire.
  Nella notte aveva piovuto, e l'erba era bagnata.
  I primi insetti uscivano dall'erba.
rule weather_sky_summer:
  {weather_any}
  Il sole splendeva [sui campi|sui tetti|tra i rami|sull'acqua].
  Con quel caldo anche {bird.pl.the} tacevano.
  Nel prato {flower.pl.the} erano in fiore.
  Lontano si sentiva il tuono.
  Faceva così caldo che anche {farm_animal.pl.the} dormivano all'ombra.
rule weather_sky_autumn:
  {weather_any}
  Foglie rosse e gialle coprivano il sentiero.
  Nella notte aveva piovuto, e la strada era bagnata.
  La nebbia copriva {landscape.the}.
  {bird.pl.the} volavano verso sud.
  Il vento faceva cadere {tree_fruit.pl.the} dai rami.
rule weather_sky_winter:
  {weather_any}
  La neve copriva {texture_thing.the}.
  Sul lago c'era il ghiaccio.
  Un vento freddo soffiava [sulla collina|sui tetti|sulla valle].
  Ricominciò a nevicare.
  I rami {tree.pl.di} erano bianchi di brina.
phrase smell: pane fresco, fieno, pino, terra bagnata, sale, fumo, sapone, mele, lavanda, cuoio, libri vecchi, caffè, pioggia,
  cannella, cera, pesce, menta, rose, lana bagnata, latte caldo, arance, vernice, muschio, vaniglia, cipolle fritte, gesso
rule texture:
  {bird.a} {adj_small.agr} cantava tra i rami.
  {small_creature.a} si posò sulla manica {A.di}.
  Da qualche parte si sentiva {sound.a}.
  Passò {vehicle.a} {colour.agr}.
  {A} trovò per terra {countable.a} e lasciò tutto com'era.
  {A} vide {small_creature.a} {adj_small.agr} sopra {texture_thing.a}.
  Lì vicino c'era {texture_thing.a} {texture.agr}.
  Passò {any_job.a} e [salutò|sorrise|disse buongiorno].
  {wild_animal.a} attraversò di corsa il sentiero e sparì.
  {A} [canticchiò un motivo|pensò {sweet.pl.al}|sbadigliò|fischiettò piano|guardò il cielo|contò fino a dieci|pensò alle vacanze].
  Alla parete c'era {keepsake.a} con accanto {rare_object.a} {colour.agr}.
  In un angolo c'erano {rare_object.a} e {rare_object.a}.
  {pet.a} dormiva accanto {furniture.al}.
  {A} portava {garment.a} {colour.agr}.
  L'orologio batté le {hour}.
  A pranzo c'era {dish.the} con {vegetable.pl.the}.
  {A} aveva fame e mangiò {snack.a}.
  {A} bevve {vessel} di {drink} e mangiò {sweet.a}.
  {bird.a} volò sopra {building.the}.
  {building.dal} veniva un odore di {smell}.
phrase vessel: una tazza, un bicchiere, una ciotola, una brocca
phrase hour: sei, sette, otto, nove, dieci, undici, tre, quattro, cinque
rule spend_time_playing:
  passò la {time_of_day} a {pastime}
  provò a {pastime}
  cominciò a {pastime}
  volle {pastime}
  restò a {pastime} e dimenticò l'ora
  si divertì a {outing}
rule spend_time_working:
  passò la {time_of_day} a {chore}
  dovette {chore}
  dovette {chore}, perché era {day}
  aiutò {kin} a {chore}
  dovette {chore} {manner}
)rules"
                                       R"rules(
rule go:
  [andò|corse] {p.in}
  andò {going_manner} {p.in}
  decise di andare {p.in}
rule go_back:
  [tornò|ritornò|corse di nuovo] {p.in}
rule came:
  [arrivò|passò] {p.in}
rule both_go:
  {A.n} e {B.n} [andarono|corsero] insieme {p.in}.
  Insieme {A.n} e {B.n} [andarono|corsero] {p.in}.
  Così {A.n} e {B.n} [andarono|si ritrovarono] {p.in}.
  {A} andò {p.in}, e {B.n} [andò con {A.he}|venne dietro].
  {A.n} e {B.n} s'incamminarono e presto furono {p.in}.
rule meet:
  [incontrò|trovò|vide] {B.n} {p.in}
  andò {p.in} e lì trovò {B.n}
rule give:
  [diede|consegnò|passò|porse] {o} {B.al}
  mise {o} nelle mani {B.di}
rule present:
  regalò {o} {B.al}
  fece un regalo {B.al}: {o.a}
  donò {o} {B.al}
rule lend:
  prestò {o} {B.al}
  diede in prestito {o} {B.al}
  prestò {B.al} {o.the} per [qualche giorno|un po'|un'ora]
rule give_back:
  restituì {o} {B.al}
  ridiede {o} {B.al}
  riportò {o} {B.al}
rule take:
  [prese|afferrò] {o}
rule find:
  trovò {o} {p.in}
  [vide|notò] {o} {p.in} e {o.him} prese
rule leave:
  [lasciò|posò|appoggiò] {o} {p.in}
rule lose:
  Ma {A} perse {o.the} {p.in} e non ci fece caso.
  {o.the} cadde dalla tasca {A.di} {p.in}, e nessuno se ne accorse.
  Poi {A} andò via senza {o.the}, che restò {p.in}.
rule hide:
  nascose {o} dentro {q}
  mise {o} dentro {q}
rule take_out:
  tirò fuori {o} {q.dal}
  prese {o} {q.dal}
rule open:
  aprì {q.the}[ con cura| con curiosità| in fretta| lentamente||]
  guardò dentro {q.the}
rule buy:
  comprò {o.the} {B.dal}
  pagò e prese {o.the}
rule swap:
  diede {o.the} {B.al} ed ebbe in cambio {q.the}
  scambiò {o.the} con {q.the} {B.di}
rule thank:
  "Grazie, {B.n}!" disse {A.n}.
  {A} disse grazie {B.al}[ {manner}|].
  "Su di te si può sempre contare," disse {A.n} {B.al}.
  {A} sorrise e, per dire grazie, offrì {sweet.a} {B.al}.
rule is_happy:
  era {good_mood.agr}
  era {good_mood.agr} e {good_mood.agr}
  si sentiva {good_mood.agr}
  rise di gioia
rule is_sad:
  era {bad_mood.agr}
  si sentiva {bad_mood.agr}
  era {bad_mood.agr} e [sospirava|non diceva niente|quasi piangeva]
rule later:
  più tardi
  un'ora dopo
  al suono delle campane
  alle {hour}
rule soon:
  poco dopo
  di lì a poco
rule in_the_evening:
  la sera
  al tramonto
  quando fece buio
  prima di cena
rule next_day:
  il giorno dopo
  la mattina dopo
rule some_days_later:
  qualche giorno dopo
  una settimana dopo
  due settimane dopo
rule afterwards:
  alla fine
  quando tutto fu finito
rule on_the_way:
  lungo la strada
  poco dopo
rule then_time:
  poi
  dopo
  più tardi
rule after_lesson:
  dopo la lezione
  al suono della campanella
rule ending:
  {A.n} e {B.n} tornarono a casa con [gioia|il sorriso|una bella storia da raccontare].
  Da quel giorno {A.n} e {B.n} si vollero ancora più bene.
  Quella notte {A} sognò {ending_dream}.
  {A.n} e {B.n} parlano ancora di quel giorno.
  E così la giornata finì bene.
  La sera {A.n} e {B.n} mangiarono {dish.the} e risero di tutto.
  {A.n} non dimenticò mai quel giorno.
  "Che giornata!" disse {B.n}, e {A.n} fece di sì con la testa.
  {A.n} raccontò tutto a casa.
  {A.n} aveva imparato una cosa: {moral}.
  Dopo cena {A.n} si addormentò subito.
  {A.n} scrisse tutto su un quaderno [rosso|verde|giallo|azzurro|nero|marrone].
phrase moral: chi trova un amico trova un tesoro, la pazienza aiuta più della rabbia, due teste pensano meglio di una,
  dividere rende tutto più bello, non è mai tardi per chiedere scusa, una piccola luce basta nel buio, chi chiede ottiene risposta,
  le parole sincere aprono le porte, le cose belle hanno bisogno di tempo, nessuno sa fare tutto da solo,
  il coraggio cresce a ogni passo, le cose vecchie hanno storie da raccontare, conviene sempre guardare due volte
phrase shoe_material: cuoio, pelle, lana, feltro, gomma, velluto, stoffa, tela, legno
phrase going_manner: in fretta, lentamente, in silenzio, con gioia, con calma, allegramente, volentieri, di nascosto, subito,
  con coraggio, con prudenza, senza fretta, di buon passo
rule ending_dream:
  {zoo_animal.pl.a} e {sea_creature.pl.a}
  {vehicle.a} {colour.agr}
  {celestial.a}
  {landscape.a} {landscape_adj.agr}
  fiori grandi come {tree.pl.a}
  {building.a} di {material}
)rules";

}  // namespace bantam::corpus
