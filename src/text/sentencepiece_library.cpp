#include "text/sentencepiece_library.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <cstdio>
#include <unordered_map>

#include "base/error.h"

namespace bantam {
namespace {

constexpr size_t kLongestText = size_t{1} << 30;  // the library counts characters in int

class Sentences : public sentencepiece::SentenceIterator {
 public:
  explicit Sentences(FunctionRef<bool(std::string&)> next) : next_(next) { Next(); }
  bool done() const override { return done_; }
  void Next() override { done_ = !next_(sentence_); }
  const std::string& value() const override { return sentence_; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  FunctionRef<bool(std::string&)> next_;
  std::string sentence_;
  bool done_ = false;
};

}  // namespace

struct SentencePieceEncoder::Library {
  sentencepiece::SentencePieceProcessor processor;
};

SentencePieceEncoder::SentencePieceEncoder(std::string_view file, std::string_view where)
    : library_(std::make_unique<Library>()) {
  std::string complaint;
  try {
    const auto status = library_->processor.LoadFromSerializedProto({file.data(), file.size()});
    if (status.ok()) return;
    complaint = status.ToString();
  } catch (const std::exception& error) {
    complaint = error.what();
  }
  fail(ErrorCode::corrupt, "{}: SentencePiece refuses the model: {}", where, complaint);
}

SentencePieceEncoder::~SentencePieceEncoder() = default;

void SentencePieceEncoder::encode(std::string_view text, std::vector<TokenId>& out) const {
  require(text.size() < kLongestText, ErrorCode::invalid,
          "text: has {} bytes; SentencePiece takes less than {} at once", text.size(), kLongestText);
  std::vector<int> ids;
  const auto status = library_->processor.Encode({text.data(), text.size()}, &ids);
  require(status.ok(), ErrorCode::invalid, "text: SentencePiece cannot encode it: {}", status.ToString());
  out.insert(out.end(), ids.begin(), ids.end());
}

namespace {

// The library's complaint without the place in its source, "Internal: ./src/x.cc(580) [a <= b] ", where it has more.
std::string_view without_place(std::string_view complaint) {
  const size_t end = complaint.find("] ");
  const bool placed = complaint.find(".cc(") < end && end != std::string_view::npos;
  return placed && end + 2 < complaint.size() ? complaint.substr(end + 2) : complaint;
}

[[noreturn]] void fail_training(const std::string& complaint, size_t reserved) {
  size_t given = 0, wanted = 0;
  const size_t at = complaint.find("required_chars. ");
  const bool few = at != std::string::npos &&
                   std::sscanf(complaint.c_str() + at, "required_chars. %zu vs %zu", &given, &wanted) == 2;
  require(
      !few || wanted < reserved, ErrorCode::usage,
      "tokenizer training: the vocabulary size is {}; want at least {}: {} symbols and bytes, and a token "
      "for each of the text's {} characters",
      given, wanted, reserved, wanted - reserved);
  fail(ErrorCode::usage, "tokenizer training: SentencePiece cannot train it: {}", without_place(complaint));
}

}  // namespace

std::string train_sentencepiece_model(const std::vector<std::pair<std::string, std::string>>& options,
                                      FunctionRef<bool(std::string&)> next, size_t reserved) {
  std::unordered_map<std::string, std::string> by_name(options.begin(), options.end());
  by_name["minloglevel"] = "2";  // only what ends it
  Sentences sentences(next);
  std::string file, complaint;
  try {
    const auto status = sentencepiece::SentencePieceTrainer::Train(by_name, &sentences, &file);
    if (status.ok()) return file;
    complaint = status.ToString();
  } catch (const std::exception& error) {
    complaint = error.what();
  }
  fail_training(complaint, reserved);
}

}  // namespace bantam
