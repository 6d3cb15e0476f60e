// Memory of tensors: free lists by rounded size, one arena a device. Law: after the first step of a shape
// nothing more is asked of the system, nor for scratch that later steps want less of. Blocks are 64-byte aligned; large
// ones sit on huge pages.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace bantam {

// Where a tensor lives. `reference` computes in f64 with plain loops, for tests. `meta` has shapes and no
// data.
enum class Device : uint8_t { cpu, reference, meta };
inline constexpr size_t kDevices = 3;
const char* name_of(Device device);

struct ArenaUse {
  uint64_t live_bytes, peak_bytes;  // in use: what was asked for, rounded
  uint64_t reserved_bytes;          // taken from the system, free lists included
  uint64_t system_calls;            // how often memory was asked of the system
};
ArenaUse arena_use(Device device);
void reset_arena_peak(Device device);
void release_free_memory(Device device);  // gives the free lists back to the system

// What a block is for. Scratch goes back before the op that asked for it ends. Any free block of scratch that is large enough
// will do, and one that is too small goes back to the system for it: where sizes follow the lengths of documents, blocks of
// all sizes would pile up otherwise.
enum class BufferUse : uint8_t { tensor, scratch };

// A reference-counted block. Copies share it.
class Buffer {
 public:
  Buffer() = default;
  Buffer(size_t bytes, Device device, BufferUse use = BufferUse::tensor);  // content undefined; out_of_memory
  ~Buffer() { drop(); }
  Buffer(const Buffer& other) : block_(other.block_) {
    if (block_ != nullptr) block_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  Buffer(Buffer&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Buffer& operator=(Buffer other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }

  void* data() const { return block_ == nullptr ? nullptr : block_->data; }
  explicit operator bool() const { return block_ != nullptr; }
  bool sole_owner() const { return block_ != nullptr && block_->owners.load(std::memory_order_acquire) == 1; }
  Device device() const { return block_->device; }

 private:
  friend class Arena;
  struct Block {
    std::atomic<uint32_t> owners{1};
    Device device{};
    BufferUse use{};
    size_t size = 0;     // rounded
    size_t counted = 0;  // of it in use: what was asked for, rounded
    void* data = nullptr;
    Block* next_free = nullptr;
  };
  void drop();
  Block* block_ = nullptr;
};

}  // namespace bantam
