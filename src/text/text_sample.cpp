#include "text/text_sample.h"

#include <algorithm>

namespace bantam {

void TextSample::add(std::string_view bytes) {
  bytes_ += bytes.size();
  for (size_t at = 0; at < bytes.size(); at += kBlockBytes) {
    replaced_ += repair_.push(bytes.substr(at, kBlockBytes), rest_);
    while (rest_.size() >= kBlockBytes) end_block();
  }
}

void TextSample::end_text() {
  replaced_ += repair_.finish(rest_);
  if (!rest_.empty() && rest_.back() != '\n') rest_ += '\n';
  while (rest_.size() >= kBlockBytes) end_block();
}

const std::vector<std::string>& TextSample::blocks() {
  while (!rest_.empty()) end_block();
  return blocks_;
}

void TextSample::end_block() {
  size_t end = std::min(rest_.size(), kBlockBytes);
  if (const size_t line_break = rest_.rfind('\n', end - 1); line_break != std::string::npos) {
    end = line_break + 1;
  } else if (end < rest_.size()) {
    while ((static_cast<uint8_t>(rest_[end]) & 0xC0) == 0x80) --end;  // not inside a character
  }
  if (block_count_++ % stride_ == 0) {
    blocks_.push_back(rest_.substr(0, end));
    kept_ += end;
  }
  rest_.erase(0, end);
  if (kept_ <= limit_ || blocks_.size() < 2) return;
  stride_ *= 2;
  kept_ = 0;
  for (size_t i = 0; 2 * i < blocks_.size(); ++i) {
    if (i > 0) blocks_[i] = std::move(blocks_[2 * i]);
    kept_ += blocks_[i].size();
  }
  blocks_.resize((blocks_.size() + 1) / 2);
}

}  // namespace bantam
