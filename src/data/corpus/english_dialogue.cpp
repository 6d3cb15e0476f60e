// English sentences of questions and conversations.
#include "data/corpus/sources.h"

namespace bantam::corpus {

const std::string_view kEnglishDialogue = R"talk(
noun handy: ball, kite, lantern, book, key, hat, drum, map, apple, coin, doll, rope, basket, lamp, ring, letter, cup, pen,
  scarf, bell, box, candle, flute, watch, umbrella, hammer, pear, shell, mirror, bag, coat, stone, whistle, spoon, puzzle,
  bottle, camera, feather, brush, bowl, knife, boat, torch, ticket, necklace, pencil, blanket, bucket, guitar, helmet,
  cake, flower, stick, towel, jar, plate, violin, broom, compass, lemon, orange, sweater, glove, cushion, crown, medal,
  notebook, ruler, button, comb, fork, jug, kettle, ladder, magnet, marble, needle, pillow, purse, radio, robot, saw,
  shovel, sock, stamp, telescope, trumpet, vase, wallet, balloon, banana, bracelet, carrot, clock, diary, fan, hoop, jacket,
  cap, ribbon, mask, melon, pan, peach, plum, puppet, rake, rose, sandwich, shirt, tent, teapot, tomato, tool, belt, mug,
  newspaper, onion, egg
noun holding: box, bag, basket, jar, bowl, drawer, crate, tin

rule own_had:
  {A.n} had {o.a}.
rule own_give:
  {A.n} gave {o.the} to {B.n}.
  {A.n} handed {o.the} to {B.n}.
  {A.n} passed {o.the} to {B.n}.
  {A.n} lent {o.the} to {B.n}.
  {A.n} sold {o.the} to {B.n}.
  Then {A.n} gave {o.the} to {B.n}.
rule own_take:
  {A.n} took {o.the} from {B.n}.
  {A.n} got {o.the} from {B.n}.
  {A.n} borrowed {o.the} from {B.n}.
rule own_swap:
  {A.n} swapped {o.the} with {B.n} for {q.the}.
rule own_aside:
  {A.n} was {good_mood}.
  {A.n} laughed.
  {A.n} went to the {building}.
  It was {an} {weather} {time_of_day}.
  {A.n} ate {fruit.a}.
  {A.n} sat down.
  {A.n} sang a song.
  {A.n} looked at the {bird.pl}.
rule own_question:
  Who has {o.the} now?

rule problem_add:
  {A.n} has {n.d} {x.pl}. {B.n} gives {A.n} {m.d} more. How many {x.pl} does {A.n} have now?
  There are {n.d} {x.pl} in the {y}. {A.n} adds {m.d} more. How many {x.pl} are in the {y} now?
  {A.n} finds {n.d} {x.pl} and {B.n} finds {m.d}. How many {x.pl} do they have together?
rule problem_subtract:
  {A.n} has {n.d} {x.pl} and gives {m.d} to {B.n}. How many {x.pl} does {A.n} have left?
  There are {n.d} {x.pl} in the {y}. {A.n} takes {m.d}. How many {x.pl} are left?
  {A.n} has {n.d} {x.pl} and loses {m.d}. How many {x.pl} are left?
rule problem_multiply:
  There are {n.d} {y.pl} with {m.d} {x.pl} in each. How many {x.pl} are there?
  {A.n} fills {n.d} {y.pl} with {m.d} {x.pl} each. How many {x.pl} are there?
rule problem_divide:
  {A.n} puts {n.d} {x.pl} into {m.d} {y.pl}, the same number in each. How many {x.pl} are in each {y}?
  {m.d} friends share {n.d} {x.pl}. How many {x.pl} does each friend get?
)talk"
                                          R"talk(
rule chat_hello:
  Hello!
  Hi!
  Good morning!
  Good evening!
  Hi there!
  Hello, are you there?
rule chat_hello_back:
  Hello! How can I help you?
  Hi! What would you like to talk about?
  Hello! It is nice to talk to you.
  Hello! Would you like a story or a question?
rule chat_thanks:
  Thank you!
  Thanks, that is all.
  Thank you, goodbye!
  Bye!
  Thanks!
rule chat_welcome:
  You are welcome!
  Goodbye! Come back soon.
  It was a pleasure. Goodbye!
  You are welcome. Have a nice day!
rule chat_my_name:
  Hello, my name is {A.n}.
  Hi, I am {A.n}.
  My name is {A.n}. What is your name?
  I am called {A.n}. And you?
rule chat_nice_to_meet:
  Nice to meet you, {A.n}! I am Bantam.
  Hello, {A.n}! My name is Bantam.
rule chat_what_is_my_name:
  What is my name?
  Do you remember my name?
rule chat_your_name:
  Your name is {A.n}.
