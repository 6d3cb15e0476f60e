// English sentences of the plots in plots_journeys.cpp, in their order.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kEnglishPlotsOfJourneys = R"plots(
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
