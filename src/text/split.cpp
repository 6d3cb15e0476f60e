#include "text/split.h"

#include "text/split-inl.h"

namespace bantam {
namespace {

struct Named {
  Split split;
  std::string_view name, pattern;
};

constexpr Named kSplits[] = {
    {Split::gpt2, "gpt2", R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"},
    {Split::llama3, "llama3",
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {Split::qwen2, "qwen2",
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {Split::qwen35, "qwen35",
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {Split::o200k, "o200k",
     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
};

}  // namespace

std::string_view split_name(Split split) {
  for (const Named& named : kSplits)
    if (named.split == split) return named.name;
  return {};
}

std::optional<Split> split_named(std::string_view name) {
  for (const Named& named : kSplits)
    if (named.name == name) return named.split;
  return std::nullopt;
}

std::vector<std::string_view> split_names() {
  std::vector<std::string_view> names;
  for (const Named& named : kSplits) names.push_back(named.name);
  return names;
}

std::string_view split_pattern(Split split) {
  for (const Named& named : kSplits)
    if (named.split == split) return named.pattern;
  return {};
}

std::optional<Split> split_of_pattern(std::string_view pattern) {
  for (const Named& named : kSplits)
    if (named.pattern == pattern) return named.split;
  return std::nullopt;
}

void for_each_piece(Split split, std::string_view text, FunctionRef<void(std::string_view)> piece) {
  split::with_scanner(split, [&](auto scanner) {
    const char* const end = text.data() + text.size();
    for (const char* p = text.data(); p < end;) {
      const char* stop = scanner(p, end);
      piece({p, static_cast<size_t>(stop - p)});
      p = stop;
    }
  });
}

size_t safe_cut(std::string_view text, size_t from) {
  const uint8_t* classes = char_classes();
  if (from == 0) ++from;
  for (size_t p = from; p < text.size(); ++p) {
    const auto byte = static_cast<uint8_t>(text[p]);
    if ((byte & 0xC0) == 0x80) continue;
    // A space after anything but white space begins a pre-token in every split.
    const char* at = text.data() + p;
    const Utf8Char before = utf8_char(utf8_before(at));
    if (byte == ' ' && (classes[before.code] & kSpace) == 0) return p;
    // So does punctuation after a letter, unless a contraction may begin there; a character NFC could join
    // does not.
    if (byte == '\'') continue;
    const uint8_t here = classes[utf8_char(at).code];
    if ((classes[before.code] & kLetter) && (here & (kSpace | kLetter | kNumber | kMark | kNfcCheck)) == 0)
      return p;
    // And what follows a single line break between two characters that are not white space (o200k's
    // punctuation takes slashes behind its line breaks).
    if (before.code == '\n' && byte != '/' && (here & (kSpace | kNfcCheck)) == 0 && p >= 2) {
      const Utf8Char line_end = utf8_char(utf8_before(at - 1));
      if ((classes[line_end.code] & kSpace) == 0) return p;
    }
  }
  return std::string_view::npos;
}

}  // namespace bantam
