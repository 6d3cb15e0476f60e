#include "tensor/arena.h"

#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "base/error.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

namespace bantam {
namespace {

constexpr size_t kHuge = size_t{2} << 20;

// Eight sizes to a doubling: at most an eighth is wasted, and near sizes share a list.
size_t rounded(size_t bytes) {
  if (bytes <= 4096) return std::max<size_t>(64, std::bit_ceil(bytes));
  const size_t step = std::bit_floor(bytes) / 8;
  return (bytes + step - 1) / step * step;
}

// Where memory is checked, a block is out of bounds while it is free and behind the bytes that were asked for, and begins
// as NaN in every dtype: who reads what nobody wrote shows it.
#ifdef __SANITIZE_ADDRESS__
void take_back(void* data, size_t size) {
  if (data != nullptr) __asan_poison_memory_region(data, size);
}
void lend(void* data, size_t size, size_t bytes) {
  if (data == nullptr) return;
  take_back(data, size);
  __asan_unpoison_memory_region(data, bytes);
  std::memset(data, 0xff, bytes);
}
#else
void take_back(void*, size_t) {}
void lend(void*, size_t, size_t) {}
#endif

}  // namespace

class Arena {
 public:
  static Arena& of(Device device) {
    // Never destroyed: tensors in static objects give their memory back after main, too.
    static Arena* const arenas = new Arena[kDevices];
    Arena& arena = arenas[static_cast<size_t>(device)];
    arena.device_ = device;
    return arena;
  }

  Buffer::Block* take(size_t bytes, BufferUse use) {
    const size_t size = rounded(bytes);
    std::lock_guard guard(lock_);
    Buffer::Block* block = free_block(size, use);
    if (block == nullptr) {
      if (use == BufferUse::scratch)
        drop_largest_scratch();  // it is too small, and what is asked for does for both
      block = new Buffer::Block;
      block->device = device_;
      block->use = use;
      block->size = size;
      block->data = device_ == Device::meta ? nullptr : system_memory(size);
      if (device_ != Device::meta && block->data == nullptr) {
        delete block;
        fail(ErrorCode::out_of_memory,
             "tensor memory: {} more bytes are not to be had; {} are in use. Use a smaller "
             "micro-batch or gradient_checkpointing: layers",
             size, use_.live_bytes);
      }
      use_.reserved_bytes += size;
      ++use_.system_calls;
    }
    block->counted = size;
    lend(block->data, block->size, bytes);
    use_.live_bytes += size;
    use_.peak_bytes = std::max(use_.peak_bytes, use_.live_bytes);
    return block;
  }

  void give(Buffer::Block* block) {
    std::lock_guard guard(lock_);
    use_.live_bytes -= block->counted;
    take_back(block->data, block->size);
    block->next_free = std::exchange(free_[static_cast<size_t>(block->use)][block->size], block);
  }

  void release() {
    std::lock_guard guard(lock_);
    for (FreeLists& lists : free_)
      for (auto& [size, list] : lists)
        while (list != nullptr) to_system(std::exchange(list, list->next_free));
    if (device_ == Device::cpu) ::malloc_trim(0);  // small blocks, and what else the program gave back
  }

  ArenaUse use() {
    std::lock_guard guard(lock_);
    return use_;
  }
  void reset_peak() {
    std::lock_guard guard(lock_);
    use_.peak_bytes = use_.live_bytes;
  }

 private:
  using FreeLists = std::map<size_t, Buffer::Block*>;  // by size

  // The block given back last of those that are `size` large; of scratch, the smallest that is large enough.
  Buffer::Block* free_block(size_t size, BufferUse use) {
    FreeLists& lists = free_[static_cast<size_t>(use)];
    auto list = use == BufferUse::scratch ? lists.lower_bound(size) : lists.find(size);
    if (use == BufferUse::scratch)
      while (list != lists.end() && list->second == nullptr) ++list;
    if (list == lists.end() || list->second == nullptr) return nullptr;
    Buffer::Block* block = std::exchange(list->second, list->second->next_free);
    block->owners.store(1, std::memory_order_relaxed);
    return block;
  }

  void drop_largest_scratch() {
    FreeLists& lists = free_[static_cast<size_t>(BufferUse::scratch)];
    const auto largest =
        std::find_if(lists.rbegin(), lists.rend(), [](const auto& list) { return list.second != nullptr; });
    if (largest != lists.rend()) to_system(std::exchange(largest->second, largest->second->next_free));
  }

  void to_system(Buffer::Block* block) {
    const size_t size = block->size;
    lend(block->data, size, size);
    if (block->data != nullptr) size >= kHuge ? (void)::munmap(block->data, size) : std::free(block->data);
    use_.reserved_bytes -= size;
    delete block;
  }

  static void* system_memory(size_t size) {
    if (size < kHuge) return std::aligned_alloc(64, size);
    void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) return nullptr;
    ::madvise(data, size, MADV_HUGEPAGE);
    return data;
  }

  Device device_{};
  std::mutex lock_;
  FreeLists free_[2];  // by use
  ArenaUse use_{};
};

const char* name_of(Device device) {
  switch (device) {
    case Device::cpu:
      return "cpu";
    case Device::reference:
      return "reference";
    case Device::meta:
      return "meta";
  }
  return "?";
}

ArenaUse arena_use(Device device) { return Arena::of(device).use(); }
void reset_arena_peak(Device device) { Arena::of(device).reset_peak(); }
void release_free_memory(Device device) { Arena::of(device).release(); }

Buffer::Buffer(size_t bytes, Device device, BufferUse use) : block_(Arena::of(device).take(bytes, use)) {}

void Buffer::drop() {
  if (block_ != nullptr && block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1)
    Arena::of(block_->device).give(block_);
  block_ = nullptr;
}

}  // namespace bantam
