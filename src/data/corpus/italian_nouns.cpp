// Italian nouns and proper names. The format is that of words.h.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kItalianNouns = R"words(
name girl: Anna, Giulia, Sara, Maria, Chiara, Elena, Marta, Lucia, Sofia, Laura, Silvia, Paola, Francesca, Rosa, Carla,
  Alice, Marina, Irene, Bianca, Viola, Nora, Emma, Greta, Ada, Rita, Lisa, Teresa, Daniela, Federica, Martina, Giorgia,
  Camilla, Valeria, Cristina, Nadia, Serena, Monica, Angela, Luisa, Giovanna, Caterina, Ilaria, Michela, Beatrice,
  Margherita, Agnese, Cecilia, Diana, Elisa, Flavia, Gaia, Ginevra, Ludovica, Matilde, Noemi, Olga, Patrizia, Roberta,
  Simona, Stella, Tina, Vera, Virginia, Zoe, Adele, Barbara, Clara, Donata, Emilia, Fiorella, Gemma, Isabella, Letizia,
  Miriam, Norma, Ornella, Pia, Rebecca, Susanna, Tecla, Ursula, Vittoria
name boy: Marco, Luca, Paolo, Pietro, Bruno, Matteo, Andrea, Davide, Giorgio, Carlo, Stefano, Roberto, Antonio, Franco,
  Mario, Leo, Simone, Fabio, Enrico, Giacomo, Tommaso, Nicola, Alberto, Claudio, Daniele, Emilio, Filippo, Gino, Hugo,
  Ivan, Lorenzo, Massimo, Omar, Piero, Riccardo, Sandro, Tito, Ugo, Valerio, Vito, Alessio, Beppe, Cesare, Dario,
  Edoardo, Federico, Guido, Leonardo, Maurizio, Nino, Oscar, Renato, Sergio, Tullio, Umberto, Vincenzo, Achille,
  Battista, Corrado, Diego, Elio, Fausto, Gaetano, Ivo, Luigi, Martino, Nando, Orlando, Pasquale, Raffaele, Saverio,
  Teodoro, Valentino, Zeno, Adriano, Basilio, Cosimo, Domenico, Ernesto, Fulvio, Gabriele
name pet_name: Fido, Briciola, Macchia, Pepe, Biscotto, Nuvola, Lampo, Fulmine, Pallina, Stellina, Birba, Ombra, Neve,
  Rocky, Zucchero, Cannella, Bottone, Polpetta, Mirtillo, Baffo, Trottola, Ciuffo, Sale, Noce, Ragù
name day: lunedì, martedì, mercoledì, giovedì, venerdì, sabato
name town: Montelago, Roccaverde, Borgofiore, Castelnuovo, Pietralunga, Valdoro, Fontechiara, Montebello, Serravalle,
  Portofreddo, Campofiorito, Rivalta, Pratolungo, Acquaviva, Torrebianca, Collealto, Lagoscuro, Sanmarino in Colle,
  Boscomare, Villachiara

noun pet: cane, gatto, coniglio, gattino, cucciolo, criceto, pappagallo, tartaruga, canarino, pesciolino, furetto,
  porcellino d'India, lucertola, cagnolino
noun farm_animal: mucca, pecora, gallina, capra, maiale, cavallo, asino, anatra, oca, agnello, vitello, pony m/pony, gallo,
  tacchino, mulo, toro, pulcino, puledro, bue/buoi, capretto
noun wild_animal: volpe f, orso, lupo, riccio, scoiattolo, cervo, topo, tasso, lontra, castoro, lepre f, talpa, procione,
  cinghiale, lince f, donnola, marmotta, ghiro, capriolo, daino, martora, stambecco, camoscio, puzzola, faina
noun zoo_animal: leone, elefante, scimmia, tigre f, giraffa, zebra, cammello, canguro, panda m/panda, ippopotamo,
  rinoceronte, gorilla m/gorilla, pinguino, coccodrillo, leopardo, koala m/koala, foca, tricheco/trichechi, struzzo,
  scimpanzé/scimpanzé, antilope f, bradipo, giaguaro, lama m/lama, armadillo, ghepardo, bufalo, formichiere, tapiro,
  dromedario, babbuino, serpente
