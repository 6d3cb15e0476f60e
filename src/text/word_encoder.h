// Pieces of text to ids: split, word cache, merges. What Tokenizer::encode does behind added tokens and
// normalisation, and the loop whose speed is the encoder's.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/bpe.h"
#include "text/split.h"
#include "text/word_cache.h"

namespace bantam {

// What a thread needs to encode, lent for one call at a time.
struct EncodeWorkspace {
  WordCache cache;
  BpeScratch bpe;
  std::vector<int32_t> word_ids;
};

class WordEncoder {
 public:
  struct Options {
    Split split;
    bool individual_digits, add_prefix_space;
  };
  using WholeWords = std::unordered_map<std::string_view, int32_t>;

  // `byte_ids`: the token of each byte. `whole_words`: tokens taken before any merge. `special`: by id, what
  // text must not produce unless `specials_allowed`.
  WordEncoder(Options options, MergeTable merges, std::vector<int32_t> byte_ids, WholeWords whole_words,
              std::vector<bool> special);

  // Appends the ids of a text without added tokens. Requires: valid UTF-8. Thread-safe.
  void encode(std::string_view text, bool specials_allowed, EncodeWorkspace& workspace,
              std::vector<int32_t>& out) const;

  std::unique_ptr<EncodeWorkspace> borrow_workspace() const;
  void give_back(std::unique_ptr<EncodeWorkspace> workspace) const;
  const MergeTable& merges() const { return merges_; }

 private:
  template <class Scanner>
  void encode_pieces(const Scanner& scanner, std::string_view text, EncodeWorkspace& workspace,
                     std::vector<int32_t>& out) const;
  void encode_spelled_out(std::string_view text, EncodeWorkspace& workspace, std::vector<int32_t>& out) const;
  void for_each_run(std::string_view text, FunctionRef<void(std::string_view run)> body) const;
  size_t compute(std::string_view word, EncodeWorkspace& workspace) const;
  void unmerge(int32_t id, std::vector<int32_t>& out) const;

  Options options_;
  MergeTable merges_;
  std::vector<int32_t> byte_ids_;
  WholeWords whole_words_;
  std::vector<bool> special_;
  std::unordered_map<int32_t, std::pair<int32_t, int32_t>>
      special_parts_;  // of specials that merges can make
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<EncodeWorkspace>> idle_;
};

}  // namespace bantam
