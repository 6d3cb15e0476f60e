// English sentences that any story may use: openings, endings, actions, moods, weather, small observations.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kEnglishRules = R"rules(
noun girl_kind: girl, schoolgirl, young girl, farm girl, little girl
noun boy_kind: boy, schoolboy, young boy, farm boy, little boy
noun hero_animal: fox, mouse, hedgehog, rabbit, squirrel, bear, badger, otter, mole, hare, frog, duck, beaver, raccoon, owl,
  kitten, dormouse, weasel, robin, toad
noun wise_animal: old owl, tortoise, old stag, grey heron, old badger, raven, old bear, beaver, white goose, old carp

rule opening:
  Once upon a time there was {an} {trait} {A.full} called {A.n} who lived in {an} {setting_adj} {x}.
  In {an} {setting_adj} {x} lived {an} {trait} {A.full} called {A.n}.
  {A.n} was {an} {trait} {A.full} who lived in {an} {setting_adj} {x} near {landscape.a}.
  There was once {an} {look} {A.full} called {A.n}, who lived in {an} {x}.
  {A.n} lived in {an} {setting_adj} {x}. {A.he} was {an} {trait} {A.full}.
  Long ago, in {an} {setting_adj} {x} by {landscape.a}, there lived {an} {trait} {A.full} called {A.n}.
  Everybody in the {x} knew {A.n}, the {trait} {A.full}.
  Far away, behind {an} {landscape_adj} {landscape}, lay {an} {setting_adj} {x}. {A.n} lived there.
rule opening_on:
  Once upon a time there was {an} {trait} {A.full} called {A.n} who lived on {an} {setting_adj} {x}.
  On {an} {setting_adj} {x} lived {an} {trait} {A.full} called {A.n}.
  {A.n} was {an} {trait} {A.full} who lived on {an} old {x}.
  There was once {an} {look} {A.full} called {A.n}, who lived on {an} {x}.
  {A.n} lived on {an} {setting_adj} {x}. {A.he} was {an} {trait} {A.full}.
  Everybody on the {x} knew {A.n}, the {trait} {A.full}.
rule about_hero:
  {A.he} loved to {pastime}.
  Every {time_of_day} {A.he} liked to {pastime}.
  {A.his} favourite {garment} was {colour}, and {A.he} wore it every {day}.
  Nothing made {A.him} happier than to {pastime}.
  {A.he} was {an} {look} {A.full} with {an} {colour} {garment}.
  People said that {A.he} was as [quick as a hare|busy as a bee|quiet as a mouse|sly as a fox|strong as an ox|proud as a peacock|cheerful as a lark].
  In {season} {A.he} would often {outing}.
  {A.he} was good at {school_subject}, but {A.he} did not like to {chore}.
  Every {day} {A.he} had to {chore}.
  {A.his} {relative} was {job.a}.
  {A.his} family had {family_thing.a} behind the {shop}.
  {A.he} had never told anyone about {A.his} {abstract}.
rule friend:
  {A.of} best friend was {B.n}, {an} {trait} {B.full}.
  {B.n}, {an} {trait} {B.full}, lived next door.
  {A.he} had a good friend called {B.n}, who was {an} {trait} {B.full}.
  {A.n} and {B.n} had been friends for [years|a long time|many years].
  {A.n} shared everything with {B.n}, {A.his} [dear|old|good] friend.
  {A.he} was often seen with {B.n}, {an} {look} {B.full}.
  {B.n} was {A.his} cousin, and the two were good friends.
rule place_sketch:
  The {p.n} was {place_adj} and smelled of {smell}.
  {p} was {place_adj} and {place_adj}.
  {p.in} there was {an} {size} {furniture_like} with {countable_decor}.
  It was always {place_adj} {p.in}.
rule one_day:
  One {day} [morning|afternoon][ in {z}|], {A} was {p.in}.
  One {x} {time_of_day}, {A.n} and {B.n} were {p.in}.
  It happened on {an} {x} {day} in {z}.
  One {y} {time_of_day}, {A} woke up early.
  One morning, just after breakfast, {A} heard {B.n} calling {p.in}.
  On the first {day} in {z}, something happened.
  It all began on {an} {x} {time_of_day} in {y}.
  One day in {z}, {A} came {p.to} and found {B.n} there.
  It was {an} {x} {time_of_day} in {z}, and {A.n} had nothing to do.
  In {z} there was {an} {x} day that {A} would always remember.
rule weather_any:
  [A soft|A light|A gentle|A strong] wind was blowing over the {landscape}.
  [Grey|White|Small] clouds [hung|drifted] over the {landscape}.
  The air smelled of {smell}.
  A [rainbow|pale moon|thin white cloud] stood over the {landscape}.
  The leaves of the {tree.pl} [rustled|trembled|moved] in the wind.
