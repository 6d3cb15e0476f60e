// Trains SentencePiece BPE through the library, with VUAF's symbols (vuaf_symbols.h) in front of the 256 bytes.
//
// What stands in the text stays as it is: no normalisation, no space put before a text, none taken off, and
// characters that get no piece become bytes. Line breaks are in what is learned from. The library learns from
// sentences of at most 4096 bytes, cut after a line break or a space.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/text_sample.h"
#include "text/tokenizer.h"

namespace bantam {

struct SentencePieceTrainerOptions {
  size_t vocab_size = 0;  // with symbols and bytes
  std::vector<std::string> categories = {"chat", "code", "qa", "stories", "wiki"};
  std::vector<std::string> special;  // more symbols, after those of the categories
  bool nmt_nfkc = false;  // the library's own defaults: NFKC, spaces squeezed, one put before a text
  uint64_t memory_bytes = uint64_t{64} << 20;  // of text that is learned from
};

class SentencePieceTrainer : public TextSink {
 public:
  // Errors: usage, if the options cannot be met.
  explicit SentencePieceTrainer(SentencePieceTrainerOptions options);

  void add(std::string_view bytes) override { sample_.add(bytes); }
  void end_text() override { sample_.end_text(); }

  // The trainer is used up. Cannot be interrupted: the library knows no way. usage: what the library refuses,
  // such as a vocabulary too small for the characters.
  Tokenizer train();

  const TextSample& sample() const { return sample_; }

 private:
  size_t reserved() const;  // tokens that are symbols and bytes
  std::vector<std::pair<std::string, std::string>> library_options() const;

  SentencePieceTrainerOptions options_;
  std::vector<std::string> symbols_;
  TextSample sample_;
};

}  // namespace bantam
