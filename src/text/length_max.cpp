#include "text/length_max.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/error.h"
#include "base/json.h"
#include "text/unicode.h"

namespace bantam {
namespace {

constexpr size_t kMostTokenBytes = 1024;

std::string latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) append_utf8(text, static_cast<uint8_t>(c));
  return text;
}

std::string bytes_of_latin1(const std::string& text, std::string_view where) {
  std::string bytes;
  for (size_t at = 0; at < text.size();) {
    const Utf8Char c = utf8_char(text.data() + at);
    require(c.code < 256, ErrorCode::corrupt, "{}: the token \"{}\" has a character beyond U+00FF, no byte",
            where, text);
    bytes += static_cast<char>(c.code);
    at += c.bytes;
  }
  return bytes;
}

// The name of an id without a token.
std::string unused_name(size_t id) { return fmt::format("<unused {}>", id); }

std::vector<std::string> spellings(const LengthMaxDefinition& definition) {
  std::vector<std::string> names;
  std::vector<bool> special(definition.tokens.size());
  for (const TokenId id : definition.special) special.at(static_cast<size_t>(id)) = true;
  for (size_t id = 0; id < definition.tokens.size(); ++id) {
    const std::string& token = definition.tokens[id];
    names.push_back(token.empty() ? unused_name(id) : special[id] ? token : latin1(token));
  }
  return names;
}

std::vector<bool> special_ids(const LengthMaxDefinition& definition) {
  std::vector<bool> special(definition.tokens.size());
  for (const TokenId id : definition.special) special.at(static_cast<size_t>(id)) = true;
  for (size_t id = 0; id < definition.tokens.size(); ++id)
    if (definition.tokens[id].empty()) special[id] = true;
  return special;
}

std::string json_of(const LengthMaxDefinition& definition) {
  Json vocab = Json::object(), special = Json::array();
  const std::vector<std::string> names = spellings(definition);
  // nlohmann's operator[] looks through all keys of an ordered object; a vocabulary is appended instead.
  for (size_t id = 0; id < names.size(); ++id)
    if (!definition.tokens[id].empty()) vocab.get_ref<Json::object_t&>().emplace_back(names[id], id);
  for (const TokenId id : definition.special) special.push_back(names[static_cast<size_t>(id)]);
  return Json{{"vocab", std::move(vocab)},
              {"max_token_len", definition.max_token_bytes},
              {"vocab_size", definition.tokens.size()},
              {"algorithm", LengthMax::kAlgorithm},
              {"special_tokens", std::move(special)}}
      .dump();
}

uint64_t number(const Json& file, const char* key, uint64_t least, uint64_t most, std::string_view where) {
  const auto found = file.find(key);
  const bool good = found != file.end() && found->is_number_unsigned() && found->get<uint64_t>() >= least &&
                    found->get<uint64_t>() <= most;
  require(good, ErrorCode::corrupt, "{}: {} is {}; want a whole number from {} to {}", where, key,
          found == file.end() ? "not there" : found->dump(), least, most);
  return found->get<uint64_t>();
}

const Json& member(const Json& file, const char* key, bool is_list, std::string_view where) {
  const auto found = file.find(key);
  require(found != file.end() && (is_list ? found->is_array() : found->is_object()), ErrorCode::corrupt,
          "{}: {} is {}; want {}", where, key, found == file.end() ? "not there" : found->type_name(),
          is_list ? "an array" : "an object");
  return *found;
}

