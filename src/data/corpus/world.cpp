#include "data/corpus/world.h"

#include "base/error.h"

namespace bantam::corpus {
namespace {

void release(Thing& what) {
  what.holder = nullptr;
  what.container = nullptr;
  what.place = nullptr;
  what.hidden = false;
}

}  // namespace

void World::go(Person& who, Place& where) { who.place = &where; }

void World::own(Person& who, Thing& what) {
  BANTAM_ASSERT(what.gone() && what.owner == nullptr);
  what.owner = what.holder = &who;
}

void World::give(Person& from, Thing& what, Person& to) {
  BANTAM_ASSERT(what.holder == &from && &from != &to && from.place == to.place);
  what.holder = &to;
}

void World::donate(Person& from, Thing& what, Person& to) {
  give(from, what, to);
  what.owner = &to;
}

void World::take(Person& who, Thing& what) {
  BANTAM_ASSERT(what.place != nullptr && what.place == who.place);
  release(what);
  what.holder = &who;
}

void World::steal(Person& who, Thing& what) {
  BANTAM_ASSERT(what.holder != nullptr && what.holder != &who);
  release(what);
  what.holder = &who;
}

void World::leave(Person& who, Thing& what) {
  BANTAM_ASSERT(what.holder == &who && who.place != nullptr);
  lose(who, what, *who.place);
}

void World::lose(Person& who, Thing& what, Place& where) {
  BANTAM_ASSERT(what.holder == &who);
  release(what);
  what.place = &where;
}

void World::hide(Person& who, Thing& what, Thing& container) {
  BANTAM_ASSERT(what.holder == &who && &what != &container && !container.gone() && !container.locked);
  release(what);
  what.container = &container;
  what.hidden = true;
}

void World::take_out(Person& who, Thing& what) {
  BANTAM_ASSERT(what.container != nullptr && !what.container->locked);
  const Place* here = place_of(what);
  BANTAM_ASSERT(here == who.place);
  release(what);
  what.holder = &who;
}

void World::swap(Person& a, Thing& first, Person& b, Thing& second) {
  BANTAM_ASSERT(first.holder == &a && second.holder == &b && a.place == b.place);
  first.holder = first.owner = &b;
  second.holder = second.owner = &a;
}

void World::break_thing(Thing& what) {
  BANTAM_ASSERT(!what.broken && !what.gone());
  what.broken = true;
}

void World::mend(Thing& what) {
  BANTAM_ASSERT(what.broken);
  what.broken = false;
}

void World::use_up(Thing& what) { release(what); }

const Place* World::place_of(const Thing& what) const {
  const Thing* outer = &what;
  while (outer->container) outer = outer->container;
  return outer->holder ? outer->holder->place : outer->place;
}

}  // namespace bantam::corpus
