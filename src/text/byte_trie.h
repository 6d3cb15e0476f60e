// Byte strings by their prefixes: the longest that a text begins with is found in one step a byte.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace bantam {

class ByteTrie {
 public:
  struct Match {
    int32_t value = -1;  // -1: none
    size_t bytes = 0;
  };

  ByteTrie() { clear(); }
  void clear();
  void insert(std::string_view key,
              int32_t value);  // value ≥ 0; a key's last value holds; keys are not empty

  // The longest key that text[at …] begins with and that has no more than `most` bytes.
  Match longest(std::string_view text, size_t at, size_t most = ~size_t{0}) const {
    Match best;
    uint32_t node = first_[static_cast<uint8_t>(text[at])];
    const size_t end = text.size() - at < most ? text.size() - at : most;
    for (size_t bytes = 1; node != 0; ++bytes) {
      if (values_[node] >= 0) best = {values_[node], bytes};
      if (bytes >= end) break;
      node = child(node, static_cast<uint8_t>(text[at + bytes]));
    }
    return best;
  }

 private:
  struct Edge {
    uint32_t key = 0;    // node << 8 | byte; nodes begin at 1, so 0 is free
    uint32_t child = 0;  // 0: none
  };
  static size_t slot(uint32_t key, size_t slots) {
    return static_cast<size_t>((key * 0x9E3779B97F4A7C15ull) >> 20) & (slots - 1);
  }
  uint32_t child(uint32_t node, uint8_t byte) const {
    const uint32_t key = node << 8 | byte;
    for (size_t at = slot(key, edges_.size());; at = (at + 1) & (edges_.size() - 1))
      if (edges_[at].key == key || edges_[at].key == 0) return edges_[at].child;
  }
  void add_edge(Edge edge);

  uint32_t first_[256];
  std::vector<int32_t> values_;  // by node
  std::vector<Edge> edges_;      // open addressing, at most half full
  size_t used_ = 0;
};

}  // namespace bantam
