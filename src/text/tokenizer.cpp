#include "text/tokenizer.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "base/file.h"
#include "text/added_tokens.h"
#include "text/byte_alphabet.h"
#include "text/tokenizer_json.h"
#include "text/word_encoder.h"

namespace bantam {
namespace {

bool is_utf8(std::string_view text) { return valid_utf8_prefix(text) == text.size(); }

// 0xC0, 0xC1 and 0xF5 to 0xFF stand in no text that is valid UTF-8, and some files leave them out.
bool occurs_in_text(int byte) { return byte != 0xC0 && byte != 0xC1 && byte < 0xF5; }

// Every byte that can occur has a token, or text could be lost.
std::vector<int32_t> token_of_each_byte(const std::unordered_map<std::string_view, TokenId>& ids,
                                        std::string_view where) {
  std::vector<int32_t> tokens(256);
  for (int byte = 0; byte < 256; ++byte) {
    std::string letter;
    append_utf8(letter, byte_letters()[byte]);
    const auto found = ids.find(letter);
    require(found != ids.end() || !occurs_in_text(byte), ErrorCode::unsupported,
            "{}: byte 0x{:02X} (\"{}\") has no token, so text holding it would be lost; want a byte-level "
            "vocabulary with all bytes",
            where, byte, letter);
    tokens[byte] = found == ids.end() ? -1 : found->second;
  }
  return tokens;
}

}  // namespace

struct Tokenizer::Impl {
  Impl(TokenizerDefinition given, std::string json_text, std::string_view where);

  TokenizerDefinition definition;
  std::string json, sha256;
  std::vector<std::string> spellings;  // vocab and added tokens, by id
  std::unordered_map<std::string_view, TokenId> ids;
  std::string bytes;  // of all tokens, one after another
  std::vector<uint32_t> byte_ends;
  std::vector<bool> special;
  AddedTokenMatcher raw_matcher, normalized_matcher;
  std::unique_ptr<WordEncoder> words;

