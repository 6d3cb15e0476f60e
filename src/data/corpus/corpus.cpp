#include "data/corpus/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/error.h"
#include "base/json.h"
#include "base/threads.h"
#include "data/corpus/arithmetic.h"
#include "data/corpus/dialogue.h"
#include "data/corpus/ownership.h"
#include "data/corpus/split.h"
#include "data/corpus/story.h"

namespace bantam::corpus {
namespace {

// The mean length of a document of each kind in bytes, which turns shares of the text into shares of documents.
// A test holds the resulting shares.
constexpr double kMeanBytes[][4] = {{688, 155.5, 461, 44.5}, {738, 184, 490, 46}};  // English, Italian

struct Draw {
  Kind kind;
  Language language;
};

Draw draw_kind(Dice& dice, const Mix& mix) {
  const double shares[] = {mix.stories, mix.questions, mix.dialogues, mix.arithmetic};
  const double sum = shares[0] + shares[1] + shares[2] + shares[3];
  uint64_t weights[8], total = 0;  // integers, so that the draw is the same on every machine
  for (size_t i = 0; i < 8; ++i) {
    const double language_share = i < 4 ? 1 - mix.italian : mix.italian;
    total += weights[i] =
        static_cast<uint64_t>(shares[i % 4] / sum * language_share / kMeanBytes[i / 4][i % 4] * 1e9);
  }
  uint64_t point = dice.below(total);
  size_t drawn = 0;
  while (point >= weights[drawn]) point -= weights[drawn++];
  return {kKinds[drawn % 4], drawn < 4 ? Language::english : Language::italian};
}

// Philox streams: the document number, the split and what is drawn keep apart.
constexpr uint64_t kDocumentStream = 0, kQuestionStream = 2;
uint64_t stream_of(uint64_t use, Split split, uint64_t index) {
  return index << 3 | use | (split == Split::valid ? 1 : 0);
}

Json to_json(const std::vector<Message>& messages) {
  Json rows = Json::array();
  for (const Message& message : messages)
    rows.push_back({{"role", message.role}, {"content", message.content}});
  return rows;
}

void check(const Mix& mix) {
  const double parts[] = {mix.stories, mix.questions, mix.dialogues, mix.arithmetic};
  double sum = 0;
  for (const double part : parts) {
    require(part >= 0 && part <= 1e6, ErrorCode::usage,
            "corpus: a share of the mix is {}; want a number from 0 to 1000000", part);
    sum += part;
  }
  require(sum > 0, ErrorCode::usage,
          "corpus: every share of the mix is 0; give at least one kind of text a share");
  require(mix.italian >= 0 && mix.italian <= 1, ErrorCode::usage,
          "corpus: the Italian share is {}; want 0 to 1, or a percentage up to 100", mix.italian);
}

}  // namespace

std::string_view kind_name(Kind kind) {
  static constexpr std::string_view kNames[] = {"story", "who_has_what", "dialogue", "arithmetic"};
  return kNames[static_cast<size_t>(kind)];
}

Mix parse_mix(std::string_view text) {
  Mix mix;
  const std::pair<std::string_view, double*> parts[] = {{"stories", &mix.stories},
                                                        {"questions", &mix.questions},
                                                        {"dialogues", &mix.dialogues},
                                                        {"arithmetic", &mix.arithmetic},
                                                        {"italian", &mix.italian}};
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const size_t equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    const auto part =
        std::find_if(std::begin(parts), std::end(parts), [&](const auto& p) { return p.first == name; });
    if (part == std::end(parts)) {
      std::vector<std::string> names;
      for (const auto& [known, value] : parts) names.emplace_back(known);
      const std::string near = nearest_name(name, names);
      fail(ErrorCode::usage, "corpus: '{}' is no part of the mix{}; the parts are {}", name,
           near.empty() ? "" : " (did you mean '" + near + "'?)", fmt::join(names, ", "));
    }
    double value = 0;
    const std::string_view number =
        equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    require(error == std::errc() && end == number.data() + number.size(), ErrorCode::usage,
            "corpus: the share in '{}' is not a number; write for example {}=20", item, name);
    *part->second = name == "italian" && value > 1 ? value / 100 : value;
  }
  check(mix);
  return mix;
}

Document make_document(const Options& options, Split split, uint64_t index) {
  Dice dice(options.seed, stream_of(kDocumentStream, split, index));
  const Draw draw = draw_kind(dice, options.mix);
  const Grammar& grammar = Grammar::of(draw.language);
  const Facts facts(split);
  switch (draw.kind) {
    case Kind::story:
      return story_document(dice, grammar, facts);
    case Kind::who_has_what:
      return ownership_document(dice, grammar, split);
    case Kind::dialogue:
      return dialogue_document(dice, grammar, facts);
    default:
      return arithmetic_document(dice, facts, draw.language);
  }
}

