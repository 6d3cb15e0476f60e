// What import and export have in common: flags, the tokenizer's files, what is said in the end.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "model/exchange.h"
#include "text/tokenizer.h"

namespace CLI {
class App;
}

namespace bantam::cli {

struct ExchangeFlags {
  std::string source, out, dtype = "auto", gn, rename;
  bool json = false;
  bool no_verify = false;
  bool rounds_ternary =
      false;  // the result is not held against the source: its ternary weights are rounded anew
};

void add_exchange_flags(CLI::App& command, ExchangeFlags& flags);

// Copies the tokenizer's files of `source` to `staging`, checked against the model. Nothing: the source has
// none, or one that this build cannot read (its files are copied all the same); both are said.
std::optional<Tokenizer> bring_tokenizer(const std::filesystem::path& source, const StoredModel& model,
                                         const std::filesystem::path& staging);

// Opens the source, lets `write` fill a staging folder in the type that the flags want, and puts it in place:
// all of it or, interrupted too, nothing. What was written is loaded again first, and must compute what the source computes.
// usage: the new folder exists and is not empty. invalid: it computes something else.
using ExchangeStep = std::function<Exchanged(const StoredModel&, const std::filesystem::path&, StoredDtype,
                                             const ByteProgress&)>;
void exchange(const ExchangeFlags& flags, const ExchangeStep& write);

// Says in the end what was written. family, guessed: of the source.
void report_exchange(const ExchangeFlags& flags, const std::string& family,
                     const std::vector<GuessedName>& guessed, const Exchanged& result, StoredDtype dtype);

}  // namespace bantam::cli
