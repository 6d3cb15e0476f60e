#include "text/length_max_trainer.h"

#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "base/threads.h"
#include "text/byte_trie.h"
#include "text/length_max.h"

namespace bantam {
namespace {

constexpr size_t kBytes = 256;
constexpr size_t kTasks = 8;  // each counts into a table of its own
constexpr uint64_t kFewestUses = 2;
constexpr const char* kLeading[] = {"<pad>", "<unk>", "<bos>", "<eos>"};

// How often each pair of tokens stood side by side: open addressing by left << 32 | right.
class PairCounts {
 public:
  struct Slot {
    uint64_t pair = 0, count = 0;  // count 0: free
  };
  void add(uint64_t pair, uint64_t count) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    size_t at = place(pair);
    while (slots_[at].count != 0 && slots_[at].pair != pair) at = (at + 1) & (slots_.size() - 1);
    used_ += slots_[at].count == 0;
    slots_[at] = {pair, slots_[at].count + count};
  }
  const std::vector<Slot>& slots() const { return slots_; }

 private:
  size_t place(uint64_t pair) const {
    return static_cast<size_t>((pair * 0x9E3779B97F4A7C15ull) >> 24) & (slots_.size() - 1);
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    used_ = 0;
    for (const Slot& slot : old)
      if (slot.count != 0) add(slot.pair, slot.count);
  }
  std::vector<Slot> slots_ = std::vector<Slot>(1 << 12);
  size_t used_ = 0;
};

bool is_white(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int class_of(uint8_t c) {
  if (c >= 0x80 || (c | 32) - 'a' < 26u) return 0;  // letters, and whatever is not ASCII
  return c - '0' < 10u ? 1 : 2;
}

bool may_be_piece(std::string_view piece, bool phrases) {
  const size_t line_break = piece.find('\n');
  if (line_break != std::string_view::npos)
    return std::all_of(piece.begin() + static_cast<ptrdiff_t>(line_break), piece.end(), is_white) &&
           (phrases || std::all_of(piece.begin(), piece.end(), is_white));
  if (phrases) return true;
  const auto word = std::find_if_not(piece.begin(), piece.end(), is_white);
  return std::all_of(word, piece.end(), [&](uint8_t c) {
    return !is_white(c) && class_of(c) == class_of(static_cast<uint8_t>(*word));
  });
}

// The pieces so far, and what a pass over the text says of them.
class Pieces {
 public:
  Pieces(const LengthMaxTrainerOptions& options, const std::vector<std::string>& blocks)
      : options_(options), blocks_(blocks) {
    for (size_t byte = 0; byte < kBytes; ++byte) pieces_.emplace_back(1, static_cast<char>(byte));
    index();
  }

  size_t size() const { return pieces_.size(); }
  const std::vector<std::string>& all() const { return pieces_; }

  // Adds up to `count` of the most frequent pairs; false if no pair was left.
  bool grow(size_t count) {
    const PairCounts pairs = count_pairs();
    struct Candidate {
      uint64_t count;
      std::string piece;
    };
    std::vector<Candidate> candidates;
    std::string piece;
    for (const PairCounts::Slot& slot : pairs.slots()) {
      if (slot.count < kFewestUses) continue;
      piece = pieces_[slot.pair >> 32];
      piece += pieces_[slot.pair & 0xFFFFFFFF];
      if (piece.size() <= options_.max_token_bytes && may_be_piece(piece, options_.phrases))
        candidates.push_back({slot.count, piece});
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
      return a.count != b.count ? a.count > b.count : a.piece < b.piece;
    });
    const size_t before = size();
    for (const Candidate& candidate : candidates) {
      if (size() == before + count) break;
      // One string may come of several pairs.
      if (known_.insert(candidate.piece).second) pieces_.push_back(candidate.piece);
    }
    index();
    return size() > before;
  }

  // Drops the pieces that save least until `size` are left; the rest is in the order of what it saves.
  void shrink(size_t size) {
    const std::vector<uint64_t> uses = count_uses();
    std::vector<std::pair<uint64_t, std::string>> learned;
    for (size_t i = kBytes; i < pieces_.size(); ++i)
      learned.emplace_back(uses[i] * (tokens_without(pieces_[i]) - 1), pieces_[i]);
    std::sort(learned.begin(), learned.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    learned.resize(std::min(learned.size(), size - kBytes));
    pieces_.resize(kBytes);
    for (auto& [saved, piece] : learned) pieces_.push_back(std::move(piece));
    index();
  }

 private:
  void index() {
    trie_.clear();
    known_.clear();
    for (size_t i = 0; i < pieces_.size(); ++i) {
      trie_.insert(pieces_[i], static_cast<int32_t>(i));
      known_.insert(pieces_[i]);
    }
  }

  template <class Body>
  void for_each_token(size_t task, const Body& body) const {
    for (size_t b = task; b < blocks_.size(); b += kTasks)
      for (size_t at = 0; at < blocks_[b].size();) {
        const ByteTrie::Match match = trie_.longest(blocks_[b], at);
        body(static_cast<uint64_t>(match.value), at == 0);
        at += match.bytes;
      }
  }

  PairCounts count_pairs() const {
    std::vector<PairCounts> tables(kTasks);
    parallel_for(kTasks, [&](size_t task) {
      uint64_t left = 0;
      for_each_token(task, [&](uint64_t token, bool first) {
        if (!first) tables[task].add(left << 32 | token, 1);
        left = token;
      });
    });
    for (size_t task = 1; task < kTasks; ++task) {
      for (const PairCounts::Slot& slot : tables[task].slots())
        if (slot.count != 0) tables[0].add(slot.pair, slot.count);
      tables[task] = {};
    }
    return std::move(tables[0]);
  }

  std::vector<uint64_t> count_uses() const {
    std::vector<std::vector<uint64_t>> uses(kTasks, std::vector<uint64_t>(size()));
    parallel_for(kTasks, [&](size_t task) {
      for_each_token(task, [&](uint64_t token, bool) { ++uses[task][token]; });
    });
    for (size_t task = 1; task < kTasks; ++task)
      for (size_t i = 0; i < size(); ++i) uses[0][i] += uses[task][i];
    return std::move(uses[0]);
  }

  uint64_t tokens_without(const std::string& piece) const {
    uint64_t tokens = 0;
    for (size_t at = 0; at < piece.size(); ++tokens)
      at += trie_.longest(piece, at, at == 0 ? piece.size() - 1 : piece.size()).bytes;
    return tokens;
  }

  const LengthMaxTrainerOptions& options_;
  const std::vector<std::string>& blocks_;
  std::vector<std::string> pieces_;  // the bytes come first
  std::unordered_set<std::string> known_;
  ByteTrie trie_;
};

}  // namespace

LengthMaxTrainer::LengthMaxTrainer(LengthMaxTrainerOptions options)
    : options_(std::move(options)), sample_(options_.memory_bytes) {
  const size_t least = std::size(kLeading) + kBytes + options_.special.size();
  require(options_.vocab_size >= least && options_.vocab_size <= kVocabularyLimit, ErrorCode::usage,
          "tokenizer training: the vocabulary size is {}; want {} (special tokens and bytes) to {}",
          options_.vocab_size, least, kVocabularyLimit);
  require(options_.max_token_bytes >= 2 && options_.max_token_bytes <= 255, ErrorCode::usage,
          "tokenizer training: the longest token has {} bytes; want 2 to 255", options_.max_token_bytes);
  require(options_.memory_bytes >= TextSample::kBlockBytes, ErrorCode::usage,
          "tokenizer training: {} bytes of memory; want at least {}", options_.memory_bytes,
          TextSample::kBlockBytes);
  std::unordered_set<std::string> seen(std::begin(kLeading), std::end(kLeading));
  for (const std::string& special : options_.special)
    require(!special.empty() && valid_utf8_prefix(special) == special.size() && seen.insert(special).second,
            ErrorCode::usage,
            "tokenizer training: the special token \"{}\" is empty, no UTF-8 or there twice", special);
}

Tokenizer LengthMaxTrainer::train(const std::function<void(size_t, size_t)>& progress) {
  end_text();
  const size_t around = std::size(kLeading) + options_.special.size();
  const size_t wanted = options_.vocab_size - around, most = wanted + wanted / 10;
  const auto tell = [&](size_t pieces) {
    if (progress) progress(std::min(pieces, wanted) + around, options_.vocab_size);
  };
  Pieces pieces(options_, sample_.blocks());
  for (int round = 0; round < 3; ++round) {
    bool grew = true;
    while (grew && pieces.size() < most) {
      const size_t step = std::max<size_t>(64, pieces.size() / 4);
      grew = pieces.grow(std::min(step, most - pieces.size()));
      tell(pieces.size());
    }
    pieces.shrink(wanted);
  }
  LengthMaxDefinition definition;
  definition.max_token_bytes = options_.max_token_bytes;
  const auto add_special = [&](const std::string& token) {
    definition.special.push_back(static_cast<TokenId>(definition.tokens.size()));
    definition.tokens.push_back(token);
  };
  for (const char* token : kLeading) add_special(token);
  definition.tokens.insert(definition.tokens.end(), pieces.all().begin(), pieces.all().end());
  for (const std::string& token : options_.special) add_special(token);
  return Tokenizer(LengthMax::make(std::move(definition)));
}

}  // namespace bantam
