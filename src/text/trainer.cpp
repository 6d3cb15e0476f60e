#include "text/trainer.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "text/byte_alphabet.h"
#include "text/merge_learner.h"
#include "text/split-inl.h"

namespace bantam {
namespace {

constexpr size_t kBlockBytes = size_t{1} << 20;
constexpr size_t kLargestRound = size_t{16} << 20;
constexpr size_t kTailBytes = size_t{64} << 10;  // a round ends this near its end, where it can
constexpr size_t kByteCount = 256;

// A round's text, the slots of its words (32 bytes each, at worst for every few bytes) and their lists by shard take
// up to 32 times its size: half of the memory, beside the quarter of the words counted so far.
size_t round_bytes(uint64_t memory) { return std::clamp<uint64_t>(memory / 64, kBlockBytes, kLargestRound); }

BpeTrainerOptions checked(BpeTrainerOptions options) {
  std::unordered_set<std::string> seen;
  std::erase_if(options.special, [&](const std::string& token) { return !seen.insert(token).second; });
  for (const std::string& token : options.special) {
    require(!token.empty() && valid_utf8_prefix(token) == token.size(), ErrorCode::usage,
            "tokenizer training: the special token \"{}\" is empty or not valid UTF-8", token);
    const auto bytes = bytes_of_spelling(token);
    require(!bytes || bytes->size() != 1, ErrorCode::usage,
            "tokenizer training: the special token \"{}\" spells a single byte, so text could not be told "
            "from it; want a longer one",
            token);
  }
  const size_t smallest = options.special.size() + kByteCount;
  require(
      options.vocab_size >= smallest && options.vocab_size <= kVocabularyLimit, ErrorCode::usage,
      "tokenizer training: a vocabulary of {} tokens; want {} ({} special tokens and the 256 bytes) to {}",
      options.vocab_size, smallest, options.special.size(), kVocabularyLimit);
  require(options.memory_bytes >= kSmallestTrainerMemory, ErrorCode::usage,
          "tokenizer training: a memory of {} bytes; want at least {} MiB", options.memory_bytes,
          kSmallestTrainerMemory >> 20);
  return options;
}

}  // namespace

BpeTrainer::BpeTrainer(BpeTrainerOptions options)
    : options_(checked(std::move(options))),
      words_(options_.memory_bytes, options_.scratch_folder),
      round_bytes_(round_bytes(options_.memory_bytes)) {}

void BpeTrainer::add(std::string_view bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const size_t room = buffer_.size() < round_bytes_ ? round_bytes_ - buffer_.size() : kBlockBytes;
    const size_t take = std::min(bytes.size(), room);
    replaced_ += repair_.push(bytes.substr(0, take), buffer_);
    bytes.remove_prefix(take);
    if (buffer_.size() >= round_bytes_) count_ready(false);
  }
}

void BpeTrainer::end_text() {
  replaced_ += repair_.finish(buffer_);
  if (buffer_.empty() || (!text_ends_.empty() && text_ends_.back() == buffer_.size())) return;
  text_ends_.push_back(buffer_.size());
}

// The first place at or after `from` where the buffer may be cut; its size if there is none.
size_t BpeTrainer::next_boundary(size_t from) const {
  size_t cut = std::min(safe_cut(buffer_, from), buffer_.size());
  const auto text_end = std::lower_bound(text_ends_.begin(), text_ends_.end(), from);
  if (text_end != text_ends_.end()) cut = std::min(cut, *text_end);
  if (options_.sequences == Sequences::lines)
    if (const size_t line = buffer_.find('\n', from > 0 ? from - 1 : 0); line < cut) cut = line + 1;
  return cut;
}

// A late one, 0 if there is none at all.
size_t BpeTrainer::last_boundary() const {
  for (size_t tail = std::min(kTailBytes, buffer_.size());; tail = std::min(tail * 4, buffer_.size())) {
    const size_t cut = next_boundary(std::max<size_t>(1, buffer_.size() - tail));
    if (cut < buffer_.size()) return cut;
    if (tail == buffer_.size()) return 0;
  }
}

