#include "text/sentencepiece_file.h"

#include <cmath>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/function_ref.h"
#include "text/unicode.h"
#include "text/vocabulary.h"

namespace bantam {
namespace {

constexpr size_t kLongestPiece = 1024;       // bytes; the library tries this many at each place of a text
constexpr size_t kLongestReplacement = 256;  // bytes that normalisation may make of a character

struct Field {
  uint32_t number = 0, wire = 0;
  uint64_t value = 0;      // of wire types 0 and 5
  std::string_view bytes;  // of wire type 2
  std::string_view whole;  // with its tag
};

// The fields of one message, in order.
class Message {
 public:
  Message(std::string_view bytes, std::string_view where) : rest_(bytes), where_(where) {}

  std::optional<Field> next() {
    if (rest_.empty()) return std::nullopt;
    const std::string_view begin = rest_;
    Field field;
    const uint64_t tag = varint();
    field.number = static_cast<uint32_t>(tag >> 3);
    field.wire = tag & 7;
    require(tag <= UINT32_MAX && field.number > 0, ErrorCode::corrupt,
            "{}: a field has the tag {}; this is no SentencePiece model", where_, tag);
    if (field.wire == 0) {
      field.value = varint();
    } else if (field.wire == 5) {
      const std::string_view four = take(4);
      uint32_t value = 0;
      std::memcpy(&value, four.data(), 4);
      field.value = value;
    } else if (field.wire == 1) {
      take(8);
    } else {
      require(field.wire == 2, ErrorCode::corrupt,
              "{}: field {} has wire type {}; this is no SentencePiece model", where_, field.number,
              field.wire);
      field.bytes = take(varint());
    }
    field.whole = begin.substr(0, begin.size() - rest_.size());
    return field;
  }

 private:
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<uint8_t>(take(1)[0]);
      value |= static_cast<uint64_t>(byte & 127) << shift;
      if (byte < 128) return value;
    }
    fail(ErrorCode::corrupt, "{}: a number is longer than ten bytes; this is no SentencePiece model", where_);
  }
  std::string_view take(uint64_t count) {
    require(count <= rest_.size(), ErrorCode::corrupt,
            "{}: ends in the middle of a field: {} bytes are left, {} wanted", where_, rest_.size(), count);
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
  std::string_view where_;
};

void for_each_field(std::string_view message, std::string_view where, FunctionRef<void(const Field&)> body) {
  Message fields(message, where);
  while (const std::optional<Field> field = fields.next()) body(*field);
}

uint32_t u32_at(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, 4);
  return value;
}

// A double-array trie (darts-clone) with the texts it leads to: u32 size of the trie in bytes, its units, then
// strings that end in NUL. A unit with its top bit set is a value, the place of a string. From any other a step
// by byte b goes to unit i ^ offset(i) ^ b, and the library checks the label found there but not the place.
void check_charsmap(std::string_view map, std::string_view where) {
  if (map.empty()) return;
  const auto broken = [&](const char* what) {
    fail(ErrorCode::corrupt, "{}: the table of normalisation {}", where, what);
  };
  if (map.size() < 4) broken("is shorter than its size");
  const size_t trie_bytes = u32_at(map, 0);
  if (trie_bytes > map.size() - 4 || trie_bytes % 4 != 0 || trie_bytes == 0) broken("has a wrong size");
  const std::string_view trie = map.substr(4, trie_bytes), texts = map.substr(4 + trie_bytes);
  if (texts.empty() || texts.back() != '\0') broken("holds a text without an end");
  const size_t units = trie_bytes / 4;
  for (size_t i = 0; i < units; ++i) {
    const uint32_t unit = u32_at(trie, i * 4);
    if ((unit >> 31) != 0) {
      const size_t begin = unit & 0x7FFFFFFFu;
      if (begin >= texts.size()) broken("points past its texts");
      if (texts.find('\0', begin) - begin > kLongestReplacement)
        broken("holds a text of more than 256 bytes");
    } else {
      const size_t offset = static_cast<size_t>(unit >> 10) << ((unit & (1u << 9)) >> 6);
      if (((i ^ offset) | 0xFF) >= units) broken("points past its units");
    }
  }
}

struct Normalizer {
  std::string_view charsmap, name;
  bool dummy_prefix = true, remove_extra_spaces = true, escape_spaces = true;
};

void read_normalizer(std::string_view message, std::string_view where, Normalizer& out) {
  for_each_field(message, where, [&](const Field& field) {
    if (field.number == 2 && field.wire == 2) out.charsmap = field.bytes;
    if (field.wire != 0) return;
    if (field.number == 3) out.dummy_prefix = field.value != 0;
    if (field.number == 4) out.remove_extra_spaces = field.value != 0;
    if (field.number == 5) out.escape_spaces = field.value != 0;
  });
}

void read_trainer(std::string_view message, std::string_view where, SentencePieceFile& out) {
  for_each_field(message, where, [&](const Field& field) {
    if (field.number == 3 && field.wire == 0) {
      require(field.value == 1 || field.value == 2, ErrorCode::unsupported,
              "{}: has model type {}; want unigram (1) or BPE (2)", where, field.value);
      out.model = static_cast<SentencePieceFile::Model>(field.value);
    }
    if (field.number == 24 && field.wire == 0) out.space_as_suffix = field.value != 0;
    if (field.number == 35 && field.wire == 0) out.byte_fallback = field.value != 0;
    if (field.number == 44 && field.wire == 2) out.unknown_text = field.bytes;
  });
}

