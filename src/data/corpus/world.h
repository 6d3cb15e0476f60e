// The world a story happens in: people, things and places, and the few laws they keep.
// Law: at any moment a thing is in exactly one place: with a person, inside another thing, lying somewhere, or gone
// for good. An action whose conditions do not hold is a bug of the plot and aborts, so no sentence can contradict
// what was told before.
#pragma once
#include <deque>
#include <string>

#include "data/corpus/words.h"

namespace bantam::corpus {

struct Place {
  const Word* word = nullptr;
};

struct Person {
  std::string name;  // "Anna"; for someone known by trade "the baker", without article in `role`
  Gender gender = Gender::feminine;
  const Word* role = nullptr;
  bool animal = false;
  bool named = true;  // false: known by role only
  Place* place = nullptr;
};

struct Thing {
  const Word* noun = nullptr;
  const Word* quality =
      nullptr;  // at most one adjective, "old", and one more that tells look-alikes apart, "red"
  const Word* colour = nullptr;
  Person* owner = nullptr;   // whose it is, wherever it is
  Person* holder = nullptr;  // who has it
  Thing* container = nullptr;
  Place* place = nullptr;
  bool broken = false, open = false, locked = false, hidden = false;
  bool told = false;  // the reader has met it

  bool gone() const { return !holder && !container && !place; }
};

class World {
 public:
  Person& add(Person person) { return people_.emplace_back(std::move(person)); }
  Thing& add(Thing thing) { return things_.emplace_back(thing); }
  Place& add(Place place) { return places_.emplace_back(place); }
  const std::deque<Person>& people() const { return people_; }
  const std::deque<Thing>& things() const { return things_; }
  std::deque<Person>& people() { return people_; }
  std::deque<Thing>& things() { return things_; }
  std::deque<Place>& places() { return places_; }

  void go(Person& who, Place& where);
  void own(Person& who, Thing& what);                  // from the start of the story
  void give(Person& from, Thing& what, Person& to);    // hand over; the owner stays as it was
  void donate(Person& from, Thing& what, Person& to);  // hand over for good
  void take(Person& who, Thing& what);                 // from where both are
  void steal(Person& who, Thing& what);                // from whoever has it
  void leave(Person& who, Thing& what);                // put down where the person is
  void lose(Person& who, Thing& what, Place& where);
  void hide(Person& who, Thing& what, Thing& container);
  void take_out(Person& who, Thing& what);  // of the open container that is here
  void swap(Person& a, Thing& first, Person& b, Thing& second);
  void break_thing(Thing& what);
  void mend(Thing& what);
  void use_up(Thing& what);  // eaten, burnt, gone

  // Where a thing is in the end, through containers.
  const Place* place_of(const Thing& what) const;

 private:
  std::deque<Person> people_;
  std::deque<Thing> things_;
  std::deque<Place> places_;
};

}  // namespace bantam::corpus
