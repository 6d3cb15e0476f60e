// Texts much like an earlier one, found without comparing all with all: MinHash (Broder 1997, "On the resemblance and
// containment of documents") in bands (Leskovec, Rajaraman & Ullman, "Mining of massive datasets", 3.4).
//
// A text is the set of its runs of 5 words (word_grams.h). The share of equal entries in two signatures of K = 112
// hash minima estimates the Jaccard similarity s of the sets, with a standard deviation of sqrt(s(1 − s)/K), 0.04 at
// most. Signatures that agree in a whole band of R = 8 of their B = 14 bands are compared: a pair of similarity s
// meets with probability 1 − (1 − s^R)^B: 0.55 at 0.7, 0.92 at 0.8, 0.999 at 0.9. K, R and B are FineWeb's (Penedo et
// al. 2024, arXiv:2406.17557). What is compared is a duplicate from the estimate `similarity` on.
//
// Memory: 16 bits an entry and one slot a band, about 450 bytes a text that is kept. Law: verdicts depend on the texts
// and their order alone.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace bantam {

class MinHash {
 public:
  static constexpr size_t kBands = 14, kBandRows = 8, kSize = kBands * kBandRows;
  MinHash() { minima_.fill(~uint32_t{0}); }
  void add(std::string_view text);       // valid UTF-8; a further part of the same text
  void merge(const MinHash& other);      // of a further part
  bool empty() const { return empty_; }  // no word in it
  const std::array<uint32_t, kSize>& minima() const { return minima_; }

 private:
  void add_gram(uint64_t hash);

  std::array<uint32_t, kSize> minima_;
  bool empty_ = true;
};

class NearDuplicates {
 public:
  explicit NearDuplicates(double similarity) : similarity_(similarity), slots_(size_t{1} << 12) {}

  struct Match {
    uint32_t text;      // as numbered by keep()
    double similarity;  // the estimate
  };
  std::optional<Match> find(const MinHash& text) const;  // the most similar one of those compared
  uint32_t keep(const MinHash& text);                    // number 0, 1, …; invalid: more than 2^32 − 2

 private:
  static constexpr uint32_t kFree = ~uint32_t{0};
  static constexpr size_t kMostOfOneBand = 4;  // texts that share a band beyond these are not found by it
  struct Slot {
    uint32_t key = 0, text = kFree;
  };
  static uint32_t band_key(const MinHash& text, size_t band);
  void insert(uint32_t key, uint32_t text);
  void grow();

  double similarity_;
  std::vector<uint16_t> signatures_;  // [texts, K]
  std::vector<Slot> slots_;           // open addressing; a power of two
  size_t used_ = 0;
};

}  // namespace bantam
