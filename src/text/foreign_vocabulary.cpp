#include "text/foreign_vocabulary.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "text/added_tokens.h"
#include "text/byte_alphabet.h"
#include "text/byte_level.h"
#include "text/length_max.h"
#include "text/tokenizer_json.h"
#include "text/vocabulary_lines.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestFile = uint64_t{1} << 28;
constexpr std::string_view kTextEnd = "<|endoftext|>";

// What goes with the rank files that OpenAI publishes.
struct Published {
  std::string_view name;
  Split split;
  std::vector<std::string> special;
};

const std::vector<Published>& published() {
  static const std::vector<Published> list = {
      {"r50k_base", Split::gpt2, {"<|endoftext|>=50256"}},
      {"p50k_base", Split::gpt2, {"<|endoftext|>=50256"}},
      {"cl100k_base",
       Split::llama3,
       {"<|endoftext|>=100257", "<|fim_prefix|>=100258", "<|fim_middle|>=100259", "<|fim_suffix|>=100260",
        "<|endofprompt|>=100276"}},
      {"o200k_base", Split::o200k, {"<|endoftext|>=199999", "<|endofprompt|>=200018"}}};
  return list;
}

// A token's text and id where it has one: "<|im_end|>=7".
std::pair<std::string, std::optional<size_t>> special_token(const std::string& text) {
  const size_t sign = text.rfind('=');
  if (sign == std::string::npos || sign == 0 || sign + 1 == text.size()) return {text, std::nullopt};
  size_t id = 0;
  const auto [end, error] = std::from_chars(text.data() + sign + 1, text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return {text, std::nullopt};
  require(id < kVocabularyLimit, ErrorCode::usage, "special token \"{}\": want an id from 0 to {}", text,
          kVocabularyLimit - 1);
  return {text.substr(0, sign), id};
}

// Gives special tokens their ids; ids left without a token get a name that no text can spell.
void add_special_tokens(const std::vector<std::string>& special, std::string_view where,
                        TokenizerDefinition& definition) {
  std::vector<std::string>& vocab = definition.vocab;
  for (const std::string& text : special) {
    auto [content, wanted] = special_token(text);
    require(!content.empty() && content.size() <= AddedTokenMatcher::kLongestContent, ErrorCode::usage,
            "{}: a special token of {} bytes; want 1 to {}", where, content.size(),
            AddedTokenMatcher::kLongestContent);
    const auto known = std::find(vocab.begin(), vocab.end(), content);
    const auto free = std::find(vocab.begin(), vocab.end(), "");
    const size_t id =
        wanted ? *wanted : static_cast<size_t>((known != vocab.end() ? known : free) - vocab.begin());
    require(id < kVocabularyLimit, ErrorCode::usage, "{}: no id is left for the special token \"{}\"", where,
            content);
    if (id >= vocab.size()) vocab.resize(id + 1);
    require(vocab[id].empty() || vocab[id] == content, ErrorCode::usage,
            "{}: id {} of the special token \"{}\" belongs to the token \"{}\"", where, id, content,
            vocab[id]);
    vocab[id] = content;
    AddedToken token;
    token.id = static_cast<TokenId>(id);
    token.content = content;
    definition.added.push_back(std::move(token));
  }
  for (size_t id = 0; id < vocab.size(); ++id)
    if (vocab[id].empty()) vocab[id] = fmt::format("<unused {}>", id);
}

using Ranks = std::unordered_map<std::string_view, TokenId>;

// Every way to make the token from two others, in the order of their ranks.
void append_merges(std::string_view token, const Ranks& ranks,
                   std::vector<std::pair<TokenId, TokenId>>& merges) {
  const auto first = static_cast<ptrdiff_t>(merges.size());
  for (size_t cut = 1; cut < token.size(); ++cut) {
    const auto left = ranks.find(token.substr(0, cut)), right = ranks.find(token.substr(cut));
    if (left != ranks.end() && right != ranks.end()) merges.emplace_back(left->second, right->second);
  }
  std::sort(merges.begin() + first, merges.end());
}

// encoder.json and vocab.bpe, vocab.json and merges.txt: the other file of the pair.
fs::path merges_beside(const fs::path& vocab) {
  for (const char* name : {"vocab.bpe", "merges.txt"})
    if (fs::exists(vocab.parent_path() / name)) return vocab.parent_path() / name;
  fail(ErrorCode::not_found, "{}: has neither vocab.bpe nor merges.txt beside it; want one", vocab.string());
}

fs::path vocabulary_file(const fs::path& path) {
  if (!fs::is_directory(path)) return path;
  for (const char* name : {"encoder.json", "vocab.json"})
    if (fs::exists(path / name)) return path / name;
  if (has_tokenizer(path)) return tokenizer_file(path);
  fail(ErrorCode::not_found, "{}: want a vocabulary's file, or a folder with encoder.json or vocab.json",
       path.string());
}

// A file that every command takes as it is has no need to be imported.
void refuse_own(std::string_view text, std::string_view where) {
  std::string kind;
  try {
    kind = Tokenizer::parse(text, where).model().kind();
  } catch (const Error&) {
    return;
  }
  fail(ErrorCode::usage, "{}: is a tokenizer already ({}), and is used as it is: --tokenizer {}", where, kind,
       where);
}

[[noreturn]] void refuse(std::string_view text, std::string_view where) {
  refuse_own(text, where);
  const bool merges = text.substr(0, text.find('\n')).find("#version") != std::string_view::npos;
  require(!merges || text.find("</w>") == std::string_view::npos, ErrorCode::unsupported,
          "{}: holds merges of words that end in </w>, as CLIP's: such a tokenizer lower-cases text and "
          "drops its spaces, which a language model has to give back",
          where);
  require(!merges, ErrorCode::unsupported,
          "{}: holds merges alone; want the vocabulary (vocab.json, encoder.json) beside it", where);
  if (text.starts_with("[PAD]") || text.find("\n[UNK]\n") != std::string_view::npos)
    fail(ErrorCode::unsupported, "{}: is a WordPiece vocabulary (BERT), which cannot give all text back",
         where);
  fail(ErrorCode::unsupported,
       "{}: is none of the vocabularies that can be read: tiktoken's ranks (\"base64 rank\" a line), RWKV "
       "World's (\"id 'text' bytes\" a line), encoder.json with vocab.bpe, vocab.json with merges.txt",
       where);
}

}  // namespace

