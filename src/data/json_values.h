// The rows of a .json file, one at a time: the elements of a list, or of the list "data" of an object (SQuAD's files),
// or, as some write them, values one after another. Only the ends of values are found here, by brackets and quotes;
// what is between them is parsed by whoever takes it. Memory is bounded by the longest value that is asked for.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "formats/compressed.h"

namespace bantam {

class JsonValues {
 public:
  JsonValues(CompressedReader& reader, size_t longest_value, std::string where);

  struct Value {
    std::string text;
    uint64_t line = 1;      // of its first byte
    bool too_long = false;  // `text` is only the beginning
  };
  bool next(
      Value& value);  // false at the end; corrupt: the file ends inside a value, or something stands between

 private:
  static constexpr int kEnd = -1;
  int peek();  // the next byte; kEnd
  int take();
  int take_blank();  // skips white space; the next byte, not taken
  [[noreturn]] void fail_here(const char* wanted);
  void read_value(Value* value);  // null: passed over
  bool enter_data(Value& value);

  CompressedReader& reader_;
  size_t longest_;
  std::string where_, buffer_;
  size_t at_ = 0;
  uint64_t line_ = 1;
  enum class Place { start, list, values, end } place_ = Place::start;
  bool in_object_ = false, first_ = true;  // the list is an object's "data"; no element was read yet
};

}  // namespace bantam
