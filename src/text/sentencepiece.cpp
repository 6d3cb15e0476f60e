#include "text/sentencepiece.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "text/vuaf_symbols.h"

namespace bantam {
namespace {

constexpr std::string_view kSpace = "\xE2\x96\x81";  // U+2581, which SentencePiece writes for a space
// Two code points that are no characters.
constexpr std::string_view kAnchor = "\xEF\xB7\x90\xEF\xB7\x91";

bool is_special(const SentencePieceFile::Piece& piece) {
  if (piece.type == PieceType::unknown || piece.type == PieceType::control) return true;
  const std::string& text = piece.text;
  const bool bracketed =
      (text.starts_with('<') && text.ends_with('>')) || (text.starts_with('[') && text.ends_with(']'));
  return piece.type == PieceType::user_defined && bracketed && text.size() > 2 &&
         text.find_first_of(" \t\r\n") == std::string::npos && text.find(kSpace) == std::string::npos;
}

std::vector<std::string> texts_of(const SentencePieceFile& file) {
  std::vector<std::string> texts;
  for (const SentencePieceFile::Piece& piece : file.pieces) texts.push_back(piece.text);
  return texts;
}

std::vector<bool> special_of(const SentencePieceFile& file) {
  std::vector<bool> special;
  for (const SentencePieceFile::Piece& piece : file.pieces) special.push_back(is_special(piece));
  return special;
}

// Whether no piece goes on past the start of a word, in models that take text as it is: then what is merged on
// either side of a word's start does not depend on the other.
bool pieces_end_with_words(const SentencePieceFile& file) {
  if (file.model != SentencePieceFile::Model::bpe || file.maps_characters || file.dummy_prefix ||
      file.remove_extra_spaces || !file.escape_spaces || file.space_as_suffix)
    return false;
  return std::none_of(file.pieces.begin(), file.pieces.end(), [](const SentencePieceFile::Piece& piece) {
    std::string_view word = piece.text;
    while (word.starts_with(kSpace)) word.remove_prefix(kSpace.size());
    return word.find(kSpace) != std::string_view::npos || word.find(' ') != std::string_view::npos;
  });
}

// Where a text may be cut at or before `most`, or else first after it.
size_t word_start(std::string_view text, size_t most) {
  const auto is_start = [&](size_t at) {
    return text[at] == ' ' && text[at - 1] != ' ' && !text.substr(0, at).ends_with(kSpace);
  };
  for (size_t at = most; at > 0; --at)
    if (is_start(at)) return at;
  for (size_t at = most + 1; at < text.size(); ++at)
    if (is_start(at)) return at;
  return text.size();
}

// "<0x0A>"
std::optional<uint8_t> byte_of(std::string_view text) {
  if (text.size() != 6 || !text.starts_with("<0x") || text[5] != '>') return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(3, 2)) {
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'))) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : c - 'A' + 10);
  }
  return static_cast<uint8_t>(value);
}

std::string with_spaces(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const bool space = text.substr(at).starts_with(kSpace);
    out += space ? ' ' : text[at];
    at += space ? kSpace.size() : 1;
  }
  return out;
}

std::string bytes_of(const SentencePieceFile& file, size_t id, std::string_view where) {
  const SentencePieceFile::Piece& piece = file.pieces[id];
  if (piece.type == PieceType::control) return {};
  if (piece.type == PieceType::unknown) return file.unknown_text;
  if (piece.type != PieceType::byte) return with_spaces(piece.text);
  const std::optional<uint8_t> byte = byte_of(piece.text);
  require(byte.has_value(), ErrorCode::corrupt, "{}: piece {} is \"{}\"; want a byte such as <0x0A>", where,
          id, piece.text);
  return std::string(1, static_cast<char>(*byte));
}

// What the library's Decode does, id by id. A run of bytes becomes characters, and U+FFFD for each byte that
// belongs to none. At the start of a text a space is left out where encoding put one or took some off.
class PieceDecoder : public TextDecoder {
 public:
  PieceDecoder(const SentencePieceFile& file, const Vocabulary& vocabulary)
      : file_(file), vocabulary_(vocabulary), at_start_(file.dummy_prefix || file.remove_extra_spaces) {}

  using TextDecoder::push;
  void push(TokenId id, std::string& out) override {
    if (!vocabulary_.has(id)) return;
    const PieceType type = file_.pieces[id].type;
    std::string_view bytes = vocabulary_.bytes(id);
    if (type == PieceType::byte) {
      run_ += bytes;
      at_start_ = false;
      return give_characters(out, false);
    }
    give_characters(out, true);
    const bool text = type != PieceType::control && type != PieceType::unknown;
    if (at_start_ && text && file_.pieces[id].text.starts_with(kSpace)) {
      bytes.remove_prefix(1);
      if (!file_.remove_extra_spaces) at_start_ = false;
    }
    if (!bytes.empty()) at_start_ = false;
    out += bytes;
  }
  void finish(std::string& out) override { give_characters(out, true); }
  bool waits() const override { return !run_.empty(); }

