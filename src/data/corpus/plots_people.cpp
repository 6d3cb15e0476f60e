// Plots that turn on what people do for each other: gifts, quarrels, help, lessons, work.
#include "data/corpus/arithmetic.h"
#include "data/corpus/story.h"

namespace bantam::corpus {
namespace {

void birthday_gift(Story& s) {
  Thing& o = s.thing(
      s.dice.pick<std::string_view>({"toy", "keepsake", "garment", "readable", "instrument", "jewel"}));
  s.world.own(s.c, o);
  s.tell.say("birthday_soon", {.A = &s.a, .B = &s.b});
  s.world.go(s.c, s.place(1));
  s.meet(s.a, s.c);
  s.tell.say("what_to_buy", {.A = &s.a, .C = &s.c, .o = &o});
  s.buy(s.a, o, s.c);
  s.back(s.a, s.place(0));
  if (s.dice.chance(60)) {
    Thing& q = s.container(s.place(0), "hiding_place");
    s.hide(s.a, o, q);
    s.tell.lead("next_day");
    s.take_out(s.a, o);
  } else {
    s.tell.lead("next_day");
  }
  s.present(s.a, o, s.b);
  s.tell.say("gift_joy", {.A = &s.b, .B = &s.a, .o = &o});
}

void handmade_gift(Story& s) {
  Thing& o = s.thing("handmade");
  s.tell.say("no_money", {.A = &s.a, .B = &s.b, .o = &o});
  s.go(s.a, s.place(1));
  s.tell.say("makes_thing", {.A = &s.a, .C = &s.c, .o = &o, .p = &s.place(1)});
  s.world.own(s.a, o);
  s.texture(s.a);
  s.tell.lead("in_the_evening");
  s.back(s.a, s.place(0));
  s.present(s.a, o, s.b);
  s.tell.say("handmade_joy", {.A = &s.b, .B = &s.a, .o = &o});
}

void quarrel_and_share(Story& s) {
  Thing& o = s.thing(s.dice.pick<std::string_view>({"toy", "instrument", "readable", "toy"}));
  s.world.own(s.c, o);
  s.world.lose(s.c, o, s.place(1));
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("both_see", {.A = &s.a, .B = &s.b, .C = &s.c, .o = &o, .p = &s.place(1)});
  s.tell.say("quarrel", {.A = &s.a, .B = &s.b, .o = &o});
  s.take(s.a, o);
  s.mood(s.b, false);
  s.world.go(s.c, s.place(1));
  s.tell.say("wise_word", {.A = &s.a, .B = &s.b, .C = &s.c, .o = &o});
  s.give(s.a, o, s.b);
  s.tell.say("take_turns", {.A = &s.a, .B = &s.b, .o = &o});
  if (s.dice.chance(50)) {
    s.tell.lead("in_the_evening");
    s.give_back(s.b, o, s.c);
  }
}

void sick_friend(Story& s) {
  Thing& o = s.thing("cooked");
  Thing& q = s.thing(s.dice.pick<std::string_view>({"readable", "flower_gift", "toy"}));
  s.tell.say("friend_is_ill", {.A = &s.a, .B = &s.b});
  s.tell.say("cooks_for", {.A = &s.a, .B = &s.b, .o = &o});
  s.world.own(s.a, o);
  s.world.own(s.a, q);
  s.tell.act("packs_too", {.A = &s.a, .o = &q});
  s.world.go(s.b, s.place(1));
  s.tell.say("visits_sick", {.A = &s.a, .B = &s.b});
  s.world.go(s.a, s.place(1));
  s.present(s.a, o, s.b);
  s.tell.act("eats_up", {.A = &s.b, .o = &o});
  s.world.use_up(o);
  s.present(s.a, q, s.b);
  s.tell.say("gets_well", {.A = &s.a, .B = &s.b});
}

void new_neighbour(Story& s) {
  Person& d = s.another_person();
  Thing& o = s.thing("sweet_gift");
  s.world.go(d, s.place(1));
  s.tell.say("newcomer", {.A = &s.a, .D = &d, .p = &s.place(1)});
  s.tell.say("newcomer_shy", {.A = &s.a, .B = &s.b, .D = &d});
  s.tell.say("bakes_welcome", {.A = &s.a, .B = &s.b, .D = &d, .o = &o});
  s.world.own(s.a, o);
  s.both_go(s.a, s.b, s.place(1));
  s.present(s.a, o, d);
  s.tell.say("welcome_talk", {.A = &s.a, .B = &s.b, .D = &d, .o = &o});
  s.tell.say("three_friends", {.A = &s.a, .B = &s.b, .D = &d});
}

void teach_skill(Story& s) {
  Thing& o = s.owned_thing(s.b, "skill_thing");
  s.tell.say("cannot_do", {.A = &s.a, .B = &s.b, .o = &o});
  s.lend(s.b, o, s.a);
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("first_try", {.A = &s.a, .B = &s.b, .o = &o});
  s.mood(s.a, false);
  s.tell.say("teacher_word", {.A = &s.b, .B = &s.a, .o = &o});
  s.tell.lead("some_days_later");
  s.tell.say("skill_learnt", {.A = &s.a, .B = &s.b, .o = &o});
  s.give_back(s.a, o, s.b);
}

void baking_together(Story& s) {
  Thing& o = s.thing("cake");
  const Word& x = s.tell.draw("ingredient");
  const Word& y = s.tell.draw("fruit");
  s.tell.say("wish_to_bake", {.A = &s.a, .B = &s.b, .o = &o, .p = &s.place(0)});
  s.tell.say("missing_ingredient", {.A = &s.a, .B = &s.b, .x = &x, .y = &y});
  s.world.go(s.c, s.place(1));
  s.meet(s.b, s.c);
  s.tell.say("gets_ingredient", {.B = &s.b, .C = &s.c, .x = &x, .y = &y});
  s.back(s.b, s.place(0));
  s.tell.say("bakes_cake", {.A = &s.a, .B = &s.b, .o = &o, .x = &x, .y = &y});
  s.world.own(s.a, o);
  if (s.dice.chance(35)) {
    s.tell.say("cake_burns", {.A = &s.a, .B = &s.b, .o = &o});
    s.world.use_up(o);
  } else {
    s.tell.say("cake_shared", {.A = &s.a, .B = &s.b, .C = &s.c, .o = &o});
  }
}

void borrowed_tool(Story& s) {
  Thing& o = s.thing("repairable");
  Thing& q = s.owned_thing(s.c, "tool");
  s.world.own(s.a, o);
  s.world.lose(s.a, o, s.place(0));
  s.world.break_thing(o);
  s.tell.say("is_broken", {.A = &s.a, .o = &o, .q = &q, .p = &s.place(0)});
  s.world.go(s.c, s.place(1));
  s.meet(s.a, s.c);
  s.tell.say("ask_tool", {.A = &s.a, .C = &s.c, .q = &q});
  s.lend(s.c, q, s.a);
  s.back(s.a, s.place(0));
  s.tell.say("repairs", {.A = &s.a, .B = &s.b, .o = &o, .q = &q});
  s.world.mend(o);
  s.mood(s.a, true);
  s.meet(s.a, s.c);
  s.give_back(s.a, q, s.c);
}

void contest(Story& s) {
  Thing& o = s.owned_thing(s.c, "prize");
  const Word& x = s.tell.draw("contest");
  s.tell.say("contest_news", {.A = &s.a, .C = &s.c, .o = &o, .p = &s.place(1), .x = &x});
  s.tell.say("trains", {.A = &s.a, .B = &s.b, .x = &x});
  s.both_go(s.a, s.b, s.place(1));
  s.world.go(s.c, s.place(1));
  const bool first = s.dice.chance(60);
  Person &winner = first ? s.a : s.b, &loser = first ? s.b : s.a;
  s.tell.say("contest_runs", {.A = &winner, .B = &loser, .x = &x});
  s.present(s.c, o, winner);
  s.tell.say("contest_over", {.A = &winner, .B = &loser, .o = &o});
  if (s.dice.chance(40)) {
    s.tell.say("prize_shared", {.A = &winner, .B = &loser, .o = &o});
    s.world.donate(winner, o, loser);
  }
}

void music_lesson(Story& s) {
  Thing& o = s.owned_thing(s.c, "instrument");
  s.world.go(s.c, s.place(1));
  s.go(s.a, s.place(1));
  s.tell.say("hears_music", {.A = &s.a, .C = &s.c, .o = &o, .p = &s.place(1)});
  s.tell.say("wants_to_play", {.A = &s.a, .C = &s.c, .o = &o});
  s.lend(s.c, o, s.a);
  s.back(s.a, s.place(0));
  s.tell.say("practises", {.A = &s.a, .B = &s.b, .o = &o});
  s.tell.lead("some_days_later");
  s.tell.say("plays_for_all", {.A = &s.a, .B = &s.b, .C = &s.c, .o = &o});
  s.meet(s.a, s.c);
  if (s.dice.chance(60)) {
    s.tell.say("keep_instrument", {.A = &s.a, .C = &s.c, .o = &o});
    o.owner = &s.a;
  } else {
    s.give_back(s.a, o, s.c);
  }
}

void apprentice(Story& s) {
  Thing& o = s.owned_thing(s.c, "tool");
  s.world.go(s.c, s.place(1));
  s.tell.say("wants_trade", {.A = &s.a, .C = &s.c});
  s.meet(s.a, s.c);
  s.tell.say("first_task", {.A = &s.a, .C = &s.c, .o = &o});
  s.give(s.c, o, s.a);
  s.tell.act("work_hard", {.A = &s.a});
  s.tell.say("task_mistake", {.A = &s.a, .C = &s.c, .o = &o});
  s.tell.say("task_done", {.A = &s.a, .C = &s.c, .o = &o});
  s.give_back(s.a, o, s.c);
}

void forgotten_for_school(Story& s) {
  Thing& o = s.owned_thing(s.a, "stationery");
  Thing& q = s.world.add({.noun = o.noun, .colour = &s.tell.draw("colour")});  // one like it
  s.world.own(s.b, q);
  const Word& x = s.tell.draw("school_subject");
  s.world.lose(s.a, o, s.place(0));
  s.tell.say("lesson_begins", {.A = &s.a, .B = &s.b, .o = &o, .p = &s.place(1), .x = &x});
  s.world.go(s.a, s.place(1));
  s.world.go(s.b, s.place(1));
  s.mood(s.a, false);
  s.tell.say("share_desk", {.A = &s.b, .B = &s.a, .o = &q});
  s.world.give(s.b, q, s.a);
  s.tell.lead("after_lesson");
  s.give_back(s.a, q, s.b);
  s.back(s.a, s.place(0));
  s.world.take(s.a, o);
  s.tell.act("take_own", {.A = &s.a, .o = &o});
  s.tell.say("never_forget", {.A = &s.a, .o = &o});
}

void portrait(Story& s) {
  Thing& o = s.thing("painting");
  s.tell.say("wants_to_paint", {.A = &s.a, .B = &s.b, .p = &s.place(1)});
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("paints", {.A = &s.a, .B = &s.b, .o = &o});
  s.world.own(s.a, o);
  s.texture(s.b);
  s.tell.say("shows_painting", {.A = &s.a, .B = &s.b, .o = &o});
  s.present(s.a, o, s.b);
  s.tell.say("hangs_painting", {.A = &s.b, .B = &s.a, .o = &o});
}

void school_play(Story& s) {
  Thing& o = s.thing("garment");
  const Word& x = s.tell.draw("stage_role");
  s.tell.say("play_announced", {.A = &s.a, .B = &s.b, .C = &s.c, .p = &s.place(1), .x = &x});
  s.tell.say("needs_costume", {.A = &s.a, .o = &o, .x = &x});
  s.world.own(s.c, o);
  s.meet(s.a, s.c);
  s.tell.say("asks_costume", {.A = &s.a, .C = &s.c, .o = &o});
  s.lend(s.c, o, s.a);
  s.both_go(s.a, s.b, s.place(1));
  s.tell.say("on_stage", {.A = &s.a, .B = &s.b, .o = &o, .x = &x});
  s.tell.lead("afterwards");
  s.meet(s.a, s.c);
  s.give_back(s.a, o, s.c);
}

void seed_and_patience(Story& s) {
  const Word& x = s.tell.draw("growing");
  Thing& o = s.thing("seed");
  s.world.own(s.c, o);
  s.meet(s.a, s.c);
  s.present(s.c, o, s.a);
  s.tell.say("what_will_grow", {.A = &s.a, .C = &s.c, .o = &o, .x = &x});
  s.go(s.a, s.place(1));
  s.tell.say("plants_seed", {.A = &s.a, .o = &o, .p = &s.place(1)});
  s.world.use_up(o);
  s.tell.say("waits", {.A = &s.a, .B = &s.b});
  s.weather();
  s.tell.say("it_grows", {.A = &s.a, .B = &s.b, .C = &s.c, .x = &x});
}

constexpr Plot kPlots[] = {
    {"birthday gift", birthday_gift},
    {"handmade gift", handmade_gift},
    {"quarrel and share", quarrel_and_share},
    {"sick friend", sick_friend},
    {"new neighbour", new_neighbour},
    {"teach a skill", teach_skill},
    {"baking together", baking_together},
    {"borrowed tool", borrowed_tool},
    {"contest", contest},
    {"music lesson", music_lesson},
    {"apprentice", apprentice},
    {"forgotten for school", forgotten_for_school},
    {"portrait", portrait},
    {"school play", school_play},
    {"seed and patience", seed_and_patience},
};

}  // namespace

std::span<const Plot> plots_of_people() { return kPlots; }

}  // namespace bantam::corpus
