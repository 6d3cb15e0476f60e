// Learns the vocabulary of longest match (length_max.h) from text: pieces of at most 24 bytes that make a text few
// tokens. How the authors of Escarda's tokenizer learnt theirs is not published; this rule is ours:
//
//   begin with the 256 bytes;
//   grow: encode the text by longest match, count adjacent tokens, and take the most frequent pairs as pieces, a
//     quarter more of the vocabulary at a time, up to a tenth more than wanted;
//   shrink: encode again; what a piece saves is uses · (tokens its bytes take without it − 1); drop the pieces
//     that save least, down to the size wanted; grow and shrink three times over;
//   number the pieces by what they save, the most first.
//
// A piece is white space alone, or stands within a word: an optional run of white space without a line break, then
// letters, digits or other characters alone. With `phrases` it is anything within a line, and spans words.
// Ties go to the smaller bytes, so the vocabulary is a function of text and options alone, for any number of
// threads. Text beyond `memory_bytes` is thinned out evenly (text_sample.h).
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "text/text_sample.h"
#include "text/tokenizer.h"

namespace bantam {

struct LengthMaxTrainerOptions {
  size_t vocab_size = 0;  // with special tokens, <pad> <unk> <bos> <eos> and the 256 bytes
  // They follow the learned pieces; these are Escarda's.
  std::vector<std::string> special = {"<|im_start|>",     "<|im_end|>",       "<think>",     "</think>",
                                      "<begin_solution>", "<end_solution>",   "<tool_call>", "</tool_call>",
                                      "<tool_response>",  "</tool_response>", "<tools>",     "</tools>",
                                      "<|endoftext|>"};
  bool phrases = false;
  size_t max_token_bytes = 24;
  uint64_t memory_bytes = uint64_t{64} << 20;  // of text that is learned from
};

class LengthMaxTrainer : public TextSink {
 public:
  // Errors: usage, if the options cannot be met.
  explicit LengthMaxTrainer(LengthMaxTrainerOptions options);

  void add(std::string_view bytes) override { sample_.add(bytes); }
  void end_text() override { sample_.end_text(); }

  // The trainer is used up. `progress` hears tokens so far and wanted, a few times.
  Tokenizer train(const std::function<void(size_t tokens, size_t wanted)>& progress = {});

  const TextSample& sample() const { return sample_; }

 private:
  LengthMaxTrainerOptions options_;
  TextSample sample_;
};

}  // namespace bantam