noun bird: pettirosso, passero, gufo, merlo, corvo, rondine f, piccione, gazza, cigno, gabbiano, aquila, picchio,
  allodola, airone, storno, fringuello, falco, colomba, cicogna, cuculo, usignolo, tordo, fagiano, pernice f, gru f/gru,
  pellicano, albatro, poiana, cardellino, quaglia, fenicottero, pavone, civetta, cinciallegra, upupa
noun small_creature: ape f, farfalla, formica, lumaca, rana, coccinella, ragno, scarabeo, cavalletta, grillo, verme,
  libellula, bruco, falena, vespa, rospo, tritone, lucciola, bombo, millepiedi/millepiedi, calabrone, zanzara, moscerino,
  cicala, chiocciola
noun sea_creature: granchio, pesce, delfino, stella marina/stelle marine, balena, polpo, medusa, aragosta, gambero,
  cavalluccio marino/cavallucci marini, anguilla, salmone, trota, sardina, ostrica, cozza, calamaro, acciuga, tonno, orata

noun fruit: mela, pera, ciliegia, prugna, arancia, banana, pesca, limone, fragola, albicocca, melone, fico, lampone, mora,
  mirtillo, ananas m/ananas, kiwi m/kiwi, mango, mandarino, melagrana, pompelmo, susina, castagna, anguria, nespola,
  noce di cocco f, dattero, pesca noce/pesche noci, clementina, papaya, ribes m/ribes, caco/cachi, cedro
noun tree_fruit: mela, pera, prugna, castagna, noce f, ghianda, mela cotogna/mele cotogne, arancia, oliva, nespola
noun vegetable: carota, patata, cipolla, pomodoro, cavolo, fagiolo, pisello, cetriolo, zucca, porro, barbabietola,
  ravanello, rapa, peperone, fungo, melanzana, zucchina, cavolfiore, carciofo, lattuga, peperoncino, finocchio, sedano,
  asparago/asparagi, cicoria, broccolo, lenticchia, cece, oliva, scalogno
noun dish: zuppa/, pane/, riso/, pasta/, polenta/, formaggio/, minestra/, stufato/, pane e burro/, risotto/, brodo/,
  prosciutto/, purè/, insalata/, minestrone/, pasta al forno/, pesce arrosto/, pollo arrosto/, zuppa di pesce/,
  zuppa di piselli/, spezzatino/, yogurt/, torta salata/, passata di verdure/, arrosto/, frittura/
noun snack: panino, frittella, polpetta, salsiccia, frittata, pizzetta, focaccia, tartina, piadina, pannocchia,
  arancino, crocchetta, toast m/toast, cracker m/cracker, grissino, bruschetta
noun sweet: biscotto, ciambella, crostata, frittella, pasticcino, muffin m/muffin, cioccolatino, caramella, torrone,
  budino, meringa, cornetto, gelato, tartufo, bignè/bignè, amaretto, cannolo, lecca-lecca m/lecca-lecca, confetto,
  croccante, panforte, zeppola, castagnaccio, wafer m/wafer
noun drink: tè m/, latte/, acqua/, succo di mela/, limonata/, cioccolata calda/, caffè m/, succo d'arancia/, orzata/,
  tè alla menta m/, camomilla/, sciroppo di sambuco/, tisana/, aranciata/, latte di mandorla/, spremuta/
noun ingredient: farina/, zucchero/, sale/, burro/, latte/, panna/, cannella/, lievito/, olio/, vaniglia/, cacao/, miele/,
  aceto/, pepe/, riso/, noce moscata/, semola/, amido/, zenzero/, crema/, zafferano/
noun herb: menta/, basilico/, timo/, salvia/, rosmarino/, prezzemolo/, lavanda/, origano/, camomilla/, alloro/,
  finocchietto/, maggiorana/

noun toy: palla, aquilone, bambola, orsacchiotto, trottola, tamburo, barchetta, trenino, corda per saltare, marionetta,
  cavallo a dondolo, burattino, aeroplanino, biglia, macchinina, cerchio, soldatino, monopattino, puzzle m/puzzle, robot m/robot,
  girandola, caleidoscopio, carillon m/carillon, modellino, fionda, altalena, pupazzo, carretto, scacchiera, maschera
