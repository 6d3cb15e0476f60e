// Italian adjectives, verbs, places, roles and small phrases. The format is that of words.h.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kItalianWords = R"words(
adj size: grande, piccolo, enorme, lungo, alto, largo, stretto, rotondo, basso, immenso, massiccio, minuscolo, gigantesco
adj colour: rosso, blu/, verde, giallo, bianco, nero, marrone, arancione, viola/, dorato, grigio, rosa/, azzurro, turchese,
  celeste, argentato, lilla/, beige/, bordeaux/, verde chiaro/, blu scuro/, rosso vivo/, giallo limone/, color avorio/,
  verde smeraldo/, ocra/, bruno, violetto, ambrato, porpora/, color ruggine/, verde oliva/
adj quality: ^vecchio, ^nuovo, ^strano, ^piccolo, ^splendido, semplice, curioso, insolito, ^raro, ^prezioso, ^grazioso,
  ^antico, elegante, straniero, usato, originale, fatto a mano, misterioso, ^magnifico, di seconda mano/, leggero, lucido
adj tool_adj: ^vecchio, ^nuovo, pesante, arrugginito, robusto, di legno/, consumato, lungo, utile, leggero, solido, ammaccato,
  resistente, affilato
adj garment_adj: caldo, ^vecchio, ^nuovo, di lana/, a righe/, morbido, lungo, rattoppato, elegante, a quadri/, ricamato, largo, leggero,
  di velluto/, a pois/, fatto a mano, pesante, comodo, colorato, di seta/
adj jewel_adj: luccicante, ^antico, d'oro/, ^prezioso, d'argento/, scintillante, ^minuscolo, pesante, ^raro, lucente, delicato,
  inciso, ^splendido
adj food_adj: grande, caldo, fresco, delizioso, ^piccolo, dolce, dorato, fatto in casa, profumato, croccante, ^enorme, soffice
adj house_adj: ^vecchio, grande, pesante, di legno/, polveroso, dipinto, ^nuovo, largo, intagliato, rotondo, consumato, ammaccato,
  robusto, storto, verniciato
adj paper_adj: ^vecchio, ^nuovo, ingiallito, sottile, spiegazzato, colorato, piegato, sgualcito, sbiadito, ^piccolo
adj landscape_adj: vasto, verde, tranquillo, selvaggio, profondo, nebbioso, solitario, lontano, famoso, sereno, sconosciuto
adj trait: gentile, coraggioso, curioso, furbo, timido, allegro, tranquillo, paziente, attento, onesto, orgoglioso, pigro,
  testardo, dolce, vivace, educato, premuroso, sognatore, generoso, impaziente, giocherellone, modesto, distratto,
  audace, calmo, prudente, leale, sensato, spiritoso, avventuroso, chiacchierone, maldestro, deciso, energico/energici,
  brontolone, ingegnoso, agile, irrequieto, serio, sincero, ordinato, fiducioso, disordinato, intelligente, simpatico/simpatici,
  laborioso, silenzioso, riservato, affettuoso, intraprendente, bizzarro, scrupoloso, instancabile
adj good_mood: felice, contento, allegro, raggiante, orgoglioso, sollevato, entusiasta, emozionato, grato, soddisfatto, fiducioso,
  divertito, sereno, commosso, incantato, euforico/euforici
adj bad_mood: triste, preoccupato, arrabbiato, agitato, nervoso, deluso, stanco, spaventato, infelice, confuso, inquieto,
  abbattuto, scontento, imbarazzato, disperato, scoraggiato, annoiato, malinconico/malinconici, mortificato, avvilito
adj setting_adj: tranquillo, sperduto, vivace, soleggiato, lontano, sereno, solitario, accogliente, dimenticato, ventoso, pittoresco, pieno di vita/, famoso, silenzioso, operoso, ridente
adj taste: dolce, fresco, caldo, delizioso, saporito, croccante, maturo, salato, piccante, amaro, cremoso, tenero, fumante,
  fatto in casa, profumato, squisito, appetitoso, gustoso, aromatico/aromatici
