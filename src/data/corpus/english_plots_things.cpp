// English sentences of the plots in plots_things.cpp, in their order.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kEnglishPlotsOfThings = R"plots(
noun bag: bag, suitcase, backpack, basket, satchel, rucksack
noun purse: purse, wallet, money bag, coin pouch
noun climbing_tool: ladder, rope, stepladder, rope ladder
noun furniture_container: cupboard, chest, drawer, wardrobe, trunk, cabinet, dresser, locker
noun hiding_place: cupboard, chest, drawer, wardrobe, hatbox, flowerpot, biscuit tin
noun wild_find: shell, pebble, acorn, chestnut, pine cone, feather, walnut, snail shell, hazelnut, button, coin, leaf/leaves,
  berry, marble, stone, flower, crystal, bead
noun handmade: scarf, necklace, kite, bird house, wooden horse, basket, puppet, picture frame, cushion, paper lantern, bracelet,
  clay bowl, rag doll, model ship, patchwork blanket, flute, photo album, bookmark, candle, kaleidoscope
noun cooked: soup pot, apple pie, pumpkin soup/, vegetable soup/, chicken soup/, rice pudding, plum cake, potato salad,
  mushroom stew, cheese cake, honey cake, bread pudding
noun flower_gift: rose, sunflower, tulip, bunch of daisies, bunch of violets, lily, bouquet, daffodil
noun sweet_gift: cake, apple pie, gingerbread heart, chocolate cake, plum tart, loaf of bread, jar of honey, basket of biscuits,
  nut cake, cherry tart, lemon cake, box of chocolates, jar of jam, bag of muffins
noun cake: cake, pie, tart, chocolate cake, birthday cake, cheesecake, sponge cake, fruit tart, strudel, pudding
noun skill_thing: bicycle, violin, kite, skateboard, flute, fishing rod, sewing machine, unicycle, camera, compass, chessboard,
  hoop, banjo, typewriter, yo-yo, boomerang, potter's wheel, loom, scooter, guitar, tricycle, drum
noun repairable: fence, gate, chair, bicycle, table, cart, door, boat, bench, roof, window frame, bookshelf, kite, toy train,
  wheelbarrow, shelf, swing, rabbit hutch, bird house, sledge, stool, letter box, doll's house, rocking chair
noun prize: medal, silver cup, golden trophy, crown, basket of fruit, ribbon, book, watch, cake, barrel of honey, golden spoon
noun painting: picture, painting, portrait, drawing, watercolour, sketch
noun seed: seed, bean, bulb, kernel, nut, cutting
noun growing: sunflower, apple tree, pumpkin, rose bush, tomato plant, oak, cherry tree, bean plant, tulip, plum tree, melon,
  hazel bush, vine, walnut tree, strawberry plant, pear tree, lemon tree, lily
noun parcel: parcel, package, letter, box of eggs, basket of apples, bag of flour, jar of honey, bundle of wool, hatbox,
  bottle of medicine, loaf of bread, crate of oranges
noun picnic_container: basket, picnic basket, backpack, bag, hamper
noun picnic_thing: blanket, kettle, bottle of juice, umbrella, ball, knife, tablecloth, jug of lemonade, book, guitar
noun map_thing: map, treasure map, drawing, letter
noun treasure_container: chest, box, trunk, casket, barrel, jar, tin
noun key_thing: key, iron key, silver key, bunch of keys, golden key
noun signal: bell, whistle, drum, horn, trumpet
noun ticket: ticket, train ticket, boat ticket, bus ticket
noun winter_garment: scarf, hat, coat, woolly hat, cap, shawl, jacket
noun kitchen_thing: pot, pan, bowl, teapot, jug, kettle, wooden spoon, mug, basket, vase
noun letter: letter, postcard, telegram
noun climber: kitten, cat, squirrel, young bird, monkey, parrot, little owl
noun night_animal: hedgehog, cat, mouse/mice, raccoon, owl, badger, fox, cricket, moth, squirrel, marten, dormouse/dormice
noun transport: train, bus, ferry, coach, ship, tram, steamboat
noun rowing: rowing boat, canoe, raft, sailing boat, little boat, dinghy
noun magic_animal: golden fish/golden fish, silver bird, white deer/white deer, green frog, blue butterfly, talking raven,
  tiny dragon, snow-white hare, old turtle
phrase stage_role: king, queen, pirate, wizard, witch, knight, ghost, captain, dragon, giant, thief, princess, shepherd, wolf,
  innkeeper, robber, fairy, clown, general, hermit
