// English nouns and proper names. The format is that of words.h.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kEnglishNouns = R"words(
name girl: Anna, Lily, Emma, Mia, Sara, Nora, Lucy, Rosa, Ella, Julia, Clara, Alice, Ruby, Grace, Ivy, Hannah, Nina,
  Eva, Maya, Zoe, Daisy, Molly, Amy, Kate, Jane, Mary, Lena, Tina, Olga, Vera, Ada, Iris, Sophie, Bella, Carla, Dora,
  Edith, Fiona, Gina, Helen, Ida, Jill, Kim, Laura, Marta, Nell, Paula, Rita, Stella, Tess, Una, Wendy, Amber, Bonnie,
  Cora, Diana, Elsa, Flora, Greta, Heidi, Irene, Joan, Katie, Linda, Mabel, Nadia, Olive, Penny, Rachel, Sally, Thea,
  Violet, Willa, Yara, Agnes, Betty, Celia, Delia, Esther, Frida, Gloria, Hazel, Ingrid, Judith, Leah, Martha, Naomi,
  Opal, Pearl, Ramona, Selma, Tabitha, Ursula, Viola, Winnie, Zara, Astrid, Beatrice, Camilla, Dorothy, Elena
name boy: Tom, Ben, Max, Sam, Leo, Jack, Paul, Oscar, Peter, Noah, Finn, Hugo, Adam, Luke, Mark, Will, Tim, Dan, Nick,
  Felix, Oliver, Theo, Henry, Simon, Owen, Jonas, Alex, Bruno, Carl, David, Emil, Frank, George, Harry, Ian, James,
  Kevin, Liam, Martin, Nathan, Otto, Philip, Ralph, Steve, Toby, Victor, Walter, Arthur, Bernard, Colin, Dennis, Edgar,
  Fred, Gus, Howard, Isaac, Jacob, Karl, Lewis, Miles, Ned, Oswald, Patrick, Robert, Stanley, Trevor, Ulric, Vincent,
  Wesley, Albert, Basil, Conrad, Derek, Ernest, Floyd, Gordon, Hector, Ivan, Joel, Kurt, Lionel, Maurice, Norman, Omar,
  Percy, Quentin, Rupert, Silas, Thomas, Wilbur, Xavier, Yusuf, Zack, Andrew, Boris, Cyril, Duncan, Elmer, Fergus
name pet_name: Rex, Fluff, Biscuit, Pepper, Patch, Coco, Shadow, Ginger, Smoky, Button, Pebble, Sunny, Whiskers, Bramble,
  Nugget, Pickle, Domino, Toffee, Marble, Cricket, Ziggy, Mango, Snowball, Rusty, Thimble, Waffle, Acorn, Tango, Bubbles
name day: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday
name town: Millbrook, Ashford, Stonebridge, Oakham, Redhill, Fairview, Greendale, Westport, Kingsley, Marlow, Elmstead,
  Havenport, Larkfield, Brookside, Winterby, Thornton, Applewick, Seaford, Mossley, Foxdale, Hartwell, Ravenby, Sandwick

noun pet: dog, cat, rabbit, kitten, puppy, hamster, parrot, tortoise, canary, guinea pig, goldfish/goldfish, gerbil,
  budgie, ferret, lizard
noun farm_animal: cow, sheep/sheep, hen, goat, pig, horse, donkey, duck, goose/geese, lamb, calf/calves, pony, rooster,
  turkey, mule, bull, chick, piglet, foal, ox/oxen
noun wild_animal: fox, bear, wolf/wolves, hedgehog, squirrel, deer/deer, mouse/mice, badger, otter, beaver, hare, mole,
  raccoon, boar, lynx, weasel, marmot, dormouse/dormice, stoat, elk/elk, bison/bison, moose/moose, ermine, polecat,
  wolverine, skunk, opossum, coyote, chipmunk, shrew, vole, chamois/chamois, wild cat
noun zoo_animal: lion, elephant, monkey, tiger, giraffe, zebra, camel, kangaroo, panda, hippo, rhino, gorilla, penguin,
  crocodile, leopard, koala, seal, walrus, ostrich, chimpanzee, antelope, hyena, sloth, jaguar, llama, armadillo,
  meerkat, cheetah, buffalo/buffalo, porcupine, anteater, tapir, lemur, baboon,
  gazelle, orangutan, okapi, wombat, platypus, iguana, chameleon, python, cobra, alligator, wallaby, puma, ocelot,
  mandrill, emu, mongoose, manatee, dromedary, gibbon, panther, reindeer/reindeer, yak
