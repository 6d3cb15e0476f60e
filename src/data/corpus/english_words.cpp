// English adjectives, verbs, places and small phrases. The format is that of words.h.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kEnglishWords = R"words(
adj size: big, small, tiny, large, little, huge, long, tall, wide, narrow, round, flat, thick, thin, enormous, giant, slender
adj colour: red, blue, green, yellow, white, black, brown, orange, purple, golden, pink, grey, silver, violet, turquoise,
  crimson, scarlet, beige, ivory, olive green, sky-blue, dark blue, bright red, pale yellow, emerald green, lilac, maroon,
  cream, amber, indigo, rust-red, lemon yellow, apricot, cherry-red, snow-white, coral
adj quality: old, new, beautiful, little, strange, pretty, fine, simple, splendid, plain, curious, lovely, unusual, small,
  charming, second-hand, home-made, foreign, handsome, rare, precious, tiny, well-made, funny, odd-looking, antique, elegant,
  ornate, quaint, peculiar, exquisite, gorgeous, modern, shabby, dainty, magnificent, ordinary, weird, priceless,
  unique, clumsy, dazzling, exotic, humble, imposing, oriental, primitive, quirky, shapely, spotless, superb,
  tasteful, worthless
adj tool_adj: old, new, heavy, rusty, sturdy, wooden, strong, worn, long, useful, light, borrowed, trusty, solid, battered
adj garment_adj: warm, old, new, woollen, striped, soft, thick, long, patched, elegant, checked, embroidered, knitted, wide, light,
  colourful, velvet, spotted, ragged, fashionable, home-made, woven, loose
adj jewel_adj: shiny, old, golden, precious, silver, beautiful, gleaming, fine, tiny, heavy, sparkling, rare, polished, delicate, ancient,
  valuable, engraved, gilded
adj food_adj: big, warm, fresh, delicious, small, huge, sweet, golden, wonderful, home-made, fragrant, crisp, round
adj house_adj: old, big, small, heavy, wooden, dusty, painted, new, broad, carved, iron, round, worn, dented, sturdy, lopsided, varnished
adj paper_adj: old, new, yellowed, thick, thin, crumpled, neat, colourful, folded, well-read, dog-eared, faded, little
adj landscape_adj: wide, green, quiet, wild, deep, misty, lonely, great, dark, distant, famous, peaceful, endless, nameless,
  barren, bleak, boundless, craggy, enchanted, fertile, foggy, lush, majestic, narrow, rolling, rugged, steep,
  sunlit, swampy, untamed, wooded
adj trait: kind, brave, curious, clever, shy, cheerful, quiet, patient, careful, friendly, honest, proud, lazy, stubborn,
  gentle, lively, polite, thoughtful, dreamy, hard-working, stout-hearted, generous, impatient, playful, nosy, modest,
  forgetful, merry, bold, calm, cautious, helpful, imaginative, loyal, sensible, timid, witty, absent-minded, adventurous,
  ambitious, chatty, clumsy, determined, earnest, energetic, fearless, good-natured, grumpy, inventive, nimble,
  quick-witted, restless, serious, sincere, sleepy, talkative, tidy, trusting, untidy, warm-hearted, well-behaved,
  affectionate, attentive, bashful, candid, charitable, cunning, devoted, diligent, eager, frank, gullible,
  hesitant, humorous, industrious, inquisitive, mischievous, obedient, optimistic, outspoken, persistent, punctual,
  resourceful, romantic, sociable, spirited, stern, studious, superstitious, tactful, tireless, vain, wilful
adj good_mood: happy, glad, cheerful, delighted, proud, relieved, content, excited, grateful, overjoyed, pleased, hopeful,
  thankful, merry, thrilled, amused, satisfied, enchanted, calm, touched,
  ecstatic, elated, jubilant, radiant, reassured, encouraged, flattered, optimistic, peaceful, refreshed
adj bad_mood: sad, worried, angry, upset, nervous, ashamed, disappointed, tired, lonely, frightened, unhappy, confused,
  anxious, cross, miserable, homesick, jealous, bored, gloomy, embarrassed, desperate, alarmed, discouraged, annoyed,
  bitter, bewildered, dejected, downcast, envious, exhausted, flustered, furious, grumpy, guilty, heartbroken,
  irritated, melancholy, offended, puzzled, restless, sulky, uneasy, wistful
