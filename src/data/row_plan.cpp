#include "data/row_plan.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <mutex>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/threads.h"

namespace bantam {
namespace {

constexpr uint64_t kRowsPerBlock = 1024;  // about; fewer would pad more, more would take longer to find a row
constexpr uint64_t kFewestDocuments = 256, kMostDocuments = 65536;

struct Rest {
  uint64_t document;
  uint32_t length;
};

// Keeps the order of equals. By counting, since a row is found anew each time it is wanted.
void sort_longest_first(std::vector<Rest>& rests, uint32_t length) {
  // Where the rests of each length begin; at first begin[n] counts those of n + 1.
  std::vector<uint32_t> begin(length + 1, 0);
  for (const Rest& rest : rests) ++begin[rest.length - 1];
  for (uint32_t n = length; n > 0; --n) begin[n - 1] += begin[n];
  std::vector<Rest> sorted(rests.size());
  for (const Rest& rest : rests) sorted[begin[rest.length]++] = rest;
  rests.swap(sorted);
}

// Rows with room left, found by how much: a list for each amount and a bit set of the lists that are not
// empty.
class RoomIndex {
 public:
  explicit RoomIndex(uint32_t length) : first_(length + 1, kNone), filled_((length + 64) / 64, 0) {}

  void add(uint32_t row, uint32_t room) {
    if (row >= next_.size()) next_.resize(row + 1);
    next_[row] = first_[room];
    first_[room] = row;
    filled_[room / 64] |= uint64_t{1} << room % 64;
  }

  // Takes out a row with the least room that is at least `room`, and returns it; kNone if there is none.
  // `room` becomes what it had.
  uint32_t take(uint32_t& room) {
    size_t word = room / 64;
    uint64_t bits = filled_[word] & ~uint64_t{0} << room % 64;
    while (bits == 0 && ++word < filled_.size()) bits = filled_[word];
    if (bits == 0) return kNone;
    room = static_cast<uint32_t>(word * 64) + static_cast<uint32_t>(std::countr_zero(bits));
    const uint32_t row = first_[room];
    first_[room] = next_[row];
    if (first_[room] == kNone) filled_[word] &= ~(uint64_t{1} << room % 64);
    return row;
  }

  static constexpr uint32_t kNone = ~uint32_t{0};

 private:
  std::vector<uint32_t> first_, next_;
  std::vector<uint64_t> filled_;
};

// The shared row of each rest.
std::vector<uint32_t> best_fit(const std::vector<Rest>& rests, uint32_t length) {
  RoomIndex index(length);
  std::vector<uint32_t> row_of;
  row_of.reserve(rests.size());
  uint32_t rows = 0;
  for (const Rest& rest : rests) {
    uint32_t room = rest.length;
    uint32_t row = index.take(room);
    if (row == RoomIndex::kNone) {
      row = rows++;
      room = length;
    }
    row_of.push_back(row);
    if (room > rest.length) index.add(row, room - rest.length);
  }
  return row_of;
}

}  // namespace

// A block's rows: first those that one document fills, then those shared by rests.
struct RowPlan::Packed {
  struct Filled {
    uint64_t document, end_row;  // rows from the end of the one before up to here
  };
  std::vector<Filled> filled;
  std::vector<uint64_t> shared_begin;  // of each shared row in `pieces`, and their end
  std::vector<Piece> pieces;
  uint64_t positions = 0;

  uint64_t filled_rows() const { return filled.empty() ? 0 : filled.back().end_row; }
  uint64_t rows() const { return filled_rows() + shared_begin.size() - 1; }
};

// Blocks packed lately: rows come in random order, so the same few are wanted again and again, and a small
// pack is held whole.
class RowPlan::Cache {
 public:
  std::shared_ptr<const Packed> find(size_t block) {
    const std::lock_guard guard(lock_);
    const auto found = packed_.find(block);
    return found == packed_.end() ? nullptr : found->second;
  }
  void keep(size_t block, std::shared_ptr<const Packed> packed) {
    const std::lock_guard guard(lock_);
    const size_t size = packed->pieces.size() + packed->filled.size();
    if (!packed_.emplace(block, std::move(packed)).second) return;
    held_ += size;
    order_.emplace_back(block, size);
    while (held_ > kMostPieces && order_.size() > 1) {
      held_ -= order_.front().second;
      packed_.erase(order_.front().first);
      order_.pop_front();
    }
  }

 private:
  static constexpr size_t kMostPieces = size_t{1} << 20;  // 24 bytes each

