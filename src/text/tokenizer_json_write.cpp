#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "text/tokenizer_json.h"

namespace bantam {
namespace {

// nlohmann's operator[] looks through all keys of an ordered object; a vocabulary is appended instead.
void append(Json& object, std::string key, Json value) {
  object.get_ref<Json::object_t&>().emplace_back(std::move(key), std::move(value));
}

Json byte_level(bool add_prefix_space, bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", add_prefix_space},
          {"trim_offsets", true},
          {"use_regex", use_regex}};
}

Json added_tokens(std::vector<AddedToken> tokens) {
  std::sort(tokens.begin(), tokens.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  Json list = Json::array();
  for (const AddedToken& token : tokens)
    list.push_back({{"id", token.id},
                    {"content", token.content},
                    {"single_word", token.single_word},
                    {"lstrip", token.lstrip},
                    {"rstrip", token.rstrip},
                    {"normalized", token.normalized},
                    {"special", token.special}});
  return list;
}

Json pre_tokenizer(const TokenizerDefinition& definition) {
  if (definition.split == Split::gpt2) {
    const Json whole = byte_level(definition.add_prefix_space, true);
    if (!definition.individual_digits) return whole;
    return {{"type", "Sequence"},
            {"pretokenizers", Json::array({{{"type", "Digits"}, {"individual_digits", true}}, whole})}};
  }
  const Json split = {{"type", "Split"},
                      {"pattern", {{"Regex", split_pattern(definition.split)}}},
                      {"behavior", "Isolated"},
                      {"invert", false}};
  return {{"type", "Sequence"}, {"pretokenizers", Json::array({split, byte_level(false, false)})}};
}

Json post_processor(const TokenizerDefinition& definition, const std::vector<std::string>& spellings) {
  if (definition.prefix.empty() && definition.suffix.empty()) return nullptr;
  Json single = Json::array(), tokens = Json::object();
  const auto add = [&](const std::vector<TokenId>& ids) {
    for (const TokenId id : ids) {
      single.push_back({{"SpecialToken", {{"id", spellings[id]}, {"type_id", 0}}}});
      tokens[spellings[id]] = {{"id", spellings[id]}, {"ids", {id}}, {"tokens", {spellings[id]}}};
    }
  };
  add(definition.prefix);
  single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
  add(definition.suffix);
  Json pair = single;
  pair.push_back({{"Sequence", {{"id", "B"}, {"type_id", 1}}}});
  return {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", tokens}};
}

Json model(const TokenizerDefinition& definition) {
  Json vocab = Json::object(), merges = Json::array();
  for (size_t id = 0; id < definition.vocab.size(); ++id) append(vocab, definition.vocab[id], id);
  for (const auto& [left, right] : definition.merges)
    merges.push_back(Json::array({definition.vocab[left], definition.vocab[right]}));
  return {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", nullptr},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"ignore_merges", definition.ignore_merges},
          {"vocab", std::move(vocab)},
          {"merges", std::move(merges)}};
}

}  // namespace

std::string tokenizer_json(const TokenizerDefinition& definition) {
  std::vector<std::string> spellings = definition.vocab;
  for (const AddedToken& token : definition.added) {
    if (static_cast<size_t>(token.id) >= spellings.size()) spellings.resize(token.id + 1);
    spellings[token.id] = token.content;
  }
  Json file = Json::object();
  append(file, "version", "1.0");
  append(file, "truncation", nullptr);
  append(file, "padding", nullptr);
  append(file, "added_tokens", added_tokens(definition.added));
  append(file, "normalizer", definition.nfc ? Json{{"type", "NFC"}} : Json(nullptr));
  append(file, "pre_tokenizer", pre_tokenizer(definition));
  append(file, "post_processor", post_processor(definition, spellings));
  append(file, "decoder", byte_level(true, true));
  append(file, "model", model(definition));
  return file.dump();
}

}  // namespace bantam