adj weather: sunny, cold, warm, rainy, windy, cloudy, foggy, bright, mild, grey, clear, chilly, cool, stormy, misty
adj weather_spring: sunny, mild, rainy, windy, bright, clear, fresh, breezy, misty, drizzly, cloudy, showery
adj weather_summer: hot, sunny, warm, bright, sultry, golden, glorious, stormy, dry, clear, muggy, breezy
adj weather_autumn: windy, foggy, rainy, grey, cool, damp, misty, stormy, golden, cloudy, blustery, gloomy, crisp, overcast
adj weather_winter: cold, snowy, frosty, icy, grey, clear, freezing, chilly, dark, foggy, windy, bitter
phrase month_spring: March, April, May
phrase month_summer: June, July, August
phrase month_autumn: September, October, November
phrase month_winter: December, January, February
adj setting_adj: little, quiet, sleepy, remote, pretty, busy, lively, sunny, faraway, old, peaceful, tiny, green, lonely,
  cosy, bustling, forgotten, windy, snow-covered, charming, picturesque, prosperous, hilly, seaside, walled
adj place_adj: quiet, warm, cool, empty, peaceful, silent, calm, chilly, lonely, noisy, busy, lively, still, bright, shady, crowded,
  deserted, tidy, dark, cold
adj taste: sweet, fresh, warm, delicious, tasty, juicy, crisp, ripe, salty, spicy, sour, bitter, creamy, crunchy, soft,
  tender, steaming, home-made, fragrant, savoury, sugary, golden, tangy, mouth-watering, hearty, buttery
adj texture: soft, hard, smooth, rough, wet, dry, sharp, fluffy, sticky, cold, slimy, hairy, prickly, silky, bumpy, muddy,
  velvety, brittle, spongy, woolly, hollow, flexible, greasy, sandy, solid, fragile, furry, rigid, scaly,
  bristly, crumbly, damp, dented, gritty, jagged, knobbly, moist, pitted, polished, ridged, scratchy, slippery,
  soggy, springy, stringy, tangled, uneven, waxy, wrinkled
adj idea_adj: good, clever, simple, wonderful, strange, brilliant, bold, silly, sensible, great, unusual, funny, daring,
  practical, crazy, marvellous, reasonable, splendid, secret, absurd, ingenious, modest, useful, excellent, harmless,
  amazing, astonishing, enchanting, fantastic, foolish, glorious, hilarious, impossible, legendary, magical,
  memorable, mysterious, old-fashioned, outrageous, peculiar, ridiculous, romantic, spectacular, terrific,
  unexpected
adj look: tall, small, thin, freckled, blond, dark-haired, red-haired, curly-haired, long-legged, rosy-cheeked, blue-eyed,
  brown-eyed, round-faced, short, broad-shouldered, barefoot, grey-haired, sunburnt, bearded, pale, slender, plump
phrase manner: quickly, slowly, quietly, carefully, happily, gently, proudly, eagerly, patiently, softly, politely, bravely,
  calmly, cheerfully, gladly, kindly, loudly, nervously, secretly, silently, suddenly, warmly, shyly, sadly, anxiously,
  gratefully, hastily, solemnly, thoughtfully, timidly, playfully, curiously, cautiously, seriously, wearily, gracefully,
  abruptly, attentively, awkwardly, briskly, clumsily, courageously, dreamily, earnestly, faithfully, firmly,
  generously, hesitantly, humbly, impatiently, innocently, obediently, reluctantly, sincerely, steadily,
  stubbornly, tenderly, thankfully, uneasily, willingly
)words"
                                       R"words(
