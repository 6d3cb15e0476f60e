// Plots that turn on a thing: lost, lent, swapped, broken, hidden, mistaken, counted.
#include "data/corpus/arithmetic.h"
#include "data/corpus/story.h"

namespace bantam::corpus {
namespace {

std::string_view portable(Story& s) {
  return s.dice.pick<std::string_view>(
      {"toy", "keepsake", "garment", "readable", "jewel", "keepsake", "light"});
}

void lost_and_found(Story& s) {
  Thing& o = s.owned_thing(s.a, portable(s));
  s.tell.say("treasure", {.A = &s.a, .o = &o});
  s.go(s.a, s.place(1));
  s.pastime(s.a);
  s.lose(s.a, o);
  s.tell.lead("later");
  s.back(s.a, s.place(0));
  s.tell.say("miss", {.A = &s.a, .o = &o});
  s.mood(s.a, false);
  s.tell.act("search", {.A = &s.a, .o = &o, .p = &s.place(0)});
  s.tell.say("offer_search", {.A = &s.a, .B = &s.b, .o = &o, .p = &s.place(1)});
  if (s.dice.chance(50)) {
    s.both_go(s.a, s.b, s.place(2));
    s.tell.say("not_here", {.A = &s.a, .B = &s.b, .o = &o, .p = &s.place(2)});
  }
  s.both_go(s.a, s.b, s.place(1));
  s.find(s.b, o);
  s.give(s.b, o, s.a);
  s.thank(s.a, s.b);
}

void found_by_another(Story& s) {
  Thing& o = s.owned_thing(s.a, portable(s));
  s.tell.say("treasure", {.A = &s.a, .o = &o});
  s.go(s.a, s.place(1));
  s.lose(s.a, o);
  s.tell.lead("soon");
  s.world.go(s.b, s.place(1));
  s.tell.act("came", {.A = &s.b, .p = &s.place(1)});
  s.find(s.b, o);
  s.tell.say("whose", {.A = &s.b, .o = &o});
  s.tell.act("ask_around", {.A = &s.b, .C = &s.c});
  s.tell.say("belongs", {.A = &s.b, .B = &s.a, .C = &s.c, .o = &o});
  s.back(s.a, s.place(1));
  s.give_back(s.b, o, s.a);
  s.thank(s.a, s.b);
}

void lend_and_return(Story& s) {
  Thing& o = s.owned_thing(
      s.a, s.dice.pick<std::string_view>({"tool", "instrument", "keepsake", "readable", "toy"}));
  s.tell.say("owns", {.A = &s.a, .o = &o});
  s.tell.say("ask_lend", {.A = &s.a, .B = &s.b, .o = &o});
  s.lend(s.a, o, s.b);
  s.go(s.b, s.place(1));
  s.tell.say("use_gladly", {.A = &s.b, .o = &o, .p = &s.place(1)});
  s.texture(s.b);
  if (s.dice.chance(40)) {
    s.world.break_thing(o);
    s.tell.act("break", {.A = &s.b, .o = &o});
    s.mood(s.b, false);
    s.world.go(s.c, s.place(1));
    s.tell.say("mended_by", {.A = &s.b, .C = &s.c, .o = &o});
    s.world.mend(o);
  }
  s.tell.lead("in_the_evening");
  s.back(s.b, s.place(0));
  s.give_back(s.b, o, s.a);
  s.tell.say("lend_thanks", {.A = &s.a, .B = &s.b, .o = &o});
}

void swap_of_two(Story& s) {
  Thing& o = s.owned_thing(s.a, portable(s));
  Thing& q = s.owned_thing(s.b, portable(s));
  s.tell.say("owns", {.A = &s.a, .o = &o});
  s.tell.say("owns", {.A = &s.b, .o = &q});
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("admire_both", {.A = &s.a, .B = &s.b, .o = &o, .q = &q});
  s.tell.say("propose_swap", {.A = &s.a, .B = &s.b, .o = &o, .q = &q});
  if (s.dice.chance(75)) {
    s.swap(s.a, o, s.b, q);
    s.tell.say("after_swap", {.A = &s.a, .B = &s.b, .o = &o, .q = &q});
    if (s.dice.chance(35)) {
      s.tell.say("regret_swap", {.A = &s.a, .B = &s.b, .o = &o, .q = &q});
      s.swap(s.a, q, s.b, o);
    }
  } else {
    s.tell.say("refuse_swap", {.A = &s.a, .B = &s.b, .o = &o, .q = &q});
  }
}

void hide_and_seek_thing(Story& s) {
  Thing& o = s.owned_thing(s.a, portable(s));
  Thing& q = s.container(s.place(1));
  Thing& k = s.container(s.place(1), "furniture_container");
  s.tell.say("hiding_game", {.A = &s.a, .B = &s.b, .o = &o});
  s.go(s.a, s.place(1));
  s.hide(s.a, o, q);
  s.tell.say("seek_call", {.A = &s.a, .B = &s.b});
  s.go(s.b, s.place(1));
  if (s.dice.chance(60)) s.tell.say("wrong_container", {.A = &s.b, .o = &o, .q = &k});
  s.tell.act("open", {.A = &s.b, .q = &q});
  s.take_out(s.b, o);
  s.tell.say("seek_won", {.A = &s.b, .B = &s.a, .o = &o});
}

void broken_and_told(Story& s) {
  Thing& o = s.thing("breakable");
  s.world.own(s.c, o);
  s.world.lose(s.c, o, s.place(0));
  s.tell.say("stands", {.C = &s.c, .o = &o, .p = &s.place(0)});
  s.tell.say("wild_play", {.A = &s.a, .B = &s.b, .p = &s.place(0)});
  s.world.break_thing(o);
  s.tell.say("knock_over", {.A = &s.a, .o = &o});
  s.mood(s.a, false);
  s.tell.say("hide_or_tell", {.A = &s.a, .B = &s.b, .C = &s.c});
  s.tell.say("confess", {.A = &s.a, .C = &s.c, .o = &o});
  if (s.dice.chance(60)) {
    s.world.mend(o);
    s.tell.say("glue_together", {.A = &s.a, .C = &s.c, .o = &o});
  } else {
    s.tell.say("forgive", {.A = &s.a, .C = &s.c, .o = &o});
  }
}

void two_bags(Story& s) {
  Thing& o = s.owned_thing(s.a, "bag");
  Thing& q = s.owned_thing(s.b, "jewel");
  Thing& k = s.thing("stationery");
  s.world.own(s.a, k);
  q.holder = nullptr;
  Thing& other = s.world.add({.noun = o.noun});
  s.world.own(s.b, other);
  q.container = &other;
  k.holder = nullptr;
  k.container = &o;
  s.tell.say("same_bags", {.A = &s.a, .B = &s.b, .o = &o, .q = &q, .k = &k, .p = &s.place(1)});
  s.world.swap(s.a, o, s.b, other);
  o.owner = &s.a, other.owner = &s.b;
  s.tell.lead("later");
  s.back(s.a, s.place(2));
  s.tell.say("wrong_bag", {.A = &s.a, .B = &s.b, .o = &o, .q = &q, .k = &k});
  s.meet(s.a, s.b);
  s.tell.say("bags_back", {.A = &s.a, .B = &s.b, .o = &o, .q = &q, .k = &k});
  s.world.swap(s.a, other, s.b, o);
}

void magpie(Story& s) {
  Thing& o = s.owned_thing(s.a, "jewel");
  s.tell.say("treasure", {.A = &s.a, .o = &o});
  s.go(s.a, s.place(1));
  s.leave(s.a, o);
  s.pastime(s.a);
  s.tell.say("magpie_steals", {.A = &s.a, .o = &o});
  s.mood(s.a, false);
  s.world.go(s.b, s.place(1));
  s.tell.say("nest_seen", {.A = &s.b, .o = &o});
  Thing& k = s.owned_thing(s.c, "climbing_tool");
  s.world.go(s.c, s.place(1));
  s.tell.say("bring_tool", {.C = &s.c, .k = &k});
  s.tell.act("climb_with", {.A = &s.b, .k = &k});
  s.world.take(s.b, o);
  s.tell.act("nest_take", {.A = &s.b, .o = &o});
  s.give(s.b, o, s.a);
  s.thank(s.a, s.b);
}

void collection(Story& s) {
  const auto [first, second] = s.facts.addends(s.dice, 2);
  const Word& x = s.tell.draw("wild_find");
  s.tell.say("collects", {.A = &s.a, .x = &x});
  s.go(s.a, s.place(1));
  s.tell.act("find_number", {.A = &s.a, .p = &s.place(1), .n = first, .x = &x});
  s.texture(s.a);
  s.tell.lead("then_time");
  s.go(s.a, s.place(2));
  s.tell.say("find_more", {.A = &s.a, .p = &s.place(2), .n = second, .t = first + second, .x = &x});
  s.meet(s.a, s.b);
  s.tell.say("show_collection", {.A = &s.a, .B = &s.b, .n = first + second, .x = &x});
}

void chain_of_hands(Story& s) {
  Thing& o = s.owned_thing(s.a, portable(s));
  Person& d = s.another_person();
  s.tell.say("owns", {.A = &s.a, .o = &o});
  s.present(s.a, o, s.b);
  s.tell.say("pass_reason", {.A = &s.b, .o = &o});
  s.world.go(d, s.place(1));
  s.meet(s.b, d);
  s.present(s.b, o, d);
  if (s.dice.chance(60)) {
    s.texture(d);
    s.world.go(s.a, s.place(2));
    s.meet(d, s.a);
    s.tell.say("comes_full_circle", {.A = &d, .B = &s.a, .o = &o});
    s.world.donate(d, o, s.a);
  } else {
    s.tell.say("keeps_it", {.A = &d, .o = &o});
  }
}

void attic_find(Story& s) {
  Thing& q = s.container(s.place(1), "furniture_container");
  Thing& o = s.thing(portable(s));
  o.owner = &s.c;
  o.container = &q;
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("rummage", {.A = &s.a, .B = &s.b, .q = &q, .p = &s.place(1)});
  s.tell.act("open", {.A = &s.a, .q = &q});
  s.take_out(s.a, o);
  s.tell.say("wonder_about", {.A = &s.a, .B = &s.b, .o = &o});
  s.meet(s.a, s.c);
  s.tell.say("old_story", {.A = &s.a, .C = &s.c, .o = &o});
  if (s.dice.chance(50)) {
    s.tell.say("may_keep", {.A = &s.a, .C = &s.c, .o = &o});
    o.owner = &s.a;
  } else {
    s.give_back(s.a, o, s.c);
    s.mood(s.c, true);
  }
}

void honest_finder(Story& s) {
  Thing& o = s.thing("purse");
  s.world.own(s.c, o);
  s.world.lose(s.c, o, s.place(1));
  s.go(s.a, s.place(1));
  s.find(s.a, o);
  s.tell.say("full_purse", {.A = &s.a, .B = &s.b, .o = &o});
  s.tell.say("temptation", {.A = &s.a, .B = &s.b, .o = &o});
  s.world.go(s.c, s.place(2));
  s.meet(s.a, s.c);
  s.tell.say("is_it_yours", {.A = &s.a, .C = &s.c, .o = &o});
  s.give_back(s.a, o, s.c);
  s.tell.say("honesty_rewarded", {.A = &s.a, .C = &s.c, .o = &o});
}

void trade_chain(Story& s) {
  Thing& o = s.owned_thing(s.a, "stationery");
  Thing& q = s.owned_thing(s.b, "toy");
  Thing& k = s.owned_thing(s.c, s.dice.pick<std::string_view>({"instrument", "keepsake", "garment"}));
  s.tell.say("only_small", {.A = &s.a, .C = &s.c, .o = &o, .k = &k});
  s.meet(s.a, s.b);
  s.tell.say("wants_small", {.A = &s.b, .B = &s.a, .o = &o, .q = &q});
  s.swap(s.a, o, s.b, q);
  s.world.go(s.c, s.place(2));
  s.meet(s.a, s.c);
  s.tell.say("wants_next", {.A = &s.a, .C = &s.c, .q = &q, .k = &k});
  s.swap(s.a, q, s.c, k);
  s.tell.say("chain_done", {.A = &s.a, .o = &o, .k = &k});
}

constexpr Plot kPlots[] = {
    {"lost and found", lost_and_found},
    {"found by another", found_by_another},
    {"lend and return", lend_and_return},
    {"swap of two", swap_of_two},
    {"hide and seek", hide_and_seek_thing},
    {"broken and told", broken_and_told},
    {"two bags", two_bags},
    {"magpie", magpie},
    {"collection", collection},
    {"chain of hands", chain_of_hands},
    {"attic find", attic_find},
    {"honest finder", honest_finder},
    {"trade chain", trade_chain},
};

}  // namespace

std::span<const Plot> plots_of_things() { return kPlots; }

}  // namespace bantam::corpus
