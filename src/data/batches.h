// What a training step learns from: rows of exactly L positions, each holding one document or several,
// isolated.
//
// Law: a batch is a pure function of (pack, seed, step) and the configured lengths; micro-batches are slices
// of it. So resuming at a step needs nothing but its number, and neither the number of threads nor the way a
// step is cut into micro-batches changes what is learnt. While L stays the same, every position of a source
// is used once in each of its epochs; rows come in an order drawn anew for each epoch. A change of L begins a
// new order, and new epochs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/mixture.h"
#include "data/pack_reader.h"
#include "data/row_plan.h"

namespace bantam {

struct BatchSegment {
  size_t start, length;  // in positions of the batch
};

// The sources of packs as segments name them: those of each manifest in order, pack after pack.
std::vector<std::string> source_names(const std::vector<const Pack*>& packs);

// A position whose document has a class for the decision head, read there.
struct BatchLabel {
  size_t position;  // of the batch
  int32_t label;
};

// An image whose patches stand at positions [position, position + patches) of the batch, which have no tokens.
struct BatchImage {
  size_t position, patches;
  std::span<const uint8_t> pixels;  // [size, size, 3], of the pack
};

struct Batch {
  size_t rows = 0, length = 0;
  std::vector<int32_t> tokens = {};  // [rows · length]; −1 where a row is padded, and for patches of images
  std::vector<int32_t> targets = {};  // [rows · length]; the document's next token; −1 where masked or padded
  std::vector<int32_t> positions = {};  // [rows · length]; from 0 in each segment
  std::vector<BatchSegment> segments =
      {};                               // in order, covering all positions; a row's padding is a segment too
  std::vector<BatchLabel> labels = {};  // by rising position
  std::vector<BatchImage> images = {};  // by rising position
  static constexpr uint32_t kPadding = ~uint32_t{0};
  std::vector<uint32_t> sources =
      {};  // of each segment, an index into source_names(); kPadding: no document's; empty where rows come from no pack

  // Positions of tokens whose target `ahead` positions on is to be learnt: targets[p + ahead − 1] within p's segment.
  uint64_t target_count(size_t ahead = 1) const;
  Batch slice(size_t first_row, size_t count) const;  // a micro-batch
};

// Rows of `length` positions until step `until` (not included).
struct LengthPhase {
  uint64_t length, until;
};

class Batches {
 public:
  struct Options {
    uint64_t seed = 0;
    uint64_t tokens_per_step = 0;      // positions, padding included; each phase's length divides it
    std::vector<LengthPhase> lengths;  // by rising `until`; the last one holds for ever
    std::string split = "train";
  };
  // The packs outlive this object and its batches, and share a tokenizer. With weights in the manifests, each source's share
  // of the rows is its weight's; without, all documents are one source. invalid, usage.
  Batches(std::vector<const Pack*> packs, Options options);

  uint64_t length(uint64_t step) const { return options_.lengths[phase_of(step)].length; }
  uint64_t rows(uint64_t step) const { return options_.tokens_per_step / length(step); }
  Batch load(
      uint64_t step) const;  // the whole step; its target_count() is exact before the first micro-batch

  // As Batch::sources counts them, and of how many of them the split has documents.
  const std::vector<std::string>& source_names() const { return source_names_; }
  size_t drawn_sources() const { return drawn_sources_; }

  struct SourceUse {
    std::string name;
    uint64_t rows;  // of one epoch
    double epochs;  // begun and finished before `step`, in the phase of `step`
  };
  std::vector<SourceUse> use(uint64_t step) const;
  double padding(uint64_t step) const;  // share of the positions that are padding, in the phase of `step`

 private:
  struct Source {
    std::string name;
    double weight;
    std::vector<const Shard*> shards;
    std::vector<uint32_t> numbers;  // of the source of each shard, as segments name it
  };
  struct Phase {
    uint64_t begin;  // its first step
    Mixture mixture;
    std::vector<RowPlan> plans;  // one a source
  };
  size_t phase_of(uint64_t step) const;

  Options options_;
  std::vector<std::string> source_names_;
  std::vector<Source> sources_;
  size_t drawn_sources_ = 0;
  std::vector<Phase> phases_;
};

// All rows of a split once: for validation.
class OrderedRows {
 public:
  OrderedRows(const std::vector<const Pack*>& packs, const std::string& split, uint64_t length);
  uint64_t rows() const { return plan_.rows(); }
  uint64_t length() const { return plan_.length(); }
  // In the order of the documents; fewer at the end.
  Batch load(uint64_t first_row, uint64_t count) const;
  // In an order drawn once for all, so that the first of them stand for all: long documents and short ones, each source.
  Batch draw(uint64_t first, uint64_t count) const;

 private:
  std::vector<uint32_t> numbers_;  // of the source of each shard
  RowPlan plan_;
};

}  // namespace bantam
