#include "train/event_log.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "text/unicode.h"

namespace bantam {
namespace {

// "valid_loss" is valid/loss.
std::string evaluation_tag(const std::string& name) {
  constexpr std::string_view kValid = "valid_";
  return name.starts_with(kValid) ? "valid/" + name.substr(kValid.size()) : "eval/" + name;
}

// As Markdown that shows it as it is: a block of code. Messages want valid UTF-8.
std::string verbatim(const std::string& text) {
  std::string out = "    ";
  for (const char c : repaired_utf8(text)) out += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return out;
}

void add_samples(EventSummary& summary, const Json& samples) {
  for (size_t i = 0; i < samples.size(); ++i)
    if (samples[i].is_object())
      summary.texts.emplace_back(fmt::format("samples/{}", i),
                                 verbatim(samples[i].value("prompt", "") + samples[i].value("text", "")));
}

}  // namespace

EventSummary summary_of(const Json& line) {
  static const std::set<std::string> kCounts = {"step", "tokens", "seconds"};
  static const std::set<std::string> kMachine = {"tokens_per_second", "mfu", "memory_bytes"};
  EventSummary summary;
  const bool is_step = line.contains("lr");
  for (const auto& [name, value] : line.items()) {
    if (is_step && value.is_number() && !kCounts.contains(name))
      summary.scalars.emplace_back((kMachine.contains(name) ? "machine/" : "train/") + name,
                                   value.get<double>());
    if (name == "terms")
      for (const auto& [term, loss] : value.items())
        summary.scalars.emplace_back("terms/" + term, loss.get<double>());
    if (name == "eval")
      for (const auto& [figure, measured] : value.items())
        if (measured.is_number())
          summary.scalars.emplace_back(evaluation_tag(figure), measured.get<double>());
    if (name == "samples") add_samples(summary, value);
    if (name == "skipped") summary.texts.emplace_back("train/skipped", verbatim(value.get<std::string>()));
  }
  return summary;
}

void EventLog::add(const Json& line) {
  const EventSummary summary = summary_of(line);
  if (summary.empty()) return;
  const uint64_t step = line.at("step").get<uint64_t>();
  if (!file_) file_.emplace(run_, step);
  file_->add(step, summary);
}

}  // namespace bantam