void BpeTrainer::count_ready(bool all) {
  const size_t end = all ? buffer_.size() : last_boundary();
  require(end > 0 || buffer_.size() < options_.memory_bytes / 8, ErrorCode::out_of_memory,
          "tokenizer training: {} bytes of text without a place to cut (no space, line or punctuation) do "
          "not fit the memory of {} bytes; give a larger --memory",
          buffer_.size(), options_.memory_bytes);
  if (end == 0) return;
  std::vector<Block> blocks;
  for (size_t begin = 0; begin < end;) {
    const size_t stop = std::min(end, begin + kBlockBytes < end ? next_boundary(begin + kBlockBytes) : end);
    blocks.push_back({begin, stop});
    begin = stop;
  }
  std::vector<std::deque<std::string>> composed(blocks.size());
  words_.add(blocks.size(), [&](size_t block, FunctionRef<void(std::string_view)> word) {
    split_block(blocks[block], word, composed[block]);
  });
  buffer_.erase(0, end);
  std::erase_if(text_ends_, [&](size_t& text_end) {
    if (text_end <= end) return true;
    text_end -= end;
    return false;
  });
}

void BpeTrainer::split_block(Block block, FunctionRef<void(std::string_view)> word,
                             std::deque<std::string>& composed) const {
  const std::string_view text(buffer_);
  auto text_end = std::lower_bound(text_ends_.begin(), text_ends_.end(), block.begin + 1);
  split::with_scanner(options_.split, [&](const auto& scanner) {
    for (size_t begin = block.begin; begin < block.end;) {
      size_t end = block.end;
      while (text_end != text_ends_.end() && *text_end <= begin) ++text_end;
      if (text_end != text_ends_.end()) end = std::min(end, *text_end);
      if (options_.sequences == Sequences::lines) end = std::min(end - 1, text.find('\n', begin)) + 1;
      std::string_view sequence = text.substr(begin, end - begin);
      if (options_.nfc() && !surely_nfc(sequence)) sequence = composed.emplace_back(nfc(sequence));
      const char* const stop = sequence.data() + sequence.size();
      for (const char* p = sequence.data(); p < stop;) {
        const char* next = scanner(p, stop);
        word({p, static_cast<size_t>(next - p)});
        p = next;
      }
      begin = end;
    }
  });
}

Tokenizer BpeTrainer::train(const std::function<void(size_t tokens, size_t wanted)>& progress) {
  end_text();
  count_ready(true);
  std::string().swap(buffer_);
  words_.finish();
  std::vector<std::string> tokens = options_.special;
  std::vector<int32_t> id_of_byte(kByteCount);
  for (const unsigned char byte : bytes_by_letter()) {
    id_of_byte[byte] = static_cast<int32_t>(tokens.size());
    const char letter = static_cast<char>(byte);
    tokens.push_back(spell_bytes({&letter, 1}));
  }
  const auto learned = [&](MergeLearner& learner) {
    learner.reserve(words_.kept().words, words_.kept().bytes);
    std::vector<int32_t> symbols;
    words_.take([&](std::string_view word, uint64_t count) {
      symbols.clear();
      for (const char byte : word) symbols.push_back(id_of_byte[static_cast<unsigned char>(byte)]);
      learner.add_word(symbols.begin(), symbols.end(), count);
    });
    const MergeLearner::Limits limits{options_.vocab_size, options_.min_frequency, options_.max_token_length,
                                      WordCounts::learning_limit(options_.memory_bytes)};
    return learner.learn(limits, [&](size_t count) {
      if (progress) progress(count, options_.vocab_size);
    });
  };
  std::optional<MergeLearner> learner(std::in_place, tokens);
  while (!learned(*learner)) {
    require(words_.leave_out_more(), ErrorCode::out_of_memory,
            "tokenizer training: learning from {} words does not fit the memory of {} bytes; give a larger "
            "--memory",
            words_.kept().words, options_.memory_bytes);
    learner.emplace(tokens);
  }

  TokenizerDefinition definition;
  definition.vocab = learner->tokens();
  definition.merges.assign(learner->merges().begin(), learner->merges().end());
  for (size_t id = 0; id < options_.special.size(); ++id) {
    AddedToken token;
    token.id = static_cast<TokenId>(id);
    token.content = options_.special[id];
    definition.added.push_back(std::move(token));
  }
  definition.split = options_.split;
  definition.nfc = options_.nfc();
  definition.ignore_merges = options_.ignore_merges();
  return Tokenizer(std::move(definition));
}

}  // namespace bantam