LengthMaxDefinition definition_of(const Json& file, std::string_view where) {
  require(file.is_object() && file.value("algorithm", Json()) == LengthMax::kAlgorithm,
          ErrorCode::unsupported, "{}: algorithm is not \"{}\"", where, LengthMax::kAlgorithm);
  LengthMaxDefinition out;
  out.max_token_bytes = number(file, "max_token_len", 1, kMostTokenBytes, where);
  out.tokens.resize(number(file, "vocab_size", 1, kVocabularyLimit, where));
  std::vector<bool> taken(kVocabularyLimit);
  const Json& vocab = member(file, "vocab", false, where);
  const auto& entries = vocab.get_ref<const Json::object_t&>();
  for (const auto& [name, id] : entries) {
    require(id.is_number_unsigned() && id.get<uint64_t>() < kVocabularyLimit, ErrorCode::corrupt,
            "{}: the token \"{}\" has id {}; want a whole number from 0 to {}", where, name, id.dump(),
            kVocabularyLimit - 1);
    const auto at = id.get<size_t>();
    require(!name.empty() && name.size() <= kMostTokenBytes && !taken[at], ErrorCode::corrupt,
            "{}: id {} has the token \"{}\"; want one token of 1 to {} bytes an id", where, at, name,
            kMostTokenBytes);
    taken[at] = true;
    if (at >= out.tokens.size()) out.tokens.resize(at + 1);
    out.tokens[at] = name;  // special ones stay as they are written
  }
  std::unordered_map<std::string_view, size_t> ids;
  for (const auto& [name, id] : entries) ids.emplace(name, id.get<size_t>());
  std::vector<bool> special(out.tokens.size());
  for (const Json& name : member(file, "special_tokens", true, where)) {
    require(name.is_string(), ErrorCode::corrupt, "{}: a special token is {}; want a string", where,
            name.type_name());
    const auto found = ids.find(name.get_ref<const std::string&>());
    require(found != ids.end(), ErrorCode::corrupt, "{}: the special token {} has no id in the vocabulary",
            where, name.dump());
    const size_t id = found->second;
    require(!special[id], ErrorCode::corrupt, "{}: the special token {} is there twice", where, name.dump());
    special[id] = true;
    out.special.push_back(static_cast<TokenId>(id));
  }
  for (size_t id = 0; id < out.tokens.size(); ++id)
    if (!special[id]) out.tokens[id] = bytes_of_latin1(out.tokens[id], where);
  return out;
}

}  // namespace

bool LengthMax::is_file(std::string_view json) {
  // A whole file need not be parsed twice for this: the two stand side by side, and nowhere else, since inside a
  // string their quotes would be escaped.
  constexpr std::string_view kKey = "\"algorithm\"", kWhite = " \t\r\n";
  for (size_t at = json.find(kKey); at != std::string_view::npos; at = json.find(kKey, at + 1)) {
    size_t next = json.find_first_not_of(kWhite, at + kKey.size());
    if (next == std::string_view::npos || json[next] != ':') continue;
    next = json.find_first_not_of(kWhite, next + 1);
    if (next != std::string_view::npos && json.substr(next).starts_with("\"length-max\"")) return true;
  }
  return false;
}

std::shared_ptr<const LengthMax> LengthMax::read(std::string json, std::string_view where) {
  LengthMaxDefinition definition = definition_of(parse_json(json, where), where);
  return std::make_shared<const LengthMax>(std::move(definition), std::move(json), where);
}

std::shared_ptr<const LengthMax> LengthMax::make(LengthMaxDefinition definition, std::string_view where) {
  std::string json = json_of(definition);
  return std::make_shared<const LengthMax>(std::move(definition), std::move(json), where);
}

LengthMax::LengthMax(LengthMaxDefinition definition, std::string json, std::string_view where)
    : TokenModel(spellings(definition), special_ids(definition), where),
      max_token_bytes_(definition.max_token_bytes) {
  std::vector<bool> has_byte(256);
  for (size_t i = 0; i < definition.tokens.size(); ++i) {
    const std::string& token = definition.tokens[i];
    const auto id = static_cast<TokenId>(i);
    vocabulary_.append_bytes(token);
    if (vocabulary().is_special(id) || token.size() > max_token_bytes_) continue;
    trie_.insert(token, id);
    if (token.size() == 1) has_byte[static_cast<uint8_t>(token[0])] = true;
  }
  for (int byte = 0; byte < 256; ++byte)
    require(has_byte[byte] || !occurs_in_utf8(byte), ErrorCode::unsupported,
            "{}: byte 0x{:02X} has no token, so text holding it would be lost; want all bytes", where, byte);
  std::vector<AddedToken> specials;
  for (const TokenId id : definition.special) {
    const std::string& content = definition.tokens[static_cast<size_t>(id)];
    require(!content.empty() && content.size() <= AddedTokenMatcher::kLongestContent, ErrorCode::corrupt,
            "{}: the special token with id {} is {} bytes long; want 1 to {}", where, id, content.size(),
            AddedTokenMatcher::kLongestContent);
    specials.push_back({id, content});
    if (content == "<bos>") prefix_ = {id};
  }
  specials_ = AddedTokenMatcher(std::move(specials));
  set_file(std::move(json));
}

void LengthMax::encode(std::string_view text, Special special, std::vector<TokenId>& out) const {
  specials_.cut(
      text, special,
      [&](std::string_view piece) {
        for (size_t at = 0; at < piece.size();) {
          const ByteTrie::Match match = trie_.longest(piece, at);
          out.push_back(match.value);
          at += match.bytes;
        }
      },
      [&](TokenId id) { out.push_back(id); });
}

}  // namespace bantam