noun bird: robin, sparrow, owl, blackbird, crow, swallow, pigeon, magpie, swan, seagull, eagle, woodpecker, lark, heron,
  starling, finch, wren, falcon, dove, stork, cuckoo, nightingale, kingfisher, jay, thrush, raven, pheasant, partridge,
  hawk, crane, pelican, puffin, albatross, osprey, buzzard, goldfinch, titmouse/titmice, quail, flamingo, peacock,
  cormorant, ibis, kestrel, lapwing, warbler, nuthatch, plover, egret, toucan, hummingbird, oriole, skylark,
  sandpiper, curlew, bullfinch, bittern, condor, vulture, cockatoo, peewit
noun small_creature: bee, butterfly, ant, snail, frog, ladybird, spider, beetle, grasshopper, cricket, worm, dragonfly,
  caterpillar, moth, wasp, toad, newt, firefly, bumblebee, slug, earwig, centipede, hornet, mosquito/mosquitoes, gnat,
  cicada, mantis, flea, termite, weevil, scorpion, millipede, tadpole, gecko, salamander, woodlouse/woodlice,
  horsefly, stag beetle, glow-worm, pond skater
noun sea_creature: crab, fish/fish, dolphin, starfish/starfish, whale, octopus, jellyfish/jellyfish, lobster, turtle,
  seahorse, shrimp, herring, eel, salmon/salmon, trout/trout, mackerel/mackerel, sardine, oyster, mussel, squid/squid,
  carp, pike, tuna/tuna, cod/cod, haddock/haddock, halibut/halibut, perch, stingray, swordfish/swordfish, anchovy,
  prawn, sea urchin, limpet, sponge, porpoise, barnacle, sturgeon
noun fruit: apple, pear, cherry, plum, orange, banana, peach, lemon, strawberry, grape, apricot, melon, fig, raspberry,
  blackberry, blueberry, gooseberry, pineapple, kiwi, mango, tangerine, pomegranate, lime, quince, grapefruit, mulberry,
  nectarine, cranberry, papaya, redcurrant, date, persimmon, coconut, elderberry,
  passion fruit, lychee, guava, clementine, medlar, damson, watermelon, blackcurrant, cloudberry, avocado, raisin
noun vegetable: carrot, potato, onion, tomato, cabbage, bean, pea, cucumber, pumpkin, leek, beetroot, radish, turnip,
  pepper, mushroom, aubergine, courgette, cauliflower, artichoke, parsnip, lettuce, sweet potato, gherkin, chilli,
  shallot, lentil, chickpea, olive, fennel bulb, marrow, swede,
  broccoli stalk, asparagus tip, sprout, spinach leaf/spinach leaves, kale leaf/kale leaves, celery stick,
  runner bean
noun dish: soup/, bread/, stew/, rice/, pasta/, porridge/, cheese/, bread and butter/, honey/, potato soup/, risotto/,
  curry/, broth/, ham/, bacon/, yoghurt/, custard/, goulash/, couscous/, ravioli/, fish soup/, bean stew/, lasagne/, toast/,
  cheese on toast/, scrambled egg/, mashed potato/, fruit salad/, pea soup/, roast chicken/, bread with jam/
noun snack: sandwich, pancake, dumpling, sausage, omelette, salad, meatball, fried egg, fish cake, pie, pizza, boiled egg,
  cheese roll, baked potato, waffle, corn cob, toasted bun,
  tortilla, falafel, kebab, quiche, rissole, croquette, bagel, pretzel, oatcake, potato cake
noun sweet: cake, biscuit, pie, bun, tart, muffin, waffle, doughnut, gingerbread man/gingerbread men, cupcake, candy,
  lollipop, toffee, chocolate bar, scone, pudding, macaroon, truffle, meringue, pastry, brownie, flapjack, sponge cake,
  marshmallow, croissant, strudel, eclair, nougat bar, liquorice stick
noun drink: tea/, milk/, water/, juice/, lemonade/, hot chocolate/, cider/, coffee/, apple juice/, mint tea/, cocoa/,
  orange juice/, ginger beer/, buttermilk/, barley water/, elderflower cordial/, camomile tea/
