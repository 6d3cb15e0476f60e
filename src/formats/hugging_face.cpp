#include "formats/hugging_face.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "text/chat.h"

namespace bantam {
namespace {

constexpr std::string_view kEnds[] = {"<|endoftext|>", "</s>", "<eos>", ChatFormat::kTurnEnd};

bool has_chatml(const Tokenizer& tokenizer) {
  for (const std::string_view content : {ChatFormat::kTurnBegin, ChatFormat::kTurnEnd}) {
    const auto id = tokenizer.id_of(content);
    if (!id || !tokenizer.is_special(*id)) return false;
  }
  return true;
}

}  // namespace

std::vector<TokenId> end_tokens(const Tokenizer& tokenizer) {
  std::vector<TokenId> ids;
  for (const std::string_view content : kEnds)
    if (const auto id = tokenizer.id_of(content); id && tokenizer.is_special(*id)) ids.push_back(*id);
  return ids;
}

std::string_view chatml_template() {
  return "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + "
         "'<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' "
         "}}{% endif %}";
}

void write_tokenizer_config(const std::filesystem::path& folder, const Tokenizer& tokenizer,
                            uint64_t context) {
  Json config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                 {"model_max_length", context},
                 {"clean_up_tokenization_spaces", false}};
  Json added = Json::object();
  for (const AddedToken& token : tokenizer.definition().added)
    added[std::to_string(token.id)] = {{"content", token.content},         {"lstrip", token.lstrip},
                                       {"normalized", token.normalized},   {"rstrip", token.rstrip},
                                       {"single_word", token.single_word}, {"special", token.special}};
  config["added_tokens_decoder"] = added;
  if (const std::vector<TokenId> ends = end_tokens(tokenizer); !ends.empty()) {
    config["eos_token"] = tokenizer.token(ends.front());
    config["pad_token"] = tokenizer.token(ends.front());
  }
  if (has_chatml(tokenizer)) config["chat_template"] = chatml_template();
  write_json(folder / "tokenizer_config.json", config);
}

void write_generation_config(const std::filesystem::path& folder, const Tokenizer& tokenizer) {
  const std::vector<TokenId> ends = end_tokens(tokenizer);
  Json config = Json::object();
  if (!ends.empty()) config = {{"eos_token_id", ends}, {"pad_token_id", ends.front()}};
  write_json(folder / "generation_config.json", config);
}

void write_text_files(const std::filesystem::path& folder, const Tokenizer& tokenizer, uint64_t context) {
  tokenizer.save(folder);
  write_tokenizer_config(folder, tokenizer, context);
  write_generation_config(folder, tokenizer);
}

}  // namespace bantam
