#include "data/corpus/story.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "data/corpus/arithmetic.h"
#include "data/corpus/split.h"

namespace bantam::corpus {
namespace {

struct Setting {
  std::string_view name, places, more_places, opening;
  int weight;
};
constexpr Setting kSettings[] = {
    {"village", "village", "home", "opening", 18},    {"farm", "farm", "home", "opening_on", 12},
    {"nature", "nature", "nature", "opening", 14},    {"seaside", "seaside", "home", "opening", 8},
    {"island", "seaside", "nature", "opening_on", 4}, {"city", "city", "home", "opening", 12},
    {"castle", "castle", "castle", "opening", 9},     {"mountain", "mountain", "home", "opening", 7},
    {"desert", "desert", "desert", "opening", 4},     {"ship", "ship", "ship", "opening_on", 4},
    {"circus", "circus", "circus", "opening", 3},     {"school", "school", "school", "opening", 5},
};
constexpr std::string_view kSeasons[] = {"spring", "summer", "autumn", "winter"};

// Which adjectives suit the things of a list, and whether a colour does.
struct Looks {
  std::string_view list, adjectives;
  bool coloured;
};
constexpr Looks kLooks[] = {
    {"tool", "tool_adj", false},
    {"climbing_tool", "tool_adj", false},
    {"garment", "garment_adj", true},
    {"winter_garment", "garment_adj", true},
    {"jewel", "jewel_adj", false},
    {"treasure_container", "house_adj", false},
    {"cake", "food_adj", false},
    {"cooked", "food_adj", false},
    {"sweet_gift", "food_adj", false},
    {"furniture_container", "house_adj", false},
    {"repairable", "house_adj", false},
    {"readable", "paper_adj", false},
    {"map_thing", "paper_adj", false},
    {"letter", "paper_adj", false},
    {"ticket", "paper_adj", true},
    {"parcel", "", false},
    {"seed", "", false},
    {"flower_gift", "", false},
    {"key_thing", "", false},
    {"prize", "", false},
    {"painting", "", false},
    {"container", "house_adj", true},
    {"handmade", "", true},
    {"breakable", "quality", true},
};
constexpr Looks kOrdinary = {"", "quality", true};

const Looks& looks_of(std::string_view list) {
  const auto found =
      std::find_if(std::begin(kLooks), std::end(kLooks), [&](const Looks& l) { return l.list == list; });
  return found == std::end(kLooks) ? kOrdinary : *found;
}

// "postman" and the like name their own gender in English; animals do in Italian.
void settle_gender(Person& person, Language language) {
  if (language == Language::english && person.role->base().ends_with("man"))
    person.gender = Gender::masculine;
  if (language == Language::italian && person.animal) person.gender = person.role->gender;
}

}  // namespace

Story::Story(const Grammar& grammar, Dice& draws, const Facts& allowed, const Plot& plot)
    : tell(grammar, draws),
      dice(draws),
      facts(allowed),
      a(world.add(Person{})),
      b(world.add(Person{})),
      c(world.add(Person{})) {
  uint64_t core;
  do {
    draw_setting();
    a = drawn_hero();
    b = drawn_hero();
    c = drawn_tradesman();
    core = mix_core(hash_name(plot.name), hash_name(setting_));
    for (const Person* person : {&a, &b, &c}) core = mix_core(core, hash_name(person->name));
  } while (a.name == b.name || c.role == a.role || c.role == b.role || !core_in_split(core, facts.split()));
  while (world.places().size() < kPlaces) {
    const Word* word = &tell.draw(world.places().size() == 1 || dice.chance(50) ? places_ : more_places_);
    const bool known = std::any_of(world.places().begin(), world.places().end(),
                                   [&](const Place& place) { return place.word->base() == word->base(); });
    if (!known) world.add(Place{word});
  }
  if (plot.season >= 0) season_ = static_cast<size_t>(plot.season);
  for (Person* person : {&a, &b, &c}) person->place = &place(0);
}

void Story::draw_setting() {
  int total = 0;
  for (const Setting& setting : kSettings) total += setting.weight;
  int point = dice.between(0, total - 1);
  const Setting* setting = kSettings;
  while (point >= setting->weight) point -= (setting++)->weight;
  setting_ = setting->name;
  places_ = setting->places;
  more_places_ = setting->more_places;
  opening_ = setting->opening;
  setting_word_ = &tell.draw(std::string(setting_) + "_setting");
  season_ = dice.below(std::size(kSeasons));
  animals_ = setting_ == "nature" && dice.chance(75);
}

Person Story::drawn_hero() {
  Person person;
  person.animal = animals_;
  person.gender = dice.chance(50) ? Gender::feminine : Gender::masculine;
  const bool she = person.gender == Gender::feminine;
  if (animals_) {
    person.role = &tell.draw("hero_animal");
  } else {
    person.role = &tell.draw(dice.chance(80) ? (she ? "girl_kind" : "boy_kind") : "job");
  }
  settle_gender(person, tell.grammar().language());
  person.name = tell.draw(person.gender == Gender::feminine ? "girl" : "boy").base();
  return person;
}

Person Story::drawn_tradesman() {
  Person person;
  person.named = false;
  person.animal = animals_;
  person.role = &tell.draw(animals_ ? "wise_animal" : "job");
  person.gender = dice.chance(50) ? Gender::feminine : Gender::masculine;
  settle_gender(person, tell.grammar().language());
  const std::string& feminine = (*person.role)[Form::feminine];
  person.name = person.gender == Gender::feminine && !feminine.empty() ? feminine : person.role->base();
  return person;
}

bool Story::is_fresh(std::string_view name) const {
  return std::none_of(world.people().begin(), world.people().end(),
                      [&](const Person& person) { return person.name == name; });
}

Person& Story::another_person() {
  Person person;
  do person = drawn_hero();
  while (!is_fresh(person.name));
  person.place = &place(0);
  return world.add(std::move(person));
}

Thing& Story::thing(std::string_view list) {
  Thing thing;
  const auto taken = [&] {
    return std::any_of(world.things().begin(), world.things().end(),
                       [&](const Thing& other) { return other.noun->base() == thing.noun->base(); });
  };
  do thing.noun = &tell.draw(list);
  while (taken());
  const Looks& looks = looks_of(list);
  const size_t point = dice.below(100);
  if (point < 65 && !looks.adjectives.empty()) thing.quality = &tell.draw(looks.adjectives);
  if (point >= 45 && looks.coloured) thing.colour = &tell.draw("colour");
  return world.add(thing);
}

Thing& Story::owned_thing(Person& who, std::string_view list) {
  Thing& what = thing(list);
  world.own(who, what);
  return what;
}

Thing& Story::container(Place& where, std::string_view list) {
  Thing& what = thing(list);
  what.place = &where;
  return what;
}

void Story::opening() {
  tell.say(opening_, {.A = &a, .x = setting_word_});
  if (dice.chance(45)) tell.say("about_hero", {.A = &a});
  introduce_friend();
  if (dice.chance(30)) tell.say("place_sketch", {.A = &a, .p = &place(0)});
  tell.paragraph();
  const std::string season(kSeasons[season_]);
  const Word& x = tell.draw("weather_" + season);
  const Word& z = tell.draw("month_" + season);
  tell.say(
      "one_day",
      {.A = &a, .B = &b, .p = &place(0), .x = &x, .y = &tell.grammar().list("season")[season_], .z = &z});
  if (dice.chance(40)) weather();
}

void Story::introduce_friend() { tell.say("friend", {.A = &a, .B = &b}); }

void Story::texture(Person& who) {
  if (!dice.chance(45)) return;
  tell.say("texture", {.A = &who, .p = who.place});
}

void Story::pastime(Person& who) {
  tell.act(dice.chance(70) ? "spend_time_playing" : "spend_time_working", {.A = &who, .p = who.place});
}

void Story::weather() { tell.say("weather_sky_" + std::string(kSeasons[season_])); }

void Story::mood(Person& who, bool good) { tell.act(good ? "is_happy" : "is_sad", {.A = &who}); }

void Story::ending() {
  if (dice.chance(30)) weather();
  tell.say("ending", {.A = &a, .B = &b, .C = &c, .p = &place(0)});
}

void Story::go(Person& who, Place& where) {
  world.go(who, where);
  tell.act("go", {.A = &who, .p = &where});
}

void Story::back(Person& who, Place& where) {
  world.go(who, where);
  tell.act("go_back", {.A = &who, .p = &where});
}

void Story::both_go(Person& first, Person& second, Place& where) {
  world.go(first, where);
  world.go(second, where);
  tell.say("both_go", {.A = &first, .B = &second, .p = &where});
}

void Story::meet(Person& who, Person& other) {
  world.go(who, *other.place);
  tell.act("meet", {.A = &who, .B = &other, .p = other.place});
}

void Story::give(Person& from, Thing& what, Person& to) {
  world.give(from, what, to);
  tell.act("give", {.A = &from, .B = &to, .o = &what});
}

void Story::present(Person& from, Thing& what, Person& to) {
  world.donate(from, what, to);
  tell.act("present", {.A = &from, .B = &to, .o = &what});
}

void Story::lend(Person& from, Thing& what, Person& to) {
  world.give(from, what, to);
  tell.act("lend", {.A = &from, .B = &to, .o = &what});
}

void Story::give_back(Person& from, Thing& what, Person& to) {
  BANTAM_ASSERT(what.owner == &to);
  world.give(from, what, to);
  tell.act("give_back", {.A = &from, .B = &to, .o = &what});
}

void Story::take(Person& who, Thing& what) {
  world.take(who, what);
  tell.act("take", {.A = &who, .o = &what});
}

void Story::find(Person& who, Thing& what) {
  world.take(who, what);
  tell.act("find", {.A = &who, .o = &what, .p = who.place});
}

void Story::leave(Person& who, Thing& what) {
  world.leave(who, what);
  tell.act("leave", {.A = &who, .o = &what, .p = who.place});
}

void Story::lose(Person& who, Thing& what) {
  world.lose(who, what, *who.place);
  tell.say("lose", {.A = &who, .o = &what, .p = who.place});
}

void Story::hide(Person& who, Thing& what, Thing& container) {
  world.hide(who, what, container);
  tell.act("hide", {.A = &who, .o = &what, .q = &container});
}

void Story::take_out(Person& who, Thing& what) {
  Thing& container = *what.container;
  world.take_out(who, what);
  tell.act("take_out", {.A = &who, .o = &what, .q = &container});
}

void Story::buy(Person& buyer, Thing& what, Person& seller) {
  world.donate(seller, what, buyer);
  tell.act("buy", {.A = &buyer, .B = &seller, .o = &what});
}

void Story::swap(Person& first, Thing& what, Person& second, Thing& other) {
  world.swap(first, what, second, other);
  tell.act("swap", {.A = &first, .B = &second, .o = &what, .q = &other});
}

void Story::thank(Person& who, Person& whom) { tell.say("thank", {.A = &who, .B = &whom}); }

const std::vector<Plot>& all_plots() {
  static const std::vector<Plot> plots = [] {
    std::vector<Plot> all;
    for (const auto part : {plots_of_things(), plots_of_people(), plots_of_journeys()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return plots;
}

Document story_document(Dice& dice, const Grammar& grammar, const Facts& facts) {
  const Plot& plot = dice.pick(std::span<const Plot>(all_plots()));
  Story story(grammar, dice, facts, plot);
  story.opening();
  plot.run(story);
  story.ending();
  Document document;
  document.kind = Kind::story;
  document.italian = grammar.language() == Language::italian;
  document.text = story.tell.finish();
  return document;
}

}  // namespace bantam::corpus