 private:
  void number_tokens(std::string_view where);
  std::string normal_form(const AddedToken& token) const;
  void spell_tokens();
  MergeTable merge_table(std::string_view where) const;
  WordEncoder::WholeWords whole_words() const;
};

Tokenizer::Impl::Impl(TokenizerDefinition given, std::string json_text, std::string_view where)
    : definition(std::move(given)), json(std::move(json_text)), sha256(sha256_hex(json)) {
  number_tokens(where);
  spell_tokens();
  std::vector<AddedToken> raw, normalized;
  for (AddedToken token : definition.added) {
    token.content = normal_form(token);
    (token.normalized ? normalized : raw).push_back(std::move(token));
  }
  raw_matcher = AddedTokenMatcher(std::move(raw));
  normalized_matcher = AddedTokenMatcher(std::move(normalized));
  words = std::make_unique<WordEncoder>(
      WordEncoder::Options{definition.split, definition.individual_digits, definition.add_prefix_space},
      merge_table(where), token_of_each_byte(ids, where), whole_words(), special);
}

void Tokenizer::Impl::number_tokens(std::string_view where) {
  spellings = definition.vocab;
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
  require(!spellings.empty() && spellings.size() <= kVocabularyLimit, ErrorCode::corrupt,
          "{}: the vocabulary has {} tokens; want 1 to {}", where, spellings.size(), kVocabularyLimit);
  ids.reserve(spellings.size());
  for (size_t id = 0; id < spellings.size(); ++id) {
    require(!spellings[id].empty(), ErrorCode::corrupt, "{}: id {} has no token; want ids without holes",
            where, id);
    require(is_utf8(spellings[id]), ErrorCode::corrupt, "{}: token {} is not valid UTF-8", where, id);
    const auto [other, fresh] = ids.try_emplace(spellings[id], static_cast<TokenId>(id));
    require(fresh, ErrorCode::corrupt, "{}: the token \"{}\" has two ids, {} and {}", where, spellings[id],
            other->second, id);
  }
  special.assign(spellings.size(), false);
  for (const AddedToken& token : definition.added) special[token.id] = token.special;
}

std::string Tokenizer::Impl::normal_form(const AddedToken& token) const {
  return token.normalized && definition.nfc ? nfc(token.content) : token.content;
}

void Tokenizer::Impl::spell_tokens() {
  std::unordered_map<TokenId, std::string> normal_forms;
  for (const AddedToken& token : definition.added)
    if (token.normalized) normal_forms[token.id] = normal_form(token);
  byte_ends.reserve(spellings.size());
  for (size_t id = 0; id < spellings.size(); ++id) {
    const auto found = normal_forms.find(static_cast<TokenId>(id));
    const std::string& spelling = found == normal_forms.end() ? spellings[id] : found->second;
    const std::optional<std::string> plain = bytes_of_spelling(spelling);
    bytes += plain ? *plain : spelling;
    byte_ends.push_back(static_cast<uint32_t>(bytes.size()));
  }
}

MergeTable Tokenizer::Impl::merge_table(std::string_view where) const {
  require(definition.merges.size() < MergeTable::kMergeLimit, ErrorCode::corrupt,
          "{}: {} merges; want below {}", where, definition.merges.size(), MergeTable::kMergeLimit);
  std::vector<MergeTable::Merge> merges;
  merges.reserve(definition.merges.size());
  std::string product;
  for (const auto& [left, right] : definition.merges) {
    product = definition.vocab.at(left);
    product += definition.vocab.at(right);
    const auto found = ids.find(product);
    require(found != ids.end() && static_cast<size_t>(found->second) < definition.vocab.size(),
            ErrorCode::corrupt,
            "{}: merge {} (\"{}\" with \"{}\") gives a token that is not in the vocabulary", where,
            merges.size(), definition.vocab[left], definition.vocab[right]);
    merges.push_back({left, right, found->second});
  }
  return MergeTable(std::move(merges));
}

WordEncoder::WholeWords Tokenizer::Impl::whole_words() const {
  WordEncoder::WholeWords whole;
  if (!definition.ignore_merges) return whole;
  for (size_t id = 0; id < definition.vocab.size(); ++id) {
    const uint32_t begin = id == 0 ? 0 : byte_ends[id - 1];
    // A special token is never a word of the text; nor is a spelling with letters that no byte has.
    if (special[id] || !bytes_of_spelling(spellings[id])) continue;
    whole.emplace(std::string_view(bytes).substr(begin, byte_ends[id] - begin), static_cast<int32_t>(id));
  }
  return whole;
}

Tokenizer Tokenizer::make(TokenizerDefinition definition, std::string json, std::string_view where) {
  return Tokenizer(std::make_shared<const Impl>(std::move(definition), std::move(json), where));
}

Tokenizer::Tokenizer(TokenizerDefinition definition) {
  std::string json = tokenizer_json(definition);
  impl_ = std::make_shared<const Impl>(std::move(definition), std::move(json), "tokenizer");
}

Tokenizer Tokenizer::parse(std::string_view json, std::string_view where) {
  return make(definition_from_json(json, where), std::string(json), where);
}

std::filesystem::path tokenizer_file(const std::filesystem::path& file_or_folder) {
  const std::filesystem::path file =
      std::filesystem::is_directory(file_or_folder) ? file_or_folder / "tokenizer.json" : file_or_folder;
  require(std::filesystem::exists(file), ErrorCode::not_found,
          "{}: there is no such file; want a tokenizer.json", file.string());
  return file;
}

Tokenizer Tokenizer::load(const std::filesystem::path& file_or_folder) {
  const std::filesystem::path file = tokenizer_file(file_or_folder);
  return parse(read_file(file, uint64_t{1} << 30), file.string());
}

const TokenizerDefinition& Tokenizer::definition() const { return impl_->definition; }
size_t Tokenizer::vocab_size() const { return impl_->spellings.size(); }
const std::string& Tokenizer::json() const { return impl_->json; }
const std::string& Tokenizer::sha256() const { return impl_->sha256; }

std::optional<TokenId> Tokenizer::id_of(std::string_view token) const {
  const auto found = impl_->ids.find(token);
  return found == impl_->ids.end() ? std::nullopt : std::optional(found->second);
}

const std::string& Tokenizer::token(TokenId id) const {
  require(id >= 0 && static_cast<size_t>(id) < vocab_size(), ErrorCode::invalid,
          "token id {}: the vocabulary has {} tokens", id, vocab_size());
  return impl_->spellings[id];
}

std::string_view Tokenizer::token_bytes(TokenId id) const {
  if (id < 0 || static_cast<size_t>(id) >= vocab_size()) return {};
  const uint32_t begin = id == 0 ? 0 : impl_->byte_ends[id - 1];
  return std::string_view(impl_->bytes).substr(begin, impl_->byte_ends[id] - begin);
}

bool Tokenizer::is_special(TokenId id) const {
  return id >= 0 && static_cast<size_t>(id) < vocab_size() && impl_->special[id];
}

std::optional<TokenId> Tokenizer::special_id_of(std::string_view token) const {
  const auto id = id_of(token);
  return id && is_special(*id) ? id : std::nullopt;
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, Special special) const {
  std::vector<TokenId> ids;
  encode(text, special, ids);
  return ids;
}

void Tokenizer::encode(std::string_view text, Special special, std::vector<TokenId>& out) const {
  std::string repaired;
  if (valid_utf8_prefix(text) != text.size()) {
    repaired = repaired_utf8(text);
    text = repaired;
  }
  std::unique_ptr<EncodeWorkspace> workspace = impl_->words->borrow_workspace();
  const auto add_token = [&](TokenId id) { out.push_back(id); };
  const auto add_words = [&](std::string_view piece) {
    impl_->words->encode(piece, special == Special::parse, *workspace, out);
  };
  impl_->raw_matcher.cut(
      text, special,
      [&](std::string_view piece) {
        std::string composed;
        if (impl_->definition.nfc && !surely_nfc(piece)) {
          composed = nfc(piece);
          piece = composed;
        }
        impl_->normalized_matcher.cut(piece, special, add_words, add_token);
      },
      add_token);
  impl_->words->give_back(std::move(workspace));
}

std::vector<TokenId> Tokenizer::with_template(std::span<const TokenId> ids) const {
  std::vector<TokenId> out = impl_->definition.prefix;
  out.insert(out.end(), ids.begin(), ids.end());
  out.insert(out.end(), impl_->definition.suffix.begin(), impl_->definition.suffix.end());
  return out;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool skip_special) const {
  std::string joined;
  for (const TokenId id : ids)
    if (!(skip_special && is_special(id))) joined += token_bytes(id);
  return valid_utf8_prefix(joined) == joined.size() ? joined : repaired_utf8(joined);
}

Tokenizer Tokenizer::with_special_tokens(std::span<const std::string> contents) const {
  TokenizerDefinition extended = impl_->definition;
  auto next = static_cast<TokenId>(vocab_size());
  for (const std::string& content : contents) {
    const auto is_this = [&](const AddedToken& token) { return token.content == content; };
    const auto found = std::find_if(extended.added.begin(), extended.added.end(), is_this);
    if (found != extended.added.end()) {
      found->special = true;
      continue;
    }
    AddedToken token;
    token.content = content;
    const std::optional<TokenId> known = id_of(content);
    token.id = known ? *known : next++;
    extended.added.push_back(std::move(token));
  }
  return Tokenizer(std::move(extended));
}

void Tokenizer::save(const std::filesystem::path& folder) const {
  std::filesystem::create_directories(folder);
  write_file(folder / "tokenizer.json", json());
}

std::string DecodeStream::push(TokenId id) {
  if (!(skip_special_ && tokenizer_.is_special(id))) repair_.push(tokenizer_.token_bytes(id), held_);
  if (repair_.waits() || held_.ends_with(kReplacementCharacter)) return {};
  return std::exchange(held_, {});
}

std::string DecodeStream::finish() {
  repair_.finish(held_);
  return std::exchange(held_, {});
}

}  // namespace bantam
