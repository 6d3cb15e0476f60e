#include "text/unicode.h"

#include <cstring>
#include <vector>

#include "text/unicode_tables.h"

namespace bantam {
namespace {

constexpr uint32_t kCodePoints = 0x110000;

std::vector<uint8_t> expand_classes() {
  using namespace unicode_tables;
  std::vector<uint8_t> classes(kCodePoints);
  for (unsigned run = 0; run < kClassRunsCount; ++run) {
    const uint32_t begin = kClassRuns[run] >> 8;
    const uint32_t end = run + 1 < kClassRunsCount ? kClassRuns[run + 1] >> 8 : kCodePoints;
    std::memset(classes.data() + begin, static_cast<int>(kClassRuns[run] & 255), end - begin);
  }
  return classes;
}

// What stands at the start of `text`: a whole character (valid), or the maximal subpart of a broken one,
// which may merely be cut off by the end of the text (incomplete).
struct Subpart {
  unsigned bytes;
  bool valid, incomplete;
};

Subpart first_subpart(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {1, true, false};
  unsigned length = 0;
  uint8_t low = 0x80, high = 0xBF;  // bounds of the second byte
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;   // shorter forms exist
    if (lead == 0xED) high = 0x9F;  // surrogates
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;  // beyond U+10FFFF
  } else {
    return {1, false, false};
  }
  for (unsigned i = 1; i < length; ++i) {
    if (i == text.size()) return {i, false, true};
    if (byte(i) < low || byte(i) > high) return {i, false, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true, false};
}

}  // namespace

const uint8_t* char_classes() {
  static const std::vector<uint8_t> classes = expand_classes();
  return classes.data();
}

void append_utf8(std::string& out, char32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      out += static_cast<char>(0xE0 | code >> 12);
    } else {
      out += static_cast<char>(0xF0 | code >> 18);
      out += static_cast<char>(0x80 | (code >> 12 & 63));
    }
    out += static_cast<char>(0x80 | (code >> 6 & 63));
  }
  out += static_cast<char>(0x80 | (code & 63));
}

size_t valid_utf8_prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    uint64_t eight;
    if (text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080u) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const Subpart part = first_subpart(text.substr(at));
    if (!part.valid) break;
    at += part.bytes;
  }
  return at;
}

std::string repaired_utf8(std::string_view text, size_t* replaced) {
  std::string out;
  out.reserve(text.size());
  size_t count = 0;
  while (true) {
    const size_t good = valid_utf8_prefix(text);
    out.append(text.substr(0, good));
    text.remove_prefix(good);
    if (text.empty()) break;
    out += kReplacementCharacter;
    ++count;
    text.remove_prefix(first_subpart(text).bytes);
  }
  if (replaced) *replaced = count;
  return out;
}

size_t Utf8Repair::push(std::string_view bytes, std::string& out) {
  size_t replaced = 0;
  const auto replace = [&] {
    out += kReplacementCharacter;
    ++replaced;
  };
  while (pending_size_ > 0 && !bytes.empty()) {
    pending_[pending_size_++] = bytes.front();
    const Subpart part = first_subpart({pending_, pending_size_});
    if (!part.valid && !part.incomplete) {  // the byte just read broke the character and is looked at anew
      replace();
      pending_size_ = 0;
      break;
    }
    bytes.remove_prefix(1);
    if (part.incomplete) continue;
    out.append(pending_, pending_size_);
    pending_size_ = 0;
  }
  while (!bytes.empty()) {
    const size_t good = valid_utf8_prefix(bytes);
    out.append(bytes.substr(0, good));
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    const Subpart part = first_subpart(bytes);
    if (part.incomplete) {
      std::memcpy(pending_, bytes.data(), bytes.size());
      pending_size_ = static_cast<unsigned>(bytes.size());
      break;
    }
    replace();
    bytes.remove_prefix(part.bytes);
  }
  return replaced;
}

size_t Utf8Repair::finish(std::string& out) {
  const size_t replaced = pending_size_ > 0 ? 1 : 0;
  if (replaced) out += kReplacementCharacter;
  pending_size_ = 0;
  return replaced;
}

}  // namespace bantam
