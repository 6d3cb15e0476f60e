// What a pack holds, as people look at it: the share of each source, how long documents are, and training rows as the
// model sees them.
//
// Law: a row is shown from the pieces that a batch is made of (row_plan.h), so what is shown is what is learnt.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/pack_reader.h"
#include "data/row_plan.h"
#include "text/tokenizer.h"

namespace bantam {

// A source within one split.
struct SourceShare {
  std::string name;
  std::optional<double> weight;
  uint64_t documents = 0, tokens = 0, text_bytes = 0;
  double share = 0;  // of the split's rows: by weight, or by tokens where there are no weights
};
// Those that have documents in the split, in the order of the pack.
std::vector<SourceShare> source_shares(const Pack& pack, const std::string& split);

// Documents of `from` to `to` tokens, both included: 1, 2 to 3, 4 to 7, …
struct LengthBucket {
  uint64_t from, to;
  uint64_t documents = 0, tokens = 0;
};
// From the shortest documents of a split to its longest; empty where it has none.
std::vector<LengthBucket> length_histogram(const Pack& pack, const std::string& split);

// Tokens next to each other that are all learnt (predicted by the one before, and counted in the loss) or all not.
struct SeenRun {
  bool learnt;
  std::string text;  // special tokens as they are spelled
};

struct SeenSegment {
  uint64_t begin, length;  // positions of the row
  std::string source, file, category, meta;
  uint64_t document, first_token;  // in its shard; the token of the document that the segment begins with
  std::string shard;
  uint64_t learnt = 0;        // targets
  std::vector<SeenRun> runs;  // the tokens of its positions, and the token after them where that is learnt
  std::optional<int> decision, decision_position;  // the class, and the position of the row it is read at
};

struct SeenRow {
  uint64_t row, length, padding;
  std::vector<SeenSegment> segments;
};

// Row `row` of the plan, which is made of shards of `pack`. Requires: the pack's tokenizer; row < plan.rows().
SeenRow seen_row(const Pack& pack, const RowPlan& plan, const Tokenizer& tokenizer, uint64_t row);

// The plan of a split's rows of `length` positions, in the order of the documents.
RowPlan plan_of(const Pack& pack, const std::string& split, uint64_t length);

}  // namespace bantam