adj texture: morbido, duro, liscio, ruvido, bagnato, asciutto, appuntito, soffice, appiccicoso, freddo, scivoloso, spinoso,
  setoso, fangoso, fragile, spugnoso, flessibile, sabbioso, solido, peloso, rigido, squamoso
adj idea_adj: buffo, semplice, meraviglioso, strano, brillante, audace, sciocco, sensato, insolito, divertente, pratico/pratici, folle,
  ragionevole, splendido, segreto, assurdo, ingegnoso, modesto, eccellente, bellissimo, originale
adj look: alto, basso, magro, lentigginoso, biondo, bruno, ricciuto, scalzo, abbronzato, pallido, snello, paffuto, robusto
adj adj_small: piccolo, giovane, marrone, grigio, solitario, curioso, rumoroso, affamato, timido
phrase look_phrase: dai capelli rossi, con gli occhi azzurri, dai capelli ricci, con le trecce, con gli occhi castani,
  dalle guance rosse, con le lentiggini, dalle gambe lunghe, dai capelli corti, dallo sguardo sveglio
phrase weather_spring: di sole, mite, piovoso, ventoso, luminoso, sereno, fresco, nebbioso, nuvoloso, variabile
phrase weather_summer: caldo, di sole, luminoso, afoso, magnifico, di temporale, asciutto, sereno, torrido
phrase weather_autumn: di vento, nebbioso, piovoso, grigio, fresco, umido, di tempesta, nuvoloso, malinconico
phrase weather_winter: freddo, di neve, gelido, grigio, limpido, buio, nebbioso, ventoso, rigido
phrase month_spring: marzo, aprile, maggio
phrase month_summer: giugno, luglio, agosto
phrase month_autumn: settembre, ottobre, novembre
phrase month_winter: dicembre, gennaio, febbraio
phrase season: primavera, estate, autunno, inverno
phrase manner: in fretta, lentamente, in silenzio, con cura, con gioia, dolcemente, con orgoglio, con pazienza, con coraggio,
  con calma, allegramente, volentieri, nervosamente, di nascosto, subito, timidamente, tristemente, con gratitudine,
  solennemente, con attenzione, con curiosità, con prudenza, seriamente, con eleganza
phrase kin: sua nonna, suo nonno, sua madre, suo padre, sua sorella, suo fratello, sua zia, suo zio, sua cugina, suo cugino
phrase time_of_day: mattina, sera
)words"
                                       R"words(
verb chore: spazzare il pavimento, lavare i piatti, nutrire {farm_animal.pl.the}, annaffiare {flower.pl.the},
  sbucciare {vegetable.pl.the}, riordinare la stanza, spolverare {furniture.the}, rammendare {garment.a}, tagliare la legna,
  portare l'acqua dal pozzo, rastrellare le foglie, lucidare {furniture.the}, preparare {sweet.pl.a}, cucinare {dish.the},
  raccogliere {fruit.pl.a}, zappare l'orto, dipingere {texture_thing.the}, pulire le finestre, piegare la biancheria,
  impastare la farina, mescolare {dish.the}, ordinare {countable.pl.the}, stirare {garment.a}, cucire {garment.a},
  piantare {vegetable.pl.a}, mungere le mucche, spazzolare {farm_animal.the}, riparare {vehicle.the}, lavare {vehicle.the},
  oliare le cerniere, strofinare {kitchenware.pl.the}, sgranare i piselli, raccogliere la legna, accendere il fuoco,
  apparecchiare la tavola, rifare i letti, potare la siepe, falciare l'erba, spalare la neve, affettare {vegetable.pl.the},
  grattugiare {vegetable.pl.the}, spremere {fruit.pl.the}, montare la panna, riempire {container.the}, svuotare {container.the},
  raccogliere le uova, seminare {flower.pl.a}, accatastare la legna, pesare la farina, imbiancare il muro, pulire {tool.the},
  battere il tappeto, stendere il bucato, asciugare i bicchieri, misurare il latte, schiacciare le noci, lessare {vegetable.pl.the},
  friggere {vegetable.pl.the}, cuocere {vegetable.pl.the}, tosare le pecore, sistemare {tool.the}, cercare {tool.the},
  tingere {garment.a}, appendere {garment.a}, curare {pet.the}, verniciare {furniture.the}, intrecciare {container.a}
