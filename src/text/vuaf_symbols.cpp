#include "text/vuaf_symbols.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json.h"

namespace bantam {
namespace {

constexpr std::string_view kCategory = "<|cat:", kReserved = "_reserved_", kEnd = "|>";

struct Symbol {
  std::string_view text;
  const char* key;  // of tokenizer.json
};
// In the order of tokenizer.json, whose unk_id stands after eos_id.
constexpr Symbol kSymbols[] = {
    {"<pad>", "pad_id"},          {"<bos>", "bos_id"},           {"<eos>", "eos_id"},
    {"<unk>", "unk_id"},          {"<|user|>", "user_id"},       {"<|assistant|>", "assistant_id"},
    {"<|system|>", "system_id"},  {"<|turn|>", "turn_id"},       {"<|doc|>", "doc_id"},
    {"<|meta|>", "meta_open_id"}, {"<|/meta|>", "meta_close_id"}};

std::string_view category_name(std::string_view token) {
  if (!token.starts_with(kCategory) || !token.ends_with(kEnd)) return {};
  token.remove_prefix(kCategory.size());
  token.remove_suffix(kEnd.size());
  return token;
}

std::string reserved_name(size_t place) { return fmt::format("{}{}", kReserved, place); }

// The place of the first of 32 categories in a row.
std::optional<TokenId> first_category(const Vocabulary& vocabulary) {
  const std::vector<std::string>& tokens = vocabulary.spellings();
  const auto is_category = [](const std::string& token) { return !category_name(token).empty(); };
  const auto first = std::find_if(tokens.begin(), tokens.end(), is_category);
  if (static_cast<size_t>(tokens.end() - first) < VuafSymbols::kMostCategories) return std::nullopt;
  if (!std::all_of(first, first + VuafSymbols::kMostCategories, is_category)) return std::nullopt;
  const auto id = static_cast<TokenId>(first - tokens.begin());
  for (size_t i = 0; i < VuafSymbols::kMostCategories; ++i)
    if (!vocabulary.is_special(id + static_cast<TokenId>(i))) return std::nullopt;
  return id;
}

void check_name(const std::string& name) {
  const auto is_plain = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  require(!name.empty() && name.size() <= 64 && !name.starts_with(kReserved) &&
              std::all_of(name.begin(), name.end(), is_plain),
          ErrorCode::usage,
          "category \"{}\": want a name of 1 to 64 letters, digits, \"-\", \"_\" and \".\" that does not "
          "begin with {}",
          name, kReserved);
}

}  // namespace

std::string VuafSymbols::category_symbol(std::string_view name) {
  return fmt::format("{}{}{}", kCategory, name, kEnd);
}

bool VuafSymbols::known_to(const Vocabulary& vocabulary) {
  for (const Symbol& symbol : kSymbols) {
    const std::optional<TokenId> id = vocabulary.id_of(symbol.text);
    if (!id || !vocabulary.is_special(*id)) return false;
  }
  return first_category(vocabulary).has_value();
}

VuafSymbols::VuafSymbols(const Vocabulary& vocabulary) : first_category_(*first_category(vocabulary)) {
  for (const Symbol& symbol : kSymbols) ids_.emplace_back(symbol.text, *vocabulary.id_of(symbol.text));
  for (size_t i = 0; i < kMostCategories; ++i) {
    const std::string_view name = category_name(vocabulary.spellings()[first_category_ + i]);
    if (name.starts_with(kReserved)) break;
    categories_.emplace_back(name);
  }
}

TokenId VuafSymbols::id(std::string_view symbol) const {
  const auto found =
      std::find_if(ids_.begin(), ids_.end(), [&](const auto& entry) { return entry.first == symbol; });
  BANTAM_ASSERT(found != ids_.end());
  return found->second;
}

std::optional<TokenId> VuafSymbols::category(std::string_view name) const {
  const auto found = std::find(categories_.begin(), categories_.end(), name);
  if (found == categories_.end()) return std::nullopt;
  return first_category_ + static_cast<TokenId>(found - categories_.begin());
}

std::string VuafSymbols::categories_json() const {
  return Json{{"names", categories_}, {"max_categories", kMostCategories}}.dump(2);
}

std::string VuafSymbols::ids_json(size_t vocab_size) const {
  Json json = {{"vocab_size", vocab_size}};
  for (const Symbol& symbol : kSymbols) json[symbol.key] = id(symbol.text);
  json["category_first_id"] = first_category_;
  json["category_count"] = categories_.size();
  json["max_categories"] = kMostCategories;
  return json.dump(2);
}

std::vector<std::string> VuafSymbols::of(const std::vector<std::string>& categories) {
  require(categories.size() <= kMostCategories, ErrorCode::usage, "{} categories; want at most {}",
          categories.size(), kMostCategories);
  std::vector<std::string> symbols;
  for (const char* symbol : {"<bos>", "<eos>", "<|user|>", "<|assistant|>", "<|system|>", "<|turn|>",
                             "<|doc|>", "<|meta|>", "<|/meta|>"})
    symbols.emplace_back(symbol);
  std::set<std::string> seen;
  for (size_t i = 0; i < kMostCategories; ++i) {
    if (i < categories.size()) check_name(categories[i]);
    const std::string name = i < categories.size() ? categories[i] : reserved_name(i);
    require(seen.insert(name).second, ErrorCode::usage, "category \"{}\": is there twice", name);
    symbols.push_back(category_symbol(name));
  }
  return symbols;
}

}  // namespace bantam