verb chore: sweep the floor, wash the dishes, feed the {farm_animal.pl}, water the {flower.pl}, peel {vegetable.pl},
  tidy the {room}, dust the {furniture}, mend {garment.a}, chop wood, carry water from the well, rake the leaves,
  polish the {furniture}, bake {sweet.pl}, cook {dish}, pick {fruit.pl}, dig in the garden, paint the {texture_thing},
  clean the windows, fold the laundry, knead the dough, stir the {dish}, sort the {countable.pl}, iron {garment.a},
  sew {garment.a}, knit {garment.a}, plant {vegetable.pl}, weed the garden, milk the cows, groom the {pet},
  repair the {vehicle}, wash the {vehicle}, oil the hinges, scrub the {kitchenware.pl}, shell peas, grind {ingredient},
  gather firewood, light the fire, set the table, make the beds, wind the clock, trim the hedge, mow the grass,
  shovel the snow, slice the {vegetable.pl}, grate {vegetable.pl}, roast {vegetable.pl}, pickle {vegetable.pl},
  squeeze {fruit.pl}, whip the cream, label the jars, fill the {kitchenware}, empty the {container}, scour the {kitchenware},
  harness the {farm_animal}, brush the {farm_animal}, shear the sheep, collect the eggs, churn the butter,
  prune the {tree}, sow {flower.pl}, harvest {vegetable.pl}, stack the {countable.pl}, weigh the {ingredient},
  patch {garment.a}, darn {footwear.pl}, whitewash the wall, fetch the {tool}, sharpen the {tool}, grease the wheels,
  air the {furniture.pl}, beat the carpet, mop the stairs, hang up the washing, unpack the {container}, dry the {herb},
  sieve the {ingredient}, measure the {ingredient}, crack nuts, boil {vegetable.pl}, fry {vegetable.pl}, mash {vegetable.pl},
  varnish the {furniture}, wax the floor, soak the beans, season the {dish}, rinse the {kitchenware.pl},
  wipe the {furniture}, scrape {vegetable.pl}, bottle {fruit.pl}, bundle the hay, fertilise the {tree},
  graft the {tree}, thresh the corn, saw planks, drill holes, plaster the wall, unblock the drain,
  untangle the wool, crochet {garment.a}, embroider {garment.a}, hem {garment.a}, starch {garment.a},
  simmer the {dish}, butter the bread, pluck {herb}, net the {fruit} bushes, tar the {vehicle},
  muck out the stable, bolt the gate, caulk the {vehicle}, number the {countable.pl}, arrange {flower.pl},
  wrap parcels, address envelopes, deliver {readable.pl}, sprinkle the garden, blanch {vegetable.pl},
  pit {fruit.pl}
verb pastime: read {readable.a}, draw {wild_animal.a}, play {sport}, paint {flower.a}, fly {an} {colour} kite,
  practise the {instrument}, build {an} {adj_little} {building}, count the {countable.pl}, collect {wild_find.pl},
  write {readable.a}, watch the {bird.pl}, climb {tree.a}, chase {small_creature.pl}, sing {an} {idea_adj} song,
  tell {idea_adj} stories, listen to the {sound}, look at the {celestial.pl}, play with the {pet}, dance around the {furniture},
  solve riddles, fold paper {bird.pl}, carve {wild_animal.a} out of wood, throw {wild_find.pl} into the {water}, row across the {water},
  skip over puddles, make {an} {idea_adj} plan, learn {an} {idea_adj} poem, sketch the {building}, whistle {an} {idea_adj} tune,
  study {school_subject}, dream of {zoo_animal.pl}, talk about {zoo_animal.pl}, string beads, press {flower.pl},
  float {an} {colour} boat on the {water}, ride {farm_animal.a}, juggle with {fruit.pl}, imitate {zoo_animal.a},
  model {zoo_animal.a} in clay, observe {small_creature.a}, follow {small_creature.a}, feed the {bird.pl}, search for {countable.pl},
  invent {an} {idea_adj} game, paddle in the {water}, slide down the hill, roll down the hill, whisper secrets,
  hum {an} {idea_adj} melody, copy {zoo_animal.a} from {readable.a}, examine {small_creature.a}, photograph the {building},
  decorate {an} {container}, repair {an} {colour} {toy}, practise {school_subject}, explore the {landscape},
  pluck {flower.pl}, splash in the {water}, gaze at the {celestial}, polish {jewel.a}, rehearse {an} {idea_adj} play,
  embroider {flower.a}, recite {an} {idea_adj} poem, debate {school_subject}, daydream about {zoo_animal.pl},
  stargaze, perform {an} {idea_adj} trick, collect {readable.pl}, wrestle with the {pet}, tickle the {pet},
  train the {pet}, disguise {pet.a}, mimic the {sound}, compose {an} {idea_adj} song,
  design {an} {adj_little} {vehicle}, assemble {an} {adj_little} {vehicle}, dismantle {an} {quality} {keepsake},
  tame {wild_animal.a}, sculpt {zoo_animal.a}, doodle, identify {flower.pl}, chat about the {weather_thing},
  argue about {sport}, predict the weather
