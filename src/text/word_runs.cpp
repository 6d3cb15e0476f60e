#include "text/word_runs.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "text/word_table.h"

namespace bantam {
namespace {

constexpr size_t kMostRuns = 32;  // then they become one, so that open files and buffers stay few
constexpr size_t kBufferBytes = size_t{256} << 10;
constexpr size_t kLongestNumber = 10;

class RunWriter {
 public:
  explicit RunWriter(ScratchFile& file) : file_(file) {}

  void write(std::string_view word, uint64_t count) {
    number(word.size());
    number(count);
    buffer_ += word;
    if (buffer_.size() >= kBufferBytes) flush();
  }
  void flush() {
    file_.append(buffer_.data(), buffer_.size());
    buffer_.clear();
  }

 private:
  void number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) buffer_ += static_cast<char>(value | 0x80);
    buffer_ += static_cast<char>(value);
  }

  ScratchFile& file_;
  std::string buffer_;
};

// The words of a run, one after another.
class RunReader {
 public:
  explicit RunReader(const ScratchFile& file) : file_(&file) {}

  // False after the last word.
  bool next() {
    if (!have(1)) return false;
    have(2 * kLongestNumber);
    const uint64_t size = number();
    count_ = number();
    have(size);
    word_ = std::string_view(buffer_).substr(at_, size);
    hash_ = WordTable::hash(word_);
    at_ += size;
    return true;
  }
  std::string_view word() const { return word_; }
  uint64_t count() const { return count_; }
  uint64_t hash() const { return hash_; }

 private:
  // Reads on until the buffer holds so many bytes more, or the file ends.
  bool have(size_t bytes) {
    if (buffer_.size() - at_ >= bytes) return true;
    buffer_.erase(0, at_);
    at_ = 0;
    const size_t held = buffer_.size();
    buffer_.resize(std::max(kBufferBytes, bytes));
    const size_t got = file_->read(offset_, buffer_.data() + held, buffer_.size() - held);
    offset_ += got;
    buffer_.resize(held + got);
    return buffer_.size() >= bytes;
  }
  uint64_t number() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<uint8_t>(buffer_[at_++]);
      value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
  }

  const ScratchFile* file_;
  std::string buffer_;
  size_t at_ = 0;
  uint64_t offset_ = 0;
  std::string_view word_;
  uint64_t count_ = 0, hash_ = 0;
};

// For a heap whose front is the first in order.
bool comes_later(const RunReader* a, const RunReader* b) {
  return a->hash() != b->hash() ? a->hash() > b->hash() : a->word() > b->word();
}

}  // namespace

void WordRuns::add(FunctionRef<void(Give word)> words) {
  if (runs_.size() >= kMostRuns) merge();
  ScratchFile file(folder_);
  RunWriter writer(file);
  words([&](std::string_view word, uint64_t count) { writer.write(word, count); });
  writer.flush();
  written_ += file.size();
  runs_.push_back(std::move(file));
}

void WordRuns::merge() {
  if (runs_.size() < 2) return;
  ScratchFile merged(folder_);
  RunWriter writer(merged);
  std::vector<RunReader> readers(runs_.begin(), runs_.end());
  std::vector<RunReader*> heap;
  for (RunReader& reader : readers)
    if (reader.next()) heap.push_back(&reader);
  std::make_heap(heap.begin(), heap.end(), comes_later);
  std::string word;
  uint64_t count = 0;
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), comes_later);
    RunReader& first = *heap.back();
    if (count > 0 && first.word() != word) {
      writer.write(word, count);
      count = 0;
    }
    if (count == 0) word = first.word();
    count += first.count();
    if (first.next())
      std::push_heap(heap.begin(), heap.end(), comes_later);
    else
      heap.pop_back();
  }
  if (count > 0) writer.write(word, count);
  writer.flush();
  written_ += merged.size();
  runs_.clear();
  runs_.push_back(std::move(merged));
}

void WordRuns::read(Give word) const {
  for (const ScratchFile& run : runs_)
    for (RunReader reader(run); reader.next();) word(reader.word(), reader.count());
}

}  // namespace bantam
