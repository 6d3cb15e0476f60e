// Finds added tokens in text, leftmost-longest, with the flags of Hugging Face's AddedToken.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "text/tokenizer.h"

namespace bantam {

class AddedTokenMatcher {
 public:
  static constexpr size_t kLongestContent = 1024;  // bytes: a match costs at most this much a position

  AddedTokenMatcher() { std::fill(std::begin(first_), std::end(first_), -1); }
  explicit AddedTokenMatcher(std::vector<AddedToken> tokens);

  bool empty() const { return tokens_.empty(); }
  bool all_special() const { return all_special_; }

  // Cuts `text`: calls plain(piece) for what lies between tokens and token(id) for each of them, in order.
  // With Special::none special ones are matched and left in the text as they are.
  void cut(std::string_view text, Special special, FunctionRef<void(std::string_view piece)> plain,
           FunctionRef<void(TokenId id)> token) const;

 private:
  struct Node {
    int32_t child = -1, sibling = -1;  // first child, next brother
    int32_t token = -1;                // the one that ends here
    uint8_t byte = 0;
  };
  struct Match {
    size_t begin, end;
    int32_t token;
  };
  int32_t child(int32_t node, uint8_t byte) const;
  // The longest token at the first place in [from, …) where one begins; token -1 if there is none.
  Match find(std::string_view text, size_t from) const;
  // A whole word, with swallowed white space added; false if it must be left in the text.
  bool settle(std::string_view text, size_t plain_begin, Special special, Match& match) const;

  std::vector<AddedToken> tokens_;
  std::vector<Node> nodes_;
  int32_t first_[256];   // node of each first byte, or -1
  char only_first_ = 0;  // where all tokens begin with the same byte, that byte
  bool one_first_ = false;
  bool all_special_ = true;
};

}  // namespace bantam
