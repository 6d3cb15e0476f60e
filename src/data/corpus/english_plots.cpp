// English sentences of the plots, in the order of plots_things.cpp, plots_people.cpp and plots_journeys.cpp.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kEnglishPlots = R"plots(
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
)plots"
R"plots(
rule birthday_soon:
  Soon it was {B.of} birthday, and {A.n} did not have a present yet.
  On {day} {B.n} would have {B.his} birthday. {A} wanted to give {B.him} something {idea_adj}.
  {A} had saved {A.his} coins, for {B.of} birthday was near.
rule what_to_buy:
  "I am looking for a present," said {A.n}. {C} showed {A.him} {o.a}.
  There were {toy.pl} and {garment.pl}, but {A} looked only at {o.a}.
  {A} saw {o.a}. "How much is it?" {A.he} asked {C.n}.
rule gift_joy:
  "It is just what I wished for!" cried {A.n}.
  {A} opened the paper and was {good_mood}.
  "I will take good care of it," said {A.n} and hugged {B.n}.
rule no_money:
  {B.of} birthday was near, but {A.n} had no money. "I will make something," thought {A.n}.
  {A} wanted to make {B.n} happy. "I will make {o.a} for {B.n}," {A.he} thought.
rule makes_thing:
  There {A.he} worked with {material} and {tool.a} until {o.the} was ready.
  {C} lent {A.him} {tool.a}, and by {day} {o.the} was ready.
  {A} cut, glued and painted for hours. In the end {o.a} lay on the table.
rule handmade_joy:
  "Did you make it yourself?" asked {A.n}. {B} nodded.
  "Nobody else has {o.a.n} like this," said {A.n}.
  {A} liked it better than anything from a shop.
rule both_see:
  {p.in} lay {o.a} that belonged to {C.n}.
  There {A.n} and {B.n} saw {o.a}, which {C.n} had left behind.
rule quarrel:
  "I saw it first!" cried {A.n}. "No, I did!" cried {B.n}.
  Both wanted {o.the}, and they began to quarrel.
rule wise_word:
  Then {C.n} came. "You can both play with it, one after the other," {C.he} said.
  {C} heard the noise. "{o.a.n} is no reason to quarrel," {C.he} said.
rule take_turns:
  From then on {A.n} and {B.n} took turns.
  First {B.n} used it, then {A.n}, and there was no more quarrel.
  They had more fun together than before.
rule friend_is_ill:
  {B} was ill and had to stay in bed. {A} was {bad_mood}.
  {A} waited for {B.n}, but {B.n} had a cold and could not come.
  {B} had hurt {B.his} {body_part} and could not go out.
rule cooks_for:
  So {A} made {o.a} for {B.him}.
  {A} asked {A.his} {relative} for help and made {o.a}.
  "I will bring {B.n} something warm," thought {A.n} and made {o.a}.
rule packs_too:
  packed {o.a} too
  also took {o.a} along
rule visits_sick:
  Then {A} knocked at {B.of} door.
  {B} was in bed when {A.n} came in.
rule eats_up:
  ate {o.the} [slowly|hungrily|with a big spoon]
  ate up {o.the} at once
rule gets_well:
  "I feel better already," said {B.n}.
  A few days later {B.n} was well again.
  {B} laughed for the first time that week.
rule newcomer:
  {D.n} was new. Since {day} {D.he} had been living near {p}.
  Somebody new had come: {D.n}, {an} {trait} {D.full}.
rule newcomer_shy:
  {D} was alone and did not know anybody.
  "We should say hello to {D.n}," said {B.n}.
  {A} saw {D.n} sitting alone on {an} {quality} {furniture}.
rule bakes_welcome:
  {A.n} and {B.n} made {o.a}.
  In the kitchen {A.n} and {B.n} got {o.a} ready.
  "Let us bring {D.n} {o.a}," said {A.n}.
rule welcome_talk:
  "Welcome!" said {B.n}. "I am {B.n}, and this is {A.n}."
  {D} was {good_mood} and cut {o.the} into three pieces.
  "I have not had a present for a long time," said {D.n}.
