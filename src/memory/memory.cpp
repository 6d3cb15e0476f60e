#include "memory/memory.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "tensor/copy.h"

namespace bantam {

// Room for `more` rows behind those that are needed, without the ones behind the window.
void SequenceMemory::move_to_new_block(KeyValues& s, size_t more) const {
  const size_t held = s.block == nullptr ? 0 : s.block->capacity;
  const size_t reach = s.window == 0 ? s.rows : s.window - 1 + kTruncatable;
  const size_t kept = std::min(s.rows, reach), dropped = s.rows - kept, needed = kept + more;
  size_t capacity = std::max({needed, reserved_, size_t{64}, s.rows + more > held ? 2 * held : held});
  // Moving a window's rows once for as many as it is long keeps the cost per token constant.
  if (s.window != 0) capacity = std::max(needed, std::min(capacity, 2 * reach));
  auto block = std::make_shared<Block>(Block{Buffer(capacity * row_bytes(s), Device::cpu),
                                             Buffer(capacity * row_bytes(s), Device::cpu), capacity, kept});
  if (kept > 0) {
    const auto from = [&](const Buffer& b) {
      return static_cast<const char*>(b.data()) + dropped * row_bytes(s);
    };
    std::memcpy(block->keys.data(), from(s.block->keys), kept * row_bytes(s));
    std::memcpy(block->values.data(), from(s.block->values), kept * row_bytes(s));
  }
  s.block = std::move(block);
  s.first += dropped;
  s.rows = kept;
}

KeyValueView SequenceMemory::append(const MemorySlot& slot, ConstMat keys, ConstMat values, size_t window) {
  KeyValues& s = key_values_[slot];
  if (s.block == nullptr) s.cols = keys.cols, s.window = window;
  BANTAM_ASSERT(keys.cols == s.cols && values.cols == s.cols && values.rows == keys.rows &&
                window == s.window);
  s.rows = std::min(s.rows, length_ - s.first);
  BANTAM_ASSERT(s.first + s.rows == length_);  // every pass appends to every slot
  const bool at_end = s.block != nullptr && (s.block->filled == s.rows || s.block.use_count() == 1);
  if (!at_end || s.rows + keys.rows > s.block->capacity) move_to_new_block(s, keys.rows);
  const auto all = [&](const Buffer& b) { return Mat(b.data(), s.rows + keys.rows, s.cols, s.cols, dtype_); };
  const Mat all_keys = all(s.block->keys), all_values = all(s.block->values);
  copy(Device::cpu, keys, all_keys.slice_rows(s.rows, keys.rows));
  copy(Device::cpu, values, all_values.slice_rows(s.rows, keys.rows));
  s.rows += keys.rows;
  s.block->filled = s.rows;
  return {all_keys, all_values, s.first};
}

float* SequenceMemory::state(const MemorySlot& slot, size_t count) {
  State& s = states_[slot];
  const size_t bytes = count * sizeof(float);
  if (s.count == 0) {
    s = {Buffer(bytes, Device::cpu), count};
    std::memset(s.values.data(), 0, bytes);
  }
  BANTAM_ASSERT(s.count == count);
  if (!s.values.sole_owner()) {
    const Buffer own(bytes, Device::cpu);
    std::memcpy(own.data(), s.values.data(), bytes);
    s.values = own;
  }
  return static_cast<float*>(s.values.data());
}

bool SequenceMemory::can_truncate(size_t length) const {
  if (length == length_) return true;
  return states_.empty() && std::all_of(key_values_.begin(), key_values_.end(),
                                        [&](const auto& entry) { return entry.second.reaches(length); });
}

void SequenceMemory::truncate(size_t length) {
  require(length <= length_, ErrorCode::invalid,
          "sequence memory: {} tokens are remembered, wanted the first {}", length_, length);
  require(length == length_ || states_.empty(), ErrorCode::unsupported,
          "sequence memory: a recurrent state cannot go back from {} to {} tokens; restore a copy instead",
          length_, length);
  require(can_truncate(length), ErrorCode::unsupported,
          "sequence memory: a window has moved on and cannot go back from {} to {} tokens; restore a copy "
          "instead",
          length_, length);
  length_ = length;
  for (auto& [slot, s] : key_values_) s.rows = std::min(s.rows, length - std::min(length, s.first));
}

uint64_t SequenceMemory::bytes() const {
  uint64_t total = 0;
  for (const auto& [slot, s] : key_values_)
    if (s.block != nullptr) total += 2 * s.block->capacity * row_bytes(s);
  for (const auto& [slot, s] : states_) total += s.count * sizeof(float);
  return total;
}

}  // namespace bantam