noun ingredient: flour/, sugar/, salt/, butter/, milk/, cream/, cinnamon/, yeast/, oil/, vanilla/, cocoa/, honey/,
  baking powder/, nutmeg/, vinegar/, pepper/, rice/, oatmeal/, almond flour/, lemon peel/, ginger/, parsley/, garlic/
noun herb: mint/, basil/, thyme/, sage/, rosemary/, parsley/, lavender/, dill/, oregano/, chives/, camomile/, fennel/

noun toy: ball, kite, doll, teddy bear, puzzle, toy boat, toy train, spinning top, drum, yo-yo, skipping rope,
  rocking horse, wooden horse, puppet, paper plane, marble, toy car, hoop, rag doll, tin soldier, skateboard, scooter,
  jigsaw, toy robot, windmill, kaleidoscope, board game, boomerang, snow globe, music box, model ship, frisbee,
  catapult, hobbyhorse, mobile, rattle, trampoline, pogo stick, water pistol, pinwheel, tea set, tiddlywink,
  xylophone, stuffed rabbit
noun tool: hammer, saw, ladder, rope, shovel, spade, rake, bucket, broom, axe, wrench, screwdriver, wheelbarrow, brush,
  drill, file, chisel, needle, pitchfork, sickle, trowel, hoe, anvil, crowbar, pickaxe, mallet, plane, spanner, clamp,
  watering can, hose, paintbrush, sieve, whetstone, sewing machine, fishing rod, fishing net, magnet, jack, pulley,
  awl, dustpan, funnel, gimlet, hacksaw, hatchet, mop, scythe, spirit level, tape measure, winch, soldering iron,
  grindstone, plumb line, sander, stapler, squeegee, billhook, vice
noun light: lantern, candle, lamp, torch, oil lamp, candlestick, night light, paper lantern, headlamp
noun readable: book, letter, map, diary, newspaper, notebook, postcard, atlas, magazine, dictionary, cookbook, comic,
  songbook, storybook, calendar, picture book, telegram, manual, almanac, scrapbook
noun instrument: flute, violin, guitar, drum, trumpet, piano, harp, accordion, cello, clarinet, tambourine, mandolin,
  banjo, recorder, harmonica, xylophone, saxophone, trombone, lute, triangle, oboe, tuba, bagpipe, viola, bugle,
  ukulele, zither, piccolo
noun garment: coat, hat, scarf, jacket, cap, dress, jumper, skirt, shirt, cloak, apron, raincoat, waistcoat, bonnet,
  cardigan, shawl, blouse, tunic, cape, sweater, vest, poncho, beret, sun hat, woolly hat, overcoat, dressing gown,
  kimono, blazer, anorak, kilt, robe, headscarf, hood,
  pullover, sarong, toga, petticoat, muffler, doublet, tabard, boiler suit, swimsuit, nightshirt, bathrobe,
  sou'wester, turban, tuxedo, windcheater, pinafore
noun footwear: boot, shoe, slipper, sandal, clog, wellington boot, trainer, sock, stocking, moccasin
noun jewel: ring, necklace, brooch, bracelet, pearl, medal, crown, pendant, gold coin, silver coin, locket, earring,
  diamond, ruby, emerald, sapphire, amulet, tiara, cufflink, opal, garnet, amethyst
noun keepsake: watch, compass, whistle, pocket watch, mirror, umbrella, telescope, music box, fan, comb, key, bell, shell,
  walking stick, spyglass, seashell, feather, purse, wallet, magnifying glass, penknife, fountain pen, camera, photograph,
  hourglass, stamp album, snuffbox, hand mirror, figurine, silver spoon, thimble, horseshoe, monocle, barometer,
  abacus, cameo, charm, diary, fossil, paperweight, quill, rosette, sundial, tapestry, trinket, lorgnette,
  nutcracker, souvenir, tuning fork, pin, pouch
noun stationery: pencil, pen, ruler, crayon, eraser, paint box, notebook, pencil case, felt pen, stapler, envelope,
  sharpener, inkwell, sketchbook, sheet of paper, piece of chalk, stamp, paper clip, folder, blackboard, globe, abacus
noun container: box, basket, chest, drawer, bag, suitcase, jar, cupboard, barrel, trunk, sack, crate, wardrobe, backpack,
  tin, hatbox, cabinet, biscuit tin, flowerpot, toolbox, bread bin, laundry basket, picnic basket, jewellery box, vase,
  hamper, pouch, casket, urn, satchel, rucksack, locker