rule three_friends:
  Soon {A.n}, {B.n} and {D.n} did everything together.
  From that day on {D.n} was not alone any more.
  The three of them played {sport} until {hour} o'clock.
rule cannot_do:
  {B} had {o.a} and could use it well. {A} could not.
  {A} watched {B.n} with {o.a}. "I will never learn that," {A.he} said.
  "Will you show me how to use {o.the}?" asked {A.n}, because {B.n} had {o.a}.
rule first_try:
  {A} tried it once, twice, three times. It did not work.
  At first everything went wrong.
  {A} almost let {o.the} fall, and {B.n} had to laugh.
rule teacher_word:
  "Slowly," said {A.n}. "Nobody can do it on the first day."
  "Try again," said {A.n}. "I needed a whole {season} to learn it."
  {A} showed {B.him} how to hold {o.the}.
rule skill_learnt:
  {A} could do it at last. "Look!" {A.he} cried.
  {A} used {o.the} as if {A.he} had never done anything else.
  {B} clapped {B.his} hands, because {A.n} had learned it.
rule wish_to_bake:
  {A.n} and {B.n} wanted to bake {o.a} {p.in}.
  "Let us bake {o.a}," said {A.n}.
rule missing_ingredient:
  But there was no {x} left, and not a single {y}.
  They had flour and eggs, but {x} and {y.pl} were missing.
rule gets_ingredient:
  "I need {x} and {y.pl}," said {B.n}. {C} filled {B.his} bag.
  {C} gave {B.him} {x} and a bag of {y.pl}.
rule bakes_cake:
  {A} stirred the dough with {x}, and {B.n} put {y.pl} on top.
  {B} cut the {y.pl}, and {A.n} mixed the {x} with the flour.
  Soon {o.the} was in the oven, and it smelled of {y.pl}.
rule cake_burns:
  But they forgot the time, and {o.the} burned. "Next time we will watch the clock," said {B.n}.
  When they opened the oven, {o.the} was as black as coal. They laughed and ate bread and butter.
rule cake_shared:
  {C} got the first piece.
  {A.n} and {B.n} ate half of {o.the} and gave the other half to {C.n}.
  It was {taste} and {taste}, and soon nothing was left of {o.the}.
rule is_broken:
  {p.in} there was {o.a}, but it was broken. {A} needed {q.a} to repair it.
  {A.of} {o.n} was broken. "Without {q.a} I cannot mend it," {A.he} thought.
rule ask_tool:
  "May I borrow your {q.n}?" asked {A.n}. "Of course," said {C.n}.
  {C} had {q.a}. "I need it for an hour," said {A.n}.
rule repairs:
  With {q.the} {A} worked until {o.the} was whole again.
  {B} held {o.the}, and {A.n} used {q.the}. Soon it was done.
  It took all {time_of_day}, but in the end {o.the} was as good as new.
rule contest_news:
  There was going to be {x.a} {p.in}. The prize was {o.a}, and {C.n} was the judge.
  {C} announced {x.a}. "The winner gets {o.a}," {C.he} said.
rule trains:
  {A.n} and {B.n} got ready for the {x} every {time_of_day}.
  All week long {A.n} and {B.n} talked only about the {x}.
rule contest_runs:
  Everybody watched. It was close, but {A.n} won the {x}.
  {B} was very good, but {A.n} was a little better.
  At the end of the {x} {A.n} came first and {B.n} second.
rule contest_over:
  "Well done!" said {B.n}.
  {B} was the first to shake {A.his} hand.
  {A.n} held up {o.the}, and everybody clapped.
rule prize_shared:
  "You helped me, so it should be yours," said {A.n} and gave {o.the} to {B.n}.
  Later {A} gave {o.the} to {B.n}, who needed it more.
rule hears_music:
  {p.in} {C.n} was playing {o.a}.
  {A} heard music. It was {C.n} with {o.a}.
