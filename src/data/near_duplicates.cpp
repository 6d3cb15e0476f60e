#include "data/near_duplicates.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"
#include "data/word_grams.h"

namespace bantam {
namespace {

constexpr size_t kGram = 5;

// The multipliers of the hash functions, odd.
struct Multipliers {
  std::array<uint32_t, MinHash::kSize> high, low;
};

const Multipliers& multipliers() {
  static const Multipliers drawn = [] {
    Multipliers m;
    for (size_t i = 0; i < MinHash::kSize; ++i) {
      m.high[i] = static_cast<uint32_t>(splitmix64(2 * i)) | 1;
      m.low[i] = static_cast<uint32_t>(splitmix64(2 * i + 1)) | 1;
    }
    return m;
  }();
  return drawn;
}

}  // namespace

// h_i(x) = a_i·high(x) + b_i·low(x) modulo 2^32 (Dietzfelbinger et al. 1997, multilinear).
void MinHash::add_gram(uint64_t hash) {
  const Multipliers& m = multipliers();
  const auto high = static_cast<uint32_t>(hash >> 32), low = static_cast<uint32_t>(hash);
  for (size_t i = 0; i < kSize; ++i) minima_[i] = std::min(minima_[i], m.high[i] * high + m.low[i] * low);
}

void MinHash::add(std::string_view text) {
  const size_t words =
      for_each_gram<kGram>(text, true, [this](uint64_t hash, size_t, size_t) { add_gram(hash); });
  empty_ &= words == 0;
}

void MinHash::merge(const MinHash& other) {
  for (size_t i = 0; i < kSize; ++i) minima_[i] = std::min(minima_[i], other.minima_[i]);
  empty_ &= other.empty_;
}

uint32_t NearDuplicates::band_key(const MinHash& text, size_t band) {
  uint64_t key = band;
  for (size_t row = 0; row < MinHash::kBandRows; ++row)
    key = splitmix64(key ^ text.minima()[band * MinHash::kBandRows + row]);
  return static_cast<uint32_t>(key);
}

std::optional<NearDuplicates::Match> NearDuplicates::find(const MinHash& text) const {
  std::optional<Match> best;
  const size_t mask = slots_.size() - 1;
  for (size_t band = 0; band < MinHash::kBands; ++band) {
    const uint32_t key = band_key(text, band);
    for (size_t at = key & mask; slots_[at].text != kFree; at = (at + 1) & mask) {
      if (slots_[at].key != key) continue;
      const uint16_t* kept = signatures_.data() + size_t{slots_[at].text} * MinHash::kSize;
      size_t equal = 0;
      for (size_t i = 0; i < MinHash::kSize; ++i) equal += kept[i] == static_cast<uint16_t>(text.minima()[i]);
      const double similarity = static_cast<double>(equal) / MinHash::kSize;
      if (similarity >= similarity_ && (!best || similarity > best->similarity))
        best = Match{slots_[at].text, similarity};
    }
  }
  return best;
}

uint32_t NearDuplicates::keep(const MinHash& text) {
  const size_t number = signatures_.size() / MinHash::kSize;
  require(number < kFree, ErrorCode::invalid, "pack: more than {} texts to compare", kFree - 1);
  for (const uint32_t minimum : text.minima()) signatures_.push_back(static_cast<uint16_t>(minimum));
  for (size_t band = 0; band < MinHash::kBands; ++band)
    insert(band_key(text, band), static_cast<uint32_t>(number));
  return static_cast<uint32_t>(number);
}

void NearDuplicates::insert(uint32_t key, uint32_t text) {
  if (used_ * 3 >= slots_.size() * 2) grow();
  const size_t mask = slots_.size() - 1;
  size_t same = 0, at = key & mask;
  for (; slots_[at].text != kFree; at = (at + 1) & mask) same += slots_[at].key == key;
  if (same >= kMostOfOneBand) return;
  slots_[at] = {key, text};
  ++used_;
}

// In the order of the texts, so that a key's texts stay in theirs.
void NearDuplicates::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  std::erase_if(old, [](const Slot& slot) { return slot.text == kFree; });
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    size_t at = slot.key & mask;
    while (slots_[at].text != kFree) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace bantam
