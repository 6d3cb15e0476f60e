// The text of a document as it grows. What follows from neighbouring words is settled here, not in the templates:
// capitals after a full stop, "a" or "an", Italian "ad" and "ed".
#pragma once
#include <string>
#include <string_view>

#include "data/corpus/words.h"

namespace bantam::corpus {

class Writer {
 public:
  explicit Writer(bool italian) : italian_(italian) {}

  void append(std::string_view fragment);
  void indefinite_article();  // English: "a", or "an" once the next word is known
  void capitalise_next() { capital_ = true; }

  // The noun that was written last: adjectives agree with it.
  void set_noun(Gender gender, bool plural) { gender_ = gender, plural_ = plural; }
  Gender noun_gender() const { return gender_; }
  bool noun_is_plural() const { return plural_; }

  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }
  bool ends_with(std::string_view ending) const { return text_.ends_with(ending); }
  void remove_suffix(size_t bytes) { text_.resize(text_.size() - bytes); }

 private:
  bool at_sentence_start() const;

  std::string text_;
  size_t article_end_ = std::string::npos;
  bool capital_ = false, italian_;
  Gender gender_ = Gender::masculine;
  bool plural_ = false;
};

// Whether English says "an" before this word.
bool takes_an(std::string_view word);

}  // namespace bantam::corpus