noun kitchenware: pot, pan, spoon, cup, bowl, plate, kettle, jug, teapot, fork, glass, mug, rolling pin, ladle, whisk,
  saucepan, frying pan, grater, sieve, colander, tray, saucer, breadboard, corkscrew, butter dish, baking tin, toaster,
  oven, milk jug, soup tureen, spatula, pepper mill, cake stand, tablecloth, napkin,
  casserole, cleaver, skillet, strainer, tankard, wok, trivet, ramekin, carafe, pitcher, egg timer, peeler,
  toast rack, vegetable knife/vegetable knives, jelly mould
noun breakable: vase, cup, plate, teapot, jug, mirror, window pane, glass, bowl, lamp, flowerpot, china doll, music box,
  snow globe, sugar bowl, milk jug, glass bottle, porcelain cat, hourglass, clay pot, piggy bank, egg cup
noun furniture: table, chair, bed, sofa, bench, cupboard, shelf/shelves, stool, armchair, desk, rocking chair, bookcase,
  wardrobe, chest of drawers, mirror, rug, carpet, curtain, cushion, cradle, dresser, hammock, bunk bed, sideboard,
  footstool, grandfather clock, mattress, pillow, blanket, quilt, lampshade, coat stand, settee, picture frame,
  bookshelf/bookshelves, bureau, chandelier, couch, dressing table, folding screen, lectern, ottoman, pew,
  recliner, tapestry, trestle table, umbrella stand, washstand
noun vehicle: cart, bicycle, boat, train, bus, car, wagon, sledge, tractor, lorry, sailing boat, tram, balloon, canoe,
  motorbike, ferry, carriage, van, raft, ship, helicopter, tricycle, taxi, aeroplane, steamboat, coach, barge,
  fire engine, ambulance, submarine, kayak, rickshaw, gondola, caravan, dinghy, rocket,
  trolley, hovercraft, glider, airship, hearse, limousine, minibus, moped, paddle steamer, stagecoach, tanker,
  trawler, yacht, pickup, snowplough, chariot, punt, tugboat
noun flower: rose, daisy, tulip, sunflower, lily, violet, poppy, daffodil, bluebell, primrose, buttercup, dandelion,
  orchid, carnation, iris, snowdrop, geranium, pansy, crocus, hyacinth, peony, marigold, foxglove, cornflower, dahlia,
  chrysanthemum, begonia, jasmine, forget-me-not, magnolia, camellia, zinnia, petunia, lupin, edelweiss/edelweiss,
  aster, anemone, lilac, nasturtium, snapdragon, wallflower, hollyhock, gardenia, hydrangea, rhododendron, freesia,
  azalea, hibiscus, gentian, cowslip, clover, thistle, water lily
noun tree: oak, apple tree, birch, pine, willow, chestnut tree, maple, beech, fir, cherry tree, lime tree, elm, poplar,
  cedar, ash tree, walnut tree, plum tree, cypress, larch, hazel, olive tree, palm tree, fig tree, spruce, alder, yew,
  sycamore, juniper, holly bush, hawthorn, rowan, acacia, eucalyptus, mulberry tree, almond tree, linden,
  sequoia, redwood, baobab, hornbeam, laburnum, mahogany tree, cork oak, monkey puzzle, tamarisk, medlar tree,
  bay tree, elder
noun material: wood/, stone/, glass/, paper/, iron/, silver/, gold/, leather/, wool/, clay/, cotton/, silk/, copper/,
  brass/, tin/, wax/, straw/, brick/, marble/, velvet/, linen/, bronze/, felt/, cork/, rubber/, ivory/, slate/, lace/
noun grassland: garden, meadow, field, orchard, park, valley, vineyard, clearing, pasture
noun landscape: hill, river, forest, meadow, lake, field, valley, mountain, stream, beach, marsh, island, waterfall, cliff,
  desert, orchard, pond, vineyard, moor, cave, spring, canyon, glacier, dune, bay, swamp, plain, heath, ravine, lagoon,
  volcano, jungle, peninsula, delta, gorge, plateau, fjord, reef, oasis/oases, prairie,
  bog, crater, headland, isthmus, meander, mesa, rapids/rapids, savanna, steppe, tundra, thicket, wilderness,
  archipelago, inlet, foothill, floodplain, geyser
