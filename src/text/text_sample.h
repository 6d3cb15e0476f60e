// Text that a trainer learns from, held in memory: all of it, or where it is more than the memory allowed an even
// part. Law: what is kept is a function of the bytes, the ends of texts and the limit, not of how they came.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/unicode.h"

namespace bantam {

// What training texts are given to.
class TextSink {
 public:
  virtual ~TextSink() = default;
  virtual void add(std::string_view bytes) = 0;  // goes on with the current text
  virtual void end_text() = 0;
};

class TextSample : public TextSink {
 public:
  static constexpr size_t kBlockBytes = size_t{128} << 10;

  // Requires: limit_bytes ≥ kBlockBytes.
  explicit TextSample(uint64_t limit_bytes) : limit_(limit_bytes) {}

  void add(std::string_view bytes) override;
  void end_text() override;  // with a line break, where it has none

  // After the last end_text(): valid UTF-8 in blocks of at most kBlockBytes, cut after a line break where there
  // is one. All of them, or every second, fourth … where all would be more than the limit.
  const std::vector<std::string>& blocks();

  uint64_t bytes() const { return bytes_; }        // taken in
  uint64_t replaced() const { return replaced_; }  // invalid subparts of UTF-8, read as U+FFFD
  uint64_t kept_bytes() const { return kept_ + rest_.size(); }

 private:
  void end_block();

  uint64_t limit_;
  Utf8Repair repair_;
  std::string rest_;
  std::vector<std::string> blocks_;
  uint64_t block_count_ = 0, stride_ = 1, kept_ = 0;
  uint64_t bytes_ = 0, replaced_ = 0;
};

}  // namespace bantam