rule chat_ask_story:
  Tell me a story about {A.n} and {B.n}.
  Please tell me a story about {A.n}.
  Can you tell me a story about {B.n} and {A.n}?
  I would like to hear a story about {A.n} and {B.n}.
  Write a short story about {A.n}.
rule story_who_has:
  Who has {o.the} in the end?
rule story_has:
  {A.n} has {o.the}.
rule story_friend:
  Who is {A.of} friend?
  What is the name of {A.of} friend?
rule story_friend_is:
  {A.of} friend is {B.n}.
rule story_where:
  Where does {A.n} live?
rule story_lives_in:
  {A.n} lives in {x.a}.
rule story_lives_on:
  {A.n} lives on {x.a}.
rule story_what_is:
  Who is {A.n}?
  What do you know about {A.n}?
rule story_is:
  {A.n} is {an} {A.full}.
rule chat_meaning:
  What is {x.a}?
rule chat_meaning_is:
  {x.pl}.
rule chat_translate:
  How do you say '{x}' in Italian?
  What is the Italian word for '{x}'?
rule chat_translation:
  In Italian it is '{x.pl}'.
rule chat_opposite:
  What is the opposite of '{x}'?
rule chat_opposite_is:
  The opposite of '{x}' is '{x.pl}'.
rule chat_sound:
  What does {x.a} do when it makes a sound?
  What sound does {x.a} make?
rule chat_sound_is:
  {x.a} {x.pl}.
rule chat_colour:
  What colour is {x}?
rule chat_colour_is:
  {x} is {x.pl}.
rule chat_what_is:
  What is {x.a}?
rule chat_is_it:
  Is {x.a} {y.pl}?
rule chat_yes_it_is:
  Yes, {x.a} is {y.pl}.
rule chat_no_it_is_not:
  No, {x.a} is not {y.pl}.
rule chat_after:
  What number comes after {n.d}?
rule chat_after_is:
  {m.d}
rule chat_larger:
  Which number is larger, {n.d} or {m.d}?
rule chat_larger_is:
  {t.d}
rule chat_count:
  Count from {n.d} to {m.d}.
rule about_fruit:
  {x.a} is a fruit. You can eat it.
rule about_vegetable:
  {x.a} is a vegetable. You can cook it.
rule about_bird:
  {x.a} is a bird. It has feathers and lays eggs.
rule about_farm_animal:
  {x.a} is a farm animal. It lives on a farm.
rule about_wild_animal:
  {x.a} is a wild animal. It lives in the forest or in the fields.
rule about_zoo_animal:
  {x.a} is a wild animal from far away. You can see it in a zoo.
rule about_instrument:
  {x.a} is a musical instrument. You can make music with it.
rule about_tool:
  {x.a} is a tool. People use it when they work.
rule about_vehicle:
  {x.a} is a vehicle. It takes people from one place to another.
rule about_garment:
  {x.a} is a garment. You can wear it.
rule about_flower:
  {x.a} is a flower. It grows in gardens and meadows.
rule about_tree:
  {x.a} is a tree. It has roots and branches.
rule about_furniture:
  {x.a} is a piece of furniture. You find it in a house.
rule about_small_creature:
  {x.a} is a small creature. You can see it in the grass or in the garden.
rule about_sea_creature:
  {x.a} is an animal of the sea. It lives in the water.
rule about_toy:
  {x.a} is a toy. Children play with it.
rule about_building:
  {x.a} is a building. People built it.
rule about_pet:
  {x.a} is a pet. It lives with people.
)talk"
                                          R"talk(
rule talk_who:
  Who are you?
  What are you?
  Are you a person?
  What is your name?
rule reply_who:
  I am Bantam, a small language model.
  My name is Bantam. I am a small language model.
rule talk_how:
  How are you?
  How are you today?
rule reply_how:
  I am fine, thank you.
  I am well, thank you. And how are you?
rule talk_like:
  Do you like {y.pl}?
  Do you eat {y.pl}?
rule reply_like:
  I cannot eat, but I know that {y.a} is a fruit.
rule talk_weather:
  What is the weather like?
  Is it raining?
rule reply_weather:
  I cannot see the sky. Please look out of the window.
rule talk_can:
  What can you do?
  How can you help me?
rule reply_can:
  I can tell little stories, answer questions and do simple sums.
  I can tell you a story or do a sum with you.
rule talk_bored:
  I am bored.
  I do not know what to do today.
rule reply_bored:
  You could {x}.
  Why do you not {x}?
  Perhaps you would like to {x}.
rule talk_tired:
  I am tired.
  I did not sleep well.
rule reply_tired:
  Then take a rest. You could {x} tomorrow.
rule talk_sad:
  I am sad today.
  I feel lonely.
rule reply_sad:
  I am sorry to hear that. Perhaps your {z} can cheer you up.
  I am sorry. It may help to {x}.
