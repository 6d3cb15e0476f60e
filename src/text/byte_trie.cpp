#include "text/byte_trie.h"

#include <algorithm>

#include "base/error.h"

namespace bantam {

void ByteTrie::clear() {
  std::fill(std::begin(first_), std::end(first_), 0);
  values_.assign(1, -1);
  edges_.assign(1024, {});
  used_ = 0;
}

void ByteTrie::add_edge(Edge edge) {
  if (2 * (used_ + 1) > edges_.size()) {
    std::vector<Edge> old(edges_.size() * 2);
    old.swap(edges_);
    used_ = 0;
    for (const Edge& kept : old)
      if (kept.key != 0) add_edge(kept);
  }
  size_t at = slot(edge.key, edges_.size());
  while (edges_[at].key != 0) at = (at + 1) & (edges_.size() - 1);
  edges_[at] = edge;
  ++used_;
}

void ByteTrie::insert(std::string_view key, int32_t value) {
  BANTAM_ASSERT(!key.empty() && value >= 0);
  uint32_t node = 0;
  for (size_t i = 0; i < key.size(); ++i) {
    const auto byte = static_cast<uint8_t>(key[i]);
    uint32_t next = i == 0 ? first_[byte] : child(node, byte);
    if (next == 0) {
      next = static_cast<uint32_t>(values_.size());
      // Keys of edges hold 24 bits of a node.
      require(next < (1u << 24), ErrorCode::invalid, "vocabulary: its tokens have more than 2^24 prefixes");
      values_.push_back(-1);
      if (i == 0) {
        first_[byte] = next;
      } else {
        add_edge({node << 8 | byte, next});
      }
    }
    node = next;
  }
  values_[node] = value;
}

}  // namespace bantam
