// English sentences of the plots in plots_people.cpp, in their order.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kEnglishPlotsOfPeople = R"plots(
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
)plots";

}  // namespace bantam::corpus
