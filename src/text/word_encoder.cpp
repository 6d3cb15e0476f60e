#include "text/word_encoder.h"

#include <algorithm>
#include <cstring>

#include "text/split-inl.h"

namespace bantam {

WordEncoder::WordEncoder(Options options, MergeTable merges, std::vector<int32_t> byte_ids,
                         WholeWords whole_words, std::vector<bool> special)
    : options_(options),
      merges_(std::move(merges)),
      byte_ids_(std::move(byte_ids)),
      whole_words_(std::move(whole_words)),
      special_(std::move(special)) {
  for (const MergeTable::Merge& merge : merges_.merges())
    if (special_[merge.result]) special_parts_.try_emplace(merge.result, merge.left, merge.right);
}

std::unique_ptr<EncodeWorkspace> WordEncoder::borrow_workspace() const {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto workspace = std::move(idle_.back());
      idle_.pop_back();
      return workspace;
    }
  }
  return std::make_unique<EncodeWorkspace>();
}

void WordEncoder::give_back(std::unique_ptr<EncodeWorkspace> workspace) const {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(workspace));
}

size_t WordEncoder::compute(std::string_view word, EncodeWorkspace& workspace) const {
  workspace.word_ids.resize(std::max(workspace.word_ids.size(), word.size()));
  if (!whole_words_.empty()) {
    if (const auto found = whole_words_.find(word); found != whole_words_.end()) {
      workspace.word_ids[0] = found->second;
      return 1;
    }
  }
  return encode_word(merges_, byte_ids_.data(), word, workspace.bpe, workspace.word_ids.data());
}

namespace {

// Appends to a vector through a bare pointer. The vector is as long as it will ever have been needed until
// the end.
class IdSink {
 public:
  explicit IdSink(std::vector<int32_t>& out) : out_(out), size_(out.size()) {}
  ~IdSink() { out_.resize(size_); }
  IdSink(const IdSink&) = delete;
  IdSink& operator=(const IdSink&) = delete;

  // Room for `count` more ids.
  int32_t* room(size_t count) {
    if (out_.size() - size_ < count) [[unlikely]]
      out_.resize(std::max(out_.size() + out_.size() / 2, size_ + count + 1024));
    return out_.data() + size_;
  }
  void wrote(size_t count) { size_ += count; }

 private:
  std::vector<int32_t>& out_;
  size_t size_;
};

}  // namespace

template <class Scanner>
void WordEncoder::encode_pieces(const Scanner& scanner, std::string_view text, EncodeWorkspace& workspace,
                                std::vector<int32_t>& out) const {
  IdSink sink(out);
  const char* const end = text.data() + text.size();
  const auto append_computed = [&](std::string_view word) {
    const size_t count = compute(word, workspace);
    std::memcpy(sink.room(count), workspace.word_ids.data(), count * sizeof(int32_t));
    sink.wrote(count);
    return count;
  };
  const auto append_found = [&](const auto& entry) {
    std::memcpy(sink.room(std::size(entry.ids)), entry.ids, sizeof entry.ids);
    sink.wrote(entry.count);
  };
  for (const char* p = text.data(); p < end;) {
    const char* stop = scanner(p, end);
    const std::string_view word(p, static_cast<size_t>(stop - p));
    p = stop;
    WordCache::ShortSet* set = nullptr;
    const ShortKey key(word, end);
    if (word.size() <= WordCache::kLongestShort) [[likely]] {
      set = &workspace.cache.set_of(key);
      if (const WordCache::Short* found = WordCache::find(*set, key)) [[likely]] {
        append_found(*found);
        continue;
      }
    }
    if (word.size() > WordCache::kLongestLong) {
      append_computed(word);
      continue;
    }
    WordCache::Long& place = workspace.cache.place_of(word);
    if (WordCache::holds(place, word)) {
      append_found(place);
      continue;
    }
    const size_t count = append_computed(word);
    if (set && count <= WordCache::Short::kIds)
      WordCache::put(*set, key, workspace.word_ids.data(), count);
    else
      WordCache::put(place, word, workspace.word_ids.data(), count);
  }
}

// Where the merges can make a special token: its parts stand in its place, so the cache is left aside.
void WordEncoder::encode_spelled_out(std::string_view text, EncodeWorkspace& workspace,
                                     std::vector<int32_t>& out) const {
  for_each_piece(options_.split, text, [&](std::string_view word) {
    const size_t count = compute(word, workspace);
    for (size_t i = 0; i < count; ++i) unmerge(workspace.word_ids[i], out);
  });
}

void WordEncoder::unmerge(int32_t id, std::vector<int32_t>& out) const {
  const auto parts = special_parts_.find(id);
  if (parts == special_parts_.end()) {
    out.push_back(id);
    return;
  }
  unmerge(parts->second.first, out);
  unmerge(parts->second.second, out);
}

void WordEncoder::for_each_run(std::string_view text, FunctionRef<void(std::string_view)> body) const {
  std::string prefixed;
  if (options_.add_prefix_space && !text.empty() && text.front() != ' ') {
    prefixed = " " + std::string(text);
    text = prefixed;
  }
  if (!options_.individual_digits) {
    body(text);
    return;
  }
  const uint8_t* classes = char_classes();
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const Utf8Char c = utf8_char(text.data() + at);
    if (classes[c.code] & kNumber) {
      if (begin < at) body(text.substr(begin, at - begin));
      body(text.substr(at, c.bytes));
      begin = at + c.bytes;
    }
    at += c.bytes;
  }
  if (begin < text.size()) body(text.substr(begin));
}

void WordEncoder::encode(std::string_view text, bool specials_allowed, EncodeWorkspace& workspace,
                         std::vector<int32_t>& out) const {
  for_each_run(text, [&](std::string_view run) {
    if (!specials_allowed && !special_parts_.empty()) {
      encode_spelled_out(run, workspace, out);
    } else {
      split::with_scanner(options_.split,
                          [&](const auto& scanner) { encode_pieces(scanner, run, workspace, out); });
    }
  });
}

}  // namespace bantam
