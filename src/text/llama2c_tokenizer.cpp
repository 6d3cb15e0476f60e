#include "text/llama2c_tokenizer.h"

#include <fmt/format.h>

#include <cstring>

#include "base/error.h"
#include "text/sentencepiece_file.h"

namespace bantam {
namespace {

constexpr size_t kFirstByte = 3, kFirstText = 259;
constexpr std::string_view kSpace = "\xE2\x96\x81";  // U+2581

SentencePieceFile::Piece piece_of(size_t id, std::string_view text, float score) {
  if (id == 0) return {"<unk>", 0, PieceType::unknown};
  if (id == 1) return {"<s>", 0, PieceType::control};
  if (id == 2) return {"</s>", 0, PieceType::control};
  if (id < kFirstText) return {fmt::format("<0x{:02X}>", id - kFirstByte), 0, PieceType::byte};
  std::string escaped;
  for (const char c : text)
    if (c == ' ')
      escaped += kSpace;
    else
      escaped += c;
  return {escaped, score, PieceType::normal};
}

}  // namespace

std::string llama2c_tokenizer_model(std::string_view file, size_t vocab, std::string_view where) {
  require(vocab >= kFirstText, ErrorCode::invalid,
          "{}: the model has {} tokens; a tokenizer of llama2.c has at least {}", where, vocab, kFirstText);
  size_t at = 4;
  const auto take = [&](size_t count) {
    require(at <= file.size() && count <= file.size() - at, ErrorCode::corrupt,
            "{}: has {} bytes and ends within its tokens", where, file.size());
    at += count;
    return file.substr(at - count, count);
  };
  SentencePieceFile model;
  model.model = SentencePieceFile::Model::bpe;
  model.byte_fallback = true, model.remove_extra_spaces = false;
  for (size_t id = 0; id < vocab; ++id) {
    const std::string_view head = take(8);
    float score = 0;
    int32_t length = 0;
    std::memcpy(&score, head.data(), 4);
    std::memcpy(&length, head.data() + 4, 4);
    require(length > 0 && length <= 1024, ErrorCode::corrupt, "{}: token {} is {} bytes long; want 1 to 1024",
            where, id, length);
    model.pieces.push_back(piece_of(id, take(static_cast<size_t>(length)), score));
  }
  require(at == file.size(), ErrorCode::invalid, "{}: holds more tokens than the {} of the model", where,
          vocab);
  std::string bytes = write_sentencepiece_file(model);
  read_sentencepiece_file(bytes, where);
  return bytes;
}

}  // namespace bantam
