#include "data/corpus/ownership.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"
#include "data/corpus/split.h"
#include "data/corpus/teller.h"
#include "data/corpus/world.h"

namespace bantam::corpus {
namespace {

constexpr size_t kNames = 60,
                 kThings = 120;  // the common ones: answers are copied, not guessed from spelling

// The draw of who and what.
struct Setup {
  std::vector<const Word*> names;
  std::vector<bool> masculine;
  std::vector<const Word*> things;
  std::vector<size_t> owners;  // of each thing, at first
};

Setup draw_setup(Dice& dice, const Grammar& grammar) {
  const WordList &girls = grammar.list("girl"), &boys = grammar.list("boy"), &handy = grammar.list("handy");
  Setup setup;
  const size_t people = static_cast<size_t>(dice.between(2, 4));
  const size_t things = static_cast<size_t>(dice.pick({1, 2, 2, 3}));
  while (setup.names.size() < people) {
    const bool masculine = dice.chance(50);
    const WordList& list = masculine ? boys : girls;
    const Word* name = &list[dice.below(std::min(kNames, list.size()))];
    if (std::find(setup.names.begin(), setup.names.end(), name) != setup.names.end()) continue;
    setup.names.push_back(name);
    setup.masculine.push_back(masculine);
  }
  while (setup.things.size() < things) {
    const Word* thing = &handy[dice.below(std::min(kThings, handy.size()))];
    if (std::find(setup.things.begin(), setup.things.end(), thing) != setup.things.end()) continue;
    setup.things.push_back(thing);
    setup.owners.push_back(dice.below(people));
  }
  return setup;
}

class OwnershipTeller {
 public:
  OwnershipTeller(Dice& dice, const Grammar& grammar, const Setup& setup)
      : dice_(dice), teller_(grammar, dice), setup_(setup) {
    Place& here = world_.add(Place{});
    for (size_t i = 0; i < setup.names.size(); ++i) {
      Person& person = world_.add(Person{.name = setup.names[i]->base()});
      person.gender = setup.masculine[i] ? Gender::masculine : Gender::feminine;
      person.place = &here;
    }
    for (const Word* noun : setup.things) world_.add(Thing{.noun = noun});
    transfers_.resize(setup.things.size());
  }

  OwnershipStory tell() {
    OwnershipStory story;
    for (size_t i = 0; i < world_.things().size(); ++i) {
      Person& owner = world_.people()[setup_.owners[i]];
      world_.own(owner, world_.things()[i]);
      say("own_had", {.A = &owner, .o = &world_.things()[i]});
    }
    const int events = dice_.pick({0, 1, 1, 1, 2, 2, 3, 4});
    for (int i = 0; i < events; ++i) event();
    if (dice_.chance(15)) aside();
    story.text = teller_.finish();
    for (size_t i = 0; i < world_.things().size(); ++i) {
      Thing& thing = world_.things()[i];
      story.questions.push_back({teller_.phrase("own_question", {.o = &thing}), thing.holder->name,
                                 thing.noun->base(), transfers_[i]});
    }
    for (const Person* person : mentioned_) story.names.push_back(person->name);
    story.core = core();
    return story;
  }

 private:
  // Of what the text tells: two draws that differ only in somebody who is never mentioned are one core.
  uint64_t core() const {
    uint64_t core = setup_.things.size();
    for (const Person* person : mentioned_) core = mix_core(core, hash_name(person->name));
    for (size_t i = 0; i < setup_.things.size(); ++i) {
      core = mix_core(core, hash_name(setup_.things[i]->base()));
      core = mix_core(core, hash_name(setup_.names[setup_.owners[i]]->base()));
    }
    return core;
  }

  void say(std::string_view rule, const Cast& cast) {
    for (const Person* person : {cast.A, cast.B})
      if (person && std::find(mentioned_.begin(), mentioned_.end(), person) == mentioned_.end())
        mentioned_.push_back(person);
    teller_.say(rule, cast);
  }

  Person& someone_but(const Person& other) {
    for (;;) {
      Person& person = world_.people()[dice_.below(world_.people().size())];
      if (&person != &other) return person;
    }
  }

  void event() {
    const size_t number = dice_.below(world_.things().size());
    Thing& thing = world_.things()[number];
    Person &from = *thing.holder, &to = someone_but(from);
    if (world_.things().size() > 1 && dice_.chance(12) && swap(number, from)) return;
    if (dice_.chance(20)) {
      world_.steal(to, thing);
      say("own_take", {.A = &to, .B = &from, .o = &thing});
    } else {
      world_.give(from, thing, to);
      say("own_give", {.A = &from, .B = &to, .o = &thing});
    }
    ++transfers_[number];
    if (dice_.chance(12)) aside();
  }

  bool swap(size_t first, Person& a) {
    for (size_t second = 0; second < world_.things().size(); ++second) {
      Thing& other = world_.things()[second];
      if (other.holder == &a) continue;
      Person& b = *other.holder;
      say("own_swap", {.A = &a, .B = &b, .o = &world_.things()[first], .q = &other});
      world_.swap(a, world_.things()[first], b, other);
      ++transfers_[first];
      ++transfers_[second];
      return true;
    }
    return false;
  }

  void aside() { say("own_aside", {.A = &world_.people()[dice_.below(world_.people().size())]}); }

  Dice& dice_;
  World world_;
  Teller teller_;
  const Setup& setup_;
  std::vector<int> transfers_;
  std::vector<const Person*> mentioned_;
};

}  // namespace

OwnershipStory ownership_story(Dice& dice, const Grammar& grammar, Split split) {
  OwnershipStory story;
  do {
    const Setup setup = draw_setup(dice, grammar);
    story = OwnershipTeller(dice, grammar, setup).tell();
  } while (!core_in_split(story.core, split));
  for (size_t i = story.questions.size(); i > 1; --i)
    std::swap(story.questions[i - 1], story.questions[dice.below(i)]);
  return story;
}

Document ownership_document(Dice& dice, const Grammar& grammar, Split split) {
  const OwnershipStory story = ownership_story(dice, grammar, split);
  Document document;
  document.kind = Kind::who_has_what;
  document.italian = grammar.language() == Language::italian;
  for (const OwnershipQuestion& question : story.questions) {
    const bool first = document.messages.empty();
    document.messages.push_back({"user", first ? story.text + " " + question.question : question.question});
    document.messages.push_back({"assistant", question.answer});
  }
  return document;
}

}  // namespace bantam::corpus