noun tool: martello, sega, scala, corda, pala, vanga, rastrello, secchio, scopa, ascia, cacciavite/cacciaviti, carriola,
  spazzola, trapano, lima, scalpello, ago/aghi, forcone, falce f, zappa, incudine f, piccone, pialla, chiave inglese f,
  annaffiatoio, pennello, setaccio, macchina da cucire, canna da pesca, rete da pesca f, calamita, tenaglia, morsa,
  livella, cazzuola, piede di porco, bilancia, accetta, pinza
noun light: lanterna, candela, lampada, torcia, lampada a olio, candelabro, lumino, lucerna, pila
noun readable: libro, lettera, mappa, diario, giornale, quaderno, cartolina, atlante, rivista, dizionario, ricettario,
  fumetto, canzoniere, libro di fiabe, calendario, album m/album, romanzo, manuale, almanacco, taccuino
noun instrument: flauto, violino, chitarra, tamburo, tromba, pianoforte, arpa, fisarmonica, violoncello, clarinetto,
  tamburello, mandolino, banjo m/banjo, armonica, xilofono, sassofono, trombone, liuto, triangolo, oboe, cornamusa,
  viola, zampogna, ocarina, organetto, cetra, piffero, contrabbasso
noun garment: cappotto, cappello, sciarpa, giacca, berretto, vestito, maglione, gonna, camicia, mantello, grembiule,
  impermeabile, gilet m/gilet, cuffia, cardigan m/cardigan, scialle, camicetta, tunica, mantella, canottiera, poncho m/poncho,
  basco, vestaglia, kimono, felpa, giubbotto, maglietta, pigiama m/pigiami, fazzoletto, cravatta, tuta
noun footwear: stivale, scarpa, pantofola, sandalo, zoccolo, calza, calzino, ciabatta, scarpone, mocassino
noun jewel: anello, collana, spilla, braccialetto, perla, medaglia, corona, ciondolo, moneta d'oro, moneta d'argento,
  medaglione, orecchino, diamante, rubino, smeraldo, zaffiro, amuleto, diadema m/diademi, opale, ametista, topazio, catenina
noun keepsake: orologio, bussola, fischietto, specchio, ombrello, telescopio, ventaglio, pettine, chiave f, campanella,
  conchiglia, bastone, cannocchiale, piuma, borsellino, portafoglio, lente f, temperino, penna stilografica, fotografia,
  clessidra, tabacchiera, statuetta, cucchiaio d'argento, ditale, ferro di cavallo, barometro, portafortuna m/portafortuna,
  scatoletta, binocolo, carillon m/carillon
noun stationery: matita, penna, righello, pastello, gomma, astuccio, pennarello, temperamatite m/temperamatite, calamaio,
  compasso, foglio, gessetto, cartella, mappamondo, abaco/abachi, colla, pennino, squadra, agenda, goniometro
noun container: scatola, cesto, baule, cassetto, borsa, valigia, barattolo, armadio, botte f, sacco, cassa, zaino, latta,
  cappelliera, vaso, cestino, sacca, urna, cofanetto, portagioie m/portagioie, cassetta, credenza, bidone, scrigno, bisaccia
noun kitchenware: pentola, padella, cucchiaio, tazza, ciotola, piatto, bollitore, brocca, teiera, forchetta, bicchiere,
  mattarello, mestolo, frusta, casseruola, grattugia, colino, vassoio, piattino, tagliere, cavatappi m/cavatappi, zuppiera,
  spatola, teglia, tovaglia, tovagliolo, scolapasta m/scolapasta, caffettiera, imbuto, macinino, coltello, insalatiera
noun breakable: vaso, tazza, piatto, teiera, brocca, specchio, bicchiere, lampada, bambola di porcellana, zuccheriera,
  bottiglia, salvadanaio, clessidra, ciotola, fruttiera, caraffa, statuina, portauovo m/portauovo
noun furniture: tavolo, sedia, letto, divano, panca, armadio, scaffale, sgabello, poltrona, scrivania, libreria, specchio,
  tappeto, tenda, cuscino, culla, credenza, amaca/amache, cassettone, materasso, coperta, comodino, attaccapanni m/attaccapanni,
  paravento, comò m/comò, pendola, mensola, tappetino, trapunta