noun contest: running race, kite contest, baking contest, swimming race, singing contest, spelling contest, sack race,
  rowing race, drawing contest, chess tournament, dancing contest, riddle contest, cycling race, skating race

rule treasure:
  {A.of} greatest treasure was {o.a}, a present from {A.his} {relative}.
  {A} always carried {o.a} in {A.his} pocket.
  {A} had {o.a} and [loved it very much|was very proud of it|looked after it well].
  For {A.his} birthday {A} had got {o.a} from {A.his} {relative}.
  {A} owned {o.a} that had once belonged to {A.his} {relative}.
rule miss:
  Then {A} wanted to look at {o.the}, but it was gone.
  {A} reached into {A.his} pocket. {o.the} was not there!
  "Where is my {o.n}?" cried {A.n}.
  Suddenly {A} noticed that {o.the} was missing.
rule search:
  looked for {o.the} {p.in}
  searched for {o.the} everywhere {p.in}
  turned everything upside down {p.in}
rule offer_search:
  "Do not worry," said {B.n}. "Let us look {p.in}."
  "When did you last have it?" asked {B.n}. "{p.in}," said {A.n}.
  {B} had an idea. "You were {p.in} today," {B.he} said. "Perhaps it is still there."
  "I will help you," said {B.n}. "We will find it."
rule not_here:
  They looked everywhere, but {o.the} was not {p.in}.
  There was only {small_creature.a} and {an} {quality} {rare_object}.
  They found {countable.a} and {rare_object.a}, but no {o.n}.
  "It is not here," said {B.n}.
rule whose:
  "Whose {o.n} is this?" {A.he} wondered.
  "Somebody must be missing it," thought {A.n}.
  It was a nice {o.n}, but {A.he} knew that it belonged to somebody.
rule ask_around:
  asked {C.n} about it
  showed it to {C.n}
  went to {C.n} with it
rule belongs:
  "It belongs to {B.n}," said {C.n}.
  {C} knew it at once. "That is {B.of} {o.n}."
  "I have seen it before," said {C.n}. "Ask {B.n}."
rule owns:
  {A} had {o.a}.
  {A} owned {o.a}[ and was proud of it|].
  {A} had got {o.a} from {A.his} {relative}.
  {A} had made {o.a} out of {material}.
  In {A.his} hands {A} held {o.a}.
rule ask_lend:
  "May I borrow your {o.n}?" asked {B.n}.
  {B} needed {o.a.n} that day. "Could you lend me yours?" {B.he} asked.
  "I would love to try your {o.n}," said {B.n}.
rule use_gladly:
  {A} used {o.the} all {time_of_day} and was {good_mood}.
  There {A} tried {o.the}, and it worked very well.
  {A} was very careful with {o.the}.
  Everybody {p.in} wanted to see {o.the}.
rule break:
  tripped, and {o.the} broke
  dropped {o.the}, and it broke
  was careless for a moment, and {o.the} broke
rule mended_by:
  Luckily {C.n} came past and mended {o.the} with {a_repair}.
  {C} knew what to do and repaired {o.the} with {a_repair}.
  "I can fix that," said {C.n}. With {a_repair} the {o.n} was soon as good as new.
phrase a_repair: some glue, a piece of wire, a new screw, needle and thread, a drop of oil, a strip of leather, two nails,
  a bit of string, some wax, a small bolt
rule lend_thanks:
  "Thank you for lending it to me," said {B.n}.
  "You can borrow it again," said {A.n}.
  {B} also brought {A.him} {sweet.a} as thanks.
  "I took good care of it," said {B.n}, and {A.n} smiled.
rule admire_both:
  {B} liked {o.the}, and {A.n} could not take {A.his} eyes off {q.the}.
  "What {an} {idea_adj} {o.n}!" said {B.n}. "And what {an} {idea_adj} {q.n}!" said {A.n}.
  {A.n} and {B.n} showed each other {o.the} and {q.the}.
rule propose_swap:
  "Shall we swap?" asked {B.n}.
  "I will give you my {q.n} for your {o.n}," said {B.n}.
  "Would you swap your {q.n} for my {o.n}?" asked {A.n}.
rule after_swap:
  Now {A.n} had {q.the}, and {B.n} had {o.the}.
  Both were {good_mood}, for {A.n} now had {q.the} and {B.n} had {o.the}.
  {A} carried {q.the} home, and {B.n} went away with {o.the}.
