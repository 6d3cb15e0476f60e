// Canonical composition, Unicode standard annex 15: decompose, sort marks by combining class, compose.
// The text is copied as it stands up to a character that NFC may change; from the starter before it to the
// next character that is surely stable the three steps run on code points.
#include <algorithm>
#include <unordered_map>
#include <vector>

#include "text/unicode.h"
#include "text/unicode_tables.h"

namespace bantam {
namespace {

constexpr char32_t kHangulSyllables = 0xAC00, kHangulLeads = 0x1100, kHangulVowels = 0x1161,
                   kHangulTails = 0x11A7;
constexpr uint32_t kLeadCount = 19, kVowelCount = 21, kTailCount = 28;
constexpr uint32_t kSyllableCount = kLeadCount * kVowelCount * kTailCount;

struct Marked {
  char32_t code;
  uint8_t combining_class;
};

struct Composer {
  std::unordered_map<char32_t, std::pair<char32_t, char32_t>> parts;
  std::unordered_map<uint64_t, char32_t> whole;
  std::unordered_map<char32_t, uint8_t> combining_class;

  Composer() {
    using namespace unicode_tables;
    for (unsigned i = 0; i < kDecompositionsCount; ++i) {
      const Decomposition& d = kDecompositions[i];
      parts[d.code] = {d.first, d.second};
      if (d.composes) whole[uint64_t{d.first} << 32 | d.second] = d.code;
    }
    for (unsigned i = 0; i < kCombiningClassesCount; ++i)
      for (uint32_t code = kCombiningClasses[i].first; code <= kCombiningClasses[i].last; ++code)
        combining_class[code] = kCombiningClasses[i].value;
  }

  void decompose(char32_t code, std::vector<Marked>& out) const {
    if (code - kHangulSyllables < kSyllableCount) {
      const uint32_t index = code - kHangulSyllables;
      out.push_back({kHangulLeads + index / (kVowelCount * kTailCount), 0});
      out.push_back({kHangulVowels + index / kTailCount % kVowelCount, 0});
      if (index % kTailCount != 0) out.push_back({kHangulTails + index % kTailCount, 0});
      return;
    }
    if (const auto found = parts.find(code); found != parts.end()) {
      decompose(found->second.first, out);
      if (found->second.second != 0) decompose(found->second.second, out);
      return;
    }
    const auto found = combining_class.find(code);
    out.push_back({code, found == combining_class.end() ? uint8_t{0} : found->second});
  }

  // The character that two compose to, or 0.
  char32_t compose(char32_t first, char32_t second) const {
    if (first - kHangulLeads < kLeadCount && second - kHangulVowels < kVowelCount)
      return kHangulSyllables +
             ((first - kHangulLeads) * kVowelCount + (second - kHangulVowels)) * kTailCount;
    if (first - kHangulSyllables < kSyllableCount && (first - kHangulSyllables) % kTailCount == 0 &&
        second - kHangulTails - 1 < kTailCount - 1)
      return first + (second - kHangulTails);
    const auto found = whole.find(uint64_t{first} << 32 | second);
    return found == whole.end() ? 0 : found->second;
  }
};

const Composer& composer() {
  static const Composer composer;
  return composer;
}

void sort_marks(std::vector<Marked>& text) {
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && text[end].combining_class != 0) ++end;
    std::stable_sort(text.begin() + i, text.begin() + end,
                     [](Marked a, Marked b) { return a.combining_class < b.combining_class; });
    i = end + 1;
  }
}

void append_composed(const std::vector<Marked>& text, std::string& out) {
  std::vector<Marked> kept;
  size_t starter = SIZE_MAX;  // in `kept`
  for (const Marked c : text) {
    if (starter != SIZE_MAX) {
      // Blocked by a kept mark of the same or a higher class, or by a kept starter, between the two.
      const bool adjacent = starter + 1 == kept.size();
      if (adjacent || (kept.back().combining_class != 0 && kept.back().combining_class < c.combining_class)) {
        if (const char32_t whole = composer().compose(kept[starter].code, c.code)) {
          kept[starter].code = whole;
          continue;
        }
      }
    }
    if (c.combining_class == 0) starter = kept.size();
    kept.push_back(c);
  }
  for (const Marked c : kept) append_utf8(out, c.code);
}

// The first character at or after `p` whose kNfcCheck bit is `wanted`.
const char* find_check(const char* p, const char* end, bool wanted) {
  const uint8_t* classes = char_classes();
  while (p < end) {
    const Utf8Char c = utf8_char(p);
    if (((classes[c.code] & kNfcCheck) != 0) == wanted) break;
    p += c.bytes;
  }
  return p;
}

}  // namespace

bool surely_nfc(std::string_view text) {
  const char* end = text.data() + text.size();
  return find_check(text.data(), end, true) == end;
}

std::string nfc(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::vector<Marked> marked;
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p < end) {
    const char* check = find_check(p, end, true);
    if (check == end) break;
    const char* begin = check == p ? p : utf8_before(check);
    const char* stop = find_check(check, end, false);
    out.append(p, begin);
    marked.clear();
    for (const char* q = begin; q < stop;) {
      const Utf8Char c = utf8_char(q);
      composer().decompose(c.code, marked);
      q += c.bytes;
    }
    sort_marks(marked);
    append_composed(marked, out);
    p = stop;
  }
  out.append(p, end);
  return out;
}

}  // namespace bantam