rule weather_sky_spring:
  {weather_any}
  The sun was shining [on the roofs|through the {tree.pl}|on the {water}].
  The {bird.pl} were singing in the {tree.pl}.
  In the {grassland} the {flower.pl} were [in bloom|just beginning to open].
  It had rained in the night, and the {texture_thing.pl} were wet.
  The first {small_creature.pl} came out of the grass.
rule weather_sky_summer:
  {weather_any}
  The sun was shining [over the {landscape.pl}|on the roofs|through the {tree.pl}|on the {water}].
  The {bird.pl} were silent in the heat.
  In the {grassland} the {flower.pl} were in bloom.
  Far away, thunder rolled over the {landscape}.
  It was so warm that even the {farm_animal.pl} lay in the shade.
rule weather_sky_autumn:
  {weather_any}
  Red and yellow leaves lay on the {texture_thing.pl}.
  It had rained in the night, and the {texture_thing.pl} were wet.
  Fog hung over the {landscape}.
  The {bird.pl} were flying south.
  The wind shook the {fruit.pl} from the trees.
rule weather_sky_winter:
  {weather_any}
  Snow lay on the {texture_thing.pl} and on the {tree.pl}.
  There was ice on the {water}.
  A cold wind was blowing over the {landscape}.
  It began to snow again.
  The {tree.pl} were white with frost.
phrase smell: fresh bread, hay, pine wood, wet earth, salt, smoke, soap, apples, lavender, leather, old books, coffee, rain,
  cinnamon, candle wax, fish, mint, roses, wet wool, warm milk, oranges, paint, tar, moss, vanilla, fried onions, chalk
phrase furniture_like: table, cupboard, bench, stove, shelf, window, chest, fireplace, cabinet, armchair, desk, mirror
rule countable_decor:
  {flower.pl} on it
  {an} {colour} {kitchenware} on it
  {countable.pl} on it
  {an} {quality} {keepsake} beside it
  {herb} hanging above it
rule texture:
  {an} {adj_small} {bird} [was singing|sat] in {tree.a}.
  {small_creature.a} [landed|sat down] on {A.of} sleeve.
  Somewhere {an} {sound} could be heard.
  Somewhere {sound.a} could be heard.
  {an} {colour} {vehicle} went past.
  {A} found {countable.a} on the ground and put it back.
  {A} saw {an} {adj_small} {small_creature} on the {texture_thing}.
  Nearby stood {an} {quality} {texture_thing}.
  {any_job.a} walked past and [waved|said hello|smiled].
  {wild_animal.a} ran across the {landscape} and [disappeared|hid behind the {texture_thing}].
  {A} [hummed a tune|thought about {sweet.pl}|yawned|whistled softly|looked at the sky|counted to ten|thought of {A.his} {relative}].
  The {texture_thing} was covered with {an} {adj_cover}.
  On the wall hung {an} {quality} {keepsake} with {an} {colour} {rare_object} beside it.
  In a corner lay {rare_object.a} and {rare_object.a}.
  {an} {colour} cat was asleep on the {furniture}.
  Two {farm_animal.pl} looked over the {texture_thing}.
  {A} was wearing {an} {colour} {garment} and {footwear.pl} of {material}.
  There was {an} {texture} {texture_thing} in the way.
  The clock struck {hour}.
  {any_job.a} was talking about the {weather_thing}.
  {A} thought about {an} {idea_adj} {abstract}.
  Not far from the {shop} stood {an} {texture} {texture_thing}.
  Somebody was telling {job.a} about {an} {idea_adj} {abstract}.
  For lunch there was {taste} {dish} with {vegetable.pl}.
  {A} was hungry and ate {an} {taste} {snack}.
  {A} drank a {vessel} of {drink} and ate {sweet.a}.
  Some {bird.pl} flew over the {building}.
  {an} {taste} smell of {dish} came from the {building}.
phrase adj_small: small, little, tiny, young, brown, grey, lonely, bold, curious, noisy
phrase adj_cover: thin layer of dust, layer of moss, sheet of ice, blanket of leaves, film of dew, coat of paint
phrase vessel: cup, glass, mug, bowl, jug
phrase hour: six, seven, eight, nine, ten, eleven, twelve, three, four, five
rule spend_time_playing:
  [spent|passed] the {time_of_day} {pastime.ing}
  {pastime.ed} for [a while|an hour|half an hour]
  began to {pastime}
  wanted to {pastime}
  {pastime.ed} and forgot the time
  {outing.ed} for [a while|an hour]
rule spend_time_working:
  spent the {time_of_day} {chore.ing}
  had to {chore}
  {chore.ed}, because it was {day}
  helped {A.his} {relative} to {chore}
  {chore.ed} {manner}
)rules"
                                       R"rules(
rule go:
  [went|walked|hurried|ran|strolled|set off] {p.to}
  made {A.his} way {p.to}
  went {manner} {p.to}
  {move_on.ed} {p.to}