noun building: house, mill, church, school, tower, castle, bakery, shop, inn, barn, cottage, library, station, bridge,
  lighthouse, museum, theatre, palace, town hall, farmhouse, hospital, chapel, factory, temple, hut, market hall, stable,
  post office, workshop, windmill, greenhouse, monastery, villa, skyscraper, cinema, pharmacy, observatory, warehouse,
  mansion, bungalow, lodge, pavilion, abbey, cathedral, courthouse, forge, foundry, gallery, granary, hangar,
  hotel, kennel, kiosk, laboratory, laundry, pagoda, prison, pyramid, sawmill, silo, stadium, tavern, tannery,
  university, watermill, brewery, bank, arcade, aquarium, barracks/barracks, convent, dairy, embassy, guesthouse,
  orphanage, smithy
noun shop: bakery, toy shop, bookshop, grocer's shop, market stall, flower shop, hat shop, antique shop, sweet shop,
  music shop, junk shop, butcher's shop, fish stall, pottery, hardware shop, cheese shop, tea room, shoe shop, pet shop
noun body_part: hand, head, foot/feet, eye, ear, nose, arm, leg, finger, knee, shoulder, back, toe, elbow, cheek, chin,
  ankle, wrist, thumb, neck, forehead, heel, tooth/teeth, hip, lip, eyebrow, stomach, chest, tongue, palm, rib, shin
noun job: baker, farmer, teacher, doctor, tailor, miller, gardener, carpenter, cook,
  shepherd, blacksmith, librarian, nurse, painter, shopkeeper, sailor, musician, clockmaker, potter, weaver, captain,
  shoemaker, butcher, mayor, beekeeper, woodcutter, innkeeper, bus driver, vet,
  mechanic, poet, judge, gamekeeper, lighthouse keeper, dentist, juggler, hunter,
  goldsmith, bookbinder, chimney sweep, basket maker, hairdresser, scientist, photographer, pilot, train driver, caretaker,
  engineer, plumber, astronomer, pharmacist, dancer, singer, violinist, actor, clown, magician, archaeologist,
  glassblower, saddler, stonemason, candle maker, tinker, ranger, florist, grocer, jeweller,
  electrician, architect, journalist, translator, sculptor, cobbler, locksmith, cheesemaker, winemaker, dressmaker,
  accountant, bricklayer, chef, conductor, courier, diver, drummer, explorer, farrier, fiddler, glazier, harpist,
  herbalist, inventor, jockey, lawyer, lifeguard, mathematician, minstrel, notary, plasterer, porter, printer,
  professor, puppeteer, roofer, rower, secretary, soldier, surgeon, surveyor, tanner, tiler, trader, tutor, typist,
  watchmaker, welder, zookeeper, acrobat, bookseller, botanist, cartographer, detective, geologist, philosopher,
  ambassador, upholsterer, weatherman/weathermen, charcoal burner
noun relative: mother, father, grandmother, grandfather, sister, brother, aunt, uncle, cousin, niece, nephew, godmother,
  great-aunt, stepbrother, twin sister
noun abstract: idea, plan, secret, dream, song, story, game, joke, promise, wish, surprise, question, answer, adventure,
  mistake, riddle, lesson, rule, journey, friendship, memory, argument, habit, choice, chance, reason, problem, prize,
  duty, custom, legend, rumour, puzzle, trick, bargain, excuse, proverb, rhyme, debt, reward, quarrel, apology, task,
  ambition, challenge, coincidence, compliment, conversation, discovery, disguise, errand, experiment,
  explanation, fortune, hobby, honour, invention, mystery, nightmare, opinion, opportunity,
  prophecy, remedy, rescue, sacrifice, skill, suggestion, talent, temptation, tradition, treaty, truth,
  victory, virtue, warning, bet, competition, decision, purpose, prank, favour, nickname, password
noun sound: bell, clock, whistle, drum, horn, church bell, train, cricket, cock, engine, gong, siren, music box, kettle,
  squeaking door, bleating lamb, croaking frog, distant thunder/, barking dog, cooing dove, creaking gate, dripping tap
noun celestial: sun, moon, star, cloud, rainbow, comet, planet, sky/skies, shooting star, full moon, half moon, galaxy
noun weather_thing: rain/, snow/, fog/, wind/, storm, thunder/, hail/, frost/, ice/, mist/, breeze, drizzle/, sunshine/,
  lightning/, dew/, gale, blizzard, shower, heat wave, thunderstorm