rule regret_swap:
  But soon {A.n} missed {o.the}, and {B.n} missed {q.the}. So they swapped back.
  The next {day} they were both {bad_mood}. "Let us swap back," said {A.n}, and so they did.
rule refuse_swap:
  {A} thought about it and shook {A.his} head. So {A.n} kept {o.the}, and {B.n} kept {q.the}.
  "No," said {A.n}, "it was a present." And {A.he} kept {o.the}.
  But then both wanted to keep what they had.
rule hiding_game:
  "Let us play a game," said {A.n}. "I will hide {o.the}, and you must find it."
  {A.n} and {B.n} wanted to play hide-and-seek with {o.a}.
  {A} had {o.a}. "I will hide it," {A.he} said to {B.n}, "and you will look for it."
rule seek_call:
  "Ready!" called {A.n}.
  Then {A} called {B.n}.
  Meanwhile {B.n} counted to {hundredish}.
phrase hundredish: twenty, fifty, a hundred, ten, thirty
rule wrong_container:
  First {A} looked into {q}, but there was only {an} {quality} {rare_object} in it.
  {A} opened {q}. It was empty.
  In {q} {A} found nothing but {countable.pl}.
rule seek_won:
  "Found it!" cried {A.n}.
  "That was too easy," said {A.n}, and {B.n} laughed.
  "Now it is my turn to hide it," said {A.n}.
rule stands:
  {p.in} stood {o.a}, which belonged to {C.n}.
  {C} had {o.a} that everybody admired. It stood {p.in}.
  {o.a} stood {p.in}. It was the pride of {C.n}.
rule wild_play:
  {A.n} and {B.n} were playing with {an} {colour} ball {p.in}.
  {A.n} and {B.n} were chasing each other {p.in}.
  {A.n} and {B.n} were playing {sport} {p.in}, although it was not allowed.
rule knock_over:
  {A} did not look where {A.he} was going and knocked over {o.the}. It broke into {brokenparts} pieces.
  There was a crash. {A} had knocked over {o.the}.
  {A} bumped into {o.the}, it fell down and broke.
phrase brokenparts: two, three, many, a hundred, small
rule hide_or_tell:
  "Nobody saw us," said {B.n}. "But {C.n} will be sad," said {A.n}.
  "We could run away," whispered {B.n}. {A} shook {A.his} head.
  For a moment {A} wanted to hide the pieces. Then {A.he} went to {C.n}.
  "We must tell {C.n}," said {B.n}.
rule confess:
  "I am sorry," said {A.n}. "I broke your {o.n}."
  {A} told {C.n} everything.
  {A} took a deep breath. "It was me," {A.he} said. "I broke {o.the}."
rule glue_together:
  {C} was not angry. With some glue {A.n} put {o.the} together again.
  All {time_of_day} {A.n} glued the pieces, until {o.the} was whole again.
  "Then let us mend it," said {C.n}, and in the end {o.the} stood there as before.
rule forgive:
  "Thank you for telling me," said {C.n}. "{an} {o.n} is only a thing."
  {C} was {bad_mood}, but not for long. "I am glad that you told me," {C.he} said.
  {A} promised to work for {C.n} to pay for {o.the}.
rule same_bags:
  {p.in} {A.n} and {B.n} put down their bags. Each of them had {o.a.n}, and both looked the same. In {A.of} {o.n} there was {k.a}, in {B.of} {o.n} there was {q.a}.
  {A.n} carried {k.a} in {A.his} {o.n}, and {B.n} carried {q.a} in {o.a.n} that looked just the same. {p.in} both put their bags down and took the wrong ones.
rule wrong_bag:
  When {A} opened the {o.n}, there was {q.the} in it and not {k.the}. "This is {B.of} {o.n}!" {A.he} said.
  {A} looked for {k.the}, but found {q.the}. It was the wrong {o.n}.
rule bags_back:
  "I have your {q.n}," said {A.n}. "And I have your {k.n}," said {B.n}. They laughed and swapped the bags back.
  {A.n} gave {q.the} back to {B.n}, and {B.n} gave {k.the} back to {A.n}.
rule magpie_steals:
  A magpie saw the {o.n} shine, took it in its beak and flew away.
  Suddenly a magpie came down, grabbed {o.the} and was gone.
  {A} did not see the black and white bird that carried {o.the} away.
rule nest_seen:
  {A} looked up. "There is something shiny in that nest," {A.he} said.
  "Magpies love shiny things," said {A.n}. "Look, there is a nest in {tree.a}!"
  {A} saw {o.the} glitter in a nest, high up in {tree.a}.