verb pastime: leggere {readable.a}, disegnare {wild_animal.a}, giocare con {toy.a}, dipingere {flower.a}, suonare {instrument.the},
  costruire {building.a} di cartone, contare {countable.pl.the}, collezionare {wild_find.pl}, scrivere {readable.a},
  osservare {bird.pl.the}, inseguire {small_creature.pl.the}, cantare una canzone, raccontare storie, ascoltare {sound.the},
  guardare {celestial.the}, giocare con {pet.the}, ballare intorno {furniture.al}, risolvere indovinelli, piegare {bird.pl.a} di carta,
  intagliare {wild_animal.a} nel legno, lanciare {wild_find.pl} nell'acqua, saltare nelle pozzanghere, imparare una poesia,
  disegnare {building.the}, fischiettare un motivo, studiare {school_subject}, sognare {zoo_animal.pl.a}, parlare {zoo_animal.pl.di},
  infilare perline, giocare con {fruit.pl.the}, imitare {zoo_animal.a}, modellare {zoo_animal.a} di creta,
  osservare {small_creature.a}, seguire {small_creature.a}, cercare {wild_find.pl}, inventare un gioco, rotolare giù dalla collina,
  canticchiare una melodia, copiare {zoo_animal.a}, esaminare {small_creature.a}, fotografare {building.the}, decorare {container.a},
  riparare {toy.a}, esplorare {landscape.the}, cogliere {flower.pl.a}, ammirare {celestial.the}, lucidare {jewel.a},
  provare uno spettacolo, cercare {stationery.a}, smontare {keepsake.a}, cercare {small_creature.pl}
verb outing: nuotare {water}, pescare {water}, camminare fino {landscape.al}, raccogliere {flower.pl.a}, dormire in tenda,
  cercare {wild_find.pl}, pattinare sul ghiaccio, cercare funghi, visitare {building.the}, esplorare {building.the},
  pedalare fino {building.al}, passeggiare fino {building.al}, riposare sotto {tree.a}, cercare {small_creature.pl},
  seguire le tracce {wild_animal.di}, attraversare {landscape.the}, disegnare {landscape.the}, viaggiare in treno, remare sul lago
phrase water: nel fiume, nel lago, nello stagno, nel ruscello, in mare, nel canale
)words"
                                       R"words(
pair job: fornaio/fornaia, contadino/contadina, maestro/maestra, dottore/dottoressa, sarto/sarta, mugnaio/mugnaia,
  giardiniere/giardiniera, falegname, cuoco/cuoca, pastore/pastorella, bibliotecario/bibliotecaria, infermiere/infermiera,
  pittore/pittrice, negoziante, marinaio/marinaia, musicista, orologiaio/orologiaia, vasaio/vasaia, tessitore/tessitrice,
  capitano/capitana, calzolaio/calzolaia, macellaio/macellaia, sindaco/sindaca, apicoltore/apicoltrice, boscaiolo/boscaiola,
  oste/ostessa, autista, veterinario/veterinaria, poeta/poetessa, giudice, guardiano/guardiana, dentista, giocoliere/giocoliera,
  cacciatore/cacciatrice, orefice, fotografo/fotografa, pilota, custode, ingegnere/ingegnera, astronomo/astronoma, farmacista,
  ballerino/ballerina, cantante, violinista, attore/attrice, mago/maga, archeologo/archeologa, fioraio/fioraia,
  gioielliere/gioielliera, elettricista, architetto/architetta, giornalista, traduttore/traduttrice, scultore/scultrice,
  postino/postina, pescatore/pescatrice, lattaio/lattaia, pompiere/pompiera, vigile/vigilessa, pasticciere/pasticciera,
  barbiere/barbiera, burattinaio/burattinaia, straccivendolo/straccivendola, scienziato/scienziata, psicologo/psicologa