rule wants_to_play:
  "Could I learn that too?" asked {A.n}. "Take {o.the} home and practise," said {C.n}.
  {A} listened for a long time. "Would you like to try?" asked {C.n}.
rule practises:
  At first it sounded like {wild_animal.a} with a cold.
  {B} held {B.his} ears, but {A.n} did not give up.
  {A} practised every {time_of_day} for {number_of_weeks} weeks.
phrase number_of_weeks: two, three, four, five, six
rule plays_for_all:
  {A} played {an} {idea_adj} song on {o.the}, and everybody clapped.
  {A} played, and {B.n} danced.
  {A} played so well that even the {bird.pl} were silent.
rule keep_instrument:
  "Keep {o.the}," said {C.n}. "It belongs to you now."
  {C} did not want {o.the} back. "You play it better than I do," {C.he} said.
rule wants_trade:
  {A} wanted to become {job.a} one day, but first {A.he} wanted to learn from {C.n}.
  "I would like to work like {C.n}," {A.he} had often said.
rule first_task:
  {C} looked at {A.n}. "You can start today," {C.he} said and showed {A.him} {o.a}.
  "Let us see what you can do," said {C.n}. In the corner stood {o.a}.
rule work_hard:
  {chore.ed} until noon
  worked hard all {time_of_day}
  {chore.ed} and {chore.ed}
rule task_mistake:
  At first {A} made one mistake after the other.
  "Not so fast," said {C.n}. "First look, then work."
  Once {A.he} held {o.the} the wrong way round, and {C.n} laughed.
rule task_done:
  By evening everything was done, and {C.n} was {good_mood}.
  "Good work," said {C.n}. "Come again on {day}."
rule lesson_begins:
  It was {day}, and the {x} lesson was about to begin {p.in}. But {A.of} {o.n} was still at home.
  In the {x} lesson {p.in} everybody needed {o.a.n}. Only {A.n} had none, for {A.his} {o.n} lay at home.
rule share_desk:
  {A} saw it. "I have two," {A.he} whispered and gave {B.n} {an} {o.full}.
  "You can use my {o.n}," said {A.n} and pushed it over to {B.n}.
rule take_own:
  [took|found|picked up] {A.his} own {o.n}
rule never_forget:
  "Tomorrow I will not forget you," {A.he} said to {o.the}.
  And {A.he} put it into {A.his} bag at once.
rule wants_to_paint:
  {A} had new colours and wanted to paint {B.n} {p.in}.
  "Please sit still for an hour," said {A.n}, who wanted to paint {B.n}.
rule paints:
  {A} painted with {colour} and {colour}, until {o.the} was ready.
  {B} sat on {an} {quality} {furniture} and tried not to laugh while {A.n} was painting {o.a}.
rule shows_painting:
  "Is my nose really so long?" asked {B.n}.
  {B} looked at {o.the} and was {good_mood}.
  On {o.the} {B.n} had {an} {colour} {garment} and {an} {size} hat.
rule hangs_painting:
  {A} hung {o.the} over {A.his} bed.
  Now {o.the} hangs beside {an} {quality} {keepsake} in {A.of} room.
rule play_announced:
  {C} was planning a play. {A} was to be the {x}.
  There was going to be a play {p.in}, and {A.n} got the part of the {x}.
rule needs_costume:
  For that {A.he} needed {o.a}.
  "The {x} must have {o.a}," thought {A.n}.
rule asks_costume:
  "Do you have {o.a}?" asked {A.n}. {C} had one in {an} {quality} {furniture_container}.
  {C} opened {an} {quality} {furniture_container}. There lay {o.a}.
rule on_stage:
  {A} spoke loud and clear, and {o.the} looked {idea_adj}.
  When the {x} came on the stage in {o.the}, everybody clapped.
  {A} forgot a word, but {B.n} whispered it to {A.him}.
rule what_will_grow:
  "What will grow from it?" asked {A.n}. "Wait and see," said {C.n}.
  "Put {o.the} into the earth and be patient," said {C.n}.
