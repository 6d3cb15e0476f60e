// How documents fill training rows of L positions.
//
// A document of n tokens has n − 1 positions to train: each predicts the token after it, and the last token
// is only ever predicted. A document with more than L positions is cut into pieces of L and a rest; what is
// at most L long is never cut. The rests are packed several to a row by best-fit decreasing (Ding et al.
// 2024, "Fewer truncations improve language modeling"), within blocks of consecutive documents, so that a row
// is found from its block alone.
//
// Law: every position of every document is in exactly one row, and what a row holds is a pure function of the
// documents and L. Memory does not grow with the tokens; opening takes one pass over the documents' lengths.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "data/pack_reader.h"

namespace bantam {

// Positions [begin, begin + length) of a shard's tokens; their targets lie one further.
struct Piece {
  uint32_t shard;  // as numbered in the plan
  uint64_t begin;
  uint32_t length;
};

class RowPlan {
 public:
  // Documents of the shards in their order. invalid: a document with masked tokens (chat, an image) does not fit L.
  RowPlan(std::vector<const Shard*> shards, uint32_t length);
  ~RowPlan();
  RowPlan(RowPlan&&) noexcept;

  uint64_t rows() const { return blocks_.empty() ? 0 : blocks_.back().first_row + blocks_.back().rows; }
  uint64_t positions() const { return positions_; }  // of all documents; rows() × L less the padding
  uint32_t length() const { return length_; }
  const Shard& shard(uint32_t index) const { return *shards_[index]; }

  std::vector<Piece> row(uint64_t index) const;  // at least one piece, at most L positions; from any thread

 private:
  struct Block {
    uint32_t shard;
    uint64_t first_document, documents;
    uint64_t first_row = 0, rows = 0;
  };
  struct Packed;
  class Cache;
  Packed pack(const Block& block) const;
  void check_masked(const Block& block) const;

  std::vector<const Shard*> shards_;
  uint32_t length_;
  uint64_t positions_ = 0;
  std::vector<Block> blocks_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace bantam