verb outing: swim in the {water}, fish in the {water}, walk along the {water}, hike up the {height}, pick {flower.pl} in the {grassland},
  camp by the {water}, gather {wild_find.pl} in the {landscape}, skate on the ice, sail across the bay, hunt for mushrooms,
  visit the {building}, explore the {building}, cycle past the {building}, ride to the {building}, picnic under {tree.a},
  wander through the {landscape}, stroll past the {building}, rest under {tree.a}, look for {small_creature.pl},
  track {wild_animal.a}, shelter under {tree.a}, travel by {vehicle}, cross the {landscape}, draw the {landscape}
noun water: river, lake, pond, stream, sea, brook, canal
noun height: hill, mountain, tower, cliff, ridge
adj adj_little: little, small, wooden, tall, tiny, crooked
)words"
                                       R"words(
place home: kitchen in, garden in, attic in, cellar in, living room in, hall in, shed in, bedroom in, pantry in, workshop in,
  veranda on, balcony on, greenhouse in, laundry room in, stairs on, yard in, dining room in, study in, porch on, garage in
place village: market at, mill at, bakery in, school at, church at, well at, bridge on, inn at, smithy in, village square in,
  fountain at, post office in, cemetery wall by, playground in, library in, town hall in, grocer's shop in, tailor's shop in
place farm: barn in, stable in, henhouse in, orchard in, field in, meadow in, pigsty in, duck pond by, hayloft in, cowshed in,
  vegetable patch in, farmyard in, vineyard in, dairy in, cornfield in, sheepfold in, potato field in
place nature: forest in, river by, hill on, lake by, cave in, meadow in, stream by, clearing in, waterfall at, old oak by,
  marsh in, valley in, spring at, rocks on, crossroads at, hollow tree in, pine grove in, ravine in, moor on, island on
place seaside: beach on, harbour in, lighthouse in, pier on, cliff on, fish market at, boathouse in, jetty on, dunes in,
  lagoon by, rocks on, sea wall on, fishing boat on, quay on, bay in, customs house in, sailmaker's loft in
place city: park in, station at, museum in, theatre in, market hall in, town square in, bookshop in, café in, zoo at,
  railway bridge on, tram stop at, library in, toy shop in, hospital in, cathedral in, department store in, cinema in,
  swimming pool at, bus station at, art gallery in, ice rink at, concert hall in, botanical garden in, main street on
place castle: great hall in, tower in, courtyard in, stables in, dungeon in, throne room in, castle kitchen in, rose garden in,
  library in, armoury in, drawbridge on, treasure chamber in, battlements on, chapel in, wine cellar in, gatehouse in
place mountain: hut in, ridge on, glacier on, mountain lake by, pass at, pine forest in, pasture in, summit on, ski slope on,
  cable car station at, gorge in, goat shed in, alpine meadow in, cheese dairy in, rope bridge on, snowfield on
place desert: oasis at, tent in, bazaar at, dunes in, well at, caravan camp in, palm grove in, old fort in, salt lake by,
  rock arch under, camel market at, spice shop in, city gate at, watchtower in
place ship: deck on, cabin in, galley in, engine room in, captain's cabin in, hold in, bow at, mast at, lifeboat in,
  crow's nest in, wheelhouse in, stern at, cargo hatch by, rope locker in
place circus: ring in, big top in, caravan in, ticket booth at, lion tamer's wagon in, stable tent in, dressing room in,
  costume wagon in, grandstand on, popcorn stall at, band wagon in
place school: classroom in, schoolyard in, gym in, music room in, library in, canteen in, corridor in, cloakroom in,
  science room in, staff room in, art room in, bicycle shed by, assembly hall in, headmaster's office in
noun room: kitchen, bedroom, attic, cellar, living room, pantry, hall, shed, workshop, study
phrase village_setting: village, hamlet, market town
phrase farm_setting: farm, farmstead, estate
phrase nature_setting: valley, forest, wood
phrase seaside_setting: fishing village, harbour town, seaside town, fishing port
phrase island_setting: island, little island, rocky island
phrase city_setting: city, town, neighbourhood
phrase castle_setting: castle, kingdom, fortress, palace
phrase mountain_setting: mountain village, alpine valley
phrase desert_setting: desert town, oasis, desert village
phrase ship_setting: ship, sailing ship, steamer, schooner
phrase circus_setting: circus, travelling circus
phrase school_setting: school, boarding school, village school
phrase time_of_day: morning, afternoon, day
phrase season: spring, summer, autumn, winter
)words";

}  // namespace bantam::corpus
