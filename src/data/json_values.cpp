#include "data/json_values.h"

#include <utility>

#include "base/error.h"

namespace bantam {
namespace {

constexpr size_t kRead = size_t{1} << 18;
bool is_blank(int byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }

}  // namespace

JsonValues::JsonValues(CompressedReader& reader, size_t longest_value, std::string where)
    : reader_(reader), longest_(longest_value), where_(std::move(where)) {}

int JsonValues::peek() {
  if (at_ == buffer_.size()) {
    buffer_.resize(kRead);
    buffer_.resize(reader_.read(std::span(buffer_.data(), buffer_.size())));
    at_ = 0;
    if (buffer_.empty()) return kEnd;
  }
  return static_cast<unsigned char>(buffer_[at_]);
}

int JsonValues::take() {
  const int byte = peek();
  if (byte == kEnd) return byte;
  ++at_;
  line_ += byte == '\n';
  return byte;
}

int JsonValues::take_blank() {
  while (is_blank(peek())) take();
  return peek();
}

void JsonValues::fail_here(const char* wanted) {
  fail(ErrorCode::corrupt,
       "{}:{}: wanted {}; a .json file is a list of rows, or an object with a list \"data\"", where_, line_,
       wanted);
}

// A value ends where its brackets are closed; one without brackets at what cannot belong to it.
void JsonValues::read_value(Value* value) {
  size_t depth = 0;
  bool quoted = false, any = false;
  const auto keep = [&](int byte) {
    any = true;
    if (value == nullptr) return;
    if (value->text.size() < longest_)
      value->text += static_cast<char>(byte);
    else
      value->too_long = true;
  };
  while (true) {
    const int byte = peek();
    if (byte == kEnd && (quoted || depth > 0 || !any)) fail_here("the end of a value");
    if (!quoted && depth == 0 &&
        (byte == kEnd || byte == ',' || byte == ']' || byte == '}' || is_blank(byte))) {
      if (!any) fail_here("a value");
      return;
    }
    keep(take());
    if (quoted) {
      if (byte == '\\') {
        if (peek() == kEnd) fail_here("the end of a string");
        keep(take());
      } else if (byte == '"') {
        quoted = false;
      }
    } else if (byte == '"') {
      quoted = true;
    } else if (byte == '{' || byte == '[') {
      ++depth;
    } else if (byte == '}' || byte == ']') {
      --depth;
    }
    if (!quoted && depth == 0 && (byte == '}' || byte == ']' || byte == '"')) return;
  }
}

// At an object's "{": looks for its member "data". True: its list begins, and `value` is empty. Otherwise the whole
// object is in `value`.
bool JsonValues::enter_data(Value& value) {
  value.text += static_cast<char>(take());
  while (true) {
    int byte = take_blank();
    if (byte == '}' || byte == ',') {
      value.text += static_cast<char>(take());
      if (byte == '}') return false;
      continue;
    }
    if (byte != '"') fail_here("a key in quotes, or the end of the object");
    Value key{.text = {}, .line = line_};
    read_value(&key);
    if (take_blank() != ':') fail_here("a colon");
    take();
    byte = take_blank();
    if (key.text == "\"data\"" && byte == '[') {
      take();
      value = {};
      return true;
    }
    value.too_long |= key.too_long || value.text.size() >= longest_;
    if (!value.too_long) value.text += key.text + ":";
    read_value(&value);
  }
}

bool JsonValues::next(Value& value) {
  value = {};
  if (place_ == Place::end) return false;
  if (std::exchange(first_, false)) {
    for (const int mark : {0xef, 0xbb, 0xbf})
      if (peek() == mark) take();  // a byte order mark
    const int byte = take_blank();
    place_ = byte == '[' ? Place::list : Place::values;
    if (byte == '[') take();
    value.line = line_;
    if (byte == '{') {
      if (!enter_data(value)) return true;
      place_ = Place::list;
      in_object_ = true;
    }
  }
  int byte = take_blank();
  if (place_ == Place::list && byte == ',') {
    take();
    byte = take_blank();
  }
  if (place_ == Place::list && byte == ']') {
    take();
    if (in_object_)  // the object's other members
      while ((byte = take_blank()) != '}') {
        if (byte == ',' || byte == ':')
          take();
        else
          read_value(nullptr);
      }
    if (in_object_) take();
    place_ = Place::end;
    if (take_blank() != kEnd) fail_here("nothing more");
    return false;
  }
  if (byte == kEnd && place_ == Place::values) {
    place_ = Place::end;
    return false;
  }
  value.line = line_;
  read_value(&value);
  return true;
}

}  // namespace bantam
