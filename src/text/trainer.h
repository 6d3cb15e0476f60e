// Trains byte-level BPE tokenizers with the merges that Hugging Face's BpeTrainer would learn from the same
// text.
//
// Text may come in any amount: it is cut at places where no pre-token reaches across, its words are counted
// in parallel and in bounded memory, beyond which counts go to disk (word_counts.h), and merges are learned from
// the counts, of so many words as the memory has room for. Threads: those of base/threads; the result does not
// depend on their number.
#pragma once
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "text/text_sample.h"
#include "text/tokenizer.h"
#include "text/unicode.h"
#include "text/word_counts.h"

namespace bantam {

enum class Sequences {
  lines,  // each line with its line break is a text of its own, as Hugging Face trains from files
  whole,  // pre-tokens may span lines
};

struct BpeTrainerOptions {
  size_t vocab_size = 0;  // with special tokens and the 256 bytes
  Split split = Split::gpt2;
  Sequences sequences = Sequences::lines;
  std::vector<std::string> special;  // get the first ids, in this order
  uint64_t min_frequency = 0;
  uint64_t max_token_length = 0;                // merged tokens have fewer bytes than this; 0: any
  uint64_t memory_bytes = uint64_t{512} << 20;  // of the process; below 128 MiB beside the program's own 20
  std::filesystem::path scratch_folder = ".";   // for counts that are more

  // How the family that made the split uses it.
  bool nfc() const { return split == Split::qwen2 || split == Split::qwen35; }
  bool ignore_merges() const { return split == Split::llama3; }
};

inline constexpr uint64_t kSmallestTrainerMemory = uint64_t{32} << 20;

class BpeTrainer : public TextSink {
 public:
  // Errors: usage, if the options cannot be met.
  explicit BpeTrainer(BpeTrainerOptions options);

  void add(std::string_view bytes) override;  // goes on with the current text
  void end_text() override;                   // no pre-token spans two texts

  // Learns the merges; the trainer is used up. `progress` hears tokens so far and wanted.
  Tokenizer train(const std::function<void(size_t tokens, size_t wanted)>& progress = {});

  uint64_t bytes() const { return bytes_; }        // taken in
  uint64_t replaced() const { return replaced_; }  // invalid subparts of UTF-8, read as U+FFFD
  const WordCounts& words() const { return words_; }

 private:
  struct Block {
    size_t begin, end;
  };
  void count_ready(bool all);
  size_t next_boundary(size_t from) const;
  size_t last_boundary() const;
  void split_block(Block block, FunctionRef<void(std::string_view)> word,
                   std::deque<std::string>& composed) const;

  BpeTrainerOptions options_;
  WordCounts words_;
  size_t round_bytes_;
  std::string buffer_;             // valid UTF-8, not counted yet
  std::vector<size_t> text_ends_;  // in buffer_
  Utf8Repair repair_;
  uint64_t bytes_ = 0, replaced_ = 0;
};

}  // namespace bantam
