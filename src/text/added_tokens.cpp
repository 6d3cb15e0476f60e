#include "text/added_tokens.h"

#include <algorithm>
#include <cstring>

#include "text/unicode.h"

namespace bantam {
namespace {

uint8_t class_of(const char* p) { return char_classes()[utf8_char(p).code]; }

size_t spaces_before(std::string_view text, size_t at, size_t stop) {
  while (at > stop) {
    const char* before = utf8_before(text.data() + at);
    if ((class_of(before) & kSpace) == 0) break;
    at = static_cast<size_t>(before - text.data());
  }
  return at;
}

size_t spaces_after(std::string_view text, size_t at) {
  while (at < text.size() && (class_of(text.data() + at) & kSpace)) at += utf8_char(text.data() + at).bytes;
  return at;
}

}  // namespace

AddedTokenMatcher::AddedTokenMatcher(std::vector<AddedToken> tokens) : AddedTokenMatcher() {
  tokens_ = std::move(tokens);
  for (size_t i = 0; i < tokens_.size(); ++i) {
    int32_t node = -1;
    for (const char c : tokens_[i].content) {
      const auto byte = static_cast<uint8_t>(c);
      int32_t next = node < 0 ? first_[byte] : child(node, byte);
      if (next < 0) {
        next = static_cast<int32_t>(nodes_.size());
        Node fresh;
        fresh.byte = byte;
        if (node >= 0) {
          fresh.sibling = nodes_[node].child;
          nodes_[node].child = next;
        } else {
          first_[byte] = next;
        }
        nodes_.push_back(fresh);
      }
      node = next;
    }
    if (nodes_[node].token < 0) nodes_[node].token = static_cast<int32_t>(i);
    all_special_ = all_special_ && tokens_[i].special;
  }
  const auto used = [](int32_t node) { return node >= 0; };
  one_first_ = std::count_if(std::begin(first_), std::end(first_), used) == 1;
  if (one_first_)
    only_first_ =
        static_cast<char>(std::find_if(std::begin(first_), std::end(first_), used) - std::begin(first_));
}

int32_t AddedTokenMatcher::child(int32_t node, uint8_t byte) const {
  int32_t next = nodes_[node].child;
  while (next >= 0 && nodes_[next].byte != byte) next = nodes_[next].sibling;
  return next;
}

AddedTokenMatcher::Match AddedTokenMatcher::find(std::string_view text, size_t from) const {
  for (size_t begin = from; begin < text.size(); ++begin) {
    if (one_first_) {
      const void* found = std::memchr(text.data() + begin, only_first_, text.size() - begin);
      if (!found) break;
      begin = static_cast<size_t>(static_cast<const char*>(found) - text.data());
    }
    Match longest{begin, begin, -1};
    int32_t node = first_[static_cast<uint8_t>(text[begin])];
    for (size_t end = begin + 1; node >= 0; ++end) {
      if (nodes_[node].token >= 0) longest = {begin, end, nodes_[node].token};
      if (end == text.size()) break;
      node = child(node, static_cast<uint8_t>(text[end]));
    }
    if (longest.token >= 0) return longest;
  }
  return {text.size(), text.size(), -1};
}

bool AddedTokenMatcher::settle(std::string_view text, size_t plain_begin, Special special,
                               Match& match) const {
  const AddedToken& token = tokens_[match.token];
  if (special == Special::none && token.special) return false;
  if (token.single_word) {
    if (match.begin > 0 && (class_of(utf8_before(text.data() + match.begin)) & kWord)) return false;
    if (match.end < text.size() && (class_of(text.data() + match.end) & kWord)) return false;
  }
  if (token.lstrip) match.begin = spaces_before(text, match.begin, std::min(plain_begin, match.begin));
  if (token.rstrip) match.end = spaces_after(text, match.end);
  return true;
}

void AddedTokenMatcher::cut(std::string_view text, Special special, FunctionRef<void(std::string_view)> plain,
                            FunctionRef<void(TokenId)> token) const {
  size_t plain_begin = 0;
  if (!empty() && !(special == Special::none && all_special_)) {
    for (size_t at = 0;;) {
      Match match = find(text, at);
      if (match.token < 0) break;
      at = match.end;
      if (!settle(text, plain_begin, special, match)) continue;
      if (plain_begin < match.begin) plain(text.substr(plain_begin, match.begin - plain_begin));
      token(tokens_[match.token].id);
      plain_begin = match.end;
    }
  }
  if (plain_begin < text.size()) plain(text.substr(plain_begin));
}

}  // namespace bantam