rule bring_tool:
  {C} brought {k.a}.
  {C} had {k.a} and was glad to help.
  "Take my {k.n}," said {C.n}.
rule climb_with:
  climbed up with {k.the}
  used {k.the} to climb up to the nest
rule nest_take:
  took {o.the} out of the nest
  found {o.the} in the nest and took it
rule collects:
  {A} collected {x.pl}.
  {A} had {an} {colour} box for {x.pl}.
  Nothing was nicer for {A.n} than looking for {x.pl}.
rule find_number:
  found {n} {x.pl} {p.in}
  picked up {n} {x.pl} {p.in}
rule find_more:
  There {A} found {n} more {x.pl}. Now {A.he} had {t} {x.pl}.
  There were {n} more {x.pl} there, so that {A} had {t} of them now.
rule show_collection:
  "I have {n} {x.pl}," said {A.n} proudly.
  "How many {x.pl} do you have?" asked {B.n}. "{n}," said {A.n}.
  {A.n} and {B.n} counted the {x.pl}. There were {n} of them.
rule pass_reason:
  {A} was {good_mood}, but after some weeks {A.he} thought of somebody who needed {o.the} more.
  For a long time {A} took good care of {o.the}.
  {A} used {o.the} every {day}. Then {A.he} wanted to make somebody else happy.
rule comes_full_circle:
  "I have a present for you," said {A.n} and gave {o.the} to {B.n}, who laughed. "That was mine once!"
  {A} gave {o.the} to {B.n}. "I know this {o.n}," said {B.n}. "It has come back to me."
rule keeps_it:
  {A} still has {o.the} today.
  {A} kept {o.the} and never gave it away.
rule rummage:
  It was {place_adj} {p.in}. Behind {an} {quality} {furniture} stood {q.a}.
  {A.n} and {B.n} looked around. Between {an} {quality} {rare_object} and {an} {quality} {keepsake} stood {q.a}.
  Under {an} {adj_cover} stood {q.a} that nobody had opened for years.
rule wonder_about:
  "Who may have used it?" asked {B.n}.
  "It must be very old," said {B.n}.
  {A} turned {o.the} around in {A.his} hands and wondered about it.
rule old_story:
  "That was mine when I was young," said {C.n}. "I thought that I had lost it."
  {C} looked at {o.the} for a long time. "I got it from my {relative}," {C.he} said.
  {C} told {A.him} how {C.he} had taken {o.the} on a long journey.
rule may_keep:
  "Keep it," said {C.n}. "It needs somebody young."
  Then {C} said: "It is yours now."
rule full_purse:
  There were {numberish} coins in {o.the}.
  {A} opened {o.the}. It was full of money.
  {A} looked into {o.the} and saw {an} {colour} banknote and some coins.
phrase numberish: thirty, forty, fifty, a hundred, sixty, seventy
rule temptation:
  "We could buy {sweet.pl} with it," said {B.n}. "No," said {A.n}, "it is not ours."
  {A} thought of all the {sweet.pl} in the shop. But {A.he} did not take a single coin.
  "Somebody is looking for it now," said {B.n}.
rule is_it_yours:
  {C} was looking for something on the ground. "Did you lose {o.a.n}?" asked {A.n}.
  "Is this your {o.n}?" asked {A.n}.
rule honesty_rewarded:
  {C} counted the coins, and all of them were there. "You are honest," {C.he} said.
  {C} was so {good_mood} that {C.he} gave {A.n} {sweet.a}.
  "How can I thank you?" asked {C.n}. "It was nothing," said {A.n}.
rule only_small:
  {A} had only {o.a}, but {A.he} wished for {k.a} like the one that {C.n} had.
  {C} had {k.a}, and {A.n} dreamed of it. But {A.n} owned nothing except {o.a}.
rule wants_small:
  "I need {o.a.n} for school," said {A.n}. "I will give you {q.a} for it."
  {A} had {q.a}, but {A.he} needed {o.a.n}.
rule wants_next:
  "My {relative} would like {q.a.n}," said {C.n}. "Will you take my {k.n} for it?"
  {C} was looking for {q.a.n} and offered {k.the} for it.
rule chain_done:
  In the morning {A} had had only {o.a.n}, and now {A.he} had {k.the}.
  So {o.a.n} had turned into {k.a.n}.
)plots";

}  // namespace bantam::corpus
