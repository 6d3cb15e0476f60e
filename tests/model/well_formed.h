// Whether a text is well-formed XML, as far as a picture or a page goes: one element around all, tags in pairs, attributes
// in quotes and once each, no loose markup, no character without a place in XML.
#pragma once
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bantam {

// Empty, or the first thing wrong.
class WellFormed {
 public:
  static std::string complaint(std::string_view text) { return WellFormed(text).read(); }

 private:
  explicit WellFormed(std::string_view text) : text_(text) {}

  std::string read() {
    if (text_.starts_with("<!DOCTYPE html>\n")) at_ = 16;
    while (at_ < text_.size()) {
      const std::string wrong = text_[at_] == '<' ? tag() : character();
      if (!wrong.empty()) return wrong + " at " + std::to_string(at_);
    }
    return !open_.empty() ? "not closed: " + open_.back() : elements_ == 0 ? "no element" : "";
  }

  std::string character() {
    const unsigned char c = static_cast<unsigned char>(text_[at_]);
    if (c < 0x20 && c != '\n' && c != '\t') return "a control character";
    if (open_.empty() && c != '\n') return "text outside";
    if (c == '&') {
      for (const std::string_view known : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"})
        if (text_.substr(at_).starts_with(known)) return at_ += known.size(), "";
      return "an unknown entity";
    }
    if (text_.substr(at_).starts_with("]]>")) return "]]>";
    ++at_;
    return "";
  }

  std::string word() {
    const size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '-' || text_[at_] == ':'))
      ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  bool take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  std::string tag() {
    const bool ends = text_.substr(at_).starts_with("</");
    at_ += ends ? 2 : 1;
    const std::string name = word();
    if (name.empty()) return "a tag without a name";
    if (ends) {
      if (open_.empty() || open_.back() != name) return "an end without a beginning: " + name;
      open_.pop_back();
      return take(">") ? "" : "wanted >";
    }
    if (open_.empty() && elements_++ > 0) return "a second root";
    std::set<std::string> seen;
    while (take(" ")) {
      if (!seen.insert(word()).second) return "an attribute twice";
      if (!take("=\"")) return "an attribute without quotes";
      while (at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '<') return "< in an attribute";
        open_.push_back(name);  // what stands in quotes counts as inside
        const std::string wrong = character();
        open_.pop_back();
        if (!wrong.empty()) return wrong;
      }
      if (!take("\"")) return "quotes not closed";
    }
    if (take("/>")) return "";
    open_.push_back(name);
    return take(">") ? "" : "wanted >";
  }

  std::string_view text_;
  size_t at_ = 0, elements_ = 0;
  std::vector<std::string> open_;
};

}  // namespace bantam
