#include "text/vocabulary.h"

#include "base/error.h"
#include "text/unicode.h"

namespace bantam {

Vocabulary::Vocabulary(std::vector<std::string> spellings, std::vector<bool> special, std::string_view where)
    : spellings_(std::move(spellings)), special_(std::move(special)) {
  require(!spellings_.empty() && spellings_.size() <= kVocabularyLimit, ErrorCode::corrupt,
          "{}: the vocabulary has {} tokens; want 1 to {}", where, spellings_.size(), kVocabularyLimit);
  special_.resize(spellings_.size());
  ids_.reserve(spellings_.size());
  byte_ends_.reserve(spellings_.size());
  for (size_t id = 0; id < spellings_.size(); ++id) {
    const std::string& spelling = spellings_[id];
    require(!spelling.empty(), ErrorCode::corrupt, "{}: id {} has no token; want ids without holes", where,
            id);
    require(valid_utf8_prefix(spelling) == spelling.size(), ErrorCode::corrupt,
            "{}: token {} is not valid UTF-8", where, id);
    const auto [other, fresh] = ids_.try_emplace(spelling, static_cast<TokenId>(id));
    require(fresh, ErrorCode::corrupt, "{}: the token \"{}\" has two ids, {} and {}", where, spelling,
            other->second, id);
  }
}

void Vocabulary::append_bytes(std::string_view bytes) {
  BANTAM_ASSERT(byte_ends_.size() < size());
  bytes_ += bytes;
  byte_ends_.push_back(static_cast<uint32_t>(bytes_.size()));
}

std::optional<TokenId> Vocabulary::id_of(std::string_view spelling) const {
  const auto found = ids_.find(spelling);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::string_view Vocabulary::bytes(TokenId id) const {
  if (id < 0 || static_cast<size_t>(id) >= byte_ends_.size()) return {};
  const uint32_t begin = id == 0 ? 0 : byte_ends_[id - 1];
  return std::string_view(bytes_).substr(begin, byte_ends_[id] - begin);
}

}  // namespace bantam
