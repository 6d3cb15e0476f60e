#include "data/corpus/dialogue.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"
#include "data/corpus/split.h"
#include "data/corpus/story.h"
#include "data/corpus/teller.h"

namespace bantam::corpus {
namespace {

// Word lists whose members can be asked about; the rule about_<list> and the list genus say what they are.
constexpr std::string_view kAskable[] = {
    "fruit",      "vegetable",      "bird",         "farm_animal", "wild_animal", "zoo_animal",
    "instrument", "tool",           "vehicle",      "garment",     "flower",      "tree",
    "furniture",  "small_creature", "sea_creature", "toy",         "building",    "pet"};

class Conversation {
 public:
  Conversation(Dice& dice, const Grammar& grammar, const Facts& facts)
      : dice_(dice), grammar_(grammar), facts_(facts), teller_(grammar, dice) {}

  Document talk() {
    const size_t point = dice_.below(100);
    if (point < 22) return story_on_request();
    if (point < 50) return questions_about_a_story();
    return chat();
  }

 private:
  void add(std::string_view user_rule, std::string_view assistant_rule, const Cast& cast = {}) {
    say("user", teller_.phrase(user_rule, cast));
    say("assistant", teller_.phrase(assistant_rule, cast));
  }
  void say(std::string role, std::string content) {
    document_.messages.push_back({std::move(role), std::move(content)});
  }
  Document done() {
    document_.kind = Kind::dialogue;
    document_.italian = grammar_.language() == Language::italian;
    return std::move(document_);
  }
  const Plot& draw_plot() { return dice_.pick(std::span<const Plot>(all_plots())); }

  Document story_on_request() {
    const Plot& plot = draw_plot();
    Story story(grammar_, dice_, facts_, plot);
    if (dice_.chance(20)) add("chat_hello", "chat_hello_back");
    say("user", teller_.phrase("chat_ask_story", {.A = &story.a, .B = &story.b}));
    story.opening();
    plot.run(story);
    story.ending();
    say("assistant", story.tell.finish());
    if (dice_.chance(25)) add("chat_thanks", "chat_welcome");
    return done();
  }

  Document questions_about_a_story() {
    const Plot& plot = draw_plot();
    Story story(grammar_, dice_, facts_, plot);
    story.opening();
    plot.run(story);
    std::string text = story.tell.finish();
    std::vector<std::pair<std::string, std::string>> asked;
    const auto ask = [&](std::string_view question, std::string_view answer, const Cast& cast) {
      asked.emplace_back(teller_.phrase(question, cast), teller_.phrase(answer, cast));
    };
    for (Thing& thing : story.world.things())
      if (thing.told && thing.holder && unique(story, thing))
        ask("story_who_has", "story_has", {.A = thing.holder, .o = &thing});
    ask("story_friend", "story_friend_is", {.A = &story.a, .B = &story.b});
    ask("story_where", story.setting_is_on() ? "story_lives_on" : "story_lives_in",
        {.A = &story.a, .x = &story.setting_word()});
    if (story.a.role != story.b.role) {
      ask("story_what_is", "story_is", {.A = &story.a});
      ask("story_what_is", "story_is", {.A = &story.b});
    }
    for (size_t i = asked.size(); i > 1; --i) std::swap(asked[i - 1], asked[dice_.below(i)]);
    asked.resize(std::min<size_t>(asked.size(), 1 + dice_.below(3)));
    for (const auto& [question, answer] : asked) {
      say("user", document_.messages.empty() ? text + "\n" + question : question);
      say("assistant", answer);
    }
    return done();
  }

  static bool unique(const Story& story, const Thing& thing) {
    const auto& things = story.world.things();
    return std::count_if(things.begin(), things.end(),
                         [&](const Thing& t) { return t.noun == thing.noun; }) == 1;
  }