SentencePieceFile::Piece read_piece(std::string_view message, size_t id, std::string_view where) {
  SentencePieceFile::Piece piece;
  for_each_field(message, where, [&](const Field& field) {
    if (field.number == 1 && field.wire == 2) piece.text = field.bytes;
    if (field.number == 2 && field.wire == 5) {
      const auto bits = static_cast<uint32_t>(field.value);
      std::memcpy(&piece.score, &bits, 4);
    }
    if (field.number == 3 && field.wire == 0) {
      require(field.value >= 1 && field.value <= 6, ErrorCode::corrupt,
              "{}: piece {} has type {}; want 1 to 6", where, id, field.value);
      piece.type = static_cast<PieceType>(field.value);
    }
  });
  require(!piece.text.empty() && piece.text.size() <= kLongestPiece, ErrorCode::corrupt,
          "{}: piece {} is {} bytes long; want 1 to {}", where, id, piece.text.size(), kLongestPiece);
  require(valid_utf8_prefix(piece.text) == piece.text.size() && piece.text.find('\0') == std::string::npos,
          ErrorCode::corrupt, "{}: piece {} is not valid UTF-8 without NUL", where, id);
  require(std::isfinite(piece.score), ErrorCode::corrupt, "{}: the score of piece {} is not finite", where,
          id);
  return piece;
}

void append_varint(std::string& out, uint64_t value) {
  for (; value >= 128; value >>= 7) out += static_cast<char>(value | 128);
  out += static_cast<char>(value);
}

void append_message(std::string& out, uint32_t number, std::string_view bytes) {
  append_varint(out, number << 3 | 2);
  append_varint(out, bytes.size());
  out += bytes;
}

std::string number_field(uint32_t number, uint64_t value) {
  std::string out;
  append_varint(out, number << 3);
  append_varint(out, value);
  return out;
}

}  // namespace

SentencePieceFile read_sentencepiece_file(std::string_view file, std::string_view where) {
  SentencePieceFile out;
  Normalizer normalizer, denormalizer;
  for_each_field(file, where, [&](const Field& field) {
    if (field.number > 5) return;
    require(field.wire == 2, ErrorCode::corrupt, "{}: field {} is no message; this is no SentencePiece model",
            where, field.number);
    if (field.number == 1) {
      require(out.pieces.size() < kVocabularyLimit, ErrorCode::corrupt, "{}: has more than {} pieces", where,
              kVocabularyLimit);
      out.pieces.push_back(read_piece(field.bytes, out.pieces.size(), where));
    }
    if (field.number == 2) read_trainer(field.bytes, where, out);
    if (field.number == 3) read_normalizer(field.bytes, where, normalizer);
    if (field.number == 5) read_normalizer(field.bytes, where, denormalizer);
  });
  require(!out.pieces.empty(), ErrorCode::corrupt, "{}: has no pieces; this is no SentencePiece model",
          where);
  require(denormalizer.charsmap.empty(), ErrorCode::unsupported,
          "{}: has a table of denormalisation, which this build does not apply", where);
  check_charsmap(normalizer.charsmap, where);
  out.dummy_prefix = normalizer.dummy_prefix;
  out.remove_extra_spaces = normalizer.remove_extra_spaces;
  out.escape_spaces = normalizer.escape_spaces;
  out.maps_characters = !normalizer.charsmap.empty();
  return out;
}

std::string write_sentencepiece_file(const SentencePieceFile& model) {
  std::string out;
  for (const SentencePieceFile::Piece& piece : model.pieces) {
    std::string message;
    append_message(message, 1, piece.text);
    char score[4];
    std::memcpy(score, &piece.score, 4);
    append_varint(message, 2 << 3 | 5);
    message.append(score, 4);
    append_message(out, 1, message + number_field(3, static_cast<uint64_t>(piece.type)));
  }
  std::string trainer = number_field(3, static_cast<uint64_t>(model.model)) +
                        number_field(24, model.space_as_suffix ? 1 : 0) +
                        number_field(35, model.byte_fallback ? 1 : 0);
  append_message(trainer, 44, model.unknown_text);
  append_message(out, 2, trainer);
  std::string normalizer;
  append_message(normalizer, 1, "identity");
  normalizer += number_field(3, model.dummy_prefix ? 1 : 0) +
                number_field(4, model.remove_extra_spaces ? 1 : 0) +
                number_field(5, model.escape_spaces ? 1 : 0);
  append_message(out, 3, normalizer);
  return out;
}

std::string changed_sentencepiece_file(std::string_view file, const SentencePieceFile& read,
                                       const SentencePieceChanges& changes) {
  std::string out;
  out.reserve(file.size() + 4096);
  size_t id = 0;
  for_each_field(file, "SentencePiece model", [&](const Field& field) {
    if (field.number == 4) return;  // the self-tests are those of the unchanged model
    if (field.number != 1 || !changes.hidden[id]) {
      out += field.whole;
    } else {
      append_message(out, 1,
                     std::string(field.bytes) + number_field(3, static_cast<uint64_t>(PieceType::control)));
    }
    id += field.number == 1;
  });
  if (changes.anchor.empty()) return out;
  std::string piece;
  append_message(piece, 1, changes.anchor);
  append_message(out, 1, piece + number_field(3, static_cast<uint64_t>(PieceType::user_defined)));
  append_message(out, 3, number_field(3, 0));
  return out;
}

}  // namespace bantam
