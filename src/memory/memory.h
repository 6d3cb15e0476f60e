// What one sequence remembers between passes: keys and values that grow with its tokens, and recurrent states
// that do not. One object holds all of a model's slots; a part asks for its own through the pass and sees
// nothing else.
//
// Law: a SequenceMemory is a value. A copy (fork) goes on by itself, and assigning one back restores it.
// Copies share what they have in common until one of them writes over it, so copying costs next to nothing
// and a snapshot that is moved back costs nothing more. Copies that share must not be written to from two
// threads at once.
#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ops/attention.h"
#include "tensor/arena.h"
#include "tensor/mat.h"

namespace bantam {

// Which part's memory: every loop step and layer has its own.
struct MemorySlot {
  size_t loop_step = 0, layer = 0;
  std::string name;
  auto operator<=>(const MemorySlot&) const = default;
};

class SequenceMemory {
 public:
  // How far back, at least, a slot with a window can be truncated; enough for drafted tokens.
  static constexpr size_t kTruncatable = 64;

  // Keys and values are kept in `dtype` (f32 or bf16).
  explicit SequenceMemory(Dtype dtype) : dtype_(dtype) {}
  SequenceMemory fork() const { return *this; }

  // Tokens that are remembered; advance() adds those of the pass that just ran. Rows appended by a pass that
  // ended early, before advance(), are forgotten by the next append.
  size_t length() const { return length_; }
  void advance(size_t tokens) { length_ += tokens; }
  void reserve(size_t tokens) { reserved_ = tokens; }  // no further growth up to this length

  // Adds rows to a key/value slot and gives all that are kept; the view ends with the next append to the
  // slot. With a window (as in AttentionShape) rows that no later query sees may be dropped. A slot's columns
  // and window stay.
  KeyValueView append(const MemorySlot& slot, ConstMat keys, ConstMat values, size_t window = 0);
  // A recurrent slot of `count` values, zero when new, to read and to write until the memory is copied.
  float* state(const MemorySlot& slot, size_t count);

  // Forgets all tokens from `length` on. unsupported when a recurrent slot exists, or a window has moved on:
  // what is needed is gone.
  void truncate(size_t length);
  bool can_truncate(size_t length) const;
  uint64_t bytes() const;  // as if nothing were shared

 private:
  // Rows [0, filled) hold values of whoever shares the block; its last writer owns the end.
  struct Block {
    Buffer keys, values;
    size_t capacity, filled;
  };
  struct KeyValues {
    std::shared_ptr<Block> block;
    size_t first = 0, rows = 0;  // positions [first, first + rows) are kept
    size_t cols = 0, window = 0;
    bool reaches(size_t length) const { return window == 0 || first + window <= length + 1 || first == 0; }
  };
  struct State {
    Buffer values;
    size_t count = 0;
  };
  size_t row_bytes(const KeyValues& s) const { return s.cols * bytes_of(dtype_); }
  void move_to_new_block(KeyValues& s, size_t more) const;

  Dtype dtype_;
  size_t length_ = 0, reserved_ = 0;
  std::map<MemorySlot, KeyValues> key_values_;
  std::map<MemorySlot, State> states_;
};

}  // namespace bantam
