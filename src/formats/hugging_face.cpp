#include "formats/hugging_face.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "text/byte_level.h"
#include "text/chat.h"
#include "text/end_tokens.h"

namespace bantam {
namespace {

constexpr const char* kTextFiles[] = {"tokenizer.json",
                                      "tokenizer_config.json",
                                      "generation_config.json",
                                      "chat_template.jinja",
                                      "special_tokens_map.json",
                                      "added_tokens.json",
                                      "vocab.json",
                                      "merges.txt",
                                      "tokenizer.model",
                                      "spm.model",
                                      "spm.vocab",
                                      "categories.json"};

std::vector<AddedToken> added_tokens(const Tokenizer& tokenizer) {
  if (const auto* model = dynamic_cast<const ByteLevelBpe*>(&tokenizer.model()))
    return model->definition().added;
  std::vector<AddedToken> added;
  for (TokenId id = 0; static_cast<size_t>(id) < tokenizer.vocab_size(); ++id)
    if (tokenizer.is_special(id)) added.push_back({id, tokenizer.token(id)});
  return added;
}

// The tokens that begin, end and fill up a text.
Json special_tokens(const Tokenizer& tokenizer) {
  Json tokens = Json::object();
  if (const std::vector<TokenId>& begin = tokenizer.model().prefix(); !begin.empty())
    tokens["bos_token"] = tokenizer.token(begin.front());
  if (const std::vector<TokenId> ends = end_tokens(tokenizer); !ends.empty()) {
    tokens["eos_token"] = tokenizer.token(ends.front());
    tokens["pad_token"] = tokenizer.token(ends.front());
  }
  return tokens;
}

}  // namespace

void write_tokenizer_config(const std::filesystem::path& folder, const Tokenizer& tokenizer,
                            uint64_t context) {
  Json config = {{"model_max_length", context}, {"clean_up_tokenization_spaces", false}};
  // Longest match and VUAF's symbols have no class there; one that reads their files as its own would give other ids.
  const TokenModel& model = tokenizer.model();
  if (dynamic_cast<const ByteLevelBpe*>(&model) != nullptr)
    config["tokenizer_class"] = "PreTrainedTokenizerFast";
  if (model.file_name() == "tokenizer.model") {
    config["tokenizer_class"] = "LlamaTokenizer";
    config["legacy"] = false;
    config["add_bos_token"] = !model.prefix().empty();
  }
  Json added = Json::object();
  for (const AddedToken& token : added_tokens(tokenizer))
    added[std::to_string(token.id)] = {{"content", token.content},         {"lstrip", token.lstrip},
                                       {"normalized", token.normalized},   {"rstrip", token.rstrip},
                                       {"single_word", token.single_word}, {"special", token.special}};
  config["added_tokens_decoder"] = added;
  config.update(special_tokens(tokenizer));
  if (ChatFormat::known_to(tokenizer)) config["chat_template"] = ChatFormat(tokenizer).jinja();
  write_json(folder / "tokenizer_config.json", config);
}

void write_special_tokens_map(const std::filesystem::path& folder, const Tokenizer& tokenizer) {
  write_json(folder / "special_tokens_map.json", special_tokens(tokenizer));
}

void write_generation_config(const std::filesystem::path& folder, const Tokenizer& tokenizer) {
  const std::vector<TokenId> ends = end_tokens(tokenizer);
  Json config = Json::object();
  if (!ends.empty()) config = {{"eos_token_id", ends}, {"pad_token_id", ends.front()}};
  write_json(folder / "generation_config.json", config);
}

bool copy_text_files(const std::filesystem::path& from, const std::filesystem::path& to) {
  for (const char* name : kTextFiles)
    if (std::filesystem::exists(from / name)) write_file(to / name, MappedFile(from / name).text());
  return has_tokenizer(to);
}

void complete_text_files(const std::filesystem::path& folder, const Tokenizer& tokenizer, uint64_t context) {
  if (!std::filesystem::exists(folder / "tokenizer_config.json"))
    write_tokenizer_config(folder, tokenizer, context);
  if (!std::filesystem::exists(folder / "special_tokens_map.json"))
    write_special_tokens_map(folder, tokenizer);
  if (!std::filesystem::exists(folder / "generation_config.json")) write_generation_config(folder, tokenizer);
}

void write_text_files(const std::filesystem::path& folder, const Tokenizer& tokenizer, uint64_t context) {
  tokenizer.save(folder);
  write_tokenizer_config(folder, tokenizer, context);
  write_special_tokens_map(folder, tokenizer);
  write_generation_config(folder, tokenizer);
}

}  // namespace bantam