verb move_on: walk, hurry, march, wander, trot, rush, skip, tiptoe, race
rule go_back:
  [went|walked|hurried|came] back {p.to}
  returned {p.to}
rule came:
  came {p.to}
  [walked|wandered] {p.to}
rule both_go:
  {A.n} and {B.n} [went|walked|hurried|ran] {p.to} together.
  Together {A.n} and {B.n} [went|walked|set off] {p.to}.
  So {A.n} and {B.n} [went|walked] {p.to}.
  {A} went {p.to}, and {B.n} [came along|followed].
  {A.n} and {B.n} made their way {p.to}.
rule meet:
  [met|found|saw] {B.n} {p.in}
  went {p.to} and met {B.n} there
rule give:
  [gave|handed|passed] {o} to {B.him}
  [gave|handed] {B.him} {o.the}
  put {o} into {B.of} hands
rule present:
  gave {o} to {B.him} as a present
  [gave|handed] {o} to {B.him} to keep
  made {B.him} a present of {o}
rule lend:
  lent {o} to {B.him}
  let {B.him} borrow {o.the}
  lent {B.him} {o.the} for [a few days|a while|an hour]
rule give_back:
  gave {o} back to {B.him}
  returned {o} to {B.him}
  brought {o} back to {B.him}
rule take:
  [took|grabbed] {o}
  picked up {o.the}
rule find:
  found {o} {p.in}
  [saw|spotted] {o} {p.in} and picked it up
noun any_job: baker, farmer, teacher, gardener, milkman/milkmen, postman/postmen, fisherman/fishermen, nurse, sailor, hunter, painter,
  shepherd, policeman/policemen, cook, tailor, carpenter, doctor, miller, woodcutter, musician, butcher
rule leave:
  [left|put down|laid] {o} {p.in}
rule lose:
  But {A} lost {o.the} {p.in} and did not notice.
  {o.the} fell out of {A.of} pocket {p.in}, and nobody noticed.
  Then {A} left without {o.the}, which stayed {p.in}.
rule hide:
  hid {o} in {q}
  put {o} into {q}
rule take_out:
  took {o} out of {q.the}
  [pulled|lifted] {o} out of {q.the}
rule open:
  opened {q.the}[ {manner}|]
  lifted the lid of {q.the}
rule buy:
  bought {o.the} from {B.n}
  paid {B.n} and took {o.the}
rule swap:
  gave {o.the} to {B.him} and got {q.the} for it
  swapped {o.the} for {q.the}
rule thank:
  "Thank you, {B.n}!" said {A.n}.
  {A} thanked {B.him}[ {manner}|].
  "You are a true friend," said {A.n} to {B.n}.
  {A} smiled and gave {B.him} {sweet.a} to say thank you.
rule is_happy:
  was {good_mood}
  was {good_mood} and {good_mood}
  felt {good_mood}
  laughed
rule is_sad:
  was {bad_mood}
  felt {bad_mood}
  was {bad_mood} and [sighed|said nothing|almost cried]
rule later:
  later that day
  an hour later
  when the bells rang
  at {hour} o'clock
rule soon:
  soon afterwards
  a little later
  not long after
rule in_the_evening:
  in the evening
  when it got dark
  at sunset
  before supper
rule next_day:
  the next morning
  the next day
  on the next morning
rule some_days_later:
  some days later
  a week later
  two weeks later
rule afterwards:
  afterwards
  when it was over
rule on_the_way:
  on the way
  a little later
rule then_time:
  then
  after that
  later
rule after_lesson:
  after the lesson
  when the bell rang
rule ending:
  {A.n} and {B.n} [went|walked] home, tired and {good_mood}.
  From that day on, {A.n} and {B.n} were even better friends.
  That night {A} dreamed of {ending_dream}.
  {A.n} and {B.n} still talk about that day.
  And so the day ended well.
  In the evening {A.n} and {B.n} ate {taste} {dish} and laughed about it all.
  {A.n} never forgot that day.
  "What a day!" said {B.n}, and {A.n} nodded.
  {A.n} told {A.his} {relative} all about it.
  {A.n} had learned something: {moral}.
  After supper {A.n} fell asleep at once.
  {A.n} wrote it all down in {an} {colour} notebook.
phrase moral: a friend is worth more than gold, patience helps more than anger, two heads are better than one,
  sharing makes things better, it is never too late to say sorry, a small light is enough in the dark,
  honest words open doors, whoever asks gets an answer, good things take time, nobody can do everything alone,
  courage grows with every step, old things have stories to tell, it is good to look twice
rule ending_dream:
  {zoo_animal.pl} and {sea_creature.pl}
  {an} {colour} {vehicle}
  the {celestial}
  {an} {size} {landscape}
  {flower.pl} as big as {tree.pl}
  {an} {building} made of {material}
)rules";

}  // namespace bantam::corpus
