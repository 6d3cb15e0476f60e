#include "text/byte_level.h"

#include <unordered_map>

#include "base/error.h"
#include "text/byte_alphabet.h"

namespace bantam {
namespace {

// Every byte that can occur has a token, or text could be lost; some files leave out the others.
std::vector<int32_t> token_of_each_byte(const Vocabulary& vocabulary, std::string_view where) {
  std::vector<int32_t> tokens(256);
  for (int byte = 0; byte < 256; ++byte) {
    std::string letter;
    append_utf8(letter, byte_letters()[byte]);
    const std::optional<TokenId> found = vocabulary.id_of(letter);
    require(found || !occurs_in_utf8(byte), ErrorCode::unsupported,
            "{}: byte 0x{:02X} (\"{}\") has no token, so text holding it would be lost; want a byte-level "
            "vocabulary with all bytes",
            where, byte, letter);
    tokens[byte] = found.value_or(-1);
  }
  return tokens;
}

// The vocabulary's tokens and the added ones, by id.
std::vector<std::string> numbered(const TokenizerDefinition& definition, std::string_view where) {
  std::vector<std::string> spellings = definition.vocab;
  for (const AddedToken& token : definition.added) {
    require(!token.content.empty() && token.content.size() <= AddedTokenMatcher::kLongestContent,
            ErrorCode::corrupt, "{}: the added token with id {} is {} bytes long; want 1 to {}", where,
            token.id, token.content.size(), AddedTokenMatcher::kLongestContent);
    const auto id = static_cast<size_t>(token.id);
    require(token.id >= 0 && id < kVocabularyLimit, ErrorCode::corrupt,
            "{}: the added token \"{}\" has id {}; want 0 to {}", where, token.content, token.id,
            kVocabularyLimit - 1);
    if (id < definition.vocab.size()) {
      require(
          definition.vocab[id] == token.content, ErrorCode::corrupt,
          "{}: id {} belongs to \"{}\" in the vocabulary and to the added token \"{}\"; want one token an id",
          where, id, definition.vocab[id], token.content);
      continue;
    }
    if (id >= spellings.size()) spellings.resize(id + 1);
    require(spellings[id].empty(), ErrorCode::corrupt,
            "{}: id {} belongs to two added tokens, \"{}\" and \"{}\"", where, id, spellings[id],
            token.content);
    spellings[id] = token.content;
  }
  return spellings;
}

// Leaves out what numbered() refuses.
std::vector<bool> special_ids(const TokenizerDefinition& definition) {
  std::vector<bool> special(definition.vocab.size());
  for (const AddedToken& token : definition.added) {
    const auto id = static_cast<size_t>(token.id);
    if (token.id < 0 || id >= kVocabularyLimit) continue;
    if (id >= special.size()) special.resize(id + 1);
    special[id] = token.special;
  }
  return special;
}

}  // namespace

ByteLevelBpe::ByteLevelBpe(TokenizerDefinition definition, std::string json, std::string_view where)
    : TokenModel(numbered(definition, where), special_ids(definition), where),
      definition_(std::move(definition)) {
  set_file(std::move(json));
  prefix_ = definition_.prefix;
  suffix_ = definition_.suffix;
  spell_tokens();
  std::vector<AddedToken> raw, normalized;
  for (AddedToken token : definition_.added) {
    token.content = normal_form(token);
    (token.normalized ? normalized : raw).push_back(std::move(token));
  }
  raw_matcher_ = AddedTokenMatcher(std::move(raw));
  normalized_matcher_ = AddedTokenMatcher(std::move(normalized));
  words_ = std::make_unique<WordEncoder>(
      WordEncoder::Options{definition_.split, definition_.individual_digits, definition_.add_prefix_space},
      merge_table(where), token_of_each_byte(vocabulary(), where), whole_words(), vocabulary().special());
}

std::string ByteLevelBpe::normal_form(const AddedToken& token) const {
  return token.normalized && definition_.nfc ? nfc(token.content) : token.content;
}

void ByteLevelBpe::spell_tokens() {
  std::unordered_map<TokenId, std::string> normal_forms;
  for (const AddedToken& token : definition_.added)
    if (token.normalized) normal_forms[token.id] = normal_form(token);
  for (size_t id = 0; id < vocabulary().size(); ++id) {
    const auto found = normal_forms.find(static_cast<TokenId>(id));
    const std::string& spelling = found == normal_forms.end() ? vocabulary().spellings()[id] : found->second;
    vocabulary_.append_bytes(bytes_of_spelling(spelling).value_or(spelling));
  }
}

MergeTable ByteLevelBpe::merge_table(std::string_view where) const {
  const std::vector<std::string>& vocab = definition_.vocab;
  require(definition_.merges.size() < MergeTable::kMergeLimit, ErrorCode::corrupt,
          "{}: {} merges; want below {}", where, definition_.merges.size(), MergeTable::kMergeLimit);
  std::vector<MergeTable::Merge> merges;
  merges.reserve(definition_.merges.size());
  std::string product;
  for (const auto& [left, right] : definition_.merges) {
    product = vocab.at(left);
    product += vocab.at(right);
    const std::optional<TokenId> found = vocabulary().id_of(product);
    require(found && static_cast<size_t>(*found) < vocab.size(), ErrorCode::corrupt,
            "{}: merge {} (\"{}\" with \"{}\") gives a token that is not in the vocabulary", where,
            merges.size(), vocab[left], vocab[right]);
    merges.push_back({left, right, *found});
  }
  return MergeTable(std::move(merges));
}

WordEncoder::WholeWords ByteLevelBpe::whole_words() const {
  WordEncoder::WholeWords whole;
  if (!definition_.ignore_merges) return whole;
  for (TokenId id = 0; static_cast<size_t>(id) < definition_.vocab.size(); ++id)
    // A special token is never a word of the text; nor is a spelling with letters that no byte has.
    if (!vocabulary().is_special(id) && bytes_of_spelling(vocabulary().spellings()[id]))
      whole.emplace(vocabulary().bytes(id), id);
  return whole;
}

void ByteLevelBpe::encode(std::string_view text, Special special, std::vector<TokenId>& out) const {
  std::unique_ptr<EncodeWorkspace> workspace = words_->borrow_workspace();
  const auto add_token = [&](TokenId id) { out.push_back(id); };
  const auto add_words = [&](std::string_view piece) {
    words_->encode(piece, special == Special::parse, *workspace, out);
  };
  raw_matcher_.cut(
      text, special,
      [&](std::string_view piece) {
        std::string composed;
        if (definition_.nfc && !surely_nfc(piece)) {
          composed = nfc(piece);
          piece = composed;
        }
        normalized_matcher_.cut(piece, special, add_words, add_token);
      },
      add_token);
  words_->give_back(std::move(workspace));
}

}  // namespace bantam