rule plants_seed:
  There {A} put {o.the} into the ground and gave it water.
  {A} dug a small hole with {tool.a} and put {o.the} into it.
rule waits:
  Every {time_of_day} {A.n} and {B.n} looked at the spot. Nothing happened.
  [Three weeks|The whole {season}|A long time] passed. "Will it ever grow?" asked {B.n}.
rule it_grows:
  Then a green tip came out of the ground. After some months it was {x.a}.
  One {day} there was {an} {adj_little} {x}. {C} was {good_mood} and said: "You were patient."
  In the end {an} {size} {x} stood there, and {A.n} was proud.
)plots"
R"plots(
rule errand:
  "Please take {o.the} to {D.n}," said {C.n} to {A.n}. "{D.he} is {p.in}."
  {C} had {o.a} for {D.n}, who was waiting {p.in}.
rule errand_obstacle:
  On the way {A.n} saw {wild_animal.a} and almost forgot {o.the}.
  {A} had to cross {landscape.a} and held {o.the} tight.
  {B} was there and wanted to play. "I cannot stay," said {A.n}. "I have to deliver {o.a.n}."
  There {A.n} slipped in the mud, but {o.the} was safe.
rule hand_over_from:
  gave {B.n} {o.the} from {C.n}
  handed over {o.the}. "It is from {C.n}," {A.he} said to {B.n}
rule errand_thanks:
  "You came just in time," said {D.n}.
  {D} was {good_mood} and gave {A.him} {sweet.a} for the way back.
  {D} put {o.the} on {an} {quality} {furniture}.
rule picnic_plan:
  "Let us have a picnic {p.in}," said {A.n}.
  The sun was shining, and {A.n} and {B.n} wanted to eat {p.in}.
rule packs_into:
  put {o.a} into {q}
  packed {o.a} into {q}
rule picnic_scene:
  {B} had brought {o.a}. They sat down under {tree.a}.
  They sat down in the {flower.pl}, and {B.n} put {o.a} on the grass.
rule picnic_forgot:
  "Oh no," said {B.n}. "I have left the {o.n} at home." But {A.n} only laughed.
  {B} had forgotten {o.the}. "We do not need it," said {A.n}.
rule share_food:
  They ate {o.the} and drank {drink}.
  {A} gave half of {o.the} to {B.n} and threw the crumbs to the {bird.pl}.
  {o.the} was {taste}, and soon it was all gone.
rule storm_comes:
  Suddenly it grew dark {p.in}. There was lightning and thunder.
  Then a storm came. The {tree.pl} bent in the wind.
  Black clouds came over the {landscape}, and it began to rain.
rule afraid:
  {A} was afraid and held {B.of} hand.
  "I do not like this," whispered {A.n}.
  At every thunder {A.n} shut {A.his} eyes.
rule light_thing:
  lit {o.the}
  took {o.the} and lit it
rule storm_passes:
  In the light of {o.the} {A.n} told {B.n} a story about {zoo_animal.a}. Soon the storm was over.
  {o.the} burned quietly until the storm had passed.
  Together they counted the seconds between lightning and thunder. Then it was quiet.
rule map_found:
  {A} had found {k.a} in {an} {quality} {furniture_container}. There was a cross near {p}.
  "Look at this," said {A.n} and showed {B.n} {k.a}. A red line led to {p}.
rule map_riddle:
  There they read: "Go where the {tree} stands." {B} knew the place: it was {r.in}.
  "From here we must go {r.to}," said {B.n} and pointed at {k.the}.
  On {k.the} there was a drawing of {texture_thing.a}. "That is {r.in}!" cried {A.n}.
rule dig_up:
  {A} dug with {tool.a}, and soon they saw {q.a}.
  Behind {texture_thing.a} stood {q.a}.
  Under some leaves and {rare_object.a} they found {q.a}.
rule treasure_joy:
  It glittered in the sun. "A real treasure!" cried {A.n}.
  "Who may have hidden it?" asked {A.n}.
  They had never seen such {an} {idea_adj} {o.n}.
