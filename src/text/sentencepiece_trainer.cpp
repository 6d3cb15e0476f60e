#include "text/sentencepiece_trainer.h"

#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "text/sentencepiece_library.h"
#include "text/vuaf_symbols.h"

namespace bantam {
namespace {

constexpr size_t kSentenceBytes = 4096;

// Where the sentence that begins at `at` ends.
size_t sentence_end(std::string_view block, size_t at) {
  if (block.size() - at <= kSentenceBytes) return block.size();
  const std::string_view sentence = block.substr(at, kSentenceBytes);
  for (const char last : {'\n', ' '})
    if (const size_t found = sentence.rfind(last); found != std::string_view::npos) return at + found + 1;
  size_t end = at + kSentenceBytes;
  while ((static_cast<uint8_t>(block[end]) & 0xC0) == 0x80) --end;
  return end;
}

}  // namespace

SentencePieceTrainer::SentencePieceTrainer(SentencePieceTrainerOptions options)
    : options_(std::move(options)),
      symbols_(VuafSymbols::of(options_.categories)),
      sample_(options_.memory_bytes) {
  std::unordered_set<std::string> seen(symbols_.begin(), symbols_.end());
  seen.insert({"<unk>", "<pad>"});
  for (const std::string& symbol : options_.special) {
    const bool plain = std::all_of(symbol.begin(), symbol.end(), [](unsigned char c) {
      return c > ' ' && c < 0x7F && c != ',' && c != '"';
    });
    require(plain && !symbol.empty() && symbol.size() <= 64 && seen.insert(symbol).second, ErrorCode::usage,
            "tokenizer training: the symbol \"{}\" is there already, or not 1 to 64 characters of ASCII "
            "without spaces, commas and quotes",
            symbol);
    symbols_.push_back(symbol);
  }
  const size_t least = reserved() + 1;
  require(options_.vocab_size >= least && options_.vocab_size <= kVocabularyLimit, ErrorCode::usage,
          "tokenizer training: the vocabulary size is {}; want {} (symbols and bytes) to {}",
          options_.vocab_size, least, kVocabularyLimit);
  require(options_.memory_bytes >= TextSample::kBlockBytes, ErrorCode::usage,
          "tokenizer training: {} bytes of memory; want at least {}", options_.memory_bytes,
          TextSample::kBlockBytes);
}

size_t SentencePieceTrainer::reserved() const { return 2 + symbols_.size() + 256; }

std::vector<std::pair<std::string, std::string>> SentencePieceTrainer::library_options() const {
  std::string symbols;
  for (const std::string& symbol : symbols_) symbols += (symbols.empty() ? "" : ",") + symbol;
  const std::string own = options_.nmt_nfkc ? "true" : "false";
  return {{"model_type", "bpe"},
          {"vocab_size", std::to_string(options_.vocab_size)},
          {"hard_vocab_limit", "false"},
          {"unk_id", "0"},
          {"pad_id", "1"},
          {"bos_id", "2"},
          {"eos_id", "3"},
          {"unk_piece", "<unk>"},
          {"pad_piece", "<pad>"},
          {"bos_piece", "<bos>"},
          {"eos_piece", "<eos>"},
          {"user_defined_symbols", symbols},
          {"byte_fallback", "true"},
          {"normalization_rule_name", options_.nmt_nfkc ? "nmt_nfkc" : "identity"},
          {"add_dummy_prefix", own},
          {"remove_extra_whitespaces", own},
          {"allow_whitespace_only_pieces", options_.nmt_nfkc ? "false" : "true"},
          {"max_sentence_length", std::to_string(kSentenceBytes + 1)},
          // The file holds the number, and must not depend on the machine.
          {"num_threads", "1"}};
}

Tokenizer SentencePieceTrainer::train() {
  end_text();
  const std::vector<std::string>& blocks = sample_.blocks();
  size_t block = 0, at = 0;
  std::string file = train_sentencepiece_model(
      library_options(),
      [&](std::string& sentence) {
        if (block < blocks.size() && at == blocks[block].size()) ++block, at = 0;
        if (block == blocks.size()) return false;
        const size_t end = sentence_end(blocks[block], at);
        sentence = blocks[block].substr(at, end - at);
        at = end;
        return true;
      },
      reserved());
  return Tokenizer::parse(file, "trained.model");
}

}  // namespace bantam