  std::mutex lock_;
  std::unordered_map<size_t, std::shared_ptr<const Packed>> packed_;
  std::deque<std::pair<size_t, size_t>> order_;  // block and size, oldest first
  size_t held_ = 0;
};

RowPlan::~RowPlan() = default;
RowPlan::RowPlan(RowPlan&&) noexcept = default;

RowPlan::Packed RowPlan::pack(const Block& block) const {
  const Shard& shard = *shards_[block.shard];
  const std::span<const uint64_t> offsets = shard.offsets();
  Packed packed;
  std::vector<Rest> rests;
  for (uint64_t d = block.first_document; d < block.first_document + block.documents; ++d) {
    const uint64_t tokens = offsets[d + 1] - offsets[d];
    if (tokens < 2) continue;
    packed.positions += tokens - 1;
    if (tokens > length_) packed.filled.push_back({d, packed.filled_rows() + (tokens - 1) / length_});
    if (const uint64_t rest = (tokens - 1) % length_; rest != 0)
      rests.push_back({d, static_cast<uint32_t>(rest)});
  }
  sort_longest_first(rests, length_);
  const std::vector<uint32_t> row_of = best_fit(rests, length_);

  const uint32_t shared = rests.empty() ? 0 : *std::max_element(row_of.begin(), row_of.end()) + 1;
  packed.shared_begin.assign(shared + 1, 0);
  for (const uint32_t row : row_of) ++packed.shared_begin[row + 1];
  std::partial_sum(packed.shared_begin.begin(), packed.shared_begin.end(), packed.shared_begin.begin());
  std::vector<uint64_t> next = packed.shared_begin;
  packed.pieces.resize(rests.size());
  for (size_t i = 0; i < rests.size(); ++i)
    packed.pieces[next[row_of[i]]++] = {block.shard, offsets[rests[i].document + 1] - 1 - rests[i].length,
                                        rests[i].length};
  return packed;
}

RowPlan::RowPlan(std::vector<const Shard*> shards, uint32_t length)
    : shards_(std::move(shards)), length_(length), cache_(std::make_unique<Cache>()) {
  require(length >= 1 && length <= (uint32_t{1} << 20), ErrorCode::invalid,
          "data: rows of {} tokens; want 1 to 2^20", length);
  uint64_t tokens = 0, documents = 0;
  for (const Shard* shard : shards_) tokens += shard->info().tokens, documents += shard->documents();
  const uint64_t block_documents =
      tokens == 0
          ? 1
          : std::clamp(static_cast<uint64_t>(static_cast<double>(kRowsPerBlock) * length_ *
                                             static_cast<double>(documents) / static_cast<double>(tokens)),
                       kFewestDocuments, kMostDocuments);
  for (size_t s = 0; s < shards_.size(); ++s)
    for (uint64_t d = 0; d < shards_[s]->documents(); d += block_documents)
      blocks_.push_back(
          {static_cast<uint32_t>(s), d, std::min(block_documents, shards_[s]->documents() - d)});

  std::vector<uint64_t> positions(blocks_.size());
  parallel_for(blocks_.size(), [&](size_t b) {
    check_masked(blocks_[b]);
    const Packed packed = pack(blocks_[b]);
    blocks_[b].rows = packed.rows();
    positions[b] = packed.positions;
  });
  for (size_t b = 0; b < blocks_.size(); ++b) {
    positions_ += positions[b];
    if (b > 0) blocks_[b].first_row = blocks_[b - 1].first_row + blocks_[b - 1].rows;
  }
}

// A conversation cut in two would teach replies to what was not said.
void RowPlan::check_masked(const Block& block) const {
  const Shard& shard = *shards_[block.shard];
  if (!shard.has_mask()) return;
  for (uint64_t d = block.first_document; d < block.first_document + block.documents; ++d) {
    if (shard.document_tokens(d) <= uint64_t{length_} + 1) continue;
    for (uint64_t token = shard.offsets()[d]; token < shard.offsets()[d + 1]; ++token)
      require(shard.is_target(token), ErrorCode::invalid,
              "{}: document {} is {} of {} positions, the training length is {}; raise max_seq_len (and "
              "the lengths of length_curriculum), or pack with --context {} --skip-invalid",
              shard.info().folder, d,
              shard.image_at(shard.offsets()[d]).empty() ? "a chat row" : "a row with an image",
              shard.document_tokens(d) - 1, length_, length_);
  }
}

std::vector<Piece> RowPlan::row(uint64_t index) const {
  BANTAM_ASSERT(index < rows());
  const auto after = std::upper_bound(blocks_.begin(), blocks_.end(), index,
                                      [](uint64_t row, const Block& block) { return row < block.first_row; });
  const Block& block = *std::prev(after);
  const size_t number = static_cast<size_t>(&block - blocks_.data());
  std::shared_ptr<const Packed> packed = cache_->find(number);
  if (packed == nullptr) {
    packed = std::make_shared<const Packed>(pack(block));
    cache_->keep(number, packed);
  }
  index -= block.first_row;
  if (index < packed->filled_rows()) {
    const auto filled =
        std::upper_bound(packed->filled.begin(), packed->filled.end(), index,
                         [](uint64_t row, const Packed::Filled& f) { return row < f.end_row; });
    const uint64_t first_row = filled == packed->filled.begin() ? 0 : std::prev(filled)->end_row;
    return {{block.shard, shards_[block.shard]->offsets()[filled->document] + (index - first_row) * length_,
             length_}};
  }
  index -= packed->filled_rows();
  const auto begin = packed->pieces.begin();
  return {begin + static_cast<ptrdiff_t>(packed->shared_begin[index]),
          begin + static_cast<ptrdiff_t>(packed->shared_begin[index + 1])};
}

}  // namespace bantam