std::string to_jsonl(const Document& document) {
  Json row = Json::object();
  if (document.messages.empty())
    row["text"] = document.text;
  else
    row["messages"] = to_json(document.messages);
  row["category"] = std::string(kind_name(document.kind)) + (document.italian ? "_it" : "");
  return row.dump() + "\n";
}

std::string to_text(const Document& document) {
  if (document.messages.empty()) return document.text + "\n\n";
  std::string text;
  for (const Message& message : document.messages)
    text += "<|im_start|>" + message.role + "\n" + message.content + "<|im_end|>\n";
  return text + "\n";
}

void generate(const Options& options, Split split, uint64_t bytes, Format format,
              FunctionRef<void(std::string_view piece)> sink) {
  check(options.mix);
  constexpr size_t kTask = 64;  // documents a task
  const size_t tasks = static_cast<size_t>(thread_count()) * 4;
  std::vector<std::string> pieces(tasks);
  std::vector<std::vector<size_t>> ends(tasks);
  uint64_t written = 0;
  for (uint64_t first = 0; written < bytes; first += tasks * kTask) {
    parallel_for(tasks, [&](size_t task) {
      pieces[task].clear();
      ends[task].clear();
      for (size_t i = 0; i < kTask; ++i) {
        const Document document = make_document(options, split, first + task * kTask + i);
        pieces[task] += format == Format::jsonl ? to_jsonl(document) : to_text(document);
        ends[task].push_back(pieces[task].size());
      }
    });
    for (size_t task = 0; task < tasks && written < bytes; ++task) {
      const auto& stops = ends[task];
      const uint64_t wanted = bytes - written;
      const auto stop = std::lower_bound(stops.begin(), stops.end(), wanted);
      const size_t length = stop == stops.end() ? pieces[task].size() : *stop;
      sink(std::string_view(pieces[task]).substr(0, length));
      written += length;
    }
  }
}

namespace {

Question ownership_question(Dice& dice, const Options& options) {
  const bool italian = dice.below(1'000'000) < static_cast<uint64_t>(options.mix.italian * 1e6);
  const OwnershipStory story =
      ownership_story(dice, Grammar::of(italian ? Language::italian : Language::english), Split::valid);
  const OwnershipQuestion& asked = story.questions.front();
  Question question;
  question.messages.push_back({"user", story.text + " " + asked.question});
  question.answer = asked.answer;
  question.difficulty = asked.transfers;
  question.topic = asked.transfers == 0   ? "no transfer"
                   : asked.transfers == 1 ? "one transfer"
                                          : "several transfers";
  question.candidates = story.names;
  question.italian = italian;
  return question;
}

Question arithmetic_question(Dice& dice, const Options& options) {
  const bool italian = dice.below(1'000'000) < static_cast<uint64_t>(options.mix.italian * 1e6);
  const corpus::ArithmeticQuestion asked =
      draw_question(dice, Facts(Split::valid), italian ? Language::italian : Language::english);
  Question question;
  question.messages.push_back({"user", asked.question});
  question.answer = asked.answer;
  question.topic = topic_name(asked.fact.operation);
  question.italian = italian;
  return question;
}

}  // namespace

std::vector<Question> held_out_questions(const Options& options, Kind kind, size_t count) {
  require(kind == Kind::arithmetic || kind == Kind::who_has_what, ErrorCode::invalid,
          "corpus: there are no questions of the kind '{}'; want arithmetic or who_has_what",
          kind_name(kind));
  check(options.mix);
  std::vector<Question> questions;
  std::unordered_map<std::string, bool> seen;
  const uint64_t most_tries = 1000 + 100 * static_cast<uint64_t>(count);
  for (uint64_t index = 0; questions.size() < count && index < most_tries; ++index) {
    Dice dice(options.seed,
              stream_of(kQuestionStream, Split::valid, index * 4 + static_cast<uint64_t>(kind)));
    Question question =
        kind == Kind::arithmetic ? arithmetic_question(dice, options) : ownership_question(dice, options);
    question.kind = kind;
    if (seen.emplace(question.messages.front().content, true).second)
      questions.push_back(std::move(question));
  }
  require(questions.size() == count, ErrorCode::invalid,
          "corpus: only {} different {} questions exist, {} are asked for", questions.size(), kind_name(kind),
          count);
  return questions;
}

Baseline baseline(const std::vector<Question>& questions) {
  Baseline result;
  if (questions.empty()) return result;
  std::unordered_map<std::string, size_t> counts;
  size_t most = 0;
  for (const Question& question : questions) {
    most = std::max(most, ++counts[question.answer]);
    if (!question.candidates.empty())
      result.guess_among_names += 1.0 / static_cast<double>(question.candidates.size());
  }
  result.most_frequent = static_cast<double>(most) / static_cast<double>(questions.size());
  result.guess_among_names /= static_cast<double>(questions.size());
  return result;
}

}  // namespace bantam::corpus
