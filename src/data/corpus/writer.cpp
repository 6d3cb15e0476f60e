#include "data/corpus/writer.h"

#include <algorithm>

namespace bantam::corpus {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// ASCII letters and the accented Latin ones of Italian (UTF-8 C3 A0 … C3 BE, 32 below for capitals).
void capitalise(std::string& text, size_t at) {
  if (at >= text.size()) return;
  if (text[at] >= 'a' && text[at] <= 'z') {
    text[at] = static_cast<char>(text[at] - 32);
  } else if (text[at] == '\xc3' && at + 1 < text.size() && static_cast<uint8_t>(text[at + 1]) >= 0xa0) {
    text[at + 1] = static_cast<char>(text[at + 1] - 32);
  }
}

}  // namespace

bool takes_an(std::string_view word) {
  if (word.empty()) return false;
  static constexpr std::string_view kSilent[] = {"hour", "honest", "honour", "heir"};
  static constexpr std::string_view kConsonant[] = {
      "unicorn", "uniform", "unicycle", "union",   "unit",   "univers", "use",       "usu",
      "eu",      "one",     "once",     "ukulele", "unique", "utensil", "urn-shaped"};
  const auto starts = [&](std::string_view prefix) { return word.starts_with(prefix); };
  if (std::any_of(std::begin(kSilent), std::end(kSilent), starts)) return true;
  if (std::any_of(std::begin(kConsonant), std::end(kConsonant), starts)) return false;
  return std::string_view("aeiou").find(lower(word[0])) != std::string_view::npos;
}

bool Writer::at_sentence_start() const {
  if (text_.empty()) return true;
  const char last = text_.back();
  if (last == '\n') return true;
  const char before = text_.size() > 1 ? text_[text_.size() - 2] : ' ';
  if (last == '"') return before == ' ' || before == '\n';
  return last == ' ' && (before == '.' || before == '!' || before == '?');
}

void Writer::indefinite_article() {
  append("a");
  article_end_ = text_.size();
}

void Writer::append(std::string_view fragment) {
  if (fragment.empty()) return;
  if (text_.ends_with(' ') && std::string_view(".,!?").find(fragment[0]) != std::string_view::npos)
    text_.pop_back();
  if (article_end_ != std::string::npos) {
    const size_t letter = fragment.find_first_not_of(' ');
    if (letter != std::string_view::npos) {
      if (takes_an(fragment.substr(letter))) text_.insert(article_end_, 1, 'n');
      article_end_ = std::string::npos;
    }
  }
  if (italian_ && text_.size() > 2) {
    const char first = lower(fragment[0]);
    if (first == 'a' && text_.ends_with(" a ")) text_.insert(text_.size() - 1, 1, 'd');
    if (first == 'e' && text_.ends_with(" e ")) text_.insert(text_.size() - 1, 1, 'd');
  }
  const bool capital = capital_ || at_sentence_start();
  const size_t at = text_.size();
  text_ += fragment;
  if (capital) capitalise(text_, at);
  capital_ = false;
}

}  // namespace bantam::corpus