  // A few unconnected turns: a greeting perhaps, then questions, then thanks perhaps.
  Document chat() {
    for (;;) {
      document_ = {};
      Person who;
      who.gender = dice_.chance(50) ? Gender::feminine : Gender::masculine;
      who.name = teller_.draw(who.gender == Gender::feminine ? "girl" : "boy").base();
      const bool named = dice_.chance(40);
      if (named)
        add("chat_my_name", "chat_nice_to_meet", {.A = &who});
      else if (dice_.chance(30))
        add("chat_hello", "chat_hello_back");
      const int turns = dice_.between(1, 4);
      for (int i = 0; i < turns; ++i) turn();
      if (named && dice_.chance(50)) add("chat_what_is_my_name", "chat_your_name", {.A = &who});
      if (dice_.chance(25)) add("chat_thanks", "chat_welcome");
      uint64_t core = 0;
      for (const Message& message : document_.messages) core = mix_core(core, hash_name(message.content));
      if (core_in_split(core, facts_.split())) return done();
    }
  }

  void turn() {
    const size_t point = dice_.below(100);
    if (point < 14)
      question("chat_meaning", "chat_meaning_is", "meaning");
    else if (point < 28)
      what_is();
    else if (point < 40)
      is_it();
    else if (point < 52)
      numbers();
    else if (point < 60)
      question("chat_translate", "chat_translation", "translation");
    else if (point < 68)
      question("chat_opposite", "chat_opposite_is", "opposite");
    else if (point < 74)
      question("chat_sound", "chat_sound_is", "sound_of");
    else if (point < 80)
      question("chat_colour", "chat_colour_is", "colour_of");
    else
      small_talk();
  }

  void question(std::string_view user_rule, std::string_view assistant_rule, std::string_view list) {
    add(user_rule, assistant_rule, {.x = &teller_.draw(list)});
  }

  void what_is() {
    const std::string list(kAskable[dice_.below(std::size(kAskable))]);
    question("chat_what_is", "about_" + list, list);
  }

  // "Is a carrot a fruit?"
  void is_it() {
    const std::string list(kAskable[dice_.below(std::size(kAskable))]);
    const bool yes = dice_.chance(50);
    const Word* x = &teller_.draw(list);
    while (!yes && grammar_.list(list).find(x->base()) != nullptr)
      x = &teller_.draw(kAskable[dice_.below(std::size(kAskable))]);
    add("chat_is_it", yes ? "chat_yes_it_is" : "chat_no_it_is_not",
        {.x = x, .y = grammar_.list("genus").find(list)});
  }

  // Order and counting. The successor of n is the sum n + 1, so held-out sums stay out of it.
  void numbers() {
    Cast cast = {.n = dice_.between(1, 40), .m = dice_.between(1, 40)};
    const size_t form = dice_.below(3);
    if (form == 0) {
      while (is_held_out({Operation::add, cast.n, 1, cast.n + 1}) != (facts_.split() == Split::valid))
        cast.n = dice_.between(1, 40);
      cast.m = cast.n + 1;
      add("chat_after", "chat_after_is", cast);
    } else if (form == 1) {
      while (cast.m == cast.n) cast.m = dice_.between(1, 40);
      cast.t = std::max(cast.n, cast.m);
      add("chat_larger", "chat_larger_is", cast);
    } else {
      cast.m = cast.n + dice_.between(2, 5);
      std::string count;
      for (int i = cast.n; i <= cast.m; ++i) count += (i == cast.n ? "" : ", ") + std::to_string(i);
      say("user", teller_.phrase("chat_count", cast));
      say("assistant", count);
    }
  }

  // Each "talk_…" rule with its answer "reply_…" of the same name.
  void small_talk() {
    static constexpr std::string_view kTopics[] = {"who",    "how", "like",  "weather", "can",  "bored",
                                                   "tired",  "sad", "happy", "joke",    "food", "hobby",
                                                   "friend", "old", "where", "tip"};
    const std::string topic(kTopics[dice_.below(std::size(kTopics))]);
    const Cast cast = {
        .x = &teller_.draw("pastime"), .y = &teller_.draw("fruit"), .z = &teller_.draw("relative")};
    add("talk_" + topic, "reply_" + topic, cast);
  }

  Dice& dice_;
  const Grammar& grammar_;
  const Facts& facts_;
  Teller teller_;
  Document document_;
};

}  // namespace

Document dialogue_document(Dice& dice, const Grammar& grammar, const Facts& facts) {
  return Conversation(dice, grammar, facts).talk();
}

}  // namespace bantam::corpus
