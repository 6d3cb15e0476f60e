// log.jsonl's lines once more, for TensorBoard: tags train/…, terms/…, machine/…, valid/… and samples/….
#pragma once
#include <filesystem>
#include <optional>

#include "base/json.h"
#include "formats/event_file.h"

namespace bantam {

// What a line of the log shows: the step's figures as train/loss, train/lr, …, with speed and memory under machine/, its
// loss terms as terms/ce, …; an evaluation's as valid/bits_per_byte, …; samples, and why a step was skipped, as texts.
EventSummary summary_of(const Json& line);

class EventLog {
 public:
  explicit EventLog(std::filesystem::path run) : run_(std::move(run)) {}
  // Makes the file with the first line that shows something; a run with nothing left to do leaves none.
  void add(const Json& line);

 private:
  std::filesystem::path run_;
  std::optional<EventFile> file_;
};

}  // namespace bantam
