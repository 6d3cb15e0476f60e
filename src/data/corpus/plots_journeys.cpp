// Plots that turn on going somewhere: errands, picnics, storms, rescues, treasures.
#include "data/corpus/arithmetic.h"
#include "data/corpus/story.h"

namespace bantam::corpus {
namespace {

void delivery(Story& s) {
  Thing& o = s.owned_thing(s.c, s.dice.pick<std::string_view>({"parcel", "readable", "container", "cooked"}));
  Person& d = s.another_person();
  s.world.go(d, s.place(2));
  s.tell.say("errand", {.A = &s.a, .C = &s.c, .D = &d, .o = &o, .p = &s.place(2)});
  s.give(s.c, o, s.a);
  s.tell.lead("on_the_way");
  s.world.go(s.a, s.place(1));
  s.tell.say("errand_obstacle", {.A = &s.a, .B = &s.b, .o = &o, .p = &s.place(1)});
  s.meet(s.a, d);
  s.tell.act("hand_over_from", {.A = &s.a, .B = &d, .C = &s.c, .o = &o});
  s.world.donate(s.a, o, d);
  s.tell.say("errand_thanks", {.A = &s.a, .D = &d, .o = &o});
}

void picnic(Story& s) {
  Thing& q = s.container(s.place(0), "picnic_container");
  Thing& o = s.thing("sweet_gift");
  Thing& k = s.thing("picnic_thing");
  s.tell.say("picnic_plan", {.A = &s.a, .B = &s.b, .p = &s.place(1)});
  s.world.own(s.a, o);
  s.world.hide(s.a, o, q);
  o.hidden = false;
  s.tell.act("packs_into", {.A = &s.a, .o = &o, .q = &q});
  s.world.own(s.b, k);
  s.both_go(s.a, s.b, s.place(1));
  q.place = &s.place(1);
  if (s.dice.chance(50)) {
    s.tell.say("picnic_forgot", {.A = &s.a, .B = &s.b, .o = &k, .q = &q});
    s.texture(s.a);
  } else {
    s.tell.say("picnic_scene", {.A = &s.a, .B = &s.b, .o = &k, .p = &s.place(1)});
  }
  s.take_out(s.a, o);
  s.tell.say("share_food", {.A = &s.a, .B = &s.b, .o = &o});
  s.world.use_up(o);
  s.tell.lead("in_the_evening");
  s.both_go(s.a, s.b, s.place(0));
}

void storm_light(Story& s) {
  Thing& o = s.owned_thing(s.a, "light");
  s.both_go(s.a, s.b, s.place(1));
  s.pastime(s.a);
  s.tell.say("storm_comes", {.A = &s.a, .B = &s.b, .p = &s.place(1)});
  s.tell.say("afraid", {.A = &s.b, .B = &s.a});
  s.tell.act("light_thing", {.A = &s.a, .o = &o});
  if (s.dice.chance(50)) s.give(s.a, o, s.b);
  s.tell.say("storm_passes", {.A = &s.a, .B = &s.b, .o = &o});
  s.tell.lead("afterwards");
  s.both_go(s.a, s.b, s.place(0));
}

void treasure_map(Story& s) {
  Thing& k = s.owned_thing(s.a, "map_thing");
  Thing& q = s.container(s.place(2), "treasure_container");
  Thing& o = s.thing(s.dice.pick<std::string_view>({"jewel", "keepsake", "readable"}));
  o.container = &q;
  s.tell.say("map_found", {.A = &s.a, .B = &s.b, .k = &k, .p = &s.place(2)});
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("map_riddle", {.A = &s.a, .B = &s.b, .k = &k, .p = &s.place(1), .r = &s.place(2)});
  s.both_go(s.a, s.b, s.place(2));
  s.tell.say("dig_up", {.A = &s.a, .B = &s.b, .q = &q, .p = &s.place(2)});
  s.tell.act("open", {.A = &s.b, .q = &q});
  s.take_out(s.b, o);
  s.tell.say("treasure_joy", {.A = &s.a, .B = &s.b, .o = &o});
  if (s.dice.chance(50)) s.give(s.b, o, s.a);
}

void locked_box(Story& s) {
  Thing& q = s.container(s.place(0), "treasure_container");
  Thing& k = s.owned_thing(s.c, "key_thing");
  Thing& o = s.thing(s.dice.pick<std::string_view>({"jewel", "readable", "keepsake"}));
  q.locked = true;
  o.container = &q;
  s.tell.say("locked", {.A = &s.a, .q = &q, .k = &k, .p = &s.place(0)});
  s.world.go(s.c, s.place(1));
  s.meet(s.a, s.c);
  s.tell.say("ask_key", {.A = &s.a, .C = &s.c, .q = &q, .k = &k});
  s.lend(s.c, k, s.a);
  s.back(s.a, s.place(0));
  q.locked = false;
  s.tell.act("unlock", {.A = &s.a, .q = &q, .k = &k});
  s.take_out(s.a, o);
  s.tell.say("show_to", {.A = &s.a, .B = &s.b, .o = &o});
  s.meet(s.a, s.c);
  s.give_back(s.a, k, s.c);
}

void lost_pet(Story& s) {
  const Word& x = s.tell.draw("pet");
  const Word& y = s.tell.draw("pet_name");
  s.tell.say("pet_gone", {.A = &s.a, .B = &s.b, .x = &x, .y = &y});
  s.tell.say("pet_called", {.A = &s.a, .B = &s.b, .p = &s.place(1), .x = &x, .y = &y});
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("pet_trace", {.A = &s.a, .B = &s.b, .p = &s.place(1), .r = &s.place(2), .x = &x, .y = &y});
  s.both_go(s.a, s.b, s.place(2));
  s.tell.say("pet_found", {.A = &s.a, .B = &s.b, .p = &s.place(2), .x = &x, .y = &y});
  s.tell.lead("in_the_evening");
  s.both_go(s.a, s.b, s.place(0));
}

void rescue_from_height(Story& s) {
  const Word& x = s.tell.draw("climber");
  Thing& k = s.owned_thing(s.c, "climbing_tool");
  s.go(s.a, s.place(1));
  s.tell.say("stuck_above", {.A = &s.a, .p = &s.place(1), .x = &x});
  s.tell.say("tries_alone", {.A = &s.a, .B = &s.b, .x = &x});
  s.world.go(s.c, s.place(2));
  s.meet(s.a, s.c);
  s.tell.say("ask_tool", {.A = &s.a, .C = &s.c, .q = &k});
  s.lend(s.c, k, s.a);
  s.back(s.a, s.place(1));
  s.tell.say("climbs_and_saves", {.A = &s.a, .k = &k, .x = &x});
  s.meet(s.a, s.c);
  s.give_back(s.a, k, s.c);
}

void fog(Story& s) {
  Thing& o = s.owned_thing(s.b, s.dice.pick<std::string_view>({"light", "signal"}));
  s.go(s.a, s.place(1));
  s.pastime(s.a);
  s.tell.say("fog_falls", {.A = &s.a, .p = &s.place(1)});
  s.mood(s.a, false);
  s.tell.say("worried_at_home", {.A = &s.b, .B = &s.a, .o = &o});
  s.meet(s.b, s.a);
  s.tell.say("guided_home", {.A = &s.b, .B = &s.a, .o = &o});
  s.world.go(s.a, s.place(0));
  s.world.go(s.b, s.place(0));
}

void night_noise(Story& s) {
  Thing& o = s.owned_thing(s.a, "light");
  const Word& x = s.tell.draw("night_animal");
  s.tell.say("noise_at_night", {.A = &s.a, .p = &s.place(1)});
  s.tell.act("wake_friend", {.A = &s.a, .B = &s.b});
  s.tell.act("light_thing", {.A = &s.a, .o = &o});
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("noise_solved", {.A = &s.a, .B = &s.b, .o = &o, .p = &s.place(1), .x = &x});
  s.tell.say("back_to_bed", {.A = &s.a, .B = &s.b, .x = &x});
}

void missed_train(Story& s) {
  Thing& o = s.owned_thing(s.a, "ticket");
  const Word& x = s.tell.draw("transport");
  s.tell.say("journey_plan", {.A = &s.a, .B = &s.b, .o = &o, .x = &x});
  s.tell.say("ticket_missing", {.A = &s.a, .o = &o, .x = &x});
  s.world.lose(s.a, o, s.place(0));
  s.tell.say("ticket_found", {.A = &s.b, .B = &s.a, .o = &o, .p = &s.place(0)});
  s.world.take(s.b, o);
  s.give(s.b, o, s.a);
  s.tell.say("just_in_time", {.A = &s.a, .B = &s.b, .x = &x});
}

void boat_and_water(Story& s) {
  Thing& o = s.owned_thing(s.a, s.dice.pick<std::string_view>({"garment", "toy", "keepsake"}));
  const Word& x = s.tell.draw("rowing");
  s.tell.say("row_out", {.A = &s.a, .B = &s.b, .o = &o, .x = &x});
  s.texture(s.b);
  s.tell.say("falls_in_water", {.A = &s.a, .B = &s.b, .o = &o, .x = &x});
  s.world.lose(s.a, o, s.place(1));
  s.mood(s.a, false);
  s.world.go(s.b, s.place(1));
  s.tell.say("fishes_out", {.A = &s.b, .B = &s.a, .o = &o});
  s.world.take(s.b, o);
  s.world.go(s.b, *s.a.place);
  s.give(s.b, o, s.a);
  s.tell.say("dry_again", {.A = &s.a, .B = &s.b, .o = &o});
}

void snow_day(Story& s) {
  Thing& o = s.owned_thing(s.a, "winter_garment");
  s.tell.say("snow_falls", {.A = &s.a, .B = &s.b});
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("snowman", {.A = &s.a, .B = &s.b, .p = &s.place(1)});
  s.world.leave(s.a, o);
  s.tell.act("take_off", {.A = &s.a, .o = &o});
  s.tell.say("on_snowman", {.A = &s.a, .B = &s.b, .o = &o});
  s.tell.say("freezing", {.A = &s.a, .B = &s.b, .o = &o});
  s.take(s.b, o);
  s.give(s.b, o, s.a);
  s.tell.say("hot_drink", {.A = &s.a, .B = &s.b, .C = &s.c});
}

void market_day(Story& s) {
  const auto [price, change] = s.facts.addends(s.dice, 2);
  Thing& o =
      s.owned_thing(s.c, s.dice.pick<std::string_view>({"garment", "toy", "kitchen_thing", "keepsake"}));
  s.world.go(s.c, s.place(1));
  s.tell.say("goes_to_market", {.A = &s.a, .p = &s.place(1), .n = price + change});
  s.meet(s.a, s.c);
  s.tell.say("price", {.A = &s.a, .C = &s.c, .o = &o, .n = price});
  s.buy(s.a, o, s.c);
  s.tell.say("coins_left", {.A = &s.a, .n = price, .m = change, .t = price + change});
  s.meet(s.a, s.b);
  s.tell.say("shows_purchase", {.A = &s.a, .B = &s.b, .o = &o});
}

void wish_granted(Story& s) {
  const Word& x = s.tell.draw("magic_animal");
  Thing& o = s.thing(s.dice.pick<std::string_view>({"jewel", "instrument", "garment"}));
  s.go(s.a, s.place(1));
  s.tell.say("trapped_creature", {.A = &s.a, .p = &s.place(1), .x = &x});
  s.tell.say("frees_creature", {.A = &s.a, .x = &x});
  s.tell.say("wish_offer", {.A = &s.a, .B = &s.b, .x = &x});
  s.world.own(s.b, o);
  s.tell.say("wish_for_friend", {.A = &s.a, .B = &s.b, .o = &o, .x = &x});
  s.back(s.a, s.place(0));
  s.tell.say("wish_true", {.A = &s.b, .B = &s.a, .o = &o});
}

void letter_from_afar(Story& s) {
  Thing& o = s.thing("letter");
  const Word& x = s.tell.draw("relative");
  const Word& y = s.tell.draw("town");
  s.world.own(s.c, o);
  s.tell.say("letter_comes", {.A = &s.a, .C = &s.c, .o = &o, .x = &x});
  s.world.donate(s.c, o, s.a);
  s.tell.say("letter_read", {.A = &s.a, .B = &s.b, .o = &o, .x = &x, .y = &y});
  s.tell.say("travel_there", {.A = &s.a, .B = &s.b, .x = &x, .y = &y});
  s.texture(s.b);
  s.tell.say("warm_welcome", {.A = &s.a, .B = &s.b, .x = &x, .y = &y});
}

void helpful_crossing(Story& s) {
  Thing& o = s.owned_thing(s.c, s.dice.pick<std::string_view>({"container", "tool", "parcel"}));
  s.world.go(s.c, s.place(1));
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("heavy_load", {.A = &s.a, .B = &s.b, .C = &s.c, .o = &o, .p = &s.place(1)});
  s.give(s.c, o, s.a);
  s.tell.say("carry_along", {.A = &s.a, .B = &s.b, .C = &s.c, .o = &o, .p = &s.place(2)});
  for (Person* person : {&s.a, &s.b, &s.c}) s.world.go(*person, s.place(2));
  s.give_back(s.a, o, s.c);
  s.tell.say("small_reward", {.A = &s.a, .B = &s.b, .C = &s.c});
}

constexpr Plot kPlots[] = {
    {"delivery", delivery},
    {"picnic", picnic, 1},
    {"storm light", storm_light},
    {"treasure map", treasure_map},
    {"locked box", locked_box},
    {"lost pet", lost_pet},
    {"rescue", rescue_from_height},
    {"fog", fog, 2},
    {"night noise", night_noise},
    {"missed train", missed_train},
    {"boat and water", boat_and_water, 1},
    {"snow day", snow_day, 3},
    {"market day", market_day},
    {"wish granted", wish_granted},
    {"letter from afar", letter_from_afar},
    {"helpful crossing", helpful_crossing},
};

}  // namespace

std::span<const Plot> plots_of_journeys() { return kPlots; }

}  // namespace bantam::corpus
