// The shipped corpus: stories, who-has-what questions, dialogues and arithmetic in English and Italian, generated.
//
// Laws
//   1. Document i is a pure function of (options, split, i): any number of threads, any size, the same stream.
//   2. Train and valid never share a document. Stories, questions and dialogues are split by a hash of their core
//      (who, what, which plot), arithmetic by operand pairs: a pair that is held out occurs in train in no form,
//      whatever the seed.
//   3. What a text says follows from a simulated world: the answer to "who has the lantern?" is who has it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"

namespace bantam::corpus {

enum class Split : uint8_t { train, valid };
enum class Kind : uint8_t { story, who_has_what, dialogue, arithmetic };
inline constexpr Kind kKinds[] = {Kind::story, Kind::who_has_what, Kind::dialogue, Kind::arithmetic};
std::string_view kind_name(
    Kind kind);  // "story", "who_has_what", "dialogue", "arithmetic": the category of a row

// Shares of the text by bytes, any non-negative numbers; `italian` is the share of the whole that is Italian.
struct Mix {
  double stories = 0.45, questions = 0.22, dialogues = 0.13, arithmetic = 0.20;
  double italian = 0.12;
};
// "stories=50,arithmetic=20,…": the parts named, the others as in the default. Unknown or negative parts are usage
// errors. `italian` is a fraction or, above 1, a percentage.
Mix parse_mix(std::string_view text);

struct Options {
  uint64_t seed = 17;
  Mix mix;
};

struct Message {
  std::string role, content;
};

struct Document {
  Kind kind = Kind::story;
  bool italian = false;
  std::string text;               // a story, or lines of arithmetic
  std::vector<Message> messages;  // a conversation; `text` is empty then
};

Document make_document(const Options& options, Split split, uint64_t index);

// {"text": …, "category": …} or {"messages": […], "category": …}, one line with its newline.
std::string to_jsonl(const Document& document);
// The document as text, messages in ChatML, followed by an empty line.
std::string to_text(const Document& document);

enum class Format : uint8_t { jsonl, text };
// Documents 0, 1, 2 … until `bytes` are reached; the last one is whole. The sink gets them in order, in pieces.
void generate(const Options& options, Split split, uint64_t bytes, Format format,
              FunctionRef<void(std::string_view piece)> sink);

// A question of the valid split. `messages` ends with the user's turn; a model is right when what it writes up to
// the end of its turn, trimmed, equals `answer`.
struct Question {
  Kind kind = Kind::arithmetic;
  std::vector<Message> messages;
  std::string answer;
  std::string topic;   // "addition", … or "no transfer", "one transfer", …
  int difficulty = 0;  // who_has_what: how often the thing changed hands
  bool italian = false;
  std::vector<std::string> candidates;  // who_has_what: the names in the text, in order of first mention
};
// `count` different questions of a kind (arithmetic or who_has_what).
std::vector<Question> held_out_questions(const Options& options, Kind kind, size_t count);

// What a model that learnt nothing would score: the share of the most frequent answer, and for who_has_what the
// expected share of a guess among the names in the text.
struct Baseline {
  double most_frequent = 0, guess_among_names = 0;
};
Baseline baseline(const std::vector<Question>& questions);

}  // namespace bantam::corpus