noun furniture_like: tavolo, credenza, panca, scaffale, cassapanca, scrivania, mensola, comodino, tavolino, cassettone
noun vehicle: carro, bicicletta, barca, treno, autobus m/autobus, automobile f, slitta, trattore, camion m/camion,
  barca a vela, tram m/tram, mongolfiera, canoa, motocicletta, traghetto, carrozza, furgone, zattera, nave f, elicottero,
  triciclo, taxi m/taxi, aeroplano, battello, corriera, chiatta, ambulanza, sottomarino, gondola, roulotte f/roulotte, razzo,
  calesse, funivia
noun flower: rosa, margherita, tulipano, girasole, giglio, violetta, papavero, narciso, primula, dente di leone, orchidea,
  garofano, bucaneve m/bucaneve, geranio, ciclamino, giacinto, peonia, calendula, fiordaliso, dalia, crisantemo, begonia,
  gelsomino, nontiscordardimé m/nontiscordardimé, magnolia, camelia, zinnia, petunia, stella alpina/stelle alpine, mimosa,
  ortensia, azalea
noun tree: quercia, melo, betulla, pino, salice, castagno, acero, faggio, abete, ciliegio, tiglio, olmo, pioppo, cedro,
  frassino, noce, susino, cipresso, larice, nocciolo, ulivo, palma, fico, platano, ontano, tasso, ginepro, agrifoglio,
  biancospino, acacia, eucalipto, gelso, mandorlo, pesco, melograno, leccio, ippocastano
noun material: legno/, pietra/, vetro/, carta/, ferro/, argento/, oro/, cuoio/, lana/, argilla/, cotone/, seta/, rame/,
  ottone/, stagno/, cera/, paglia/, marmo/, velluto/, lino/, bronzo/, feltro/, sughero/, gomma/, avorio/, ardesia/, pizzo/
noun landscape: collina, fiume, bosco, prato, lago, campo, valle f, montagna, ruscello, spiaggia, palude f, isola,
  cascata, scogliera, deserto, frutteto, stagno, vigneto, brughiera, grotta, sorgente f, ghiacciaio, duna, baia, pianura,
  laguna, vulcano, giungla, penisola, gola, altopiano/altopiani, oasi f/oasi, prateria, pineta, uliveto, golfo, promontorio
noun building: casa, mulino, chiesa, scuola, torre f, castello, panetteria, bottega, locanda, fienile, capanna,
  biblioteca, stazione f, faro, museo, teatro, palazzo, municipio, fattoria, ospedale, cappella, fabbrica, tempio/templi,
  baita, stalla, officina, serra, monastero, villa, grattacielo, cinema m/cinema, farmacia, osservatorio, magazzino, rifugio
noun sound: fischio, tuono, cigolio, ticchettio, ronzio, rintocco, tintinnio, brusio, sciacquio, gracidio, belato,
  muggito, ululato, martellio, scroscio, fruscio, rumore di passi, suono di campane, suono di corno, canto di gallo, coro di voci
noun celestial: sole, luna, stella, nuvola, arcobaleno, cometa, pianeta m/pianeti, cielo, stella cadente/stelle cadenti,
  luna piena/lune piene, galassia, aurora
noun school_subject: aritmetica/, lettura/, storia/, musica/, geografia/, disegno/, grammatica/, poesia/,
  biologia/, geometria/, botanica/, astronomia/, chimica/, fisica/, calligrafia/, algebra/, latino/, ginnastica/
noun countable: mela, pera, biglia, conchiglia, bottone, francobollo, moneta, matita, noce f, biscotto, sasso, piuma,
  fiore, libro, carta, prugna, carota, candela, ciliegia, figurina, nastro, palloncino, castagna, foglia, limone, perlina,
  ghianda, stella, tazza, fico/fichi, cucchiaio, pesca, patata, cartolina, biglietto, caramella, rosa, pigna, cipolla,
  pastello, mattone, arancia, fagiolo, chiodo, nocciola, gettone, spilla, chiave f, quaderno, pallina