rule talk_happy:
  I am happy today.
  Today is a good day.
rule reply_happy:
  I am glad to hear that!
  That is wonderful! Tell it to your {z}.
rule talk_joke:
  Tell me a joke.
  Do you know a joke?
rule reply_joke:
  Why did {joke_animal} cross the road? To get to the other side.
rule joke_animal:
  {farm_animal.the}
  {wild_animal.the}
  {zoo_animal.the}
rule talk_food:
  I am hungry.
  What should I eat?
rule reply_food:
  How about {y.a}?
  You could eat {y.a} or some {dish}.
rule talk_hobby:
  I like to {x}.
  My hobby is to {x}.
rule reply_hobby:
  That sounds nice. Do you do it with your {z}?
  That is a good hobby.
rule talk_friend:
  Do you have friends?
  Are you my friend?
rule reply_friend:
  Everybody who talks to me is my friend.
rule talk_old:
  How old are you?
  When were you born?
rule reply_old:
  I am very young. I was trained a short time ago.
rule talk_where:
  Where do you live?
  Where are you?
rule reply_where:
  I live in your computer.
rule talk_tip:
  My {z} has a birthday. What can I give as a present?
  I need a present for my {z}.
rule reply_tip:
  How about {keepsake.a} or {readable.a}?
  You could give your {z} {garment.a}.

couple genus: fruit=a fruit, vegetable=a vegetable, bird=a bird, farm_animal=a farm animal, wild_animal=a wild animal, zoo_animal=a wild animal from far away, instrument=a musical instrument, tool=a tool, vehicle=a vehicle, garment=a garment, flower=a flower, tree=a tree, furniture=a piece of furniture, small_creature=a small creature, sea_creature=an animal of the sea, toy=a toy, building=a building, pet=a pet
couple opposite: big=small, hot=cold, old=young, long=short, high=low, fast=slow, good=bad, early=late, full=empty, hard=soft,
  heavy=light, dark=bright, wet=dry, happy=sad, open=closed, right=left, strong=weak, thick=thin, near=far, loud=quiet, rich=poor,
  clean=dirty, deep=shallow, wide=narrow, brave=timid, sweet=sour, new=old, day=night, summer=winter, up=down, inside=outside,
  first=last, always=never, begin=end, give=take, buy=sell, push=pull, win=lose, laugh=cry, remember=forget, love=hate,
  question=answer, friend=enemy, north=south, east=west, true=false, easy=difficult, safe=dangerous, polite=rude, lazy=diligent,
  sharp=blunt, smooth=rough, tidy=untidy, awake=asleep, alive=dead, generous=mean, patient=impatient, ancient=modern
couple sound_of: dog=barks, cat=meows, cow=moos, sheep=bleats, horse=neighs, pig=grunts, duck=quacks, hen=clucks, rooster=crows, lion=roars,
  wolf=howls, frog=croaks, bee=buzzes, owl=hoots, mouse=squeaks, snake=hisses, donkey=brays, dove=coos, bird=sings, elephant=trumpets,
  goose=honks, bear=growls, crow=caws, cricket=chirps, turkey=gobbles
couple colour_of: a lemon=yellow, snow=white, grass=green, the sky=blue, coal=black, a tomato=red, a carrot=orange, blood=red,
  a banana=yellow, milk=white, a plum=purple, chocolate=brown, a cucumber=green, an elephant=grey, a frog=green, a raven=black,
  a swan=white, a strawberry=red, a sunflower=yellow, an orange=orange, a violet=violet, a pea=green, the sea=blue, a flamingo=pink,
  a cherry=red, sand=yellow, wood=brown, a mouse=grey, lettuce=green, a fox=red
couple translation: dog=cane, cat=gatto, house=casa, tree=albero, water=acqua, bread=pane, milk=latte, sun=sole, moon=luna, star=stella,
  book=libro, friend=amico, girl=ragazza, boy=ragazzo, mother=madre, father=padre, sister=sorella, brother=fratello, apple=mela,
  pear=pera, cherry=ciliegia, flower=fiore, sea=mare, mountain=montagna, river=fiume, bridge=ponte, road=strada, city=città,
  school=scuola, teacher=maestro, table=tavolo, chair=sedia, bed=letto, window=finestra, door=porta, key=chiave, hand=mano, head=testa,
  eye=occhio, red=rosso, green=verde, yellow=giallo, white=bianco, black=nero, big=grande, small=piccolo, good=buono, beautiful=bello,
  old=vecchio, new=nuovo, one=uno, two=due, three=tre, four=quattro, five=cinque, six=sei, seven=sette, eight=otto, nine=nove, ten=dieci,
  morning=mattina, evening=sera, night=notte, day=giorno, year=anno, horse=cavallo, bird=uccello, fish=pesce, cheese=formaggio, wine=vino,
  egg=uovo, salt=sale, sugar=zucchero, coffee=caffè, hello=ciao, thank you=grazie, please=per favore, yes=sì, no=no, goodbye=arrivederci,
  snow=neve, rain=pioggia, wind=vento, fire=fuoco, to eat=mangiare, to drink=bere, to sleep=dormire, to read=leggere, to write=scrivere,
  to play=giocare, to sing=cantare, to run=correre, garden=giardino, kitchen=cucina, letter=lettera, ball=palla, shoe=scarpa, hat=cappello