rule locked:
  {p.in} stood {q.a}, and it was locked.
  {A} wanted to open {q.a} {p.in}, but it was locked.
rule ask_key:
  "Do you have the key to {q.the}?" asked {A.n}. {C} had {k.a}.
  {C} was wearing {k.a} on a string. "May I borrow it?" asked {A.n}.
rule unlock:
  unlocked {q.the} with {k.the}
  opened {q.the} with {k.the}
rule show_to:
  "Look what I have found!" cried {A.n} and showed {o.the} to {B.n}.
  {B} wanted to see {o.the} too.
rule pet_gone:
  {A} had {an} {adj_small} {x} called {y}. That {time_of_day} {y} was gone.
  {A} looked for {y}, {A.his} {x}. The door was open, and {y} was not there.
rule pet_called:
  "{y}! {y}!" called {A.n} and {B.n}.
  "Let us look {p.in}," said {B.n}. "{y} likes it there."
rule pet_trace:
  There they saw footprints that led {r.to}.
  {B} found some {colour} hair on {texture_thing.a}. The trail led {r.to}.
  "I saw {an} {adj_small} {x} go {r.to}," said {job.a}.
rule pet_found:
  And there sat {y}, wet and {bad_mood}, beside {texture_thing.a}.
  {y} was asleep under {tree.a} and did not know what all the noise was about.
  {A} heard a sound. {y} was sitting {p.in} and eating {an} {taste} {snack}.
rule stuck_above:
  High up in {tree.a} sat {x.a} and could not get down.
  {x.a} was sitting on the roof and cried for help.
rule tries_alone:
  "Jump!" called {B.n}, but the {x} did not dare.
  {A} tried to climb up, but it was too high.
rule climbs_and_saves:
  {A} climbed up with {k.the} and brought the {x} down.
  With {k.the} {A} got up to the {x} and carried it down in {A.his} {garment}.
rule fog_falls:
  Then fog came up, and {A} could not see the way any more.
  The fog grew so thick that {A} could not see {A.his} own {footwear.pl}.
rule worried_at_home:
  {A} was waiting for {B.n}. "I will go and look," {A.he} said and took {o.the}.
  {A} thought of {B.n} out in the fog, took {o.the} and set off.
rule guided_home:
  "I am here!" called {A.n} and held {o.the} up high. Together they found the way back.
  {A} walked in front with {o.the}, and {B.n} walked close behind until they were home.
rule noise_at_night:
  In the middle of the night {A} heard a noise. It came from {p}.
  {A} could not sleep. Something was scratching {p.in}.
rule wake_friend:
  woke {B.n}
  ran to {B.n}, who was still awake
rule noise_solved:
  In the light of {o.the} they saw {x.a} that was eating {fruit.a}.
  It was only {x.a} in {an} {quality} {container}.
  There sat {x.a} and looked at them with big eyes.
rule back_to_bed:
  "And I was afraid of {x.a}," said {A.n}. They laughed and went back to bed.
  They gave the {x} {countable.a} and went back to bed.
rule journey_plan:
  {A.n} and {B.n} wanted to take the {x} to {town}. {A} already had {o.a}.
  {A} had {o.a} for the {x} to {town}, and {B.n} was going to travel too.
rule ticket_missing:
  But when the {x} was about to leave, {A} could not find {o.the}.
  {A} looked into every pocket. {o.the} was gone, and the {x} was already there.
rule ticket_found:
  {A} ran back {p.to}. There lay {o.the}, beside {an} {quality} {keepsake}.
  "You left it {p.in}!" called {A.n}, who had run back and found {o.the}.
rule just_in_time:
  They reached the {x} just in time.
  The doors closed behind them, and the {x} set off.
rule row_out:
  {A.n} and {B.n} took {x.a} out on the {water}. {A} had {o.a} in {A.his} hands.
  In {x.a} {A.n} and {B.n} crossed the {water}, and {A.n} had taken {o.a} along.
rule falls_in_water:
  A wave came, and {o.the} fell into the water.
  {A} stood up in the {x}, and {o.the} went overboard.