noun texture_thing: ragnatela, pozzanghera, impronta, foglia, sasso, ramo, nido, cancello, sentiero, recinto,
  pozzo, panchina, muro, siepe f, tetto, camino, soglia, scala, finestra, fosso, cartello, pagliaio, alveare,
  spaventapasseri m/spaventapasseri, cassetta delle lettere, lampione, fontana, statua, bandiera, manifesto, grondaia,
  ponticello, muretto, abbeveratoio, meridiana, formicaio, steccato, lastrone, tronco/tronchi, gradino
noun rare_object: abaco/abachi, mantice, bobina, bullone, fibbia, fagotto, cavo, tela, catena, comignolo, ciottolo, ingranaggio,
  manovella, stampella, pugnale, cavalletto, rubinetto, calice, botola, elmo, cerniera, gancio, pomello, nodo, leva,
  coperchio, telaio, mortaio, chiodo, remo, pagaia, piolo, pedale, pilastro, asse f, aratro, pompa, pergamena, scudo,
  sonaglio, fuso, rocchetto, molla, sperone, staffa, cinghia, spago, interruttore, nappa, tegola, treppiede, tubo, valvola,
  velo, cuneo, ruota, stoppino, giogo/gioghi, tavolozza, calderone, lampadario, biga, mosaico/mosaici, lucchetto, parasole, pestello,
  prisma m/prismi, faretra, fodero, sestante, slittino, siringa, arazzo, termometro, traliccio, parrucca, ghirlanda, timone,
  ancora, bandierina, tamburello, boccetta, fermacarte m/fermacarte, merletto, gomitolo, uncino, sella, briglia
)words"
                                       R"words(
noun bag: borsa, valigia, cartella, sacca, valigetta
noun purse: borsellino, portafoglio, sacchetto di monete, portamonete m/portamonete
noun climbing_tool: scala, corda, scala a pioli, scala di corda
noun furniture_container: armadio, baule, cassetto, cassettone, credenza, cassapanca, stipo
noun hiding_place: armadio, baule, cassetto, vaso, cappelliera, credenza, cesto
noun wild_find: conchiglia, sassolino, ghianda, castagna, pigna, piuma, noce f, nocciola, bottone, moneta, foglia, bacca,
  biglia, pietra, cristallo, perlina, mora, fungo, radice f
noun handmade: sciarpa, collana, aquilone, casetta per uccelli, cavallino di legno, cestino, burattino, cornice f,
  cuscino, lanterna di carta, braccialetto, ciotola d'argilla, bambola di pezza, barchetta di legno, coperta, flauto,
  segnalibro, candela, portapenne m/portapenne
noun cooked: zuppa di verdure, torta di mele, zuppa di zucca, brodo di pollo, budino di riso, crostata di prugne,
  insalata di patate, polenta con i funghi, torta di formaggio, minestra di fagioli, torta al miele, crema di piselli
noun flower_gift: rosa, girasole, tulipano, mazzo di margherite, mazzo di violette, giglio, mazzolino, narciso
noun sweet_gift: torta, torta di mele, ciambella, torta al cioccolato, crostata di more, pagnotta, vasetto di miele,
  cestino di biscotti, torta di noci, crostata di ciliegie, torta al limone, scatola di cioccolatini, vasetto di marmellata
noun cake: torta, crostata, ciambella, torta al cioccolato, torta di compleanno, crostata di frutta, sfogliata, torta soffice
noun skill_thing: bicicletta, violino, aquilone, monopattino, flauto, canna da pesca, macchina da cucire, bussola, scacchiera,
  cerchio, mandolino, trottola, tornio, telaio, chitarra, tamburo, macchina fotografica, fisarmonica
noun repairable: recinto, cancello, sedia, bicicletta, tavolo, carro, porta, barca, panca, tetto, finestra, libreria,
  aquilone, trenino, carriola, scaffale, altalena, gabbia, casetta per uccelli, slitta, sgabello, culla
noun prize: medaglia, coppa d'argento, trofeo, corona, cesto di frutta, nastro, libro, orologio, torta, barile di miele,
  cucchiaio d'oro
noun painting: quadro, dipinto, ritratto, disegno, acquerello, schizzo
noun seed: seme, fagiolo, bulbo, nocciolo, noce f, ghianda
noun growing: girasole, melo, zucca, rosaio, pianta di pomodoro, quercia, ciliegio, pianta di fagioli, tulipano, susino,
  melone, nocciolo, vite f, castagno, pianta di fragole, pero, limone, giglio