Tokenizer tiktoken_tokenizer(std::string_view ranks, std::string_view where, Split split,
                             const std::vector<std::string>& special) {
  const std::vector<std::string> tokens = tokens_of_ranks(ranks, where);
  TokenizerDefinition definition;
  Ranks ids;
  for (size_t id = 0; id < tokens.size(); ++id) {
    definition.vocab.push_back(tokens[id].empty() ? "" : spell_bytes(tokens[id]));
    if (!tokens[id].empty()) ids.emplace(tokens[id], static_cast<TokenId>(id));
  }
  for (const std::string& token : tokens) append_merges(token, ids, definition.merges);
  definition.split = split;
  definition.ignore_merges = true;  // tiktoken looks a whole word up first
  add_special_tokens(special, where, definition);
  std::string json = tokenizer_json(definition);
  return Tokenizer(std::make_shared<ByteLevelBpe>(std::move(definition), std::move(json), where));
}

Tokenizer gpt2_tokenizer(std::string_view vocab_json, std::string_view merges, std::string_view where,
                         Split split, const std::vector<std::string>& special) {
  Json vocab = parse_json(vocab_json, where), lines = Json::array(), added = Json::array();
  require(vocab.is_object(), ErrorCode::corrupt, "{}: is {}; want an object of token: id", where,
          vocab.type_name());
  for_each_line_of(merges, [&](std::string_view line, size_t number) {
    if (!line.empty() && !(number == 1 && line.starts_with("#version"))) lines.push_back(std::string(line));
  });
  for (const std::string& content : special) {
    const auto found = vocab.find(content);
    require(found != vocab.end(), ErrorCode::usage, "{}: the special token \"{}\" is not in the vocabulary",
            where, content);
    added.push_back({{"id", *found}, {"content", content}, {"special", true}, {"normalized", false}});
  }
  const Json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", false}};
  const Json file = {{"added_tokens", std::move(added)},
                     {"pre_tokenizer", bytes},
                     {"decoder", bytes},
                     {"model", {{"type", "BPE"}, {"vocab", std::move(vocab)}, {"merges", std::move(lines)}}}};
  TokenizerDefinition definition = definition_from_json(file.dump(), where);
  definition.split = split;
  std::string json = tokenizer_json(definition);
  return Tokenizer(std::make_shared<ByteLevelBpe>(std::move(definition), std::move(json), where));
}

Tokenizer rwkv_world_tokenizer(std::string_view lines, std::string_view where) {
  LengthMaxDefinition definition;
  definition.tokens = tokens_of_rwkv_world(lines, where);
  require(definition.tokens[0].empty(), ErrorCode::corrupt, "{}: id 0 has a token; it is the end of a text",
          where);
  definition.max_token_bytes = 1;
  for (const std::string& token : definition.tokens)
    definition.max_token_bytes = std::max(definition.max_token_bytes, token.size());
  definition.tokens[0] = std::string(kTextEnd);
  definition.special = {0};
  return Tokenizer(LengthMax::make(std::move(definition), where));
}

Tokenizer read_foreign_tokenizer(const fs::path& file_or_folder, const ForeignOptions& options) {
  const fs::path file = vocabulary_file(file_or_folder);
  const std::string where = file.string(), text = read_file(file, kLargestFile);
  if (text.starts_with('{')) {
    refuse_own(text, where);
    const bool ends = text.find(kTextEnd) != std::string::npos;
    const std::vector<std::string> special =
        options.special.empty() && ends ? std::vector{std::string(kTextEnd)} : options.special;
    return gpt2_tokenizer(text, read_file(merges_beside(file), kLargestFile), where,
                          options.split.value_or(Split::gpt2), special);
  }
  if (looks_like_rwkv_world(text)) {
    require(!options.split && options.special.empty(), ErrorCode::usage,
            "{}: takes the longest match, without a split, and its special token is {}", where, kTextEnd);
    return rwkv_world_tokenizer(text, where);
  }
  if (!looks_like_ranks(text)) refuse(text, where);
  const auto& list = published();
  const std::string stem = file.stem().string();
  const auto known =
      std::find_if(list.begin(), list.end(), [&](const Published& p) { return p.name == stem; });
  require(options.split || known != list.end(), ErrorCode::usage,
          "{}: a rank file does not say how text is cut into words; give --split", where);
  std::vector<std::string> special = options.special;
  if (special.empty()) special = known != list.end() ? known->special : std::vector{std::string(kTextEnd)};
  return tiktoken_tokenizer(text, where, options.split ? *options.split : known->split, special);
}

}  // namespace bantam