rule fishes_out:
  {A} took {an} old {tool} and fished {o.the} out.
  Quickly {A} leaned over and caught {o.the}.
rule dry_again:
  {o.the} was wet, but the sun soon dried it.
  They put {o.the} in the sun and ate {sweet.pl}.
rule snow_falls:
  In the night it had snowed, and everything was white.
  {A.n} and {B.n} had waited for snow for weeks. Now it was there.
rule snowman:
  {p.in} they built a snowman with {vegetable.a} for a nose.
  {A} made the head, and {B.n} made the belly of {an} {size} snowman.
rule take_off:
  took off {o} and put it on the snowman
  gave {o} to the snowman
rule on_snowman:
  Now the snowman looked very [elegant|funny|grand|handsome|cheerful|dignified].
  "How [elegant|funny|grand|handsome|cheerful] it looks with {o.a.n}!" said {B.n}.
rule freezing:
  But soon {A.n} was cold. "The snowman does not need {o.the}," said {B.n}.
  "You need it more than the snowman," said {B.n}, because {A.n} was freezing.
rule hot_drink:
  Then {C.n} gave them {drink}.
  {C} called them in for hot {dish}.
rule goes_to_market:
  {A} had {n} coins and went {p.to} to buy something.
  With {n} coins in {A.his} pocket {A} set off.
rule price:
  {C} was selling {o.a}. "It costs {n} coins," {C.he} said.
  "How much is {o.the}?" asked {A.n}. "{n} coins," said {C.n}.
rule coins_left:
  Now {A} had {m} coins left.
  Of the {t} coins {m} were left.
rule shows_purchase:
  "I bought {o.a.n} today," said {A.n} to {B.n}.
  {B} looked at {o.the} and wanted one too.
rule trapped_creature:
  There {x.a} was caught in {an} old {rare_object}.
  {p.in} {A.he} heard a voice: "Help me!" It was {x.a}.
rule frees_creature:
  Carefully {A.n} set the {x} free.
  {A} opened the trap, and the {x} was free.
rule wish_offer:
  "You have one wish," said the {x}.
  "I will make one wish come true," said the {x} to {A.n}.
rule wish_for_friend:
  "I do not need anything," said {A.n}, "but {B.n} has always wanted {o.a}."
  {A} thought for a while. "Please give {B.n} {o.a}," {A.he} said.
rule wish_true:
  {A} was already waiting. "Look what I found on my {furniture}!" {A.he} cried and showed {B.n} {o.the}.
  When {B.n} came back, {A.n} was holding {o.the} and could not believe it.
rule letter_comes:
  {C} brought {A.n} {o.a}. It was from {A.his} {x}.
  One {day} {o.a} came for {A.n}. {A.his} {x} had written it.
rule letter_read:
  "Come and visit me in {y}," it said. "Bring {B.n} along."
  {A} read it aloud to {B.n}: "I miss you. Please come to {y}."
rule travel_there:
  {A.n} and {B.n} travelled to {y} by {vehicle}. The journey took {hour} hours.
  So {A.n} and {B.n} packed {garment.pl} and {fruit.pl} and travelled to {y}.
rule warm_welcome:
  In {y} {A.of} {x} was waiting at the {building} and hugged them both.
  {A.of} {x} had cooked {taste} {dish} and was {good_mood}.
rule heavy_load:
  {p.in} they met {C.n}, who was carrying {o.a}. It was much too heavy.
  {C} was sitting {p.in} beside {o.a}. "I cannot carry it any further," {C.he} said.
rule carry_along:
  {A.n} and {B.n} carried {o.the} {p.to}, and {C.n} walked beside them and told them about {C.his} {relative}.
  Then the three of them went {p.to}, and {A.n} did not put {o.the} down once.
rule small_reward:
  As thanks {C.n} told them {an} {idea_adj} story.
  {C} gave each of them {sweet.a}.
  "Good neighbours are worth more than gold," said {C.n}.
)plots";

}  // namespace bantam::corpus
