// The generated data behind unicode.h: Unicode 16, with canonical composition as Hugging Face tokenizers do
// it.
#pragma once
#include <cstdint>

namespace bantam::unicode_tables {

struct CombiningClass {
  uint32_t first, last;
  uint8_t value;
};

// One canonical step: code -> first second (second 0: a singleton). `composes`: NFC goes the way back.
struct Decomposition {
  uint32_t code, first, second;
  bool composes;
};

// A run of code points of one class starts at value >> 8 and has the CharClass bits value & 255.
extern const uint32_t kClassRuns[];
extern const unsigned kClassRunsCount;
extern const CombiningClass kCombiningClasses[];
extern const unsigned kCombiningClassesCount;
extern const Decomposition kDecompositions[];
extern const unsigned kDecompositionsCount;

}  // namespace bantam::unicode_tables