 private:
  // Leaves up to three bytes that may begin a character, unless `all`.
  void give_characters(std::string& out, bool all) {
    while (!run_.empty()) {
      const size_t whole = valid_utf8_prefix(run_);
      out.append(run_, 0, whole);
      run_.erase(0, whole);
      if (run_.empty() || (!all && may_begin_a_character(run_))) return;
      out += kReplacementCharacter;
      run_.erase(0, 1);
    }
  }
  static bool may_begin_a_character(std::string_view bytes) {
    Utf8Repair repair;
    std::string repaired;
    return repair.push(bytes, repaired) == 0 && repair.waits();
  }

  const SentencePieceFile& file_;
  const Vocabulary& vocabulary_;
  bool at_start_;
  std::string run_;
};

}  // namespace

SentencePiece::SentencePiece(std::string file, std::string_view where)
    : SentencePiece(std::move(file), read_sentencepiece_file(file, where), where) {}

SentencePiece::SentencePiece(std::string file, SentencePieceFile description, std::string_view where)
    : TokenModel(texts_of(description), special_of(description), where),
      description_(std::move(description)),
      words_stand_alone_(pieces_end_with_words(description_)) {
  for (size_t id = 0; id < description_.pieces.size(); ++id)
    vocabulary_.append_bytes(bytes_of(description_, id, where));
  for (const std::string_view name : {"<bos>", "<s>", "<|begin_of_text|>"})
    if (const auto id = vocabulary().id_of(name); prefix_.empty() && id && vocabulary().is_special(*id))
      prefix_.push_back(*id);
  require(!vocabulary().id_of(kAnchor), ErrorCode::unsupported, "{}: has a piece U+FDD0 U+FDD1", where);
  SentencePieceChanges changes{std::vector<bool>(description_.pieces.size()), {}};
  parsing_ =
      std::make_unique<SentencePieceEncoder>(changed_sentencepiece_file(file, description_, changes), where);
  for (size_t id = 0; id < description_.pieces.size(); ++id)
    changes.hidden[id] = description_.pieces[id].type == PieceType::user_defined &&
                         vocabulary().is_special(static_cast<TokenId>(id));
  spelling_ =
      std::make_unique<SentencePieceEncoder>(changed_sentencepiece_file(file, description_, changes), where);
  if (description_.dummy_prefix || description_.remove_extra_spaces) {
    changes.anchor = kAnchor;
    between_ = std::make_unique<SentencePieceEncoder>(changed_sentencepiece_file(file, description_, changes),
                                                      where);
  }
  set_file(std::move(file));
}

std::string_view SentencePiece::kind() const {
  return description_.model == SentencePieceFile::Model::bpe ? "SentencePiece BPE" : "SentencePiece unigram";
}

void SentencePiece::encode(std::string_view text, Special special, std::vector<TokenId>& out) const {
  encode_parts(special == Special::parse ? *parsing_ : *spelling_, text, out);
}

// The library takes several times as long for a character of a long text as for one of a short one.
void SentencePiece::encode_parts(const SentencePieceEncoder& encoder, std::string_view text,
                                 std::vector<TokenId>& out) const {
  constexpr size_t kPart = 2048;
  while (words_stand_alone_ && text.size() > kPart) {
    const size_t end = word_start(text, kPart);
    encoder.encode(text.substr(0, end), out);
    text.remove_prefix(end);
  }
  if (!text.empty()) encoder.encode(text, out);
}

void SentencePiece::encode_between(std::string_view text, std::vector<TokenId>& out) const {
  if (!between_) return encode_parts(*spelling_, text, out);
  const auto anchor = static_cast<TokenId>(vocabulary().size());
  while (!text.empty()) {
    // An anchor in the text is cut in two.
    const size_t found = text.find(kAnchor);
    const size_t end = found == std::string_view::npos ? text.size() : found + kAnchor.size() / 2;
    std::string anchored(kAnchor);
    anchored += text.substr(0, end);
    anchored += kAnchor;
    const auto first = static_cast<ptrdiff_t>(out.size());
    between_->encode(anchored, out);
    out.erase(std::remove(out.begin() + first, out.end(), anchor), out.end());
    text.remove_prefix(end);
  }
}

std::unique_ptr<TextDecoder> SentencePiece::decoder() const {
  return std::make_unique<PieceDecoder>(description_, vocabulary());
}

bool SentencePiece::is_vuaf() const { return VuafSymbols::known_to(vocabulary()); }

std::string_view SentencePiece::file_name() const { return is_vuaf() ? "spm.model" : "tokenizer.model"; }

std::vector<TokenModel::SideFile> SentencePiece::side_files() const {
  if (!is_vuaf()) return {};
  std::string scores;
  for (const SentencePieceFile::Piece& piece : description_.pieces)
    scores += fmt::format("{}\t{:g}\n", piece.text, piece.score);
  const VuafSymbols symbols(vocabulary());
  return {{"spm.vocab", std::move(scores)},
          {"categories.json", symbols.categories_json()},
          {"tokenizer.json", symbols.ids_json(vocabulary().size())}};
}

}  // namespace bantam
