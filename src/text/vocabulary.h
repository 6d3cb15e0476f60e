// The tokens of a tokenizer by id: how its file spells each, the bytes it stands for, and which are special.
// Laws: ids are 0 … size() - 1 without holes; no two tokens are spelled alike; spellings are valid UTF-8.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bantam {

using TokenId = int32_t;

inline constexpr size_t kVocabularyLimit = size_t{1} << 20;

class Vocabulary {
 public:
  // Errors, beginning with `where`: corrupt, if there are no tokens or more than kVocabularyLimit, or one is
  // empty, no valid UTF-8 or there twice.
  Vocabulary(std::vector<std::string> spellings, std::vector<bool> special, std::string_view where);
  Vocabulary(const Vocabulary&) = delete;  // the index points into the spellings
  Vocabulary& operator=(const Vocabulary&) = delete;

  // What each token stands for, in the order of ids; before this, and for those never called, nothing.
  void append_bytes(std::string_view bytes);

  size_t size() const { return spellings_.size(); }
  std::optional<TokenId> id_of(std::string_view spelling) const;
  const std::vector<std::string>& spellings() const { return spellings_; }
  bool has(TokenId id) const { return id >= 0 && static_cast<size_t>(id) < size(); }
  bool is_special(TokenId id) const { return has(id) && special_[id]; }
  const std::vector<bool>& special() const { return special_; }
  std::string_view bytes(TokenId id) const;  // empty for an unknown id
  const std::unordered_map<std::string_view, TokenId>& ids() const { return ids_; }

 private:
  std::vector<std::string> spellings_;
  std::vector<bool> special_;
  std::unordered_map<std::string_view, TokenId> ids_;
  std::string bytes_;  // of all tokens, one after another
  std::vector<uint32_t> byte_ends_;
};

}  // namespace bantam
