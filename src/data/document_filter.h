// Which documents of a pack's sources are left out because another has their text, or an evaluation does. Read before
// packing, in one pass of its own over the texts: what it keeps is signatures, never texts.
//
//   exact   the same text but for white space: SHA-256 of the text with every run of white space as one space,
//           128 bits of it
//   near    also a text that resembles an earlier one (near_duplicates.h)
//   contaminated   shares 13 words in a row with an evaluation (contamination.h)
//
// Law: the first of several stays, in the order of the sources, whatever its split; so nothing is in train and in
// valid. A conversation's text is what is said in it; decisions, categories and roles do not count. A row with an image
// resembles none: one question is asked of many.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "data/contamination.h"
#include "data/manifest.h"
#include "data/near_duplicates.h"
#include "data/rows.h"
#include "data/source_reader.h"

namespace bantam {

struct FilterOptions {
  Dedupe dedupe = Dedupe::none;
  double similarity = 0.8;                           // of near-duplicates, from here on
  std::vector<std::filesystem::path> decontaminate;  // evaluations
  bool list_only = false;                            // contaminated documents are listed and stay
  bool any() const { return dedupe != Dedupe::none || !decontaminate.empty(); }
};

// What is said of one document of a file.
struct Verdict {
  uint64_t document;  // of the file (TextUnit::document)
  uint32_t row;       // of the document, where a JSON value stands for several (row_shapes.h)
  bool dropped;
  std::string reason;   // "duplicate", "near_duplicate", "contaminated"
  std::string message;  // with place and why
};
using Verdicts = std::vector<Verdict>;  // of a file, in the order of its documents

// Null: the document stays. `row` in `document`.
const Verdict* verdict_on(const Verdicts& verdicts, uint64_t document, uint32_t row);

class DocumentFilter {
 public:
  // `format` outlives this object.
  DocumentFilter(const FilterOptions& options, const RowFormat& format, const SourceReader::Options& read);
  ~DocumentFilter();

  // The next file of the sources; `name` is how messages call it. `progress` is called with the bytes read of it. Rows
  // that cannot be read get no verdict: packing complains about them.
  Verdicts judge(const std::filesystem::path& file, const std::string& name,
                 const std::function<void(uint64_t)>& progress);

  PackFilters report() const;

 private:
  struct Signature;
  struct Place {
    uint32_t file;
    uint64_t line;
  };
  struct JudgedUnit;
  void sign(std::string_view text, Dedupe dedupe, Signature& signature) const;
  JudgedUnit judge_unit(const TextUnit& unit, bool rows) const;
  void decide(uint64_t document, uint32_t row, uint64_t line, const Signature& signature, Verdicts& verdicts);
  std::string name_of(const Place& place) const;

  FilterOptions options_;
  const RowFormat& format_;
  SourceReader::Options read_;
  Contamination contamination_;
  std::map<std::pair<uint64_t, uint64_t>, Place> exact_;
  NearDuplicates near_;
  std::vector<Place> near_places_;
  std::vector<std::string> files_;
  Counts listed_;
};

}  // namespace bantam