couple meaning: baker=A baker is a person who bakes bread, farmer=A farmer is a person who works in the fields,
  teacher=A teacher is a person who helps others to learn, doctor=A doctor is a person who helps sick people,
  tailor=A tailor is a person who makes clothes, miller=A miller is a person who grinds grain into flour,
  gardener=A gardener is a person who looks after plants, carpenter=A carpenter is a person who makes things out of wood,
  cook=A cook is a person who prepares food, shepherd=A shepherd is a person who looks after sheep,
  blacksmith=A blacksmith is a person who makes things out of iron, librarian=A librarian is a person who looks after books,
  nurse=A nurse is a person who cares for sick people, painter=A painter is a person who paints pictures or walls,
  sailor=A sailor is a person who works on a ship, musician=A musician is a person who makes music,
  potter=A potter is a person who makes pots out of clay, weaver=A weaver is a person who makes cloth,
  captain=A captain is the leader of a ship, shoemaker=A shoemaker is a person who makes shoes,
  butcher=A butcher is a person who sells meat, mayor=A mayor is the head of a town, beekeeper=A beekeeper is a person who keeps bees,
  vet=A vet is a doctor for animals, poet=A poet is a person who writes poems, pilot=A pilot is a person who flies aeroplanes,
  dentist=A dentist is a doctor for teeth, judge=A judge is a person who decides in court, hunter=A hunter is a person who hunts wild animals,
  photographer=A photographer is a person who takes photographs, pharmacist=A pharmacist is a person who sells medicine,
  library=A library is a place where you can read and borrow books, school=A school is a place where children learn,
  bakery=A bakery is a place where bread is made, market=A market is a place where people buy and sell things,
  harbour=A harbour is a place where ships are safe, lighthouse=A lighthouse is a tower that shows ships the way,
  museum=A museum is a place where you can look at old or beautiful things, hospital=A hospital is a place where sick people are cared for,
  theatre=A theatre is a place where plays are shown, station=A station is a place where trains stop,
  barn=A barn is a building for hay and grain, attic=An attic is a room under the roof, cellar=A cellar is a room under the house,
  island=An island is land with water all around it, river=A river is water that flows to the sea,
  lake=A lake is water with land all around it, mountain=A mountain is a very high hill, forest=A forest is a place with many trees,
  desert=A desert is a dry place with much sand, bridge=A bridge leads over a river or a road, cave=A cave is a hollow in a rock,
  lantern=A lantern is a lamp that you can carry, candle=A candle is a stick of wax that gives light,
  compass=A compass shows where north is, map=A map is a drawing of a place, diary=A diary is a book in which you write about your days,
  key=A key opens a lock, clock=A clock shows the time, telescope=A telescope makes far things look near,
  mirror=A mirror shows you your own face, umbrella=An umbrella keeps you dry in the rain, ladder=A ladder helps you to climb up,
  hammer=A hammer is a tool for nails, saw=A saw is a tool that cuts wood, broom=A broom is for sweeping the floor,
  bucket=A bucket is for carrying water, basket=A basket is for carrying things, kettle=A kettle is for boiling water,
  pillow=A pillow is for your head when you sleep, blanket=A blanket keeps you warm in bed, scarf=A scarf keeps your neck warm,
  kite=A kite is a toy that flies in the wind, puzzle=A puzzle is a picture in many pieces, doll=A doll is a toy that looks like a person,
  letter=A letter is a message on paper, stamp=A stamp is a small picture that you put on a letter, ticket=A ticket lets you travel or come in,
  promise=A promise is something you say that you will do, secret=A secret is something that only few people know,
  riddle=A riddle is a question that is hard to answer, dream=A dream is what you see when you sleep,
  friend=A friend is a person whom you like and trust, neighbour=A neighbour is a person who lives next to you,
  orphan=An orphan is a child without parents, twin=A twin is one of two children born on the same day,
  storm=A storm is strong wind with rain or snow, rainbow=A rainbow is a bow of colours in the sky, shadow=A shadow is a dark shape behind the light,
  orchard=An orchard is a garden of fruit trees, vineyard=A vineyard is a field where grapes grow, meadow=A meadow is a field of grass and flowers
)talk";

}  // namespace bantam::corpus
