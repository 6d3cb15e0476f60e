// The model file of SentencePiece: a protobuf ModelProto, read as far as a tokenizer needs it.
//   1 pieces { 1 piece, 2 score, 3 type }   2 trainer_spec { 3 model_type, 35 byte_fallback, 44 unk_surface, … }
//   3 normalizer_spec { 2 precompiled_charsmap, 3 add_dummy_prefix, 4 remove_extra_whitespaces, … }
//   4 self_test_data   5 denormalizer_spec
// The library (sentencepiece.cpp) reads the same bytes again, and trusts them: the automaton inside
// precompiled_charsmap is walked without bounds. So whatever it would follow is checked here first.
// Law of protobuf: fields may come twice; scalars are what the last says, messages merge.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bantam {

enum class PieceType : uint8_t {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6
};

struct SentencePieceFile {
  enum class Model : uint8_t { unigram = 1, bpe = 2 };
  struct Piece {
    std::string text;
    float score = 0;
    PieceType type = PieceType::normal;
  };
  std::vector<Piece> pieces;  // by id
  Model model = Model::unigram;
  std::string unknown_text = " \xE2\x81\x87 ";  // what an unknown token decodes to
  bool byte_fallback = false, space_as_suffix = false;
  bool dummy_prefix = true, remove_extra_spaces = true, escape_spaces = true;
  bool maps_characters = false;  // there is a precompiled_charsmap
};

// Errors, beginning with `where`: corrupt (no such protobuf, values that lead the library astray), unsupported
// (models of words or characters, denormalisers).
SentencePieceFile read_sentencepiece_file(std::string_view file, std::string_view where);

// The bytes of a model file with these pieces and settings, and without a table of normalisation.
std::string write_sentencepiece_file(const SentencePieceFile& model);

// The same file without self-tests, with symbols hidden from text and, where `anchor` is not empty, without a
// dummy prefix and with one more user-defined piece at the end.
struct SentencePieceChanges {
  std::vector<bool> hidden;  // by id: becomes a control symbol, which text never yields
  std::string anchor;
};
std::string changed_sentencepiece_file(std::string_view file, const SentencePieceFile& read,
                                       const SentencePieceChanges& changes);

}  // namespace bantam