noun parcel: pacco, pacchetto, lettera, cesto di mele, sacco di farina, vasetto di miele, gomitolo di lana, cappelliera,
  bottiglia di medicina, pagnotta, cassetta d'arance, busta
noun picnic_container: cesto, zaino, borsa, cestino, sporta
noun picnic_thing: coperta, bollitore, bottiglia di succo, ombrello, palla, coltello, tovaglia, brocca di limonata, libro,
  chitarra
noun map_thing: mappa, mappa del tesoro, disegno, lettera
noun treasure_container: baule, scatola, cassa, cofanetto, botte f, vaso, scrigno
noun key_thing: chiave f, chiave di ferro f, chiave d'argento f, mazzo di chiavi, chiave d'oro f
noun signal: campanella, fischietto, tamburo, corno/corni, tromba
noun ticket: biglietto, biglietto di viaggio, biglietto di seconda classe, biglietto di prima classe
noun winter_garment: sciarpa, cappello, cappotto, berretto di lana, berretto, scialle, giacca
noun kitchen_thing: pentola, padella, ciotola, teiera, brocca, bollitore, cucchiaio di legno, tazza, cesto, vaso
noun letter: lettera, cartolina, telegramma m/telegrammi
noun climber: gattino, gatto, scoiattolo, uccellino, scimmietta, pappagallo, piccolo gufo/piccoli gufi
noun night_animal: riccio, gatto, topo, procione, gufo, tasso, volpe f, grillo, falena, scoiattolo, martora, ghiro
noun transport: treno, autobus m/autobus, traghetto, battello, corriera, tram m/tram, piroscafo
noun rowing: barca a remi, canoa, zattera, barca a vela, barchetta
noun magic_animal: pesce d'oro, uccello d'argento, cervo bianco/cervi bianchi, rana verde/rane verdi,
  farfalla azzurra/farfalle azzurre, corvo parlante/corvi parlanti, draghetto, lepre bianca f/lepri bianche, vecchia tartaruga
noun stage_role: re/re, regina, pirata m/pirati, mago/maghi, strega, cavaliere, fantasma m/fantasmi, capitano, drago/draghi,
  gigante, ladro, principessa, pastore, lupo, brigante, fata, buffone, generale, eremita m/eremiti
noun contest: gara di corsa, gara di aquiloni, gara di torte, gara di nuoto, gara di canto, corsa nei sacchi, regata,
  gara di disegno, torneo di scacchi, gara di ballo, gara di indovinelli, corsa in bicicletta, gara di pattinaggio
noun relative: nonna, nonno, madre f, padre, sorella, fratello, zia, zio, cugina, cugino
noun handy: palla, aquilone, lanterna, libro, chiave f, cappello, tamburo, mappa, mela, moneta, bambola, corda, cesto,
  lampada, anello, lettera, tazza, penna, sciarpa, campanella, scatola, candela, flauto, orologio, ombrello, martello, pera,
  conchiglia, specchio, borsa, cappotto, pietra, fischietto, cucchiaio, trottola, bottiglia, piuma, spazzola, ciotola,
  coltello, barchetta, torcia, biglietto, collana, matita, coperta, secchio, chitarra, elmo, torta, fiore, bastone,
  asciugamano, vaso, piatto, violino, scopa, bussola, limone, arancia, maglione, guanto, cuscino, corona, medaglia,
  quaderno, righello, bottone, pettine, forchetta, brocca, teiera, scala, calamita, biglia, ago/aghi, portafoglio, radio f/radio,
  robot m/robot, sega, pala, calza, francobollo, telescopio, tromba, palloncino, banana, braccialetto, carota, sveglia, diario,
  ventaglio, cerchio, giacca, berretto, nastro, maschera, melone, padella, pesca, prugna, burattino, rastrello, rosa,
  panino, camicia, tenda, pomodoro, cintura, giornale, cipolla, zaino, stella
noun holding: scatola, borsa, cesta, barattolo, ciotola, cassetta, latta, sacca
)words";

}  // namespace bantam::corpus