noun girl_kind: bambina, ragazza, scolara, ragazzina
noun boy_kind: bambino, ragazzo, scolaro, ragazzino
noun hero_animal: volpe f, topo, riccio, coniglio, scoiattolo, orso, tasso, lontra, talpa, lepre f, rana, anatra, castoro,
  procione, civetta, gattino, ghiro, donnola, pettirosso, rospo
noun wise_animal: vecchio gufo, tartaruga, vecchio cervo, airone, vecchio tasso, corvo, vecchia orsa, castoro,
  oca bianca, vecchia carpa
noun any_job: fornaio, contadino, maestro, giardiniere, lattaio, postino, pescatore, infermiera, marinaio, cacciatore, pittrice,
  pastore, cuoco, sarta, falegname, dottore, mugnaio, musicista m, vigile, macellaio, ballerina, spazzacamino
place home: cucina|in cucina, giardino|in giardino, soffitta|in soffitta, cantina|in cantina, salotto|in salotto,
  camera|in camera, dispensa|nella dispensa, laboratorio|nel laboratorio, veranda|sulla veranda, balcone|sul balcone,
  serra|nella serra, lavanderia|in lavanderia, cortile|in cortile, studio|nello studio, garage|in garage,
  ripostiglio|nel ripostiglio, terrazza|in terrazza, orto|nell'orto, sala da pranzo|in sala da pranzo
place village: mercato|al mercato, mulino|al mulino, panetteria|in panetteria, scuola|a scuola, chiesa|in chiesa,
  pozzo|al pozzo, ponte|sul ponte, locanda|alla locanda, bottega del fabbro|nella bottega del fabbro, piazza|in piazza,
  fontana|alla fontana, ufficio postale|all'ufficio postale, parco giochi|al parco giochi, biblioteca|in biblioteca,
  municipio|in municipio, drogheria|in drogheria, sartoria|in sartoria
place farm: fienile|nel fienile, stalla|nella stalla, pollaio|nel pollaio, frutteto|nel frutteto, campo|nel campo,
  prato|nel prato, porcile|nel porcile, stagno|allo stagno, orto|nell'orto, aia|sull'aia, vigneto|nel vigneto,
  caseificio|nel caseificio, ovile|nell'ovile, granaio|nel granaio
place nature: foresta|nella foresta, fiume|al fiume, collina|sulla collina, lago|al lago, grotta|nella grotta,
  prato|nel prato, ruscello|al ruscello, radura|nella radura, cascata|alla cascata, vecchia quercia|alla vecchia quercia,
  palude f|nella palude, valle f|nella valle, sorgente f|alla sorgente, incrocio|all'incrocio, albero cavo|nell'albero cavo,
  pineta|nella pineta, gola|nella gola, brughiera|nella brughiera, isoletta|sull'isoletta
place seaside: spiaggia|sulla spiaggia, porto|al porto, faro|al faro, molo|sul molo, scogliera|sulla scogliera,
  mercato del pesce|al mercato del pesce, rimessa delle barche|nella rimessa delle barche, pontile|sul pontile,
  laguna|alla laguna, peschereccio|sul peschereccio, banchina|sulla banchina, baia|nella baia,
  dogana|alla dogana, veleria|nella veleria
place city: parco|nel parco, stazione f|alla stazione, museo|al museo, teatro|a teatro, mercato coperto|al mercato coperto,
  piazza|in piazza, libreria|in libreria, caffè m|al caffè, zoo m|allo zoo, ponte della ferrovia|sul ponte della ferrovia,
  fermata del tram|alla fermata del tram, biblioteca|in biblioteca, negozio di giocattoli|nel negozio di giocattoli,
  ospedale|in ospedale, cattedrale f|nella cattedrale, grande magazzino|al grande magazzino, cinema m|al cinema,
  piscina|in piscina, galleria d'arte|nella galleria d'arte, pista di pattinaggio|sulla pista di pattinaggio,
  orto botanico|all'orto botanico
