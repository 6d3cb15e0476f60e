// What becomes of one unit of a source, a text or a JSON value: the tokens of its documents, or why there are none. Units are
// encoded on any thread, in any order; packing takes them in the order of the file.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/document_filter.h"
#include "data/pack.h"

namespace bantam {

struct Complaint {
  std::string reason, message;
};

struct EncodedUnit {
  std::vector<EncodedRow> rows;  // documents; of text one, or a part of one
  std::vector<Complaint> complaints;
  Counts left_out;
  double draw = 1;  // below valid_fraction the document is held out
};

// The file that units come from.
struct UnitSource {
  std::string name, category;
  std::filesystem::path folder;  // where images of its rows lie
  bool rows;                     // JSON values, not text
  Verdicts verdicts;
};

// Uniform in [0, 1), the same for the same content wherever it occurs.
double held_out_draw(std::span<const std::byte> content);

// Whatever is wrong with the unit's content is a complaint; nothing is thrown for it.
EncodedUnit encode_unit(const TextUnit& unit, const PackOptions& options, const UnitSource& source);

}  // namespace bantam