noun sport: football/, tennis/, chess/, hide-and-seek/, cards/, marbles/, hopscotch/, basketball/, dominoes/, tag/, cricket/,
  volleyball/, badminton/, table tennis/, leapfrog/, draughts/, skittles/, hockey/, handball/, ninepins/, croquet/
noun school_subject: arithmetic/, reading/, history/, music/, geography/, drawing/, spelling/, science/, grammar/, poetry/,
  biology/, geometry/, botany/, astronomy/, chemistry/, physics/, handwriting/, algebra/, Latin/
noun countable: apple, pear, marble, shell, button, stamp, coin, pencil, nut, egg, biscuit, stone, feather, flower, book,
  card, plum, carrot, candle, cherry, sticker, ribbon, balloon, chestnut, leaf/leaves, lemon, bead, acorn, star, cup,
  fig, walnut, spoon, peach, potato, postcard, ticket, sweet, pebble, rose, pine cone, onion, muffin, bun, crayon, brick
noun family_thing: house, garden, boat, dog, cart, orchard, bakery, farm, shop, bicycle, mill, stable, workshop, vineyard
noun texture_thing: spider's web, puddle, footprint, shadow, cloud, leaf/leaves, stone, branch, nest, gate, path, fence,
  well, bench, wall, hedge, roof, chimney, doorstep, stairway, window, ditch, milestone, signpost, haystack, beehive,
  weathercock, scarecrow, letter box, street lamp, fountain, statue, flag, poster, cobweb, drainpipe, gutter, threshold,
  wooden bridge, stone wall, iron gate, woodpile, water trough, clothes line, sundial, bird house, anthill, molehill,
  bollard, buttress, cairn, cobbled yard, compost heap, courtyard, flagstone, flowerbed, gravel path, kerb, lawn,
  manhole, pavement, pergola, porch, railing, rubbish bin, sandpit, shutter, stepping stone, stile, turnstile,
  tree stump, trellis, veranda, weir, windowsill, pigeon loft
noun rare_object: abacus, bellows/, bobbin, bolt, buckle, bundle, cable, canvas, chain, chimney pot, cobblestone, cog, cord,
  crank, crutch, dagger, easel, faucet, fuse, gear, goblet, gourd, hatch, helmet, hinge, hook, knob, knot, lever, lid,
  loom, mast, mattress, mortar, nail, nozzle, oar, paddle, peg, pedal, pillar, plank, plough, pump, quill, rail, reel,
  ribbon, rivet, rod, rudder, saddle, sail, scale, scroll, shield, sleigh bell, socket, spindle, spool, spring, sprocket,
  spur, stirrup, strap, string, switch, tassel, tent, tile, torch, tripod, tube, valve, veil, wedge, wheel, wick, yoke,
  zip, bayonet, beacon, canteen, cauldron, chandelier, chariot, corset, decanter, flask, gavel, griddle, hairpin, harness,
  hammock, incense burner, javelin, lance, latch, mosaic, muzzle, padlock, parasol, periscope, pestle, pincushion, prism,
  quiver, scabbard, sextant, sled, slingshot, stencil, stethoscope, syringe, tapestry, thermometer, treadle, trellis,
  typewriter, visor, wig, wreath, zeppelin,
  accordion case, ammonite, anchor, antler, armchair leg, bagpipe, ballast, banister, bauble, bowsprit, brazier,
  bridle, calabash, candelabrum, capstan, carburettor, castanet, catapult, clasp, clapper, clothes peg, cogwheel,
  crucible, cudgel, cymbal, dynamo, emblem, epaulette, fender, ferrule, figurehead, filament, flagpole, flint,
  flywheel, fossil, gargoyle, gauntlet, grindstone, halter, hoist, hub cap, insignia, keel, knapsack, lampstand,
  locket, metronome, microscope, nugget, pennant, piston, placard, plinth, pommel, propeller, rattle, retort,
  rosary, rucksack, sceptre, shuttle, skein, spigot, staple, strongbox, talisman, tambour, tarpaulin, totem,
  trowel, turbine, urn, valise, vial, weathervane, whalebone, whisk, windlass, xylophone
)words";

}  // namespace bantam::corpus