place castle: salone|nel salone, torre f|nella torre, cortile|in cortile, scuderia|nella scuderia, prigione f|nella prigione,
  sala del trono|nella sala del trono, cucina del castello|nella cucina del castello, roseto|nel roseto,
  biblioteca|in biblioteca, armeria|nell'armeria, ponte levatoio|sul ponte levatoio, camera del tesoro|nella camera del tesoro,
  cappella|nella cappella, cantina|in cantina, corpo di guardia|al corpo di guardia
place mountain: baita|nella baita, cresta|sulla cresta, ghiacciaio|sul ghiacciaio, lago di montagna|al lago di montagna,
  passo|al passo, abetaia|nell'abetaia, pascolo|al pascolo, cima|sulla cima, pista da sci|sulla pista da sci,
  stazione della funivia|alla stazione della funivia, gola|nella gola, malga|alla malga, rifugio|al rifugio,
  ponte di corda|sul ponte di corda
place desert: oasi f|all'oasi, tenda|nella tenda, bazar m|al bazar, duna|sulla duna, pozzo|al pozzo, accampamento|all'accampamento,
  palmeto|nel palmeto, vecchio forte|nel vecchio forte, lago salato|al lago salato, arco di roccia|sotto l'arco di roccia,
  mercato dei cammelli|al mercato dei cammelli, bottega delle spezie|nella bottega delle spezie, torre di guardia f|alla torre di guardia
place ship: ponte|sul ponte, cabina|in cabina, cambusa|nella cambusa, sala macchine|in sala macchine,
  cabina del capitano|nella cabina del capitano, stiva|nella stiva, prua|a prua, albero maestro|all'albero maestro,
  scialuppa|nella scialuppa, coffa|sulla coffa, timoneria|nella timoneria, poppa|a poppa
place circus: pista|in pista, tendone|sotto il tendone, carrozzone|nel carrozzone, biglietteria|alla biglietteria,
  carro del domatore|nel carro del domatore, scuderia|nella scuderia, camerino|nel camerino, carro dei costumi|nel carro dei costumi,
  tribuna|in tribuna, chiosco dei dolci|al chiosco dei dolci
place school: aula|in aula, cortile della scuola|nel cortile della scuola, palestra|in palestra, sala di musica|in sala di musica,
  biblioteca|in biblioteca, mensa|in mensa, corridoio|in corridoio, spogliatoio|nello spogliatoio, laboratorio|in laboratorio,
  sala dei professori|in sala dei professori, aula di disegno|nell'aula di disegno, aula magna|in aula magna
place village_setting: villaggio|in un villaggio, borgo|in un borgo, paesino|in un paesino
place farm_setting: fattoria|in una fattoria, cascina|in una cascina, tenuta|in una tenuta
place nature_setting: valle f|in una valle, foresta|in una foresta, bosco|in un bosco
place seaside_setting: villaggio di pescatori|in un villaggio di pescatori, città di mare|in una città di mare,
  porto di pescatori|in un porto di pescatori
place island_setting: isola|su un'isola, isoletta|su un'isoletta, isola rocciosa|su un'isola rocciosa
place city_setting: città|in una città, cittadina|in una cittadina, quartiere|in un quartiere
place castle_setting: castello|in un castello, regno|in un regno, fortezza|in una fortezza, palazzo|in un palazzo
place mountain_setting: paese di montagna|in un paese di montagna, valle alpina f|in una valle alpina
place desert_setting: città del deserto|in una città del deserto, oasi f|in un'oasi, villaggio del deserto|in un villaggio del deserto
place ship_setting: nave f|su una nave, veliero|su un veliero, piroscafo|su un piroscafo, goletta|su una goletta
place circus_setting: circo|in un circo, circo ambulante|in un circo ambulante
place school_setting: scuola|in una scuola, collegio|in un collegio, scuola di paese|in una scuola di paese
)words";

}  // namespace bantam::corpus
