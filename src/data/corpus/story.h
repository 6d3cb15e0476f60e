// A story under construction: a cast and places drawn for a setting, the world they act in, and the teller.
// Each action below changes the world and is told in the same breath, so that text and state cannot part.
#pragma once
#include <deque>
#include <string_view>

#include "data/corpus/corpus.h"
#include "data/corpus/teller.h"
#include "data/corpus/world.h"

namespace bantam::corpus {

class Facts;
struct Plot;

class Story {
 public:
  // Draws cast and setting until (plot, cast, setting) falls in the split of `facts`.
  Story(const Grammar& grammar, Dice& dice, const Facts& facts, const Plot& plot);

  Teller tell;
  World world;
  Dice& dice;
  const Facts& facts;

  // The cast. `a` is the hero, `b` a friend; `c` is known by trade ("the baker").
  Person &a, &b, &c;
  Place& place(size_t number) {
    return world.places()[number];
  }  // kPlaces distinct ones; 0 is where all begin
  static constexpr size_t kPlaces = 4;

  // A new thing from a list, unlike those already there, with an adjective or two. In nobody's hands yet.
  Thing& thing(std::string_view list);
  Thing& owned_thing(Person& who, std::string_view list);
  Thing& container(Place& where, std::string_view list = "container");  // stands somewhere, empty
  Person& another_person();

  // How the story begins and what surrounds its events.
  void opening();
  void introduce_friend();
  void texture(Person& who);  // perhaps a sentence of colour
  void pastime(Person& who);  // what someone was busy with
  void weather();
  void mood(Person& who, bool good);  // "Anna was delighted."
  void ending();

  void go(Person& who, Place& where);
  void back(Person& who, Place& where);
  void both_go(Person& first, Person& second, Place& where);
  void meet(Person& who, Person& other);  // goes to where the other is
  void give(Person& from, Thing& what, Person& to);
  void present(Person& from, Thing& what, Person& to);
  void lend(Person& from, Thing& what, Person& to);
  void give_back(Person& from, Thing& what, Person& to);
  void take(Person& who, Thing& what);
  void find(Person& who, Thing& what);
  void leave(Person& who, Thing& what);
  void lose(Person& who, Thing& what);
  void hide(Person& who, Thing& what, Thing& container);
  void take_out(Person& who, Thing& what);
  void buy(Person& buyer, Thing& what, Person& seller);
  void swap(Person& first, Thing& what, Person& second, Thing& other);
  void thank(Person& who, Person& whom);

  const Word& setting_word() const { return *setting_word_; }
  bool setting_is_on() const { return opening_ == "opening_on"; }

 private:
  void draw_setting();
  Person drawn_hero();
  Person drawn_tradesman();
  bool is_fresh(std::string_view name) const;

  bool animals_ = false;
  std::string_view setting_, places_, more_places_, opening_;
  size_t season_ = 0;
  const Word* setting_word_ = nullptr;
};

// A whole story: opening, plot, ending.
Document story_document(Dice& dice, const Grammar& grammar, const Facts& facts);

// A plot drives a story from its first event to its last.
struct Plot {
  std::string_view name;
  void (*run)(Story&);
  int season = -1;  // 0 … 3 where the plot needs spring, summer, autumn or winter
};
std::span<const Plot> plots_of_things();
std::span<const Plot> plots_of_people();
std::span<const Plot> plots_of_journeys();
const std::vector<Plot>& all_plots();

}  // namespace bantam::corpus
